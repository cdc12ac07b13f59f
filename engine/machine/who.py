"""Who is speaking?  On a shared phone a conversation asks that first, once, before its first line (RULES F3)."""

from __future__ import annotations

from collections import Counter

import msgspec

from engine import limits, prompts
from engine.answers import Option, ReadAs, Right, Wrong
from engine.answers import read as read_answer
from engine.effects import SetTimer
from engine.events import Opened
from engine.machine.run import Run
from engine.session import Session, Who
from engine.values import Packed

GIVE_UP = "who"
"""The timer after which nobody has said who speaks."""


def begin(run: Run, event: Opened) -> None:
    """The conversation stands at the question who speaks."""
    session = run.session
    run.kind = "reply" if event.by == "word" else "bulk"
    session.who = Who(event.speakers, event.by, event.channel, event.inputs, event.text, event.chain)
    session.started, session.channel = run.now, event.channel
    session.language = str(run.facts.worker.get("language") or "")
    run.rescene()
    ask(run)


def ask(run: Run, opening: str = "") -> None:
    """Send the names on this phone, after `opening` (else the question itself), and wait."""
    session = run.session
    session.status, session.asked_at = "waiting", run.now
    session.wait += 1
    names = [prompts.Option(each.number, each.code, each.label) for each in _options(run)]
    run.send(prompts.listed(opening or run.say("who"), names, run.scene), arms=session.wait, line=0)
    run.effects.append(SetTimer(GIVE_UP, guard=session.wait, after=limits.WHO))


def hear(run: Run, text: str) -> None:
    """A name, or its number; after so many replies that are neither it is over."""
    session, who, got = run.session, _who(run.session), read(run, text)
    if isinstance(got, Right):
        session.who, session.status = msgspec.structs.replace(who, chosen=str(got.value)), "named"
        return
    session.tries += 1
    if session.tries < limits.WHO_TRIES:
        ask(run, run.say(got.key, **got.values))
        return
    run.send(run.say("too_many"), line=0)
    run.end("invalid_answers")


def read(run: Run, text: str) -> Right | Wrong:
    """Which of the speakers the text means."""
    form = ReadAs("choice", choices=tuple(_options(run)), languages=(run.scene.language,))
    return read_answer(form, text, run.scene.language, run.scene.today(), run.linked.phrases, run.session.channel)


def name_of(record: dict[str, Packed], worker: str) -> str:
    """What a worker is called on a shared phone."""
    return str(record.get("name") or worker)


def _options(run: Run) -> list[Option]:
    """Two of one name are told apart by their ids.  Whose phone this is no more is none, and all keep their numbers."""
    people = run.facts.people
    there = [(number, who) for number, who in enumerate(_who(run.session).speakers, 1) if who in people]
    names = {who: name_of(people[who], who) for _, who in there}
    many = Counter(names.values())
    labels = {who: f"{name} ({who})" if many[name] > 1 else name for who, name in names.items()}
    return [Option(number, who, (labels[who],)) for number, who in there]


def _who(session: Session) -> Who:
    if session.who is None:
        raise RuntimeError("it is known who speaks")
    return session.who
