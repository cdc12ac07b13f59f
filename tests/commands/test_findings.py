"""What an author sees of a mistake."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from commands.findings import MOST, counted, rows, show
from grammar.diagnostics import Finding, Severity

COLON = 'A colon ":" is missing at the end of this line.'


def a_finding(message: str = COLON, hint: str = "", severity: Severity = "error", column: int = 18) -> Finding:
    return Finding("cholera.flow", 2, column, "E002", severity, message, hint)


def seen(finding: Finding, line: str = "if has_ors is yes", width: int = 72) -> list[str]:
    return [row.plain.rstrip() for row in rows(finding, ("flow cholera_flash: Survey", line), width)]


def test_file_and_line_the_place_the_sentence_and_its_code() -> None:
    assert seen(a_finding()) == [
        "cholera.flow, line 2",
        "  if has_ors is yes",
        "                   ^",
        '  A colon ":" is missing at the end of this line.                 [E002]',
    ]


def test_a_proposal_stands_below_and_long_texts_are_wrapped() -> None:
    found = seen(a_finding("One two three four five six seven eight.", "Write a colon there, please do."), width=26)
    assert found[3:] == [
        "  One two three four five",
        "  six seven eight.  [E002]",
        "  Write a colon there,",
        "  please do.",
    ]


def test_a_code_that_has_no_room_beside_the_sentence_stands_below_it() -> None:
    assert seen(a_finding("One two three four five."), width=28)[3:] == [
        "  One two three four five.",
        "                      [E002]",
    ]


@pytest.mark.parametrize(
    ("line", "column", "shown", "mark"),
    [
        ("\tsay hello", 2, "      say hello", "      ^"),
        ("say: 体温 x", 9, "  say: 体温 x", "            ^"),
        ("x" * 60 + " y", 62, "  …" + "x" * 17 + " y", "  " + " " * 19 + "^"),
        ("a b" + "x" * 60, 3, "  a b" + "x" * 34 + "…", "    ^"),
    ],
    ids=["a tab", "wide letters", "too wide before", "too wide behind"],
)
def test_the_mark_stands_below_its_letter(line: str, column: int, shown: str, mark: str) -> None:
    assert seen(a_finding(column=column), line, 40)[1:3] == [shown, mark]


def test_a_line_that_the_file_does_not_have_is_not_shown() -> None:
    assert len(rows(a_finding(), (), 72)) == 2


def test_a_warning_says_that_it_is_one() -> None:
    assert seen(a_finding(severity="warning"))[0] == "cholera.flow, line 2 (warning)"


@pytest.mark.parametrize(
    ("severities", "said"),
    [
        ([], "nothing to mend"),
        (["error"], "1 mistake"),
        (["warning", "error", "error", "note"], "2 mistakes, 1 warning, 1 note"),
    ],
)
def test_findings_are_counted(severities: list[Severity], said: str) -> None:
    assert counted([a_finding(severity=severity) for severity in severities]) == said


def test_of_very_many_the_first_are_shown_and_the_others_counted() -> None:
    screen = io.StringIO()
    console = Console(file=screen, width=80)
    many = [Finding("a.flow", line, 1, "E202", "error", f"Mistake {line}.", "") for line in range(1, MOST + 4)]
    show(console, many, {})
    said = screen.getvalue()
    assert f"Mistake {MOST}." in said
    assert f"Mistake {MOST + 1}." not in said
    assert said.endswith("And 3 mistakes more: mend these first, then check again.\n\n")
