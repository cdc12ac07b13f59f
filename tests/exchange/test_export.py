"""What workers answered, as files: everything once, nothing that must not leave, and no file half."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest

from engine.opening import open_reader
from engine.purging import Purge, Terms
from engine.store import Readable
from exchange import pages
from exchange.export import ExportError, export

BOM = b"\xef\xbb\xbf"
ORS = """
    flow ors: ORS survey
        languages: en, fr
        channels: sms
        start on word ORS

    ask has_ors: Do you have ORS?
        1. yes: Yes
            fr: Oui
        2. no: No
            fr: Non
    if has_ors is yes:
        ask packets: How many packets?
            answer: number
    ask problem: What is your problem?
        answer: text up to 100 letters
        optional
    ask sure: Is that all?
        1. done: Yes
        2. again: No -> ors
    say: Thank you.
"""
MOSES = {"id": "W1", "name": "Moses Kollie", "phone": "+231770000001", "facility": "F1", "language": "en"}
FATOU = {"id": "W2", "name": "=Fatou", "phone": "+231770000002", "language": "fr"}


def table(path: Path) -> list[dict[str, str]]:
    text = path.read_bytes().removeprefix(BOM).decode()
    return list(csv.DictReader(io.StringIO(text, newline="")))


def files_of_ors(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.glob("ors*"))


async def exported(desk: Any, folder: Path, **options: Any) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    await export(desk.store, "ors", folder, **options)
    return table(folder / "ors.csv"), table(folder / "ors.answers.csv")


@pytest.fixture
async def survey(desk: Any) -> Any:
    await desk.publish(ORS)
    await desk.know(MOSES, FATOU)
    return desk


async def test_a_session_is_a_row_and_an_answer_is_a_row(survey: Any, tmp_path: Path) -> None:
    await survey.hear("+231770000001", "ORS", "yes please", "1,5", "no fuel, no boat", "1")
    sessions, answers = await exported(survey, tmp_path)
    [row] = sessions
    assert {name: text for name, text in row.items() if name not in ("session.id", "flow.version")} == {
        "session.started": "2026-03-02T09:01:00Z",
        "session.ended": "2026-03-02T09:05:00Z",
        "session.status": "ended",
        "session.outcome": "completed",
        "session.channel": "sms",
        "session.language": "en",
        "worker.id": "W1",
        "worker.name": "Moses Kollie",
        "facility.code": "F1",
        "facility.name": "Kolahun Clinic",
        "has_ors": "yes",
        "has_ors.label": "Yes",
        "packets": "1.5",
        "problem": "no fuel, no boat",
        "sure": "done",
        "sure.label": "Yes",
    }
    assert [(one["n"], one["question"], one["value"], one["label"], one["raw"]) for one in answers] == [
        ("1", "has_ors", "yes", "Yes", "yes please"),
        ("2", "packets", "1.5", "", "1,5"),
        ("3", "problem", "no fuel, no boat", "", "no fuel, no boat"),
        ("4", "sure", "done", "Yes", "1"),
    ]
    assert {one["session.id"] for one in answers} == {row["session.id"]}
    assert answers[0]["at"] == "2026-03-02T09:02:00Z"


async def test_a_session_that_is_not_over_is_there_with_what_it_has(survey: Any, tmp_path: Path) -> None:
    await survey.hear("+231770000002", "ORS", "2")
    [row], [answer] = await exported(survey, tmp_path)
    assert (row["session.status"], row["session.ended"], row["session.outcome"]) == ("waiting", "", "")
    assert (row["has_ors"], row["packets"], row["worker.name"]) == ("no", "", "'=Fatou")
    assert answer["label"] == "No"  # one export, one language: the base


async def test_answers_that_were_put_aside_stay_in_the_second_file(survey: Any, tmp_path: Path) -> None:
    await survey.hear("+231770000001", "ORS", "1", "7", "skip", "2", "2", "skip", "1")
    [row], answers = await exported(survey, tmp_path)
    assert (row["has_ors"], row["packets"]) == ("no", "")
    kept = [(one["question"], one["round"], one["value"], one["current"]) for one in answers]
    assert kept[:2] == [("has_ors", "1", "yes", "no"), ("packets", "1", "7", "no")]
    assert ("has_ors", "2", "no", "yes") in kept
    assert len(kept) == 7


async def test_what_somebody_wrote_is_never_a_formula(survey: Any, tmp_path: Path) -> None:
    await survey.hear("+231770000001", "ORS", "1", "-2", '=HYPERLINK("http://evil")', "1")
    [row], answers = await exported(survey, tmp_path)
    assert (row["packets"], row["problem"]) == ("-2", '\'=HYPERLINK("http://evil")')
    assert answers[2]["raw"].startswith("'=")


async def test_secret_and_sensitive_answers_are_in_no_file(desk: Any, tmp_path: Path) -> None:
    await desk.publish(
        """
        flow ors: Result
            languages: en
            channels: sms
            start on word RESULT
            sensitive: load

        ask load: How many copies?
            answer: whole number
        ask word: Your word?
            answer: text up to 20 letters
            secret
        ask ward: Which ward?
            answer: whole number
        say: Thank you.
        """
    )
    await desk.know(MOSES)
    await desk.hear("+231770000001", "RESULT", "48151623", "sesame", "4")
    sessions, answers = await exported(desk, tmp_path)
    assert sessions[0]["ward"] == "4"
    assert [one["question"] for one in answers] == ["ward"]
    written = b"".join((tmp_path / name).read_bytes() for name in ("ors.csv", "ors.answers.csv"))
    assert b"48151623" not in written
    assert b"sesame" not in written


async def test_every_session_comes_once_over_pages_and_versions(
    survey: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "PAGE", 2)
    phones = [f"+23177000010{n}" for n in range(7)]
    await survey.know(*({"id": f"P{n}", "name": f"P{n}", "phone": phone} for n, phone in enumerate(phones)))
    for phone in phones[:4]:
        await survey.hear(phone, "ORS", "2")
    await survey.publish(ORS.replace("ask problem", "ask trouble"))
    for phone in phones[4:]:
        survey.clock.ms -= 60_000  # all three begin in the same moment
        await survey.hear(phone, "ORS")
    told: list[tuple[int, int]] = []
    sessions, _ = await exported(survey, tmp_path, progress=lambda done, total: told.append((done, total)))
    assert [row["worker.id"] for row in sessions] == [f"P{n}" for n in range(7)]
    assert len({row["flow.version"] for row in sessions}) == 2
    assert {"problem", "trouble"} < sessions[0].keys()
    assert told[-1] == (7, 7)


async def test_since_leaves_out_what_began_before(survey: Any, tmp_path: Path) -> None:
    await survey.hear("+231770000001", "ORS", "2")
    since = survey.clock.ms + 1
    await survey.hear("+231770000002", "ORS", "2")
    sessions, answers = await exported(survey, tmp_path, since=since)
    assert [row["worker.id"] for row in sessions] == ["W2"]
    assert len(answers) == 1


async def test_json_lines_keep_the_kinds_of_values(survey: Any, tmp_path: Path) -> None:
    await survey.hear("+231770000001", "ORS", "1", "1.5", "skip", "1")
    await export(survey.store, "ors", tmp_path, "jsonl")
    [row] = map(json.loads, (tmp_path / "ors.jsonl").read_text().splitlines())
    assert (row["packets"], row["problem"], row["has_ors"]) == (1.5, None, "yes")
    assert row["session.started"] == "2026-03-02T09:01:00Z"
    answers = [json.loads(line) for line in (tmp_path / "ors.answers.jsonl").read_text().splitlines()]
    assert [(one["n"], one["current"]) for one in answers] == [(n, True) for n in (1, 2, 3, 4)]


async def test_a_spreadsheet_sees_that_it_is_utf_8(survey: Any, tmp_path: Path) -> None:
    await survey.hear("+231770000001", "ORS", "2", "pas d’essence, déjà", "1")
    sessions, _ = await exported(survey, tmp_path)
    assert sessions[0]["problem"] == "pas d’essence, déjà"
    assert (tmp_path / "ors.csv").read_bytes().startswith(BOM)


async def test_it_can_be_read_beside_the_server_and_after_it(survey: Any, tmp_path: Path) -> None:
    await survey.hear("+231770000001", "ORS", "2")
    async with open_reader(survey.store.path) as reader:
        assert isinstance(reader, Readable)
        made = await export(reader, "ors", tmp_path)
    assert (made.sessions, made.answers, made.files) == (1, 1, [tmp_path / "ors.csv", tmp_path / "ors.answers.csv"])


async def test_what_was_purged_is_empty_and_what_was_kept_is_there(survey: Any, tmp_path: Path) -> None:
    await survey.hear("+231770000001", "ORS", "2", "pas d’essence", "1")
    later = survey.clock.ms + 1
    await Purge(survey.store, Terms(messages=later)).all()
    sessions, answers = await exported(survey, tmp_path)
    assert (sessions[0]["problem"], sessions[0]["session.status"]) == ("pas d’essence", "ended")
    await Purge(survey.store, Terms(messages=later, answers=later)).all()
    wiped, rows = await exported(survey, tmp_path)
    assert (len(wiped), len(rows)) == (1, len(answers))
    assert "essence" not in str(wiped) + str(rows)


@pytest.mark.parametrize(
    ("flow", "kind", "said"),
    [
        ("orz", "csv", "No flow orz has run here. Did you mean ors?"),
        ("malaria", "csv", "No flow malaria has run here. Flows that have run: ors."),
        ("ors", "xlsx", "xlsx is no kind of file that can be written. There are: csv, jsonl."),
    ],
)
async def test_what_cannot_be_exported_is_said(survey: Any, tmp_path: Path, flow: str, kind: str, said: str) -> None:
    with pytest.raises(ExportError, match=f"^{re.escape(said)}$"):
        await export(survey.store, flow, tmp_path / "out", kind)
    assert not (tmp_path / "out").exists()


async def test_an_export_that_fails_leaves_the_old_files_as_they_were(survey: Any, tmp_path: Path) -> None:
    await survey.hear("+231770000001", "ORS", "2")
    (tmp_path / "ors.csv").write_text("old")

    def stop(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await export(survey.store, "ors", tmp_path, progress=stop)
    assert (tmp_path / "ors.csv").read_text() == "old"
    assert files_of_ors(tmp_path) == ["ors.csv"]


async def test_a_folder_that_cannot_be_written_is_named(survey: Any, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file, no folder")
    with pytest.raises(ExportError, match="out cannot be written: "):
        await export(survey.store, "ors", tmp_path / "out")
