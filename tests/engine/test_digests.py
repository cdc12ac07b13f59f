"""Lines for one person until a day and an hour are one message, whoever had them told (RULES X5)."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine import stepping
from engine.limits import DAY, HOUR, MINUTE
from tests.engine.motion import FATOU, MOSES, NOBODY, MakeLibrary, World, world

MAY = "+231770000003"
FRIDAY = 4 * DAY + 7 * HOUR
"""From Monday 9:00 to Friday 16:00."""


def report(target: str = "supervisor every Friday at 16:00") -> str:
    return f"""
    flow report: Report
        languages: en, fr
        channels: sms
        start on word REPORT
    ask ill: How many?
        answer: whole number
        fr: Combien ?
    tell {target}: {{worker.first_name}}: {{ill}} ill.
        fr: {{worker.first_name}} : {{ill}} malades.
    say: Thank you.
        fr: Merci.
    """


async def staff(at: World) -> None:
    await at.registry.put_workers(
        [{"id": "may", "name": "May Doe", "phone": MAY, "language": "en", "supervisor": "fatou"}]
    )


async def reports(at: World, ill: int, number: str = MOSES) -> None:
    for said in ("REPORT", str(ill)):
        at.clock.move(MINUTE)
        await at.says(said, number)
    await rest(at)


async def rest(at: World) -> None:
    await at.becomes("SELECT count(*) FROM mail WHERE done_at IS NULL", [(0,)])
    await at.becomes("SELECT count(*) FROM event WHERE state = 0", [(0,)])
    moment = {"now": at.clock.now()}
    for owner in at.runtime._owners.values():
        owner.wake()
    await at.becomes("SELECT count(*) FROM outbox WHERE status <> 'sent' AND not_before <= :now", [(0,)], **moment)


def sent(at: World, number: str = FATOU) -> list[str]:
    """What left to a number."""
    return [message.text for message in at.gateway.messages if message.recipient == number]


async def test_one_message_on_friday_in_the_receivers_language(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(report())) as at:
        await staff(at)
        await reports(at, 3)
        await reports(at, 5, MAY)
        assert sent(at) == []
        at.clock.move(FRIDAY - 4 * MINUTE)
        await rest(at)
        assert sent(at) == ["Moses : 3 malades.\nMay : 5 malades."]


async def test_lines_after_friday_are_for_the_next(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(report())) as at:
        await reports(at, 3)
        at.clock.move(FRIDAY)
        await reports(at, 4)
        at.clock.move(7 * DAY)
        await rest(at)
        assert sent(at) == ["Moses : 3 malades.", "Moses : 4 malades."]


async def test_many_lines_in_one_batch_are_one_message(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(report())) as at:
        await at.runtime.mail.stop()
        for ill in range(4):
            at.clock.move(MINUTE)
            await at.says("REPORT")
            at.clock.move(MINUTE)
            await at.says(str(ill))
        await at.runtime.mail.deliver_due()
        at.clock.move(FRIDAY)
        await rest(at)
        assert sent(at) == ["\n".join(f"Moses : {ill} malades." for ill in range(4))]


async def test_each_receiver_has_a_message_of_his_own(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(report("group lab every Friday at 16:00"))) as at:
        await at.registry.put_workers([{"id": "may", "phone": MAY, "language": "en", "groups": "lab"}])
        await reports(at, 3)
        at.clock.move(FRIDAY)
        await rest(at)
        assert (sent(at), sent(at, MAY)) == (["Moses : 3 malades."], ["Moses: 3 ill."])


async def test_the_hour_is_that_of_the_receivers_zone(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(report())) as at:
        await at.registry.put_workers([{"id": "fatou", "zone": "Africa/Addis_Ababa"}])
        await reports(at, 3)
        at.clock.move(FRIDAY - 3 * HOUR - 3 * MINUTE)
        await rest(at)
        assert sent(at) == []
        at.clock.move(MINUTE)
        await rest(at)
        assert sent(at) == ["Moses : 3 malades."]


async def test_a_line_of_today_goes_today_while_its_hour_is_still_to_come(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(report("supervisor every day at 16:00"))) as at:
        await reports(at, 3)
        at.clock.move(7 * HOUR)
        await rest(at)
        assert sent(at) == ["Moses : 3 malades."]


async def test_a_line_that_comes_twice_counts_once(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(report())) as at:
        await reports(at, 3)
        await at.change("UPDATE mail SET done_at = NULL, cursor = ''")
        await at.runtime.mail.deliver_due()
        await at.crash()
        await at.runtime.start()
        at.clock.move(FRIDAY)
        await rest(at)
        assert sent(at) == ["Moses : 3 malades."]


async def test_a_line_that_comes_late_goes_as_soon_as_it_can(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(report())) as at:
        await at.runtime.mail.stop()
        at.clock.move(MINUTE)
        await at.says("REPORT")
        await at.says("3")
        at.clock.move(FRIDAY)
        at.runtime.mail.start()
        await rest(at)
        assert sent(at) == ["Moses : 3 malades."]


async def test_a_message_that_would_be_too_long_is_two(
    tmp_path: Path, library: MakeLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stepping, "LETTERS", 40)
    async with world(tmp_path, library(report())) as at:
        for ill in range(3):
            await reports(at, ill)
        at.clock.move(FRIDAY)
        await rest(at)
        first, second = sent(at)
        assert (len(first.splitlines()), len(second.splitlines())) == (2, 1)


async def test_two_who_share_a_phone_read_for_whom_it_is_once(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(report())) as at:
        await at.registry.put_workers([{"id": "joe", "name": "Joe Kpan", "phone": FATOU}])
        for ill in (3, 4):
            await reports(at, ill)
        at.clock.move(FRIDAY)
        await rest(at)
        (message,) = sent(at)
        assert (message.count("Fatou"), message.count("malades")) == (1, 2)


async def test_who_sent_stop_gets_no_message(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(report())) as at:
        await reports(at, 3)
        await at.says("STOP", FATOU)
        at.clock.move(FRIDAY)
        for owner in at.runtime._owners.values():
            owner.wake()
        await at.becomes("SELECT count(*) FROM outbox WHERE status = 'queued'", [(0,)])
        assert "Moses : 3 malades." not in sent(at)


async def test_a_box_that_becomes_another_keeps_its_lines(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(report())) as at:
        await reports(at, 3)
        await at.registry.put_workers([{"id": "fatou", "phones": [FATOU, NOBODY]}])
        await reports(at, 4)
        at.clock.move(FRIDAY)
        await rest(at)
        assert sent(at) == ["Moses : 3 malades.\nMoses : 4 malades."]
