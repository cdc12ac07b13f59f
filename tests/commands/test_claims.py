"""`dundun claims`, as it is called: what waits, applied, dropped, and what is no claim."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import insert

from engine import schema
from engine.ids import bucket_of
from engine.opening import open_store
from tests.commands.conftest import Dundun

CLAIM = 3651125693645837232
WORKERS = "id,name,phone\nmoses,Moses Flomo,+231770000001\n"


@pytest.fixture
def home(dundun: Dundun, tmp_path: Path) -> Path:
    """A server's folder; Moses has said that he has another number."""
    (tmp_path / "dundun.toml").write_text('database = "dundun.sqlite"\n', encoding="utf-8")
    (tmp_path / "workers.csv").write_text(WORKERS, encoding="utf-8")
    assert dundun("workers", "import", "workers.csv").code == 0
    asyncio.run(_claim(tmp_path, CLAIM, "0770000077"))
    return tmp_path


async def _claim(home: Path, claim: int, new: str) -> None:
    store = open_store(home / "dundun.sqlite", home / "dundun.key")
    async with store.read() as connection:
        box = (await connection.execute(schema.line.select())).one().box_id
    old, said = (
        store.vault.seal(f"claim.{part}", box, claim, msgspec.msgpack.encode(value))
        for part, value in (("old", "+231770000001"), ("new", new))
    )
    row = {
        "bucket": bucket_of(box),
        "box_id": box,
        "claim_id": claim,
        "worker_id": "moses",
        "field": "phone",
        "old": old,
        "new": said,
        "state": "review",
        "session_id": 1,
        "at": 1_740_992_400_000,
    }
    await store.write(lambda c: c.execute(insert(schema.claim), row))
    await store.close()


def test_what_waits_is_listed(dundun: Dundun, home: Path) -> None:
    done = dundun("claims", "list")
    assert done.code == 1
    assert done.out.splitlines() == [
        f"{CLAIM}  2025-03-03 09:00  Moses Flomo (moses)",
        "    phone: +231770000001 → 0770000077",
    ]


def test_it_is_applied_and_the_audit_says_by_whom(dundun: Dundun, home: Path) -> None:
    assert dundun("claims", "apply", str(CLAIM)).out == "1 claim applied.\n"
    assert dundun("claims", "list").out == "Nothing waits for a person's word.\n"
    assert "+231770000077" in dundun("workers", "list").out
    assert "moses: phone applied" in " ".join(dundun("audit", "list").out.split())


def test_all_are_dropped(dundun: Dundun, home: Path) -> None:
    asyncio.run(_claim(home, CLAIM + 1, "0770000078"))
    assert dundun("claims", "drop", "--all").out == "2 claims dropped.\n"
    assert dundun("claims", "drop", "--all").out == "Nothing waits for a person's word.\n"
    assert "+231770000001" in dundun("workers", "list").out


def test_a_number_that_is_none_is_refused_and_waits_on(dundun: Dundun, home: Path) -> None:
    asyncio.run(_claim(home, CLAIM + 1, "12"))
    done = dundun("claims", "apply", str(CLAIM + 1))
    assert done.code == 1
    assert done.err == "Worker moses: the phone number cannot be a real one. Write it like +231770000001.\n"
    assert str(CLAIM + 1) in dundun("claims", "list").out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("apply",), "Say which: a name as dundun claims list shows it, or --all."),
        (("apply", "17"), "17 waits for nobody's word. See: dundun claims list"),
        (("drop", "x"), "x: a name as dundun claims list shows it is expected, like 3651125693645."),
    ],
)
def test_what_is_no_claim_is_refused(dundun: Dundun, home: Path, words: tuple[str, ...], says: str) -> None:
    done = dundun("claims", *words)
    assert (done.code != 0, done.err) == (True, says + "\n")
