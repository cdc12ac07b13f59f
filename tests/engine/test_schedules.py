"""Schedules begin once for each worker, by the clock of each zone, whatever happens meanwhile (RULES F, G)."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from engine import bulk, held, schedules, schema
from engine.audience import Slice
from engine.library import Library
from engine.limits import DAY, HOUR, MINUTE
from engine.moments import to_ms
from engine.schedules import Pair
from tests.engine.motion import FATOU, MONDAY, MOSES, MakeLibrary, World, world

REPORT = """
    flow report: Report
        languages: en
        channels: sms
        start on word REPORT
        start every Monday at 10:00 for group reporters
    ask cases: How many cases?
        answer: whole number from 0 to 500
    say: Thank you.
"""
RUNS = "SELECT date, zone, state, reached FROM schedule_run WHERE date <> '' ORDER BY date, zone"
PAUSE = "INSERT INTO pause (kind, name, at, actor) VALUES (:kind, :name, 1, 'grace')"
ASKED = ["How many cases?"]


def reporters(**zones: str) -> list[dict[str, Any]]:
    """Workers of the group, each with a phone, by id with the zone."""
    return [
        {"id": name, "name": name.title(), "phone": f"+2317711{place:05}", "groups": "reporters", "zone": zone}
        for place, (name, zone) in enumerate(zones.items())
    ]


def ms(utc: str) -> int:
    return to_ms(datetime.fromisoformat(utc).replace(tzinfo=UTC))


def phone(place: int) -> str:
    return f"+2317711{place:05}"


@pytest.fixture
def report(library: MakeLibrary) -> Library:
    return library(REPORT)


async def opened(at: World, *workers: dict[str, Any]) -> None:
    """The workers are known, and the schedule has been looked at, at nine on Monday."""
    await at.registry.put_workers(workers)
    await at.runtime.inbox.start()
    await at.runtime.schedules.come_round()


async def move_to(at: World, utc: str) -> None:
    at.clock.moment = ms(utc)
    await at.runtime.schedules.come_round()


async def test_it_begins_when_the_hour_has_come_and_once(tmp_path: Path, report: Library) -> None:
    async with world(tmp_path, report, start=False) as at:
        await opened(at, *reporters(ama=""))
        await move_to(at, "2025-03-03 09:59")
        assert await at.heard(phone(0)) == []
        for now in ("2025-03-03 10:00", "2025-03-03 10:01", "2025-03-03 23:00", "2025-03-04 10:00"):
            await move_to(at, now)
            assert await at.heard(phone(0)) == ASKED
        assert await at.heard(MOSES) == []
        assert await at.rows(RUNS) == [("2025-03-03", "UTC", "done", 1)]


async def test_each_zone_has_its_own_hour(tmp_path: Path, report: Library) -> None:
    zones = {
        "addis": "Africa/Addis_Ababa",
        "apia": "Pacific/Apia",
        "lisbon": "Europe/Lisbon",
        "sao": "America/Sao_Paulo",
    }
    async with world(tmp_path, report, start=False) as at:
        at.clock.moment = ms("2025-03-02 00:00")
        await opened(at, *reporters(**zones))
        for hour in range(48):
            await move_to(at, f"2025-03-{2 + hour // 24:02} {hour % 24:02}:00")
        began = await at.rows("SELECT worker_id, started_at FROM session ORDER BY started_at")
        assert began == [
            ("apia", ms("2025-03-02 21:00")),
            ("addis", ms("2025-03-03 07:00")),
            ("lisbon", ms("2025-03-03 10:00")),
            ("sao", ms("2025-03-03 13:00")),
        ]


async def test_the_zone_of_the_facility_holds_where_the_worker_has_none(tmp_path: Path, report: Library) -> None:
    async with world(tmp_path, report, start=False) as at:
        await at.registry.put_facilities([{"code": "F1", "zone": "Africa/Addis_Ababa"}])
        at.clock.moment = ms("2025-03-03 06:00")
        await opened(at, {**reporters(ama="")[0], "facility": "F1"})
        await move_to(at, "2025-03-03 07:00")
        assert await at.heard(phone(0)) == ASKED


async def test_two_lines_of_one_hour_for_different_people_both_begin(tmp_path: Path, library: MakeLibrary) -> None:
    line = "start every Monday at 10:00 for "
    both = REPORT.replace(f"{line}group reporters", f"{line}group reporters\n        {line}workers where job is nurse")
    async with world(tmp_path, library(both), start=False) as at:
        nurse = {"id": "nora", "phone": phone(9), "job": "nurse"}
        await opened(at, *reporters(ama=""), nurse)
        await move_to(at, "2025-03-03 10:00")
        assert [await at.heard(phone(place)) for place in (0, 9)] == [ASKED, ASKED]


async def test_an_edited_flow_repeats_nothing(tmp_path: Path, library: MakeLibrary, report: Library) -> None:
    async with world(tmp_path, report, start=False) as at:
        await opened(at, *reporters(ama=""))
        await move_to(at, "2025-03-03 10:00")
        longer = REPORT.replace("start every", "start every Friday at 07:00 for group reporters\n        start every")
        for linked in library(longer.replace("How many", "And how many")).flows():
            await at.runtime.publish(linked.program)
        await move_to(at, "2025-03-03 10:30")
        assert await at.heard(phone(0)) == ASKED


async def test_a_schedule_that_is_published_after_its_hour_begins_with_the_next(
    tmp_path: Path, report: Library
) -> None:
    async with world(tmp_path, report, start=False) as at:
        at.clock.moment = ms("2025-03-03 10:01")
        await opened(at, *reporters(ama=""))
        await move_to(at, "2025-03-10 09:59")
        assert await at.heard(phone(0)) == []
        await move_to(at, "2025-03-10 10:00")
        assert await at.heard(phone(0)) == ASKED


async def test_a_flow_that_was_withdrawn_and_comes_back_begins_with_the_next(tmp_path: Path, report: Library) -> None:
    async with world(tmp_path, report, start=False) as at:
        await opened(at, *reporters(ama=""))
        [linked] = report.flows()
        report.withdraw("report")
        await at.runtime.schedules.come_round()
        at.clock.moment = ms("2025-03-03 12:00")
        await at.runtime.publish(linked.program)
        await at.runtime.schedules.come_round()
        assert await at.heard(phone(0)) == []


async def test_a_flow_that_was_withdrawn_while_nothing_ran_is_forgotten(tmp_path: Path, report: Library) -> None:
    async with world(tmp_path, report, start=False) as at:
        await opened(at, *reporters(ama=""))
        [linked] = report.flows()
        report.withdraw("report")
        await at.crash()
        await at.runtime.inbox.start()
        await at.runtime.schedules.come_round()
        at.clock.moment = ms("2025-03-03 12:00")
        await at.runtime.publish(linked.program)
        await at.runtime.schedules.come_round()
        assert await at.heard(phone(0)) == []


async def test_what_another_process_looks_at_is_not_forgotten(tmp_path: Path, report: Library) -> None:
    """It has a flow more, or has it sooner."""
    async with world(tmp_path, report, start=False) as at:
        await opened(at, *reporters(ama=""))
        await at.change(
            "INSERT INTO process (process_id, release, started_at, beat_at) VALUES (1, '', 1, 1), (2, '', 1, 1)"
        )
        await at.change(
            "INSERT INTO schedule_run (schedule, date, zone, state, started_at)"
            " SELECT 'theirs', '', zone, state, started_at FROM schedule_run"
        )
        at.runtime.schedules._looked = None
        await at.runtime.schedules.come_round()
        report.withdraw("report")
        await at.runtime.schedules.come_round()
        assert [row.schedule for row in await at.rows("SELECT schedule FROM schedule_run")] == ["theirs"]


@pytest.mark.parametrize(
    ("back", "state"),
    [("2025-03-03 21:59", "done"), ("2025-03-03 22:01", "missed"), ("2025-03-04 06:00", "missed")],
)
async def test_after_an_outage_it_begins_late_on_its_own_day_or_not_at_all(
    tmp_path: Path, report: Library, back: str, state: str
) -> None:
    async with world(tmp_path, report, start=False) as at:
        await opened(at, *reporters(ama=""))
        await at.crash()
        await at.runtime.inbox.start()
        await move_to(at, back)
        assert [row.state for row in await at.rows(RUNS)] == [state]
        assert await at.heard(phone(0)) == (ASKED if state == "done" else [])


@pytest.mark.parametrize(("back", "state"), [("2025-03-03 23:59", "done"), ("2025-03-04 00:00", "missed")])
async def test_in_the_evening_its_own_day_ends_before_twelve_hours(
    tmp_path: Path, library: MakeLibrary, back: str, state: str
) -> None:
    async with world(tmp_path, library(REPORT.replace("10:00", "22:00")), start=False) as at:
        await opened(at, *reporters(ama=""))
        await move_to(at, back)
        assert [row.state for row in await at.rows(RUNS)] == [state]


async def test_what_was_missed_is_told_once_and_what_was_not_never(
    tmp_path: Path, report: Library, capsys: pytest.CaptureFixture[str]
) -> None:
    async with world(tmp_path, report, start=False) as at:
        await opened(at, *reporters(ama=""))
        await move_to(at, "2025-03-03 10:00")
        for now, told in (("2025-03-05 08:00", 0), ("2025-03-11 08:00", 1), ("2025-03-12 08:00", 0)):
            await at.crash()
            await at.runtime.inbox.start()
            await move_to(at, now)
            assert capsys.readouterr().out.count("a schedule was missed") == told


async def test_after_weeks_only_the_last_week_is_told_as_missed(tmp_path: Path, report: Library) -> None:
    async with world(tmp_path, report, start=False) as at:
        await opened(at, *reporters(ama=""))
        await at.crash()
        await at.runtime.inbox.start()
        await move_to(at, "2025-04-01 12:00")
        assert await at.rows(RUNS) == [("2025-03-31", "UTC", "missed", 0)]


async def test_a_crash_in_the_middle_goes_on_where_it_was_and_reaches_nobody_twice(
    tmp_path: Path, report: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "SLICE", 3)
    people = reporters(**{f"w{n:02}": "" for n in range(10)})
    async with world(tmp_path, report, start=False) as at:
        await opened(at, *people)
        marks = 0

        async def crash_at_the_third(*_: Any) -> bool:
            nonlocal marks
            marks += 1
            if marks == 3:
                raise SystemError
            return await written(*_)

        written = at.runtime.schedules._rounds._mark
        monkeypatch.setattr(at.runtime.schedules._rounds, "_mark", crash_at_the_third)
        with pytest.raises(SystemError):
            await move_to(at, "2025-03-03 10:00")
        assert await at.rows("SELECT state, reached FROM schedule_run WHERE date <> ''") == [("going", 6)]
        await at.crash()
        await at.runtime.inbox.start()
        await move_to(at, "2025-03-03 10:05")
        began = await at.rows("SELECT worker_id, count(*) FROM session GROUP BY worker_id ORDER BY 1")
        assert began == [(person["id"], 1) for person in people]
        assert [row.state for row in await at.rows(RUNS)] == ["done"]


async def test_what_went_on_after_its_day_still_reaches_the_rest(
    tmp_path: Path, report: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was begun is finished: half of a group is worse than late."""
    async with world(tmp_path, report, start=False) as at:
        await opened(at, *reporters(ama="", kofi=""))
        places = await at.rows(
            "SELECT bucket, box_id, worker_id FROM line JOIN worker_line USING (line_id)"
            " WHERE worker_id IN ('ama', 'kofi') ORDER BY bucket, box_id"
        )
        first, second = (worker for _, _, worker in places)
        cursor = " ".join(map(str, places[0]))
        await at.change(
            "INSERT INTO schedule_run (schedule, date, zone, state, cursor, started_at)"
            f" SELECT schedule, '2025-03-03', zone, 'going', '{cursor}', started_at FROM schedule_run"
        )
        await move_to(at, "2025-03-04 08:00")
        assert await at.rows("SELECT worker_id FROM session") == [(second,)] != [(first,)]


async def test_who_shares_a_phone_is_asked_one_after_the_other(tmp_path: Path, report: Library) -> None:
    people = reporters(ama="", kofi="")
    people[1]["phone"] = people[0]["phone"]
    async with world(tmp_path, report, start=False) as at:
        await opened(at, *people)
        await move_to(at, "2025-03-03 10:00")
        standing = "SELECT worker_id, status FROM session ORDER BY worker_id"
        assert await at.rows(standing) == [("ama", "waiting"), ("kofi", "queued")]
        await at.says("3", phone(0))
        assert await at.rows(standing) == [("ama", "ended"), ("kofi", "waiting")]


async def test_nothing_begins_for_a_line_that_is_stopped(tmp_path: Path, report: Library) -> None:
    async with world(tmp_path, report, start=False) as at:
        await opened(at, *reporters(ama=""))
        await at.says("STOP", phone(0))
        await move_to(at, "2025-03-03 10:00")
        assert await at.rows("SELECT count(*) FROM session") == [(0,)]
        assert await at.rows(RUNS) == [("2025-03-03", "UTC", "done", 0)]


async def test_last_weeks_conversation_is_replaced_and_its_unsent_question_never_leaves(
    tmp_path: Path, report: Library
) -> None:
    async with world(tmp_path, report, start=False) as at:
        await opened(at, *reporters(ama=""))
        await move_to(at, "2025-03-03 10:00")
        await move_to(at, "2025-03-10 10:00")
        assert await at.rows("SELECT outcome FROM session ORDER BY started_at") == [("replaced",), ("",)]
        assert await at.rows("SELECT status FROM outbox ORDER BY out_id") == [("expired",), ("queued",)]


async def test_it_waits_until_the_conversation_that_has_the_floor_is_over(tmp_path: Path, library: MakeLibrary) -> None:
    other = REPORT.replace("report: Report", "survey: Survey").replace("REPORT", "SURVEY").replace("10:00", "11:00")
    async with world(tmp_path, library(REPORT, other.replace("cases?", "beds?")), start=False) as at:
        await opened(at, *reporters(ama=""))
        await move_to(at, "2025-03-03 11:00")
        assert await at.heard(phone(0)) == ["How many cases?"]
        await at.says("3", phone(0))
        assert await at.heard(phone(0)) == ["How many cases?", "Thank you.", "How many beds?"]


SINCE = REPORT.replace("for group reporters", "for group reporters\n            unless done since Saturday")


@pytest.mark.parametrize(
    ("reported", "answer", "asked_again"),
    [
        ("2025-03-08 00:00", "3", False),
        ("2025-03-07 23:59", "3", True),
        ("2025-03-09 12:00", None, True),
    ],
    ids=["on Saturday", "before", "not finished"],
)
async def test_a_report_that_came_early_is_not_asked_again(
    tmp_path: Path, library: MakeLibrary, reported: str, answer: str | None, asked_again: bool
) -> None:
    async with world(tmp_path, library(SINCE), start=False) as at:
        await opened(at, *reporters(ama=""))
        at.clock.moment = ms(reported)
        await at.says("REPORT", phone(0))
        if answer:
            await at.says(answer, phone(0))
        before = await at.heard(phone(0))
        await move_to(at, "2025-03-10 10:00")
        assert (await at.heard(phone(0)) != before) is asked_again


async def test_a_schedule_that_was_taken_away_in_the_middle_stops(tmp_path: Path, report: Library) -> None:
    async with world(tmp_path, report, start=False) as at:
        await opened(at, *reporters(ama=""))
        await at.change(
            "INSERT INTO schedule_run (schedule, date, zone, state, started_at)"
            " SELECT 'gone', '2025-03-03', zone, 'going', started_at FROM schedule_run"
        )
        await at.runtime.schedules.come_round()
        assert [row.state for row in await at.rows(RUNS)] == ["stopped"]


async def test_while_it_is_held_nothing_begins_and_afterwards_once(tmp_path: Path, report: Library) -> None:
    async with world(tmp_path, report, ahead=DAY) as at:
        await at.registry.put_workers(reporters(ama=""))
        await at.becomes("SELECT count(*) FROM schedule_run WHERE state = 'known'", [(1,)])
        await at.store.write(lambda c: held.hold(c, held.CLOCK, "The clock is wrong.", MONDAY))
        at.clock.move(2 * HOUR)
        await at.runtime.schedules._turn()
        assert await at.heard(phone(0)) == []
        await at.store.write(lambda c: held.release(c, at.clock.now()))
        await at.runtime.schedules.come_round()
        assert await at.heard(phone(0)) == ASKED


async def test_a_clock_that_is_days_ahead_leaves_no_day_behind_on_which_it_began(
    tmp_path: Path, report: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else its day would be taken for one that is over, once the clock is right again."""
    monkeypatch.setattr(schedules, "LOOK_EVERY", 0)
    async with world(tmp_path, report, start=False, ahead=DAY) as at:
        await opened(at, *reporters(ama=""))
        await at.runtime.schedules._turn()
        at.clock.move(30 * DAY)
        await at.runtime.schedules._turn()
        at.clock.move(-30 * DAY)
        await at.store.write(lambda c: held.release(c, at.clock.now()))
        assert await at.rows(RUNS) == []
        at.clock.move(HOUR)
        await at.runtime.schedules.come_round()
        assert await at.heard(phone(0)) == ASKED


@pytest.mark.parametrize("jump", [6 * HOUR, -6 * HOUR])
async def test_a_clock_that_jumps_within_the_day_begins_it_once(tmp_path: Path, report: Library, jump: int) -> None:
    async with world(tmp_path, report, start=False) as at:
        await opened(at, *reporters(ama=""))
        for step in (59 * MINUTE, MINUTE, jump, MINUTE, -jump, 4 * HOUR):
            at.clock.move(step)
            await at.runtime.schedules.come_round()
        assert await at.heard(phone(0)) == ASKED


async def test_nobody_else_hears_of_it(tmp_path: Path, report: Library) -> None:
    async with world(tmp_path, report, start=False) as at:
        await opened(at, *reporters(ama=""))
        await move_to(at, "2025-03-03 10:00")
        assert await at.heard(FATOU) == []


@pytest.mark.parametrize(("kind", "name"), [("flow", "report"), ("all", "")])
@pytest.mark.parametrize(("back", "heard"), [("2025-03-03 12:00", ASKED), ("2025-03-04 09:00", [])])
async def test_a_flow_that_is_paused_begins_when_it_goes_on_if_that_is_not_too_late(
    tmp_path: Path, report: Library, back: str, heard: list[str], kind: str, name: str
) -> None:
    async with world(tmp_path, report, start=False) as at:
        await opened(at, *reporters(ama=""))
        await at.change(PAUSE, kind=kind, name=name)
        await move_to(at, "2025-03-03 10:00")
        assert await at.heard(phone(0)) == []
        await at.change("DELETE FROM pause")
        await move_to(at, back)
        assert await at.heard(phone(0)) == heard


async def test_a_pause_in_the_middle_holds_the_rest(
    tmp_path: Path, report: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "SLICE", 1)
    async with world(tmp_path, report, start=False) as at:
        await opened(at, *reporters(ama="", kofi=""))
        rounds = at.runtime.schedules._rounds
        mark = rounds._mark

        async def pause(*arguments: Any) -> bool:
            first = await mark(*arguments)
            await at.change("INSERT INTO pause (kind, name, at, actor) VALUES ('all', '', 1, 'grace')")
            return first

        monkeypatch.setattr(rounds, "_mark", pause)
        await move_to(at, "2025-03-03 10:00")
        monkeypatch.setattr(rounds, "_mark", mark)
        assert await at.rows(RUNS) == [("2025-03-03", "UTC", "going", 1)]
        await at.change("DELETE FROM pause")
        await at.runtime.schedules.come_round()
        assert await at.rows(RUNS) == [("2025-03-03", "UTC", "done", 2)]


async def test_of_two_processes_that_go_through_a_round_one_goes_on(
    tmp_path: Path, report: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "SLICE", 2)
    async with world(tmp_path, report, start=False) as at:
        await opened(at, *reporters(**{f"w{n:02}": "" for n in range(7)}))
        at.clock.moment = ms("2025-03-03 10:00")
        brought: list[int] = []
        bring = bulk.Bulk._bring

        async def counted(self: bulk.Bulk, present: Slice, *rest: Any) -> int:
            brought.append(len(present.members))
            return await bring(self, present, *rest)

        monkeypatch.setattr(bulk.Bulk, "_bring", counted)
        await asyncio.gather(*(at.runtime.schedules.come_round() for _ in range(2)))
        assert len(brought) <= 5  # four slices: one of them stops as soon as it sees that the other was first
        assert await at.rows("SELECT count(*), count(DISTINCT worker_id) FROM session") == [(7, 7)]
        assert await at.rows(RUNS) == [("2025-03-03", "UTC", "done", 7)]


async def test_what_is_forgotten_is_one_schedule_in_one_zone_and_nothing_that_it_began(
    tmp_path: Path, report: Library
) -> None:
    """Else another zone would miss its hour after a restart, and nobody could see what began."""
    known = [("a", "UTC", ""), ("a", "Africa/Accra", ""), ("b", "UTC", ""), ("a", "UTC", "2025-03-03")]
    rows = [
        {"schedule": name, "zone": zone, "date": day, "state": "done" if day else "known", "started_at": 1}
        for name, zone, day in known
    ]

    def forget(connection: Connection) -> dict[Pair, int]:
        connection.execute(schema.schedule_run.insert(), rows)
        return schedules._known(connection, set(), [Pair("a", "UTC")], MONDAY)

    async with world(tmp_path, report, start=False) as at:
        await at.store.write(forget)
        left = await at.rows("SELECT schedule, zone, date FROM schedule_run")
        assert sorted(tuple(row) for row in left) == sorted(known[1:])
