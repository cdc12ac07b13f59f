"""Who is meant: groups and conditions, asked of plain fields in SQL and of the rest in opened records."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.dialects import sqlite

from engine.audience import Audience, AudienceError, Reader, zones
from engine.library import Library
from engine.store import Store
from grammar.program import Answer, Builtin, Const, Expr, Field, Op
from tests.engine.motion import MONDAY, MakeLibrary, World, world

PEOPLE: list[dict[str, Any]] = [
    {"id": "ama", "job": "nurse", "district": "Bong", "groups": "lab, stock", "grade": 5, "facility": "F1"},
    {"id": "kofi", "job": "Nurse ", "district": "Nimba", "groups": "stock", "grade": 9, "zone": "Africa/Cairo"},
    {"id": "lena", "job": "midwife", "district": "Bong", "hired": "2025-02-28", "facility": "F2"},
    {"id": "noel", "job": "nurse", "district": "Bong"},
    {"id": "yaa", "job": "infirmière", "district": "Bong", "on_leave": True},
]
PLACES: list[dict[str, Any]] = [
    {"code": "F1", "district": "Lofa", "zone": "Europe/Lisbon"},
    {"code": "F2", "district": "Bong"},
]
FLOW = """
    flow hello: Hello
        languages: en
        channels: sms
        start on word HELLO
    say: Hello.
"""


@pytest.fixture
def hello(library: MakeLibrary) -> Library:
    return library(FLOW)


async def known(at: World) -> None:
    """Everybody, each with a phone but Noel."""
    await at.registry.put_facilities(PLACES)
    phones = [{} if each["id"] == "noel" else {"phone": f"+2317720{n:05}"} for n, each in enumerate(PEOPLE)]
    await at.registry.put_workers([{**each, **phone} for each, phone in zip(PEOPLE, phones, strict=True)])
    await at.change("DELETE FROM worker_line WHERE worker_id IN ('moses', 'fatou')")


async def found(at: World, audience: Audience, most: int = 100, **more: Any) -> list[str]:
    reader = Reader(audience, at.store.vault, "Africa/Monrovia", MONDAY, **more)
    async with at.store.read() as connection:
        ids, cursor, last = [], "", False
        while not last:
            members, cursor, last = await reader.read(connection, cursor, most)
            ids += [each.worker_id for each in members]
        assert await reader.count(connection) == len(ids)
    return ids


def of(name: str) -> Field:
    return Field("candidate", name)


def code(value: str) -> Const:
    return Const("code", value)


def is_(name: str, value: str) -> Op:
    return Op("=", (of(name), code(value)))


NURSE, BONG = is_("job", "nurse"), is_("district", "bong")


@pytest.mark.parametrize(
    ("audience", "expected", "opens"),
    [
        (Audience(), "ama kofi lena yaa", False),
        (Audience("stock"), "ama kofi", False),
        (Audience("nobody"), "", False),
        (Audience(where=NURSE), "ama kofi", False),
        (Audience(where=Op("and", (NURSE, BONG))), "ama", False),
        (Audience("stock", is_("district", "Nimba")), "kofi", False),
        (Audience(where=Op("one_of", (of("job"), code("nurse"), code("midwife")))), "ama kofi lena", False),
        (Audience(where=is_("facility", "f2")), "lena", False),
        (Audience(where=Op("in_group", (of("worker"), Const("text", "lab")))), "ama", False),
        (Audience(where=Op("not_in_group", (of("worker"), Const("text", "stock")))), "lena yaa", False),
        (Audience(where=is_("job", "INFIRMIÈRE")), "yaa", True),
        (Audience(where=Op("or", (is_("job", "midwife"), is_("district", "nimba")))), "kofi lena", True),
        (Audience(where=Op(">", (of("grade"), Const("number", "5")))), "kofi", True),
        (Audience(where=Op("and", (NURSE, Op(">", (of("grade"), Const("number", "4")))))), "ama kofi", True),
        (Audience(where=Op("!=", (of("job"), code("nurse")))), "lena yaa", True),
        (Audience(where=is_("facility.district", "Lofa")), "ama", True),
        (Audience(where=Op("=", (of("on_leave"), Const("yesno", "yes")))), "yaa", True),
        (
            Audience(where=Op("or", (Op("in_group", (of("worker"), Const("text", "lab"))), is_("job", "x")))),
            "ama",
            True,
        ),
        (Audience(where=Op("=", (of("grade"), Const("text", "5")))), "ama", True),
    ],
)
@pytest.mark.parametrize("most", [1, 2, 100])
async def test_conditions(
    tmp_path: Path, hello: Library, audience: Audience, expected: str, opens: bool, most: int
) -> None:
    async with world(tmp_path, hello, start=False) as at:
        await known(at)
        assert sorted(await found(at, audience, most)) == expected.split()
        assert ("record" in statement_of(audience, at.store)) is opens


def statement_of(audience: Audience, store: Store) -> str:
    """Are records read?"""
    reader = Reader(audience, store.vault, "UTC", MONDAY)
    return str(reader._statement.compile(dialect=sqlite.dialect())).partition("FROM")[0]


@pytest.mark.parametrize(
    ("zone", "expected"),
    [("Africa/Cairo", ["kofi"]), ("Europe/Lisbon", ["ama"]), ("Africa/Monrovia", ["lena", "yaa"]), ("UTC", [])],
)
async def test_everybody_lives_in_one_zone(tmp_path: Path, hello: Library, zone: str, expected: list[str]) -> None:
    async with world(tmp_path, hello, start=False) as at:
        await known(at)
        assert sorted(await found(at, Audience(), zone=zone)) == expected
        async with at.store.read() as connection:
            assert await zones(connection, "Africa/Monrovia") == {"Africa/Monrovia", "Africa/Cairo", "Europe/Lisbon"}


async def test_who_has_several_phones_is_reached_on_the_first(tmp_path: Path, hello: Library) -> None:
    async with world(tmp_path, hello, start=False) as at:
        await known(at)
        await at.registry.put_workers([{"id": "ama", "phones": ["+231772100001", "+231772100002"]}])
        async with at.store.read() as connection:
            members, _, _ = await Reader(Audience("lab"), at.store.vault, "UTC", MONDAY).read(connection, "", 9)
        first = at.registry.addresses.of("+231772100001")
        [row] = await at.rows("SELECT line_id FROM line WHERE address_key = :key", key=first.key)
        assert [each.line_id for each in members] == [row.line_id]


async def test_who_sent_stop_is_not_meant(tmp_path: Path, hello: Library) -> None:
    async with world(tmp_path, hello) as at:
        await known(at)
        await at.says("STOP", "+231772000000")
        assert await found(at, Audience("stock")) == ["kofi"]


async def test_days_are_those_of_the_moment_in_which_it_is_asked(tmp_path: Path, hello: Library) -> None:
    hired = Op("<", (of("hired"), Builtin("today")))
    async with world(tmp_path, hello, start=False) as at:
        await known(at)
        await at.registry.put_workers(
            [{"id": "kofi", "hired": ["d", "2025-03-02"]}, {"id": "ama", "hired": ["d", "2025-03-03"]}]
        )
        assert await found(at, Audience(where=hired)) == ["kofi"]


@pytest.mark.parametrize("expr", [Answer("cases"), Builtin("score"), Op("=", (of("job"), Answer("cases")))])
async def test_a_condition_that_asks_for_a_conversation_is_refused(tmp_path: Path, hello: Library, expr: Expr) -> None:
    async with world(tmp_path, hello, start=False) as at:
        with pytest.raises(AudienceError, match="fields of their records"):
            Reader(Audience(where=expr), at.store.vault, "UTC", MONDAY)


@pytest.mark.parametrize("seen_first", [True, False])
async def test_nobody_comes_to_stand_where_a_reader_has_been(tmp_path: Path, hello: Library, seen_first: bool) -> None:
    """Two boxes become one, and of one of them nobody was read yet."""
    async with world(tmp_path, hello, start=False) as at:
        await known(at)
        reader = Reader(Audience(), at.store.vault, "Africa/Monrovia", MONDAY)
        async with at.store.read() as connection:
            (first, second), cursor, _ = await reader.read(connection, "", 2)
            (_, third), _, _ = await reader.read(connection, cursor, 2)
        phones = {each["id"]: f"+2317720{n:05}" for n, each in enumerate(PEOPLE)}
        one, other = (first, third) if seen_first else (third, first)
        await at.registry.put_workers(
            [{"id": one.worker_id, "phones": [phones[one.worker_id], phones[other.worker_id]]}]
        )
        async with at.store.read() as connection:
            rest, _, _ = await reader.read(connection, cursor, 100)
        ids = [member.worker_id for member in rest]
        assert third.worker_id in ids
        assert second.worker_id not in ids
