"""What the world outside saw of the engine, held against what the engine stored; a difference is a `Violation`."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from engine import events, invariants, recounting, references
from engine.delivery import Message, Receipt
from engine.ids import bucket_of
from engine.invariants import Breach
from engine.library import Library
from engine.outgoing import FINAL, rank
from engine.vault import Vault
from engine.work import Message as Written
from engine.work import Work, storable
from tests.simulation.disk import drive

_HOW_FAR = """
    SELECT o.status, o.class, o.parts, a.outcome, o.line_id, o.session_id, o.seq, o.item,
        EXISTS (SELECT 1 FROM outbox b WHERE b.bucket = o.bucket AND b.box_id = o.box_id AND b.session_id = o.session_id
            AND b.channel = o.channel AND b.status IN ('queued', 'sending') AND (b.seq, b.item) < (o.seq, o.item)
            AND NOT (b.doubtful AND b.not_before = b.expires_at)),
        a.epoch < c.epoch
    FROM outbox o JOIN attempt a USING (bucket, box_id, out_id) JOIN channel c ON c.channel_id = o.channel
    WHERE o.bucket = ? AND o.box_id = ? AND o.out_id = ? AND a.try = ?
"""
_HOME = "SELECT merged_into FROM box WHERE bucket = ? AND box_id = ?"
_MERGED = "SELECT count(*) FROM box WHERE merged_into IS NOT NULL"
_PICKED = """
    SELECT a.rowid, a.out_id, a.try, a.epoch = c.epoch AND a.process = c.owner
    FROM attempt a JOIN outbox o USING (bucket, box_id, out_id) JOIN channel c ON c.channel_id = o.channel
    WHERE a.rowid > ? ORDER BY a.rowid
"""
_LAST = "SELECT coalesce(max(rowid), 0) FROM attempt"
_ATTEMPTS = "SELECT out_id, try FROM attempt"
_MESSAGES = "SELECT out_id FROM outbox"
_STOPPED = "SELECT line_id FROM line WHERE stopped_at IS NOT NULL"
_TWICE = """
    SELECT line_id, broadcast, count(*) FROM outbox WHERE broadcast IS NOT NULL AND session_id IS NULL
    GROUP BY 1, 2 HAVING count(*) > 1
"""
_ROUNDS = """
    SELECT worker_id, count(*) FROM session WHERE program IN (SELECT hash FROM program WHERE flow = 'tally') GROUP BY 1
    HAVING count(*) > (SELECT count(*) FROM schedule_run WHERE state IN ('going', 'done', 'stopped'))
        + (SELECT count(*) FROM broadcast WHERE flow = 'tally')
"""
_STORED = "SELECT count(*) FROM seen JOIN event USING (bucket, box_id) WHERE seen.key = ? AND event.n = seen.event_n"
_EVENTS = "SELECT box_id, n, kind, session_id, seq, body FROM event ORDER BY box_id, n"
_MOVES = "SELECT box_id, n, body FROM event WHERE session_id = ? AND kind = 'moved' ORDER BY box_id, n"
_NEVER_STARTED = """
    SELECT session_id FROM event WHERE kind = 'opened'
    EXCEPT SELECT session_id FROM event WHERE kind = 'started'
"""
# A letter is one delivery, to its line; the rows of those who read it there only say that they have.  What
# conversations hear of each other did not come from outside; its key names who hears it.  Nor did what they take:
# before it is granted, its box may be tidied.
_DELIVERIES = """
    SELECT box_id, key FROM seen WHERE line_id <> 0 OR NOT EXISTS (
        SELECT 1 FROM seen letter WHERE letter.bucket = seen.bucket AND letter.box_id = seen.box_id
        AND letter.line_id <> 0 AND letter.event_n = seen.event_n AND seen.key LIKE letter.key || ' %'
    ) AND NOT EXISTS (
        SELECT 1 FROM event WHERE event.bucket = seen.bucket AND event.box_id = seen.box_id AND event.n = seen.event_n
        AND event.kind IN ('take', 'hear', 'action_done', 'granted')
    ) AND NOT EXISTS (
        SELECT 1 FROM mail WHERE mail.kind = 'take' AND mail.bucket = seen.bucket AND mail.box_id = seen.box_id
        AND seen.key = printf('mail %d.%d.%d', mail.session_id, mail.seq, mail.item)
    ) AND NOT EXISTS (
        SELECT 1 FROM session WHERE session.bucket = seen.bucket AND session.box_id = seen.box_id
        AND seen.line_id = 0 AND seen.key LIKE '% ' || printf('%x', session.session_id)
    )
"""
_event = msgspec.msgpack.Decoder(events.Event)
_work = msgspec.msgpack.Decoder(Work)
_AS_THEY_CAME = ("message", "begin", "post", "fire", "done", "take", "hear", "move")


class ViolationError(AssertionError):
    """A promise that was broken, in a sentence."""


@dataclass(slots=True)
class Witness:
    """`yes`: keys of deliveries that were acknowledged.  `texts`: what each key brought.

    Times say nothing where clocks are set back, so transactions are counted: `picked` says in which one each attempt
    was made, `stopped` in which one a line was.  `forgotten`: what was handed over between a backup and its restore,
    of messages that waited in the backup: those alone may leave once more.  `left`: messages of which that is true.
    """

    vault: Vault
    library: Library
    texts: dict[str, str] = field(default_factory=dict)
    yes: set[str] = field(default_factory=set)
    handed_refs: set[str] = field(default_factory=set)
    forgotten: set[str] = field(default_factory=set)
    left: set[int] = field(default_factory=set)
    clocks_agree: bool = True
    set_back: bool = False
    commits: int = 0
    merged: int = 0
    last_attempt: int = 0
    picked: dict[tuple[int, int], int] = field(default_factory=dict)
    stopped: dict[int, int] = field(default_factory=dict)
    arrivals: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    receipts: list[tuple[str, Receipt]] = field(default_factory=list)
    furthest: dict[tuple[str, int], tuple[int, int]] = field(default_factory=dict)
    pinned: dict[int, str] = field(default_factory=dict)
    ranks: dict[int, str] = field(default_factory=dict)
    roots: dict[tuple[int, int], tuple[int, str | None, str]] = field(default_factory=dict)

    # ------------------------------------------------------------ as it happens

    def committed(self) -> None:
        """A transaction is on the disk."""
        self.commits += 1
        for rowid, out, number, owned in drive().raw.execute(_PICKED, (self.last_attempt,)):
            self.last_attempt = rowid
            if (out, number) not in self.picked:  # one whose box was merged comes again
                _expect(owned, f"lease: the attempt {number} of {out} is by an owner whose channel it is no more")
                self.picked[out, number] = self.commits
        stopped = drive().raw.execute(_STOPPED)
        self.stopped = {line: self.stopped.get(line, self.commits) for (line,) in stopped}

    def accepted(self, key: str) -> None:
        """The engine said yes to a delivery."""
        self.yes.add(key)
        stored = drive().raw.execute(_STORED, (key,)).fetchone()[0]
        _expect(stored == 1, f"I1: the delivery {key} was acknowledged and is stored {stored} times")

    def handed(self, channel: str, message: Message) -> None:
        """The engine hands a message to an adapter."""
        at = references.read(message.ref)
        assert at is not None
        again = message.ref in self.handed_refs and message.ref not in self.forgotten
        _expect(not again, f"I10: the attempt {at} was handed over twice")
        self.handed_refs.add(message.ref)
        self.forgotten.discard(message.ref)
        row = drive().raw.execute(_HOW_FAR, (*_home(at.box_id), at.out_id, at.attempt)).fetchone()
        _expect(row is not None, f"I10: {at} was handed over without an attempt on the disk")
        status, rank_of, parts, outcome, line, session, seq, item, overtakes, late = row
        # Whoever does not know yet that the channel is another's hands over what the other has written off as unknown.
        _expect(
            outcome is None or (late and outcome == "unknown"),
            f"I10: the attempt {at} had its outcome {outcome} before it was handed over",
        )
        _expect(late or not overtakes, f"order: {at} overtakes an earlier message of session {session} ({seq}, {item})")
        after = self.picked[at.out_id, at.attempt] > self.stopped.get(line, self.commits) and rank_of != 0 and parts
        _expect(not after, f"I12: the attempt {at} was picked after STOP (status {status})")

    def arrived(self, channel: str, message: Message) -> None:
        """The provider has it."""
        at = references.read(message.ref)
        assert at is not None
        self.arrivals[at.out_id].append(at.attempt)
        row = drive().raw.execute(_HOW_FAR, (*_home(at.box_id), at.out_id, at.attempt)).fetchone()
        if row[3] is not None or row[5] is None:  # whoever stood still handed it over before others took his place
            return
        session, place = row[5], row[6:8]
        before = self.furthest.get((channel, session), (0, 0))
        first = len(self.arrivals[at.out_id]) == 1
        _expect(not first or place > before, f"order: {place} arrived after {before} of the same session {session}")
        self.furthest[channel, session] = max(before, place)

    # ------------------------------------------------------------ a backup, and the way back

    def remembered(self) -> Witness:
        """What it knows now, for the day on which all is as now again."""
        kept = {name: copy(getattr(self, name)) for name in _OF_THE_DISK}
        return replace(self, **kept)

    def restored(self, then: Witness) -> None:
        """All is as `then` again, but for what left and arrived meanwhile; `then` is not used up."""
        for name in _OF_THE_DISK:
            setattr(self, name, copy(getattr(then, name)))
        self.last_attempt = drive().raw.execute(_LAST).fetchone()[0]
        known = set(drive().raw.execute(_ATTEMPTS))
        waited = {out for (out,) in drive().raw.execute(_MESSAGES)}
        handed = {ref: references.read(ref) for ref in self.handed_refs}
        lost = {ref: at for ref, at in handed.items() if at and at.out_id in waited and at[1:] not in known}
        self.forgotten = set(lost)
        self.left = {at.out_id for at in lost.values()}
        arrived = [(out, number) for out, numbers in self.arrivals.items() for number in numbers]
        self.arrivals = defaultdict(list)
        for out, number in arrived:
            if (out, number) in known:
                self.arrivals[out].append(number)

    # ------------------------------------------------------------ now and then

    def look(self) -> None:
        """Compare what must hold at every moment."""
        self._nothing_went_back()
        self._everything_once()
        found = invariants.breaches(drive().reading)
        self._report(found)
        for line, broadcast, many in drive().raw.execute(_TWICE):
            _expect(False, f"I2: line {line} has {many} messages of the broadcast {broadcast}")
        for worker, many in drive().raw.execute(_ROUNDS):
            _expect(False, f"I2: {worker} has {many} conversations of a schedule that came round less often")

    def _report(self, found: list[Breach]) -> None:
        _report([each for each in found if not self._is_of_a_wrong_clock(each)])

    def _is_of_a_wrong_clock(self, found: Breach) -> bool:
        """I12 is told by times; `handed` tells it by transactions.  A timer may fire by a clock that was ahead."""
        if found.invariant == "I12":
            return not self.clocks_agree
        return self.set_back and found.invariant == "I14" and "before its time" in found.sentence

    def _nothing_went_back(self) -> None:
        for session, program in drive().raw.execute("SELECT session_id, program FROM session"):
            known = self.pinned.setdefault(session, program)
            _expect(known == program or self._went_to(session, program), f"I17: session {session} changed its version")
            self.pinned[session] = program
        for out, status in drive().raw.execute("SELECT out_id, status FROM outbox"):
            before = self.ranks.get(out, "queued")
            final = rank(before) == FINAL
            back = status != before if final else rank(before) >= rank("unknown") and rank(status) < rank(before)
            _expect(not back, f"I11: message {out} went back from {before} to {status}")
            self.ranks[out] = status

    def _went_to(self, session: int, program: str) -> bool:
        """Did it go over to this version, as its own events say?"""
        moves = drive().raw.execute(_MOVES, (session,))
        found = [_event.decode(self.vault.open("event", box, n, body)) for box, n, body in moves]
        return bool(found) and found[-1].program == program

    def _everything_once(self) -> None:
        merged = drive().raw.execute(_MERGED).fetchone()[0]
        if merged != self.merged:  # events have other numbers
            self.roots.clear()
            self.merged = merged
        seen: dict[int, Counter[str]] = defaultdict(Counter)
        roots: dict[int, int] = Counter()
        stored = set()
        for box, key in drive().raw.execute(_DELIVERIES):
            stored.add(key)
            roots[box] += 1
            if key in self.texts:
                seen[box][storable(self.texts[key])] += 1
        _expect(self.yes <= stored, f"I1: acknowledged and lost: {sorted(self.yes - stored)}")
        said: dict[int, Counter[str]] = defaultdict(Counter)
        wiped: dict[int, int] = Counter()
        for box, text in self._roots():
            roots[box] -= 1
            if text is None:
                continue
            if text == _SECRET:
                wiped[box] += 1
            else:
                said[box][text] += 1
        for box, left in roots.items():
            _expect(left == 0, f"I2: box {box} has {-left} effects more than deliveries")
        for box in {*seen, *said}:
            _expect(not said[box] - seen[box], f"I2: box {box} has {dict(said[box] - seen[box])} too often")
            lost = (seen[box] - said[box]).total()
            _expect(lost == wiped[box], f"I1: box {box} lost {dict(seen[box] - said[box])}")

    def _roots(self) -> Iterator[tuple[int, str | None]]:
        """What came from outside: its box, and its text, where it has one."""
        opened = {session for (session,) in drive().raw.execute(_NEVER_STARTED)}
        given_up = (0, 0)
        for box, n, kind, session, seq, body in drive().raw.execute(_EVENTS):
            known = self.roots.get((box, n))
            if known is None or known[2] != kind:  # what came in has become what came of it
                came = _came(kind, seq, self.vault.open("event", box, n, body))
                known = self.roots[box, n] = (box if came else 0, came and came[0], kind)
            again = kind == "regained" and given_up == (box, n - 1)  # by the word of what was given up (RULES F3)
            goes_on = kind in ("carried", "suspended") and given_up == (box, n - 1)
            given_up = (box, n) if goes_on or (kind == "replaced" and session in opened) else (0, 0)
            if known[0] and not again:
                yield known[:2]

    # ------------------------------------------------------------ at the end

    def conclude(self) -> None:
        """Compare what must hold once everything has come to rest."""
        self.look()
        self._sent_is_sent()
        self._receipts_count()
        page = recounting.recount(drive().reading, self.vault, self.library, most=10_000)
        self._report(page.breaches)

    def _sent_is_sent(self) -> None:
        outcomes: dict[int, dict[int, str]] = defaultdict(dict)
        for out, number, outcome in drive().raw.execute(
            "SELECT out_id, try, outcome FROM attempt JOIN outbox USING (bucket, box_id, out_id)"
            " WHERE channel NOT LIKE 'do:%'"
        ):
            outcomes[out][number] = outcome
        for key, numbers in self.arrivals.items():
            _expect(len(numbers) == len(set(numbers)), f"I10: an attempt of {key} arrived twice")
            for number in numbers:
                said = outcomes[key].get(number)
                _expect(
                    said in ("sent", "unknown"), f"I10: attempt {number} of {key} arrived, and is recorded as {said}"
                )
            doubts = sum(outcome == "unknown" for outcome in outcomes[key].values())
            _expect(len(numbers) <= 1 + doubts, f"I10: {key} arrived {len(numbers)} times with {doubts} unknowns")
        for key, tried in outcomes.items():
            for number, outcome in tried.items():
                claimed = outcome == "sent" and number not in self.arrivals.get(key, ())
                _expect(not claimed, f"a message is marked as sent and never left: {key}, attempt {number}")
        for out, status in drive().raw.execute(
            "SELECT out_id, status FROM outbox WHERE status IN ('sent', 'delivered') AND channel NOT LIKE 'do:%'"
        ):
            arrived = bool(self.arrivals.get(out)) or out in self.left
            _expect(arrived, f"a message is marked as {status} and never left: {out}")

    def _receipts_count(self) -> None:
        by_provider = {
            row[0]: row[1]
            for row in drive().raw.execute("SELECT provider_id, out_id FROM attempt WHERE provider_id <> ''")
        }
        status = dict(drive().raw.execute("SELECT out_id, status FROM outbox"))
        for _, receipt in self.receipts:
            at = references.read(receipt.ref)
            key = at.out_id if at is not None else by_provider.get(receipt.provider_id)
            if key in status:
                low = rank(status[key]) < rank(receipt.status)
                _expect(not low, f"I11: {key} is {status[key]} although it was reported as {receipt.status}")


_SECRET = "\0"
_OF_THE_DISK = ("yes", "pinned", "ranks", "picked", "roots", "stopped", "furthest", "merged", "receipts")


def _came(kind: str, seq: int, body: bytes) -> tuple[str | None] | None:
    """Of an event that came from outside, its text; None where it followed from another, or from a timer."""
    if kind in _AS_THEY_CAME:
        work: Any = _work.decode(body)
        if isinstance(work, Written):
            return (work.text,)
        return (None,) if kind in ("begin", "post") else None
    event: Any = _event.decode(body)
    match event:
        case events.Received():
            return (_SECRET if event.proof else event.text,)
        case events.Started() | events.Opened() if seq == 1:  # who was asked for a name starts afterwards
            return (event.text if event.by == "word" else None,)
        case events.Regained() if event.text:
            return (event.text,)
    return None


def _home(box: int) -> tuple[int, int]:
    """Where the rows of a box are now: its bucket, and its id."""
    while True:
        row = drive().raw.execute(_HOME, (bucket_of(box), box)).fetchone()
        if row is None or row[0] is None:
            return bucket_of(box), box
        box = row[0]


def _report(found: list[Breach]) -> None:
    _expect(not found, "; ".join(f"{breach.invariant}: {breach.sentence}" for breach in found))


def _expect(holds: bool, sentence: str) -> None:
    if not holds:
        raise ViolationError(sentence)
