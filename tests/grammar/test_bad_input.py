"""Whatever a file holds: a limit has its name, and any bytes give a program or sentences, never an error of ours."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.linker import link
from engine.phrases import load as load_phrases
from grammar.loader import Loaded, load, load_bytes
from grammar.program import Program

PHRASES = load_phrases()
ROOT = Path(__file__).parents[2]
TEXTS = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "tests/grammar/samples").glob("*.flow"))]
LINES = sorted({line for text in TEXTS for line in text.split("\n") if line.strip()})
FLOW = "flow clinic: Clinic survey\n"
ASK = FLOW + "ask well: Are you well?\n    answer: yes or no\n"


def nested(depth: int) -> str:
    """So many blocks, one in the other."""
    return ASK + "".join(f"{' ' * margin}if well is yes:\n" for margin in range(depth)) + " " * depth + "say: Good.\n"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (nested(10_000), "E101"),
        (nested(1_000), "E029"),
        ("say: hi\n" * 6_500_000, "E101"),
        (FLOW + "say: " + "a" * 500_000, "E104"),
        (FLOW + "set x to " + "(" * 1_900 + "1" + ")" * 1_900, "E035"),
        (ASK + "if " + "not " * 900 + "well is yes:\n    say: Good.", "E035"),
        (FLOW + "set x to " + "-" * 3_900 + "1", "E035"),
        (FLOW + "blah blah\n" * 5_000, "E036"),
        (ASK + "".join(f"    {number}. c{number}: Label {number}\n" for number in range(3, 4_000)), "E036"),
        ("\0\1\2" * 30_000, "E103"),
    ],
    ids=[
        "10,000 blocks",
        "1,000 blocks",
        "50 MB",
        "a line",
        "brackets",
        "not not",
        "minus",
        "mistakes",
        "choices",
        "bytes",
    ],
)
def test_a_limit_has_its_name(data: str, code: str) -> None:
    loaded = load_bytes(data.encode(), "large.flow")
    assert loaded.compiled is None
    assert code in {found.code for found in loaded.findings}
    assert all(found.message and found.hint for found in loaded.findings)


@pytest.mark.parametrize(
    ("name", "rows", "reason"), [("rows.csv", 60_000, "60,000 rows"), ("bytes.csv", 1_000_000, "19 MB")]
)
def test_a_table_is_no_database(tmp_path: Path, name: str, rows: int, reason: str) -> None:
    (tmp_path / name).write_text("code,name\n" + "".join(f"c{row},name {row}\n" for row in range(rows)))
    flow = tmp_path / "table.flow"
    flow.write_text(f"{FLOW}table products from {name}\nsay: Good.\n")
    [found] = load(flow).findings
    assert (found.code, reason in found.message) == ("E302", True)


def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.flow")
    flow = tmp_path / "waits.flow"
    flow.write_text(f"{FLOW}include pipe.flow\nsay: Good.\n")
    assert [found.code for found in load(flow).findings] == ["E301"]


def test_files_that_include_each_other_twice_come_to_an_end(tmp_path: Path) -> None:
    for number in range(40):
        (tmp_path / f"part{number}.flow").write_text(f"include part{number + 1}.flow\n" * 2)
    (tmp_path / "part40.flow").write_text("say: Good.\n")
    flow = tmp_path / "many.flow"
    flow.write_text(f"{FLOW}include part0.flow\n")
    found = load(flow).findings
    assert {each.code for each in found} == {"E301"}
    assert any("more than 200 files" in each.message for each in found)


@pytest.mark.parametrize(
    "line",
    ["remind after {} months", "give up after {} days: stop as gone", "tries: {}", "answer: text up to {} letters"],
)
def test_a_number_without_end_is_a_number_that_every_store_can_hold(line: str) -> None:
    text = f"{FLOW}ask well: Are you well?\n    {line.format('9' * 1_000)}\nsay: Good.\n"
    [program] = ready(load_bytes(text.encode(), "long.flow"))
    for question in program.questions.values():
        clocks = [*(each.after for each in question.reminders), question.give_up.after if question.give_up else 0]
        assert all(clock * 1_000 < 2**62 for clock in clocks)


def ready(loaded: Loaded) -> list[Program]:
    """The programs of a file, each linked."""
    programs = list(loaded.compiled.programs) if loaded.compiled else []
    for program in programs:
        link(program, program.hash(), PHRASES)
    return programs


def judge(data: bytes) -> None:
    """Something came of it: a program that can run, or a sentence."""
    loaded = load_bytes(data, "any.flow")
    assert ready(loaded) or loaded.findings or not data.strip()


@settings(deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes(data: bytes) -> None:
    judge(data)


@settings(deadline=None)
@given(st.text(max_size=400))
def test_any_letters(text: str) -> None:
    judge((FLOW + text).encode("utf-8", "surrogatepass"))


MARGIN = st.sampled_from(["", " ", "  ", "    ", "        ", "\t", "\u00a0"])
WORDS = st.sampled_from(sorted({word for line in LINES for word in line.split()}))
SENTENCE = st.lists(WORDS, max_size=9).map(" ".join)
LINE = st.builds(str.__add__, MARGIN, st.sampled_from(LINES) | SENTENCE)


@settings(max_examples=150, deadline=None)
@given(st.lists(LINE, max_size=25))
def test_any_lines_of_the_language(lines: list[str]) -> None:
    judge((FLOW + "\n".join(lines)).encode())
