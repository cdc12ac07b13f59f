"""Flow files on their way in: a mistake gives no program, and files that are published together fit together."""

from __future__ import annotations

from pathlib import Path

import pytest

from grammar.loader import load, load_folder, load_text

FLOWS = Path(__file__).parents[2] / "flows"
GOOD = "flow {name}: Title\n    start on word {word}\nsay: Hello.\ntest: It speaks\n    start\n    expect: Hello.\n"


def write(folder: Path, **flows: str) -> Path:
    for name, word in flows.items():
        (folder / f"{name}.flow").write_text(GOOD.format(name=name, word=word), encoding="utf-8")
    return folder


def test_the_flows_of_the_project_have_nothing_to_mend() -> None:
    project = load_folder([FLOWS])
    assert [finding for finding in project.findings if finding.severity != "note"] == []
    assert [program.flow for program in project.programs] == [
        "cholera_flash",
        "hand_hygiene",
        "lab_result",
        "weekly_stock",
    ]


def test_each_flow_of_the_project_has_at_least_three_tests() -> None:
    files = load_folder([FLOWS]).files
    assert all(file.compiled is not None and len(file.compiled.rehearsals) >= 3 for file in files)


def test_a_file_without_mistakes_gives_its_programs(tmp_path: Path) -> None:
    loaded = load(write(tmp_path, one="ONE") / "one.flow")
    assert loaded.compiled is not None
    assert [program.flow for program in loaded.compiled.programs] == ["one"]
    assert loaded.findings == ()
    assert loaded.lines[0] == "flow one: Title"


@pytest.mark.parametrize(
    "text", ["sya: Hello.\n", "flow a: A\nsya: Hello.\n", "flow a: A\nsay: {b}\n", "", "flow a: A\nrun b\n"]
)
def test_a_file_with_a_mistake_gives_nothing(text: str) -> None:
    loaded = load_text(text, "a.flow")
    assert loaded.compiled is None
    assert loaded.findings[0].severity == "error"


def test_where_a_line_cannot_be_read_names_are_not_judged() -> None:
    findings = load_text("flow a: A\nask cases How many?\nsay: {cases}\n", "a.flow").findings
    assert [finding.line for finding in findings] == [2]


def test_errors_come_first_then_places() -> None:
    findings = load_text("flow a: A\nsay: {worker.frist_name}\nsay: {b}\nsay: {c}\n", "a.flow").findings
    assert [(finding.severity, finding.line) for finding in findings] == [
        ("error", 3),
        ("error", 4),
        ("warning", 1),
        ("warning", 2),
    ]


def test_a_warning_stops_nothing() -> None:
    loaded = load_text("flow a: A\nsay: Hello.\n", "a.flow")
    assert loaded.compiled is not None
    assert [finding.code for finding in loaded.findings] == ["W290"]


def test_a_folder_is_read_with_all_folders_below(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    write(tmp_path, one="ONE")
    write(tmp_path / "inner", two="TWO")
    (tmp_path / "notes.txt").write_text("no flow", encoding="utf-8")
    assert [program.flow for program in load_folder([tmp_path]).programs] == ["two", "one"]


def test_a_file_named_twice_is_read_once(tmp_path: Path) -> None:
    write(tmp_path, one="ONE")
    assert len(load_folder([tmp_path, tmp_path / "one.flow"]).files) == 1


def test_two_files_cannot_have_one_start_word(tmp_path: Path) -> None:
    project = load_folder([write(tmp_path, one="SAME", two="same")])
    assert [(Path(finding.file).name, finding.code) for finding in project.findings] == [("two.flow", "E298")]
    assert [program.flow for program in project.programs] == ["one"]


def test_two_files_cannot_have_one_flow(tmp_path: Path) -> None:
    write(tmp_path, one="ONE")
    (tmp_path / "two.flow").write_text(GOOD.format(name="One", word="TWO"), encoding="utf-8")
    project = load_folder([tmp_path])
    assert [finding.code for finding in project.findings] == ["E297"]
    assert project.has_errors


def test_a_path_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        load_folder([tmp_path / "nothing.flow"])
