"""Every line of the language can be read, and a file that is full of mistakes gives all of them and nothing else."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from grammar.diagnostics import Finding
from grammar.nodes import File, Flow, If, Say
from grammar.parser import parse
from grammar.reader import read

HERE = Path(__file__).parent
FLOWS = sorted((HERE.parents[1] / "flows").glob("*.flow"))
COVERAGE = HERE / "samples" / "coverage.flow"
BROKEN = HERE / "samples" / "syntax.flow"


def parsed(text: str | bytes) -> tuple[File, list[Finding]]:
    data = text if isinstance(text, bytes) else text.encode()
    source, findings = read(data, "a.flow")
    assert findings == []
    return parse(source)


@pytest.mark.parametrize("path", [COVERAGE, *FLOWS], ids=lambda path: path.stem)
def test_flows_can_be_read(path: Path) -> None:
    file, findings = parsed(path.read_bytes())
    assert findings == []
    assert file.complete
    assert file.flows


def test_the_mistakes_of_a_broken_file_are_all_found_and_no_others() -> None:
    file, findings = parsed(BROKEN.read_bytes())
    assert not file.complete
    assert [(found.line, found.column, found.code) for found in findings] == [
        (2, 5, "E001"),
        (5, 1, "E001"),
        (7, 5, "E004"),
        (11, 18, "E002"),
        (13, 23, "E003"),
        (14, 12, "E003"),
        (16, 1, "E006"),
        (18, 18, "E003"),
        (21, 26, "E003"),
        (23, 5, "E007"),
        (25, 23, "E012"),
        (26, 4, "E003"),
        (28, 12, "E011"),
        (31, 8, "E009"),
        (32, 1, "E007"),
        (33, 5, "E005"),
        (34, 4, "E002"),
        (35, 1, "E008"),
        (37, 8, "E013"),
        (38, 17, "E002"),
    ]


def test_lines_belong_to_the_flow_above_them() -> None:
    file, _ = parsed("table t:\n    a\n    1\nflow a: A\nsay: 1\nflow b: B\nsay: 2\nsay: 3\n")
    assert len(file.loose) == 1
    assert [(flow.name.text, len(flow.body)) for flow in file.flows] == [("a", 1), ("b", 2)]


def test_an_included_file_has_no_flow() -> None:
    file, findings = parsed("say: Hello.\nsay: Bye.\n")
    assert (len(file.loose), file.flows, findings) == (2, (), [])


def test_an_empty_file_is_an_empty_tree() -> None:
    file, findings = parsed("\n# nothing yet\n")
    assert (file.loose, file.flows, file.complete, findings) == ((), (), True, [])


def test_otherwise_belongs_to_the_if_above() -> None:
    (statement,) = parsed("if a is b:\n    stop\notherwise if c is d: stop\nelse:\n    stop\n")[0].loose
    assert isinstance(statement, If)
    assert len(statement.branches) == 2
    assert statement.otherwise is not None


@pytest.mark.parametrize("path", [COVERAGE, *FLOWS], ids=lambda path: path.stem)
def test_a_file_that_lost_its_margins_says_one_thing(path: Path) -> None:
    text = "\n".join(line.strip() for line in path.read_text(encoding="utf-8").split("\n"))
    assert [found.code for found in parsed(text)[1]] == ["E014"]


def test_what_stands_at_the_margin_anyway_has_lost_nothing() -> None:
    assert parsed("flow a: A\nsay: Hello.\nask q: Ready?\nstop\n")[1] == []


CHUNK = "ask a: A?\n    1. yes: Yes\n    if invalid: Please.\n    remind after 1 day: Hello.\n        fr: Salut.\n"


@pytest.mark.parametrize("line", range(1, 6))
def test_a_line_that_cannot_be_read_hides_no_other_mistake(line: int) -> None:
    """In a chunk of five lines, of which the last is broken too."""
    rows = [*CHUNK.splitlines(), "    tries: three"]
    rows[line - 1] = rows[line - 1].replace(rows[line - 1].split()[0], "%%%", 1)
    assert [found.line for found in parsed("\n".join(rows))[1]] == [line, 6]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("if a ???\n    sya: hello\n    ask q: Q?\n        tries: x\n", [1, 2, 4]),
        ("xyz abc\n    1. yes: Yes\n    tries: x\n", [1, 3]),
        ("xyz abc\n    say: hello\n    sya: hello\n", [1, 3]),
        ("ask q: Q?\n    %%%\n        say: hello\n        stpo\n    tries: x\n", [2, 4, 5]),
        ("test: T\n    reply: 1\n    rpely: 2\n    expect nothing to\n", [3, 4]),
        ("flow a: A\n    channels sms\n    inputs:\n        x: txt\n        y: dat\n", [2, 4, 5]),
        ("if a ???:\n    stop\notherwise:\n    stpo\n", [1, 4]),
        ("stop\n    stpo\n    say Hello\n", [2, 2, 3]),
    ],
)
def test_its_block_is_still_read(text: str, lines: list[int]) -> None:
    assert [found.line for found in parsed(text)[1]] == lines


def test_what_could_be_read_is_in_the_tree() -> None:
    file, _ = parsed("flow a: A\nsya: one\n%%%\nsay: two\n")
    assert [type(top) for flow in file.flows for top in flow.body] == [Say, Say]


def test_places_are_those_of_the_file() -> None:
    (flow,) = parsed("# first\n\nflow a: A\n\nsay: Hello {name}.\n")[0].flows
    assert isinstance(flow, Flow)
    assert (flow.span.line, flow.name.span.column) == (3, 6)
    (say,) = flow.body
    assert isinstance(say, Say)
    assert (say.span.line, say.span.column, say.span.end_column) == (5, 1, 19)


def test_no_text_breaks_the_reading() -> None:
    """Whatever is done to good lines, there is an answer, and a file with a mistake is never called complete."""
    rows = COVERAGE.read_text(encoding="utf-8").splitlines()
    chance = random.Random(20250303)
    for _ in range(60):
        begin = chance.randrange(len(rows) - 12)
        some = [_spoilt(row, chance) for row in rows[begin : begin + 12]]
        source, _ = read("\n".join(some).encode(), "a.flow")
        file, findings = parse(source)
        assert file.complete == (not any(found.severity == "error" for found in findings))
        assert "E036" not in {found.code for found in findings}
        assert all(1 <= found.line <= 12 and found.column >= 1 and found.message for found in findings)


def _spoilt(row: str, chance: random.Random) -> str:
    place = chance.randrange(len(row) + 1)
    return chance.choice(
        [
            row,
            row[:place] + row[place + 1 :],
            row[:place] + chance.choice("é:.\"'(){}#> \t\ue000*") + row[place:],
            row[1:],
        ]
    )
