"""What the web phone shows, as plain data; every word in it is for programme staff."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from console.publishing import Problem
from console.queries import Answer, Worker
from engine.phrases import Phrases
from engine.session import Session
from engine.transcripts import WORKER, Said
from grammar.program import Program

_STATES = {
    "new": "begins",
    "waiting": "waits for an answer",
    "suspended": "waits for its turn",
    "sleeping": "goes on later",
    "acting": "waits for another system",
}
_STATUS = {"queued": "queued", "sending": "queued", "unknown": "unknown", "sent": "sent", "delivered": "delivered"}


class Bubble(msgspec.Struct, frozen=True):
    """A message; `mine`: the worker wrote it.  `status`: queued, sent, delivered, unknown, failed."""

    text: str
    mine: bool
    at: int
    status: str = ""


class Phone(msgspec.Struct, frozen=True):
    """A worker who can be played."""

    id: str
    name: str
    phone: str
    about: str
    received: int


class Talk(msgspec.Struct, frozen=True):
    """A conversation of the worker who is played."""

    title: str
    state: str
    open: bool
    since: int
    asked: str


class Stored(msgspec.Struct, frozen=True):
    """An answer as it is stored."""

    id: str
    question: str
    label: str
    value: str
    at: int


class Trouble(msgspec.Struct, frozen=True):
    """Why a changed file is not in use."""

    message: str
    findings: list[str]


class Flow(msgspec.Struct, frozen=True):
    """A flow that can be started, or a file that cannot.  `event`: the flow's name, where an event begins it."""

    title: str
    about: str
    words: tuple[str, ...]
    event: str = ""
    problem: Trouble | None = None


class State(msgspec.Struct, frozen=True):
    """Everything on the page."""

    workers: list[Phone]
    messages: list[Bubble]
    flows: list[Flow]
    conversations: list[Talk]
    answers: list[Stored]


def phone(worker: Worker, phrases: Phrases) -> Phone:
    """A worker of the list: what he does, where, and in which language."""
    record = worker.record
    spoken = str(record.get("language") or "")
    language = phrases.say(spoken, "name") if spoken in phrases.languages else spoken
    parts = (record.get("job"), worker.facility.get("name"), language)
    about = " · ".join(str(part).replace("_", " ") for part in parts if part)
    return Phone(worker.worker_id, str(record["name"]), str(record["phone"]), about, worker.received)


def bubble(said: Said) -> Bubble:
    """A message on the screen of the phone, as the worker sees it."""
    mine = said.who == WORKER
    return Bubble(said.text, mine, said.at, "" if mine else _STATUS.get(said.status, "failed"))


def talk(session: Session, titles: Mapping[str, str]) -> Talk:
    """How far a conversation has come.  `titles`: of the flows that run now, by name."""
    over = session.status == "ended"
    state = f"ended: {session.outcome.replace('_', ' ')}" if over else _STATES[session.status]
    asked = session.asked if session.status in ("waiting", "suspended") else ""
    return Talk(titles.get(session.flow, session.flow), state, not over, session.started, asked)


def stored(answer: Answer) -> Stored:
    """An answer; of a sensitive one only that it is there."""
    hidden = "(sensitive: not shown)"
    return Stored(
        answer.key,
        answer.question,
        hidden if answer.value is None else answer.label,
        "" if answer.value is None else answer.value,
        answer.at,
    )


def title(program: Program) -> str:
    """The flow's title in its base language."""
    text = program.title.versions[program.languages[0]].text or ()
    return "".join(piece for piece in text if isinstance(piece, str))


def flows(programs: Iterable[Program], problems: Iterable[Problem]) -> list[Flow]:
    """All flows, each with what is wrong with its file now; then the files that never gave one."""
    told = list(problems)
    found = []
    for program in programs:
        problem = next((each for each in told if program.flow in each.flows), None)
        words = tuple(word.upper() for word in program.words)
        trouble = None if problem is None else _trouble(problem)
        found.append(Flow(title(program), _about(program), words, program.flow if program.event else "", trouble))
    return found + [Flow(each.file, "new file", (), problem=_trouble(each)) for each in told if not each.flows]


def _about(program: Program) -> str:
    parts = [program.flow, ", ".join(program.languages)]
    if program.event:
        parts.append(f"begins by the event {program.event}")
    return " · ".join(parts)


def _trouble(problem: Problem) -> Trouble:
    count = len(problem.findings)
    mistakes = "1 mistake" if count == 1 else f"{count} mistakes"
    stays = "the last good version stays in use" if problem.flows else "it cannot be used yet"
    lines = [f"line {each.line}: {each.message} [{each.code}]" for each in problem.findings]
    return Trouble(f"The file has {mistakes}; {stays}.", lines)
