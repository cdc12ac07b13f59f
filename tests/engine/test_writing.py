"""Each statement of a transaction changes the rows that it means and no neighbour of theirs (SCHEMA.md)."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import pytest
from sqlalchemy import BigInteger, Boolean, Connection, Float, Integer, LargeBinary, SmallInteger, Table, select

from engine import schema
from engine.ids import bucket_of
from engine.limits import DAY
from engine.locks import Held
from engine.outgoing import CLASSES
from engine.rows import Rows
from engine.takings import bucket_of as place_of
from engine.writing import write
from tests.engine.motion import MONDAY, MakeLibrary, World, world

BOX, OTHER_BOX, TALK, OTHER_TALK, LINE = 4_000_001, 4_000_002, 7, 8, 3
KEY = {"bucket": bucket_of(BOX), "box_id": BOX}
ELSEWHERE = {"bucket": bucket_of(OTHER_BOX), "box_id": OTHER_BOX}
THERE = {"in_bucket": KEY["bucket"], "in_box": BOX}
OF_TALK = {**THERE, "in_session": TALK}
LATER, EXPIRY = MONDAY + 1, MONDAY + DAY
ZERO = {BigInteger: 0, Integer: 0, SmallInteger: 0, Float: 0.0, LargeBinary: b"", Boolean: False}
GONE = "gone"
Row = dict[str, Any]
Different = dict[str, Row]


def row_of(table: Table, *given: Row) -> Row:
    """A row in which nothing stands but what is given."""
    row = {each.name: None if each.nullable else ZERO.get(type(each.type), "") for each in table.columns}
    for some in given:
        row |= some
    return row


class Rule(NamedTuple):
    """`rows`: what is written.  `row`: what stands there.  `meant`, `spared`: in what those that it means, and its
    neighbours, are different from that row.  `becomes`: what changes in those that it means; None: they go.
    """

    name: str
    table: Table
    rows: Row
    row: Row
    becomes: Row | None
    spared: Different
    meant: Different = {"it": {}}


EVENT = {"kind": "text", "state": 1, "session_id": TALK, "seq": 4, "line_id": LINE, "channel": "sms", "at": MONDAY}
STEPPED = {**EVENT, "body": b"said", "facts": b"known"}
OUT = {**KEY, "out_id": 1, "session_id": TALK, "line_id": LINE, "channel": "sms", "status": "queued", "parts": 1}
REPLY = {**OUT, "class": CLASSES["reply"], "not_before": MONDAY, "expires_at": EXPIRY}
ANOTHER_TALK = {"session_id": OTHER_TALK}
UNDER_WAY = {"status": "sending"}
SENT = {"status": "sent"}
ACTION = {"parts": 0}
WORKER = {"worker_id": "moses", "job": "chw"}
ANOTHER_WORKER = {"another worker": {"worker_id": "fanta"}}
PLACE = {"job": "nurse", "facility": "f", "district": "d", "supervisor": "s", "zone": "z"}
LINE_NOW = {"channel": "sms", "stopped_at": 1, "spoke_at": 2, "greeted_at": 3, "silent_at": 4, "said": "x"}
ANOTHER_LINE = {"another line": {"line_id": LINE + 1, "address_key": "b"}}
TAKEN = {"bucket": place_of("bed"), "flow": "beds", "value_key": "bed", "session_id": TALK}
TIMER = {**KEY, "session_id": TALK, "name": "remind", "guard": 2}

RULES = [
    Rule(
        "an event that waits is stepped once",
        schema.event,
        {"stepped": [{**KEY, "n": 5, **STEPPED}]},
        {**KEY, "n": 5},
        STEPPED,
        {"the next event": {"n": 6}, "stepped": {"state": 1}, "parked": {"state": 2}, "another box": ELSEWHERE},
    ),
    Rule(
        "a conversation that goes to another line lets its floor go",
        schema.session,
        {"carried": {TALK: OF_TALK}},
        {**KEY, "session_id": TALK, "status": "waiting"},
        {"status": "suspended"},
        {"another": ANOTHER_TALK, "ended": {"status": "ended"}, "queued": {"status": "queued"}},
    ),
    Rule(
        "an answer that is asked again is put aside",
        schema.answer,
        {"aside": [{**OF_TALK, "of_question": "doses", "of_turn": "2"}]},
        {**KEY, "session_id": TALK, "n": 1, "question": "doses", "turn": "2"},
        {"aside": True},
        {"another conversation": ANOTHER_TALK, "another question": {"question": "age"}, "another turn": {"turn": "1"}},
    ),
    Rule(
        "a timer that fired is gone",
        schema.timer,
        {"fired": [{**OF_TALK, "named": "remind"}]},
        TIMER,
        None,
        {"another conversation": ANOTHER_TALK, "another timer": {"name": "expire"}},
    ),
    Rule(
        "what guards a wait that is over is gone",
        schema.timer,
        {"over": [{**OF_TALK, "wait": 3, "ended": False}]},
        TIMER,
        None,
        {"another conversation": ANOTHER_TALK, "of this wait": {"guard": 3}, "of the whole": {"guard": None}},
    ),
    Rule(
        "no timer outlives its conversation",
        schema.timer,
        {"over": [{**OF_TALK, "wait": 3, "ended": True}]},
        TIMER,
        None,
        {"another conversation": ANOTHER_TALK},
        {"of an old wait": {}, "of this wait": {"guard": 3}, "of the whole": {"guard": None}},
    ),
    Rule(
        "STOP drops what waits for the line, but not its consent, nor what is no message",
        schema.outbox,
        {"stopped": [{**THERE, "in_line": LINE}]},
        REPLY,
        {"status": "stopped"},
        {
            "another line": {"line_id": LINE + 1},
            "consent": {"class": 0},
            "no message": ACTION,
            "on its way": UNDER_WAY,
            "sent": SENT,
        },
    ),
    Rule(
        "who spoke is sent nothing again that may have reached him",
        schema.outbox,
        {"heard": [OF_TALK]},
        {**REPLY, "doubtful": True},
        {"status": "unknown"},
        {"of another conversation": ANOTHER_TALK, "on its way": UNDER_WAY, "sent": SENT, "an action": ACTION},
    ),
    Rule(
        "who spoke needs no reminder",
        schema.outbox,
        {"heard": [OF_TALK]},
        {**REPLY, "class": CLASSES["reminder"]},
        {"status": "overtaken", "class": CLASSES["reply"]},
        {"of another conversation": ANOTHER_TALK, "on its way": UNDER_WAY, "an action": ACTION},
    ),
    Rule(
        "who spoke gets the rest as an answer, at once",
        schema.outbox,
        {"heard": [OF_TALK]},
        {**REPLY, "class": CLASSES["bulk"], "not_before": LATER},
        {"class": CLASSES["reply"], "not_before": MONDAY},
        {"of another conversation": ANOTHER_TALK, "on its way": UNDER_WAY, "an action": ACTION},
        {"later": {}, "much later": {"not_before": LATER + DAY, "expires_at": EXPIRY + DAY}},
    ),
    Rule(
        "an answer that is put off goes at once, too, but not what is tried again later, nor what is paused",
        schema.outbox,
        {"heard": [OF_TALK]},
        {**REPLY, "not_before": LATER},
        {"not_before": MONDAY},
        {"tried again": {"retries": 1}, "paused": {"not_before": EXPIRY}, "its turn came": {"not_before": MONDAY - 1}},
    ),
    Rule(
        "what a conversation had to say whose place another took is not sent",
        schema.outbox,
        {"replaced": [{**OF_TALK, "now": MONDAY}]},
        REPLY,
        {"status": "expired", "final_at": MONDAY, "expires_at": MONDAY},
        {"of another conversation": ANOTHER_TALK, "an action": ACTION, "sent": SENT},
    ),
    Rule(
        "what is on its way of such a conversation is not tried again",
        schema.outbox,
        {"replaced": [{**OF_TALK, "now": MONDAY}]},
        {**REPLY, **UNDER_WAY},
        {"expires_at": MONDAY},
        {"of another conversation": ANOTHER_TALK, "an action": ACTION, "sent": SENT},
    ),
    Rule(
        "a record is its worker's",
        schema.worker,
        {"workers": {"moses": {"worker": "moses", **PLACE, "record": b"r", "changed_at": 9}}},
        WORKER,
        {**PLACE, "record": b"r", "changed_at": 9},
        ANOTHER_WORKER,
    ),
    Rule(
        "wrong PINs are counted for who typed them",
        schema.worker,
        {"pins": [{"worker": "moses", "wrong": n, "wrong_at": n + 1} for n in (1, 2)]},
        WORKER,
        {"pin_wrong": 2, "pin_wrong_at": 3},
        ANOTHER_WORKER,
    ),
    Rule(
        "a new PIN is its worker's, the last one",
        schema.worker,
        {"new_pins": [{"worker": "moses", "mac": mac} for mac in (b"a", b"b")]},
        WORKER,
        {"pin_mac": b"b"},
        ANOTHER_WORKER,
    ),
    Rule(
        "a worker's STOP is his own, and his last word holds",
        schema.worker,
        {"worker_stops": [{"worker": "moses", "at": at} for at in (None, 5)]},
        WORKER,
        {"stopped_at": 5},
        ANOTHER_WORKER,
    ),
    Rule(
        "what is known of a line is this line's",
        schema.line,
        {"lines": [{"line": LINE, **LINE_NOW}]},
        {"line_id": LINE, "kind": "phone", "address_key": "a"},
        LINE_NOW,
        ANOTHER_LINE,
    ),
    Rule(
        "the proof of a STOP is this line's",
        schema.line,
        {"stop_rows": [{"line": LINE, "row": n} for n in (1, 2)]},
        {"line_id": LINE, "kind": "phone", "address_key": "a"},
        {"stopped_row": 2},
        ANOTHER_LINE,
    ),
    Rule(
        "who leaves a group leaves this one",
        schema.membership,
        {"memberships": {("lab", "moses"): False, ("stock", "moses"): True}},
        {"group_name": "lab", "worker_id": "moses"},
        None,
        {"another group": {"group_name": "stock"}, "another worker": {"worker_id": "fanta"}},
    ),
    Rule(
        "only who took a thing gives it free",
        schema.taken,
        {"freed": [{"in_bucket": place_of("bed"), "of_flow": "beds", "thing": "bed", "by": TALK}]},
        TAKEN,
        None,
        {
            "another taker": ANOTHER_TALK,
            "another flow": {"flow": "cars"},
            "another thing": {"value_key": "cot", "bucket": place_of("bed")},
        },
    ),
    Rule(
        "a box counts for itself",
        schema.box,
        {"held": {BOX: Held(BOX, 9, 2, 3, b"head", None)}},
        KEY,
        {"next_event": 9, "accepted": 2, "audit_n": 3, "audit_head": b"head"},
        {"another box": ELSEWHERE},
    ),
]


async def done(at: World, **tables: Any) -> None:
    """Write the rows of one transaction."""
    rows = Rows(at.kit, MONDAY)
    for name, table in tables.items():
        setattr(rows, name, table)
    await at.store.write(lambda connection: write(connection, rows))


async def stands(at: World, table: Table) -> list[Row]:
    async with at.store.read() as connection:
        return [dict(row._mapping) for row in await connection.execute(select(table))]


async def became(at: World, rule: Rule, row: Row) -> Row | str:
    """What changed in this row, where it stands alone and this is written."""

    def put(connection: Connection) -> None:
        connection.execute(rule.table.delete())
        connection.execute(rule.table.insert(), row)

    await at.store.write(put)
    await done(at, **rule.rows)
    keys = [each.name for each in rule.table.primary_key]
    left = [each for each in await stands(at, rule.table) if all(each[key] == row[key] for key in keys)]
    return {name: value for name, value in left[0].items() if value != row[name]} if left else GONE


@pytest.mark.parametrize("rule", RULES, ids=[rule.name for rule in RULES])
async def test_a_statement_changes_what_it_means_and_no_neighbour(
    tmp_path: Path, library: MakeLibrary, rule: Rule
) -> None:
    async with world(tmp_path, library(), start=False) as at:
        for why, different in rule.meant.items():
            changed = await became(at, rule, row_of(rule.table, rule.row, different))
            assert changed == (GONE if rule.becomes is None else rule.becomes), why
        for why, different in rule.spared.items():
            assert await became(at, rule, row_of(rule.table, rule.row, different)) == {}, why


def session(talk: int, status: str, **more: Any) -> Row:
    return row_of(schema.session, KEY, {"session_id": talk, "line_id": LINE, "status": status}, more)


def put_session(talk: int, status: str, **more: Any) -> dict[int, Row]:
    return {talk: session(talk, status, **more)}


def timer(name: str, **more: Any) -> Row:
    return row_of(schema.timer, KEY, {"session_id": TALK, "name": name, **more})


def out(**more: Any) -> Row:
    return row_of(schema.outbox, REPLY, more)


class Order(NamedTuple):
    """`before`: what stands there.  `rows`: what is written by one transaction.  `after`: these columns, then."""

    name: str
    table: Table
    before: list[Row]
    rows: Row
    after: list[Row]


NEW_STATE = {
    "worker_id": "moses",
    "program": "p2",
    "seq": 5,
    "wait": 6,
    "line_id": LINE + 1,
    "answered": 7,
    "state": b"new",
    "outcome": "done",
    "same": "s",
    "changed_at": 8,
    "ended_at": 9,
}
IN_ORDER = [
    Order(
        "whoever lets the floor go is written before whoever takes it",
        schema.session,
        [session(TALK, "waiting"), session(OTHER_TALK, "suspended")],
        {"sessions": put_session(OTHER_TALK, "waiting") | put_session(TALK, "ended")},
        [{"session_id": TALK, "status": "ended"}, {"session_id": OTHER_TALK, "status": "waiting"}],
    ),
    Order(
        "whoever is carried to a line finds its floor free, and two may change places",
        schema.session,
        [session(TALK, "waiting"), session(OTHER_TALK, "waiting", line_id=LINE + 1)],
        {
            "carried": {TALK: OF_TALK, OTHER_TALK: {**OF_TALK, "in_session": OTHER_TALK}},
            "sessions": put_session(TALK, "waiting", line_id=LINE + 1) | put_session(OTHER_TALK, "waiting"),
        },
        [{"status": "waiting", "line_id": LINE + 1}, {"status": "waiting", "line_id": LINE}],
    ),
    Order(
        "of a conversation all changes but when it began and how urgent it is",
        schema.session,
        [session(TALK, "waiting", started_at=1, urgency=2)],
        {"sessions": put_session(TALK, "ended", **NEW_STATE, started_at=3, urgency=4)},
        [{"status": "ended", **NEW_STATE, "started_at": 1, "urgency": 2}],
    ),
    Order(
        "a timer that fired may be set again by what it did",
        schema.timer,
        [timer("remind", guard=1, after=1, due_at=1)],
        {"fired": [{**OF_TALK, "named": "remind"}], "timers": [timer("remind", guard=2, after=3, due_at=4)]},
        [{"guard": 2, "after": 3, "due_at": 4}],
    ),
    Order(
        "a timer that is set anew is one timer, as it was set last",
        schema.timer,
        [timer("remind", guard=1, after=1, due_at=1)],
        {"timers": [timer("remind", guard=2, after=2, due_at=2), timer("remind", guard=3, after=4, due_at=5)]},
        [{"guard": 3, "after": 4, "due_at": 5}],
    ),
    Order(
        "what one event of the batch set, a later one may have ended",
        schema.timer,
        [],
        {"timers": [timer("remind", guard=1)], "over": [{**OF_TALK, "wait": 2, "ended": False}]},
        [],
    ),
    Order(
        "what an answer to a STOP or to an answer says is not dropped or hurried by it",
        schema.outbox,
        [],
        {"stopped": [{**THERE, "in_line": LINE}], "heard": [OF_TALK], "outbox": [out(not_before=LATER)]},
        [{"status": "queued", "not_before": LATER}],
    ),
    Order(
        "what a conversation said in the batch in which another took its place is not sent",
        schema.outbox,
        [],
        {"outbox": [out()], "replaced": [{**OF_TALK, "now": MONDAY}]},
        [{"status": "expired"}],
    ),
    Order(
        "what is gathered may become longer in the batch in which it began",
        schema.outbox,
        [],
        {
            "outbox": [out()],
            "lengthened": {1: {**THERE, "this": 1, "longer": b"two lines", "more": 2}},
        },
        [{"body": b"two lines", "parts": 2}],
    ),
]


@pytest.mark.parametrize("case", IN_ORDER, ids=[case.name for case in IN_ORDER])
async def test_what_one_transaction_writes_is_in_order(tmp_path: Path, library: MakeLibrary, case: Order) -> None:
    async with world(tmp_path, library(), start=False) as at:
        if case.before:
            await at.store.write(lambda connection: connection.execute(case.table.insert(), case.before) and None)
        await done(at, **case.rows)
        found = sorted(await stands(at, case.table), key=lambda row: str(row["session_id"]))
        assert [{name: row[name] for name in after} for row, after in zip(found, case.after, strict=True)] == case.after
