"""A simulation that finds nothing proves nothing: mistakes that others made, or we, are each found within 50 seeds."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import BigInteger, bindparam, false, func, insert, select

from engine import (
    confirming,
    effects,
    enrolment,
    held,
    leases,
    loading,
    merging,
    moving,
    outbox,
    parked,
    picking,
    purging,
    restoring,
    schema,
    stepping,
    takings,
    versions,
    writing,
)
from engine.admission import Admission, Fate
from engine.applied import Step
from engine.batch import ACCEPTED
from engine.box import Applied
from engine.delivery import Outcome, Sent
from engine.finding import Finder
from engine.inbox import Inbox
from engine.kit import Kit
from engine.outbox import Owner
from engine.outgoing import CLASSES
from engine.picking import Picked
from engine.places import Place
from engine.rows import Rows
from engine.sets import many, put
from engine.spending import Budget
from engine.survey import Survey
from engine.takings import Holder, Want
from engine.watch import Watch
from engine.work import Accepted, Fire, Item
from engine.work import Message as Written
from tests.simulation.disk import SimulatedStore
from tests.simulation.play import play

SEEDS = 50


def ack_before_commit(patch: pytest.MonkeyPatch) -> None:
    real = Inbox._write

    async def write(self: Inbox, waiting: Any, how: Any) -> Any:
        for _, future in waiting:
            if not future.done():
                future.set_result(Accepted())
        return await real(self, waiting, how)

    patch.setattr(Inbox, "_write", write)


def ack_without_storing(patch: pytest.MonkeyPatch) -> None:
    real = Inbox.do

    async def do(self: Inbox, item: Item, *rest: Any) -> Accepted:
        if isinstance(item.work, Written) and item.key.endswith("7"):
            return Accepted()
        return await real(self, item, *rest)

    patch.setattr(Inbox, "do", do)


def no_dedupe(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(loading, "seen", lambda connection, items: set())
    patch.setattr(writing, "_NEW_SEEN", put(schema.seen, ["bucket", "box_id", "line_id", "key"], ["event_n"]))


def sent_before_the_call(patch: pytest.MonkeyPatch) -> None:
    real = Owner._outcome

    async def outcome(self: Owner, picked: Picked) -> Outcome:
        if not picked.parts:  # an action
            return await real(self, picked)
        asyncio.get_running_loop().call_later(1, lambda: asyncio.ensure_future(real(self, picked)))
        return Sent()

    patch.setattr(Owner, "_outcome", outcome)


def handed_over_twice(patch: pytest.MonkeyPatch) -> None:
    real = Owner._outcome

    async def outcome(self: Owner, picked: Picked) -> Outcome:
        found = await real(self, picked)
        return await real(self, picked) if picked.parts else found

    patch.setattr(Owner, "_outcome", outcome)


def outbox_after_the_commit(patch: pytest.MonkeyPatch) -> None:
    real_rows, real_write = writing.write, SimulatedStore.write
    late: list[dict[str, Any]] = []

    def rows(connection: Any, of: Any) -> None:
        late.extend(of.outbox)
        of.outbox = []
        real_rows(connection, of)

    async def write(self: SimulatedStore, work: Callable[[Any], Any], *rest: Any) -> Any:
        def first(connection: Any) -> Any:
            late.clear()
            result = work(connection)
            taken, late[:] = late[:], []
            return result, taken

        result, taken = await real_write(self, first, *rest)
        if taken:
            await real_write(self, lambda c: many(c, _NEW_OUTBOX, taken), *rest)
        return result

    patch.setattr(writing, "write", rows)
    patch.setattr(SimulatedStore, "write", write)


_NEW_OUTBOX = insert(schema.outbox)


def epoch_not_looked_at(patch: pytest.MonkeyPatch) -> None:
    """An owner who stood still goes on as if nobody had taken his place."""
    patch.setattr(leases, "hold", lambda connection, lease, now: connection.scalar(_PACED, {"channel": lease.channel}))


_PACED = select(schema.channel.c.paced_until).where(schema.channel.c.channel_id == bindparam("channel"))


def timer_fired_by_two(patch: pytest.MonkeyPatch) -> None:
    """Whoever found a timer fires it, and does not look whether another process has done so meanwhile."""
    real = stepping._fire

    def fire(item: Item, work: Fire, place: Place, kit: Kit, rows: Rows, timer: Any, finder: Finder) -> list[Applied]:
        return real(item, work, place, kit, rows, timer or SimpleNamespace(due_at=0, guard=work.guard), finder)

    patch.setattr(stepping, "_fire", fire)
    patch.setattr(Admission, "_fate_of_timer", lambda self, work: Fate.NEW)


def stop_overlooked(patch: pytest.MonkeyPatch) -> None:
    """What was in the queue when STOP came goes out."""
    real = picking._unsendable
    patch.setattr(picking, "_unsendable", lambda row, now: why if (why := real(row, now)) != "stopped" else "")


def merge_forgets_timers(patch: pytest.MonkeyPatch) -> None:
    """Conversations move to another box, and what would wake them stays behind."""
    patch.setattr(merging, "_STATEMENTS", {t: s for t, s in merging._STATEMENTS.items() if t is not schema.timer})


# ------------------------------------------------------------ in what only some runs play


def taken_by_whoever_asks(patch: pytest.MonkeyPatch) -> None:
    """Each of those who want a thing is told that it is his."""
    real = takings.take

    def take(connection: Any, wants: Iterable[Want], now: int) -> dict[str, Holder]:
        asked = list(wants)
        real(connection, asked, now)
        return {want.thing: Holder(want.session_id, want.worker_id, anew=True) for want in asked}

    patch.setattr(takings, "take", take)


def line_not_gathered(patch: pytest.MonkeyPatch) -> None:
    """A message that is gathered says its first line only."""
    patch.setattr(Rows, "lengthen", lambda self, digest, text: None)


def line_gathered_twice(patch: pytest.MonkeyPatch) -> None:
    real = Rows.lengthen
    patch.setattr(Rows, "lengthen", lambda self, digest, text: real(self, digest, f"{text}\n{text}"))


def queued_messages_purged(patch: pytest.MonkeyPatch) -> None:
    """What is past its time is wiped, whether it has left or not."""
    patch.setattr(purging, "_RULES", [_whatever_its_status(rule) for rule in purging._RULES])


def _whatever_its_status(rule: Any) -> Any:
    before = bindparam("before", type_=BigInteger)
    over = (func.length(schema.outbox.c.body) > 0) & (schema.outbox.c.queued_at < before)
    return replace(rule, over=over) if rule.table is schema.outbox else rule


def queue_kept_for_the_number(patch: pytest.MonkeyPatch) -> None:
    """What a worker was to hear goes to whoever has his number now."""
    patch.setattr(enrolment, "_WITHDRAW", enrolment._WITHDRAW.where(false()))


def put_back_and_not_counted(patch: pytest.MonkeyPatch) -> None:
    """Nobody knows that something waits in the box again, so that what is newer overtakes it."""
    patch.setattr(parked, "_SO_MANY_MORE", parked._SO_MANY_MORE.where(false()))


def dropped_and_done_all_the_same(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(parked, "_DROP", parked._DROP.values(state=ACCEPTED))


def claim_not_in_the_record(patch: pytest.MonkeyPatch) -> None:
    def claim(step: Step, effect: Any, origin: Any) -> None:
        real(step, effect, origin)
        step._rows.workers.clear()

    real = Step._handlers[effects.Claim]
    patch.setitem(Step._handlers, effects.Claim, claim)


def claim_kept_twice(patch: pytest.MonkeyPatch) -> None:
    def claim(step: Step, effect: Any, origin: Any) -> None:
        real(step, effect, origin)
        real(step, effect, origin)

    real = Step._handlers[effects.Claim]
    patch.setitem(Step._handlers, effects.Claim, claim)


def limit_not_looked_at(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Budget, "allows", lambda self, rank, parts: True)


def spending_not_kept(patch: pytest.MonkeyPatch) -> None:
    """Each turn begins with the whole of the day's limit."""
    patch.setattr(Budget, "keep", lambda self, connection: None)


def rolled_back_until_the_next_start(patch: pytest.MonkeyPatch) -> None:
    """A process that begins publishes what is in the folder, whoever went back from it."""
    patch.setattr(versions, "_ONE", versions._ONE.where(false()))


def answers_left_behind(patch: pytest.MonkeyPatch) -> None:
    """Whoever goes over to a new version stands at the right question, and has answered nothing."""
    patch.setattr(moving, "_answers", lambda *rest: ({}, []))


def restored_and_not_on_hold(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(held, "hold", lambda connection, kind, reason, now: None)


def hold_keeps_answers_alone(patch: pytest.MonkeyPatch) -> None:
    """Reminders, and what is for many, leave although the database was restored."""
    real = outbox.look

    def look(connection: Any, *rest: Any) -> Survey:
        with pytest.MonkeyPatch.context() as inside:
            inside.setattr(held, "state", lambda connection: held.State(None, None))
            seen = real(connection, *rest)
        late = {rank: each for rank, each in seen.waiting.items() if rank >= CLASSES["reminder"]}
        return replace(seen, waiting=late) if held.state(connection).hold else seen

    patch.setattr(outbox, "look", look)


def hold_is_for_clocks_alone(patch: pytest.MonkeyPatch) -> None:
    """Timers and schedules go on although the database was restored."""
    real = Watch.holds

    async def holds(self: Watch) -> held.Hold | None:
        found = await real(self)
        return None if found is not None and found.everything else found

    patch.setattr(Watch, "holds", holds)


def restored_without_what_was_seen(patch: pytest.MonkeyPatch) -> None:
    """Nobody knows any more which deliveries are in the backup."""
    real = restoring.restore

    def restore(file: Path, database: Path, *rest: Any) -> Path | None:
        aside = real(file, database, *rest)
        with closing(sqlite3.connect(database)) as disk:
            disk.execute("DELETE FROM seen")
            disk.commit()
        return aside

    patch.setattr(restoring, "restore", restore)


class _Whichever(dict[str, Any]):
    """Whatever is looked for, the first is found."""

    def get(self, key: str, default: Any = None) -> Any:
        return next(iter(self.values()), default)


def any_code_confirms(patch: pytest.MonkeyPatch) -> None:
    real = confirming.awaited
    patch.setattr(confirming, "awaited", lambda *rest: {line: _Whichever(codes) for line, codes in real(*rest).items()})


def confirmed_and_forgotten(patch: pytest.MonkeyPatch) -> None:
    """Whoever sends the code is thanked, and that is all."""
    patch.setitem(Step._handlers, effects.Confirm, lambda step, effect, origin: None)


@pytest.mark.parametrize(
    ("plant", "act", "promise"),
    [
        (taken_by_whoever_asks, "take", "X1"),
        (line_not_gathered, "digest", "X5"),
        (line_gathered_twice, "digest", "X5"),
        (queued_messages_purged, "purge", "I26"),
        (queue_kept_for_the_number, "move", "moved"),
        (put_back_and_not_counted, "poison", "no rest"),
        (dropped_and_done_all_the_same, "poison", "no rest"),
        (claim_not_in_the_record, "claim", "O1"),
        (claim_kept_twice, "claim", "O1"),
        (limit_not_looked_at, "limit", "limit"),
        (spending_not_kept, "limit", "limit"),
        (rolled_back_until_the_next_start, "rename", "versions"),
        (answers_left_behind, "rename", "K8"),
        (restored_and_not_on_hold, "restore", "hold"),
        (hold_keeps_answers_alone, "restore", "hold"),
        (hold_is_for_clocks_alone, "restore", "hold"),
        (restored_without_what_was_seen, "restore", "I1|I2"),
        (any_code_confirms, "confirm", "O2"),
        (confirmed_and_forgotten, "confirm", "O2"),
    ],
)
def test_a_bug_planted_in_an_act_is_found(
    plant: Callable[[pytest.MonkeyPatch], None], act: str, promise: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(monkeypatch)
    found = (played.problem for played in map(partial(play, cast=(act,)), range(SEEDS)) if played.problem)
    with pytest.raises(AssertionError, match=f"ViolationError: .*({promise})"):
        raise AssertionError(next(found, "nothing was found"))


# ------------------------------------------------------------ in what every run plays


@pytest.mark.parametrize(
    ("plant", "promise"),
    [
        (ack_before_commit, "I1"),
        (ack_without_storing, "I1"),
        (no_dedupe, "I2"),
        (sent_before_the_call, "I10|never left"),
        (handed_over_twice, "handed over twice"),
        (outbox_after_the_commit, "I8|I9"),
        (epoch_not_looked_at, "lease"),
        (timer_fired_by_two, "I14"),
        (stop_overlooked, "I12"),
        (merge_forgets_timers, "I8|no rest"),
    ],
)
def test_a_planted_bug_is_found(
    plant: Callable[[pytest.MonkeyPatch], None], promise: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(monkeypatch)
    problem = next((played.problem for played in map(play, range(SEEDS)) if played.problem), "nothing was found")
    with pytest.raises(AssertionError, match=f"ViolationError: .*({promise})"):
        raise AssertionError(problem)
