"""Work goes into the box that it is for: each kind of work calls its function of `engine.box`."""

from __future__ import annotations

from datetime import time
from functools import partial

import msgspec

from engine import box
from engine.box import TIDY, Applied
from engine.events import ActionDone, Granted
from engine.finding import Finder
from engine.kit import Kit
from engine.limits import LETTERS
from engine.loading import Due
from engine.machine import name_of
from engine.moments import next_time
from engine.outgoing import CLASSES, Body
from engine.places import Home, Line, Place
from engine.rows import Rows
from engine.work import Begin, Done, Fire, Hear, Item, Message, Move, Post, Take, Work


def step(item: Item, place: Place, kit: Kit, rows: Rows, timer: Due | None, finder: Finder) -> list[Applied]:
    """What follows; the view of the place is as it is afterwards.  `timer`: the stored one, for a `Fire`."""
    work, view, library, now = item.work, place.view, kit.library, rows.now
    rows.broadcast = work.broadcast or None if isinstance(work, Begin | Post) else None
    match work:
        case Message():
            return _receive(work, place, kit, now, finder)
        case Begin():
            begin = partial(box.start, view, work.flow, work.inputs, work.by, library, now, kit.ids.new)
            return finder.act(view, partial(begin, worker=work.worker, chain=work.chain))
        case Fire():
            return _fire(item, work, place, kit, rows, timer, finder)
        case Done():
            event = ActionDone(work.guard, work.failed, work.results)
            return finder.act(view, partial(box.done, view, work.session_id, event, library, now))
        case Post():
            _post(work, place, kit, rows)
            return []
        case Take():
            return _take(work, place, kit, rows, finder)
        case Hear():
            return finder.act(view, partial(box.tell, view, work.session_id, work.event, library, now))
        case Move():
            return finder.act(view, lambda: _moved(box.move(view, work.session_id, library, now)))


def is_for_parked(work: Work, place: Place) -> bool:
    """Is its conversation parked, and would it have heard of this?"""
    if not isinstance(work, Fire | Done | Take | Hear) or (isinstance(work, Fire) and work.name == TIDY):
        return False
    session = place.home.common.sessions.get(work.session_id)
    guard = None if isinstance(work, Hear) else work.guard
    return session is not None and session.status == "parked" and guard in (None, session.wait)


def drop_timer(item: Item, work: Fire, rows: Rows) -> None:
    """The timer is over."""
    rows.fired.append(
        {"in_bucket": item.bucket, "in_box": item.box_id, "in_session": work.session_id, "named": work.name}
    )


def _receive(work: Message, place: Place, kit: Kit, now: int, finder: Finder) -> list[Applied]:
    line, said = place.line, place.line.digest(kit.vault, work.text)
    before = line.spoke_at if line.said == said and work.channel not in kit.instant else None
    line.spoke_at, line.said, line.channel, line.changed = now, said, work.channel, True
    place.view.spoke_at = now

    def pin(worker: str, digits: str, new: bool = False, /) -> str:
        if new:
            return kit.vault.pin_digest(worker, digits).hex()
        return place.home.compare(kit.vault, worker, digits, now)

    hear = partial(box.receive, place.view, work.text, kit.library, now, kit.ids.new, pin, kit.kind(work.channel))
    applied = finder.act(place.view, partial(hear, before=before))
    if before is not None and not any(each.session or each.effects for each in applied):
        line.spoke_at = before  # a double send: the next one is measured from what was used
    return applied


def _take(work: Take, place: Place, kit: Kit, rows: Rows, finder: Finder) -> list[Applied]:
    """It got the thing, or hears who has it.  Nothing where it wants it no more."""
    held = place.home.held.get(work.topic)
    if held is None:
        return []
    got = held.session_id == work.session_id
    if work.guard is not None:
        done = ActionDone(work.guard, not got, {"taker": held.worker_id})
        act = partial(box.done, place.view, work.session_id, done, kit.library, rows.now)
    elif got:
        act = partial(box.tell, place.view, work.session_id, Granted(work.after or 0), kit.library, rows.now)
    else:
        return []
    applied = finder.act(place.view, act)
    if not any(isinstance(each.event, ActionDone | Granted) for each in applied):
        let_go(work, place.home, rows)
    return applied


def let_go(work: Take, home: Home, rows: Rows) -> None:
    """It was over before it could hear that it got the thing."""
    held = home.held.get(work.topic)
    if held is not None and held.anew and held.session_id == work.session_id:
        rows.free(work.flow, work.topic, work.session_id)


def _moved(found: list[Applied] | str) -> list[Applied]:
    return [] if isinstance(found, str) else found


def _fire(
    item: Item, work: Fire, place: Place, kit: Kit, rows: Rows, timer: Due | None, finder: Finder
) -> list[Applied]:
    """A timer that was moved meanwhile is left alone: it comes again when it is due.  One that is stored was due."""
    guard = work.guard
    if not item.event_n:
        if timer is None or timer.due_at > rows.now:
            return []
        guard = timer.guard
        drop_timer(item, work, rows)
    fire = partial(box.fire, place.view, work.session_id, work.name, guard, kit.library, rows.now)
    return finder.act(place.view, fire)


def _post(work: Post, place: Place, kit: Kit, rows: Rows) -> None:
    """A message for one of those who share a phone says for whom it is."""
    view, common = place.view.best(work.worker), place.home.common
    if view.stopped or work.worker in common.stopped:
        return
    facts = common.people.get(work.worker) or view.facts
    spoken = facts.worker.get("language") if facts else None
    language = spoken if isinstance(spoken, str) and spoken in work.texts else next(iter(work.texts))
    line, rows.flow = place.home.lines[view.line], work.flow
    zone = facts.zone if facts else kit.zone
    if work.gather is not None and _lengthens(work, line, place.home, rows, work.texts[language], zone):
        return
    text = work.texts[language]
    if view.shared and work.worker in view.owners:
        name = name_of(common.people[work.worker].worker, work.worker)
        text = kit.library.phrases.say(language, "addressed", name=name, text=text)
    linked = kit.library.current(work.flow)
    plain = linked is not None and linked.program.plain_letters
    body = Body(text, "", language, work.line, urgent=work.urgent, plain=plain)
    if work.gather is None:
        rows.message(line, body, CLASSES["bulk" if work.broadcast else "reply"])
    else:
        due, gathers = _gathering(work, line, zone)
        place.home.digests[gathers] = rows.gather(line, msgspec.structs.replace(body, gathers=gathers), due)


def _lengthens(work: Post, line: Line, home: Home, rows: Rows, text: str, zone: str) -> bool:
    """One line more of a message that is gathered for this person, if there is one and it is not too long already."""
    digest = home.digests.get(_gathering(work, line, zone)[1])
    if digest is None or len(digest.body.text) + 1 + len(text) > LETTERS:
        return False
    rows.lengthen(digest, text)
    return True


def _gathering(work: Post, line: Line, zone: str) -> tuple[int, str]:
    """When the message leaves for which it is a line (ms), and how that is known among those of its box."""
    day, hour = work.gather or ("", "")
    due = next_time(work.told_at, day, time.fromisoformat(hour), zone)
    return due, f"{work.worker or line.line_id} {due}"
