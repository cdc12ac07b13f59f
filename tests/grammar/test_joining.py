"""A flow and those that it runs are one program: under one hash, in whatever files they stand."""

from __future__ import annotations

from pathlib import Path

import pytest

from grammar import program as p
from grammar.loader import load, load_folder, load_text

MAIN = "flow visit: Visit\nask name: Name?\n    answer: text\nrun other\nsay: {other.outcome}\n"
OTHER = "flow other: Other\nask more: More?\n    answer: text\n"


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name}.flow").write_text(text)
    return folder


def test_the_hash_changes_with_a_flow_that_is_run(tmp_path: Path) -> None:
    write(tmp_path, a=MAIN, b=OTHER)
    first = load_folder([tmp_path]).programs[0]
    write(tmp_path, b=OTHER.replace("More?", "Anything more?"))
    second = load_folder([tmp_path]).programs[0]
    assert first.flow == second.flow == "visit"
    assert first.hash() != second.hash()


def test_a_file_by_itself_finds_what_it_runs_in_its_folder(tmp_path: Path) -> None:
    write(tmp_path, a=MAIN, b=OTHER)
    together = load_folder([tmp_path]).programs[0]
    alone = load(tmp_path / "a.flow").compiled
    assert alone is not None
    assert [program.hash() for program in alone.programs] == [together.hash()]


def test_a_mistake_in_a_flow_that_is_run_keeps_both_out(tmp_path: Path) -> None:
    project = load_folder([write(tmp_path, a=MAIN, b=OTHER + "if x\n    say: Hi.\n")])
    assert project.programs == ()
    assert {(Path(found.file).name, found.code) for found in project.findings if found.severity == "error"} == {
        ("a.flow", "E303"),
        ("b.flow", "E002"),
    }


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        (MAIN, "E303", 4),
        (MAIN + OTHER + "run visit\n", "E303", 4),
        (MAIN.replace("run other", "run visit as other") + OTHER, "E303", 4),
        (MAIN.replace("run other", 'run other with x = "1"') + OTHER, "E304", 4),
        (MAIN + OTHER.replace("ask", "    inputs:\n        x: text\nask"), "E304", 4),
        (MAIN.replace("other.outcome", "other.moer") + OTHER, "E305", 5),
        (MAIN + OTHER.replace("ask", "    sensitive: more\nask") + "say: Hi.\n", None, 0),
        (MAIN.replace("other.outcome", "other.more") + OTHER.replace("ask", "    sensitive: more\nask"), "E306", 5),
    ],
)
def test_what_cannot_be_run_is_said_at_its_line(text: str, code: str | None, line: int) -> None:
    findings = [found for found in load_text(text, "test.flow").findings if found.severity == "error"]
    assert [(found.code, found.line) for found in findings[:1]] == ([(code, line)] if code else [])


def test_every_position_leads_into_the_joined_code() -> None:
    loop = "table rooms:\n    code | name\n    a | A\nfor each room in rooms:\n    run other as o\nsay: {o.more}\n"
    stop = OTHER + 'if more is "no":\n    stop as no\nsay: Bye.\n'
    loaded = load_text("flow visit: Visit\n" + loop + stop, "test.flow")
    assert loaded.compiled is not None
    program = loaded.compiled.programs[0]
    question = program.questions["o.more"]
    assert isinstance(program.code[question.at], p.Ask)
    assert question.over == ("rooms",)
    assert question.give_up is not None
    assert program.code[question.give_up.go] == p.Stop("no_answer")
    call = next(op for op in program.code if isinstance(op, p.Call))
    assert isinstance(program.code[call.end], p.Leave)
    assert isinstance(program.code[call.end + 1], p.Next)
    assert [op.to for op in program.code if isinstance(op, p.GoTo)] == [call.end, call.end]
    assert len(program.places) == len(program.code)
