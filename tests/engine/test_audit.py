"""The audit: what stands in it, and that nothing in it can be changed, taken away or put in unseen (I25)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from engine import anchoring, audit, auditing
from engine.anchoring import Anchor
from engine.audit import Entry
from engine.locks import lock
from engine.vault import Vault
from tests.engine.motion import MOSES, NOBODY, MakeLibrary, World, world

FLOW = """
    flow who: Who
        languages: en
        channels: sms
        start on word WHO
    ask name: What is your name?
        answer: text up to 40 letters
    set worker.name to name
    say: Thank you.
"""
ACCOUNT = "grace"


async def noted(here: World, *entries: Entry) -> None:
    for entry in entries:
        await here.store.write(lambda c, entry=entry: audit.note(c, here.store.vault, entry, here.clock.now()))


async def anchored(here: World) -> Anchor | None:
    return await here.store.write(lambda c: anchoring.cast(c, here.store.vault, here.clock.now()))


async def verified(here: World, outside: dict[int, bytes] | None = None) -> list[str]:
    async with here.store.read() as connection:
        return (await auditing.verify(connection, here.store.vault, outside or {}))[1]


async def told(here: World) -> list[tuple[str, str, str]]:
    async with here.store.read() as connection:
        return [(row.actor, row.what, row.detail) for row in await auditing.newest(connection, here.store.vault, 99)]


async def test_what_a_worker_decides_is_in_the_chain_of_the_box(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(FLOW)) as here:
        for said in ("STOP", "START", "WHO", "Moses Kollie"):
            here.clock.move(1000)
            await here.says(said)
        assert [(actor, what) for actor, what, _ in await told(here)] == [
            ("worker", "record"),
            ("worker", "start"),
            ("worker", "stop"),
            ("the flows folder", "publish"),
        ]
        assert (await told(here))[0] == ("worker", "record", "moses: name")
        assert await verified(here) == []


async def test_an_account_has_a_chain_of_its_own(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library()) as here:
        await noted(here, Entry(ACCOUNT, "pause", "all sending"), Entry("root", "purge"), Entry(ACCOUNT, "unpause"))
        rows = await here.rows("SELECT box_id, n FROM audit ORDER BY n, box_id")
        assert sorted(row.n for row in rows) == [1, 1, 2]
        assert {row.box_id for row in rows} == {audit.box_of(here.store.vault, name) for name in (ACCOUNT, "root")}
        assert await verified(here) == []


async def test_what_is_not_committed_is_not_in_it(tmp_path: Path, library: MakeLibrary) -> None:
    def fail(connection: object) -> None:
        audit.note(connection, here.store.vault, Entry(ACCOUNT, "publish"), 1)  # type: ignore[arg-type]
        raise ValueError

    async with world(tmp_path, library()) as here:
        with pytest.raises(ValueError, match=r"^$"):
            await here.store.write(fail)
        assert await told(here) == []


async def test_the_words_are_sealed(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library()) as here:
        await noted(here, Entry(ACCOUNT, "send", "a very secret word"))
        stored = await here.rows("SELECT detail, digest, mac FROM audit")
        assert b"secret" not in b"".join(bytes(cell) for row in stored for cell in row)


SHORTER = "UPDATE box SET audit_n = 2, audit_head = (SELECT mac FROM audit WHERE n = 2) WHERE audit_n = 3"
FORGED = """
    INSERT INTO audit (bucket, box_id, n, at, actor, what, detail, digest, mac)
    SELECT bucket, box_id, 4, at, actor, what, detail, digest, mac FROM audit WHERE n = 3
"""
TAMPERED = {
    "a word is another one": (
        "UPDATE audit SET what = 'unpause' WHERE n = 2",
        "Row 2 of the chain of box B was changed",
    ),
    "the time is another one": ("UPDATE audit SET at = at + 1 WHERE n = 1", "Row 1 of the chain of box B was changed"),
    "the actor is another one": (
        "UPDATE audit SET actor = 'root' WHERE n = 3",
        "Row 3 of the chain of box B was changed",
    ),
    "the detail is wiped, and was another one": (
        "UPDATE audit SET detail = digest, digest = mac WHERE n = 2; UPDATE audit SET detail = '' WHERE n = 2",
        "Row 2 of the chain of box B was changed",
    ),
    "the box says that it ends otherwise": (
        "UPDATE box SET audit_head = (SELECT mac FROM audit WHERE n = 1) WHERE audit_n = 3",
        "The end of the chain of box B was taken away",
    ),
    "the detail is of another row": (
        "UPDATE audit SET detail = (SELECT detail FROM audit WHERE n = 1) WHERE n = 2",
        "Row 2 of the chain of box B was changed",
    ),
    "the first row is gone": ("DELETE FROM audit WHERE n = 1", "Row 1 of the chain of box B is missing."),
    "a row in the middle is gone": ("DELETE FROM audit WHERE n = 2", "Row 2 of the chain of box B is missing."),
    "the last row is gone": ("DELETE FROM audit WHERE n = 3", "it has 2 rows, and 3 were written."),
    "all rows are gone": ("DELETE FROM audit", "All rows of the chain of box B are gone."),
    "a row is put in": (
        FORGED,
        "Row 4 of the chain of box B was changed or put in",
    ),
    "the end is cut off, and the box says so": (
        f"DELETE FROM audit WHERE n = 3; {SHORTER}",
        "Rows that anchor 2 covers were changed",
    ),
    "an anchor is gone": ("DELETE FROM audit_anchor WHERE n = 1", "Anchor 1 is missing."),
    "an anchor is another one": ("UPDATE audit_anchor SET at = at + 1 WHERE n = 1", "Anchor 1 was changed or put in."),
    "the end is cut off, with its anchor": (
        f"DELETE FROM audit WHERE n = 3; DELETE FROM audit_anchor WHERE n = 2; {SHORTER}",
        "Anchor 2 stands in the file beside the key, and not in the database.",
    ),
}


@pytest.mark.parametrize(("change", "sentence"), TAMPERED.values(), ids=TAMPERED)
async def test_whatever_is_done_to_it_is_found(
    tmp_path: Path, library: MakeLibrary, change: str, sentence: str
) -> None:
    async with world(tmp_path, library()) as here:
        await noted(here, Entry(ACCOUNT, "pause", "all"), Entry(ACCOUNT, "publish", "survey"))
        first = await anchored(here)
        await noted(here, Entry(ACCOUNT, "unpause", "all"))
        second = await anchored(here)
        assert first is not None
        assert second is not None
        outside = {each.n: each.mac for each in (first, second)}
        assert await verified(here, outside) == []
        for statement in change.split(";"):
            await here.change(statement)
        box = str(audit.box_of(here.store.vault, ACCOUNT))
        found = await verified(here, outside)
        assert any(sentence in each.replace(box, "B") for each in found), found


async def test_an_anchor_that_is_another_one_in_the_file_is_told(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library()) as here:
        await noted(here, Entry(ACCOUNT, "pause", "all"))
        await anchored(here)
        assert await verified(here, {1: bytes(32)}) == ["Anchor 1 is another one in the file beside the key."]


ROW: dict[str, Any] = {
    "before": b"row 1",
    "box_id": 5,
    "n": 2,
    "at": 7,
    "actor": "grace",
    "what": "pause",
    "digest": b"words",
}
MORE: dict[type, Any] = {bytes: b"!", str: "!", int: 1}
ANCHOR: dict[str, Any] = {"before": b"anchor 1", "n": 2, "at": 7, "root": b"rows"}


@pytest.mark.parametrize(
    ("mark_of", "says"), [(audit.mark_of, ROW), (anchoring.mark_of, ANCHOR)], ids=["row", "anchor"]
)
def test_a_mark_is_over_all_that_it_marks_and_the_mark_before(
    mark_of: Callable[..., bytes], says: dict[str, Any]
) -> None:
    vault = Vault(bytes(32))
    others = [{**says, name: value + MORE[type(value)]} for name, value in says.items()]
    marks = {mark_of(vault, **each) for each in (says, *others)}
    assert len(marks) == 1 + len(says)
    assert mark_of(Vault(bytes(31) + b"\x01"), **says) not in marks


def test_the_same_words_have_another_digest_in_each_row() -> None:
    vault = Vault(bytes(32))
    places = [(5, 1), (5, 2), (6, 1)]
    assert len({audit.digest_of(vault, box, n, "to moses") for box, n in places}) == len(places)


async def test_who_has_no_key_makes_no_chain(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library()) as here:
        await noted(here, Entry(ACCOUNT, "pause"))
        await here.change("UPDATE audit SET digest = mac, actor = 'moses'")
        assert len(await verified(here)) == 1


async def test_details_whose_time_is_over_can_go(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library()) as here:
        await noted(here, Entry(ACCOUNT, "send", "to moses"))
        await anchored(here)
        await here.change("UPDATE audit SET detail = :nothing", nothing=auditing.WIPED)
        assert await verified(here) == []
        assert await told(here) == [(ACCOUNT, "send", "")]


async def test_an_anchor_covers_each_row_once(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library()) as here:
        assert await anchored(here) is None
        await here.says("STOP")
        await here.says("STOP", NOBODY)
        first = await anchored(here)
        assert await anchored(here) is None
        await here.says("START", MOSES)
        second = await anchored(here)
        assert first is not None
        assert second is not None
        assert [first.n, second.n] == [1, 2]
        assert await verified(here, {1: first.mac, 2: second.mac}) == []


async def test_a_box_that_is_locked_gives_its_end(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library()) as here:
        await noted(here, Entry(ACCOUNT, "pause"))
        box = audit.box_of(here.store.vault, ACCOUNT)
        held = (await here.store.write(lambda c: lock(c, [box])))[box]
        row = (await here.rows("SELECT n, mac FROM audit"))[0]
        assert (held.audit_n, held.audit_head) == (row.n, row.mac)


def test_the_file_of_anchors_is_read_again(tmp_path: Path) -> None:
    file = anchoring.file_beside(tmp_path / "line.key")
    assert anchoring.kept(file) == {}
    for n in (1, 2):
        anchoring.append(file, Anchor(n, 5, bytes([n] * 32)))
    assert anchoring.kept(file) == {1: bytes([1] * 32), 2: bytes([2] * 32)}
    assert file.stat().st_mode & 0o777 == 0o600
    file.write_text(file.read_text() + "what is this\n")
    assert anchoring.kept(file)[-3] == b""
