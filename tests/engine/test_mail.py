"""What a conversation has for others reaches each of them once, on his own line, in his own language (L6)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from engine import mail
from engine.library import Library
from engine.limits import MINUTE
from engine.work import Item, Post
from tests.engine.motion import FATOU, MOSES, NOBODY, MakeLibrary, World, world

MAY, NEW = "+231770000003", "+231770000088"
UNNOTED = "UPDATE mail SET done_at = NULL, cursor = '', reached = 0"
"""As after a crash between a delivery and its note."""


def flow(target: str) -> str:
    return f"""
    flow alert: Alert
        languages: en, fr
        channels: sms
        start on word ALERT
    tell {target}: {{worker.name}} needs help.
        fr: {{worker.name}} demande de l'aide.
    say: They know.
    """


ENGLISH, FRENCH = "Moses Flomo needs help.", "Moses Flomo demande de l'aide."


async def people(at: World) -> None:
    await at.registry.put_facilities([{"code": "G1", "name": "Ganta", "district": "Nimba"}])
    await at.registry.put_workers(
        [
            {"id": "moses", "facility": "G1", "district": "Nimba"},
            {"id": "may", "phone": MAY, "job": "lab_chief", "facility": "G1", "groups": "lab"},
            {"id": "far", "phone": NOBODY, "job": "pharmacist", "district": "Nimba", "language": "en"},
        ]
    )


async def delivered(at: World) -> None:
    await at.becomes("SELECT count(*) FROM mail WHERE done_at IS NULL", [(0,)])


@pytest.mark.parametrize(
    ("target", "heard"),
    [
        ("supervisor", {FATOU: [FRENCH]}),
        ("group lab", {FATOU: [FRENCH], MAY: [ENGLISH]}),
        ("lab_chief", {MAY: [ENGLISH]}),
        ("pharmacist", {NOBODY: [ENGLISH]}),
        ("minister", {}),
    ],
)
async def test_whom_a_target_means(
    tmp_path: Path, library: MakeLibrary, target: str, heard: dict[str, list[str]]
) -> None:
    async with world(tmp_path, library(flow(target))) as at:
        await people(at)
        await at.says("ALERT")
        await delivered(at)
        assert {number: said for number in (FATOU, MAY, NOBODY) if (said := await at.heard(number))} == heard
        assert await at.heard(MOSES) == ["They know."]
        assert (await at.rows("SELECT reached FROM mail"))[0].reached == len(heard)


@pytest.mark.parametrize("target", ["group lab", 'workers where district is "Nimba"'])
async def test_who_sends_it_to_many_does_not_get_it(tmp_path: Path, library: MakeLibrary, target: str) -> None:
    async with world(tmp_path, library(flow(target))) as at:
        await people(at)
        await at.registry.put_workers([{"id": "moses", "groups": "lab"}, {"id": "may", "district": "Nimba"}])
        await at.says("ALERT")
        await delivered(at)
        assert await at.heard(MAY) == [ENGLISH]
        assert await at.heard(MOSES) == ["They know."]


async def test_a_crash_between_delivery_and_its_note_delivers_nothing_twice(
    tmp_path: Path, library: MakeLibrary
) -> None:
    async with world(tmp_path, library(flow("group lab"))) as at:
        await people(at)
        await at.says("ALERT")
        await delivered(at)
        await at.change(UNNOTED)
        assert await at.runtime.mail.deliver_due() == 1
        assert (await at.heard(FATOU), await at.heard(MAY)) == ([FRENCH], [ENGLISH])


async def test_who_gets_a_new_number_before_it_is_tried_again_does_not_read_it_twice(
    tmp_path: Path, library: MakeLibrary
) -> None:
    async with world(tmp_path, library(flow("group lab"))) as at:
        await people(at)
        await at.says("ALERT")
        await delivered(at)
        await at.change(UNNOTED)
        await at.registry.put_workers([{"id": "may", "phone": NEW}])
        assert await at.runtime.mail.deliver_due() == 1
        assert (await at.heard(MAY), await at.heard(NEW)) == ([ENGLISH], [])


async def test_two_who_share_a_phone_read_it_once(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(flow("group lab"))) as at:
        await at.registry.put_workers([{"id": "may", "phone": FATOU, "groups": "lab"}])
        await at.says("ALERT")
        await delivered(at)
        assert await at.heard(FATOU) == [FRENCH]


async def test_two_who_share_a_phone_and_come_in_two_slices_read_it_once_as_two(
    tmp_path: Path, library: MakeLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail, "SLICE", 1)
    async with world(tmp_path, library(flow("group lab"))) as at:
        await at.runtime.mail.stop()
        await at.registry.put_workers([{"id": "may", "phone": FATOU, "groups": "lab"}])
        await at.says("ALERT")
        put, items = at.runtime.inbox.put, list[Item]()
        monkeypatch.setattr(at.runtime.inbox, "put", lambda item, lane: (items.append(item), put(item, lane))[1])
        while await at.runtime.mail.deliver_due():
            pass
        posts = [(item.work.worker, item.readers) for item in items if isinstance(item.work, Post)]
        assert posts == [("", ("fatou", "may"))] * 2
        assert await at.heard(FATOU) == [FRENCH]
        assert (await at.rows("SELECT reached FROM mail"))[0].reached == 2


async def test_who_said_stop_is_told_nothing(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(flow("supervisor"))) as at:
        await at.says("STOP", FATOU)
        await at.says("ALERT")
        await delivered(at)
        assert FRENCH not in await at.heard(FATOU)


@pytest.fixture
def supervisor(library: MakeLibrary) -> Library:
    return library(flow("supervisor"))


async def test_mail_that_waited_is_delivered_after_the_start(tmp_path: Path, supervisor: Library) -> None:
    async with world(tmp_path, supervisor) as at:
        await at.runtime.mail.stop()
        await at.says("ALERT")
        await at.crash()
        await at.runtime.start()
        await delivered(at)
        await at.becomes("SELECT count(*) FROM event WHERE state = 0", [(0,)])
        assert await at.heard(FATOU) == [FRENCH]


async def test_a_message_for_many_goes_in_slices_and_to_each_once(
    tmp_path: Path, library: MakeLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail, "SLICE", 2)
    flow = """
    flow news: News
        languages: en
        channels: sms
        start on word NEWS
    tell group staff: Come.
    say: Told.
    """
    numbers = [f"+2317700007{i:02}" for i in range(5)]
    async with world(tmp_path, library(flow)) as at:
        await at.runtime.mail.stop()
        await at.registry.put_workers(
            {"id": f"s{i}", "phone": number, "groups": "staff"} for i, number in enumerate(numbers)
        )
        await at.says("NEWS")
        slices = []
        while await at.runtime.mail.deliver_due():
            slices.append(
                tuple(
                    (await at.rows("SELECT reached, cursor, CASE WHEN done_at IS NULL THEN 0 ELSE 1 END FROM mail"))[0]
                )
            )
        assert [tuple(row) for row in slices] == [(2, "s1", 0), (4, "s3", 0), (5, "s4", 1)]
        assert [await at.heard(number) for number in numbers] == [["Come."]] * 5


async def test_a_mail_that_cannot_be_read_holds_no_other_up(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(flow("supervisor"))) as at:
        await at.runtime.mail.stop()
        await at.says("ALERT")
        await at.change("UPDATE mail SET body = :torn", torn=b"torn")
        at.clock.move(MINUTE)
        await at.says("ALERT")
        assert await at.runtime.mail.deliver_due() == 2
        assert await at.heard(FATOU) == [FRENCH]
        assert await at.runtime.mail.deliver_due() == 0
        at.clock.move(mail.FAULTY)
        assert await at.runtime.mail.deliver_due() == 1
        assert [row.reached for row in await at.rows("SELECT reached FROM mail WHERE done_at IS NULL")] == [0]


async def test_a_mail_that_fails_holds_no_other_up(
    tmp_path: Path, library: MakeLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with world(tmp_path, library(flow("supervisor"))) as at:
        await at.runtime.mail.stop()
        for _ in range(2):
            await at.says("ALERT")
            at.clock.move(MINUTE)
        whole, first = at.runtime.mail._post, iter([True, False, False])

        def post(*given: Any) -> Any:
            if next(first):
                raise RuntimeError("in the middle")
            return whole(*given)

        monkeypatch.setattr(at.runtime.mail, "_post", post)
        assert await at.runtime.mail.deliver_due() == 2
        assert await at.heard(FATOU) == [FRENCH]
        at.clock.move(mail.FAULTY)
        assert await at.runtime.mail.deliver_due() == 1
        assert await at.heard(FATOU) == [FRENCH, FRENCH]
