"""LANGUAGE.md section 9: each check finds what it is for, where it is mended, and not the nearest right thing."""

from __future__ import annotations

import difflib
from pathlib import Path

import pytest

from grammar.diagnostics import codes, read_page
from grammar.loader import load_bytes
from tests.grammar.checks.test_pages import OF_MEANING, folder_beside
from tests.grammar.test_diagnostics import OF_READING, reading

CHECKED = {
    "unknown keyword": ("E001", "E003"),
    "names used twice": ("E200", "E297"),
    "unknown targets": ("E250", "E210"),
    "unreachable lines, sections and branches": ("W250", "W251"),
    "conditions that can never be true": ("W251",),
    "loops without a question or a wait": ("E252",),
    "paths that end without a closing text": ("W252",),
    "cycles of run and include": ("E303", "E301"),
    "jumps into blocks": ("E251",),
    "unknown variables, codes, functions and fields": ("E202", "E204", "E207", "W201", "E205", "E206"),
    "a variable used before it can have been answered": ("W244", "W245", "W243"),
    "numbers compared with text": ("E240",),
    "ranges upside down": ("E245",),
    "x is a or b": ("E203",),
    "the same code, number or label twice": ("E230", "E231", "E232"),
    "a label equal to another choice's number or to a global word": ("E233", "E238"),
    "parts per language": ("W320",),
    "which few characters force UCS-2": ("W321",),
    "choices that fall into the second part": ("N322",),
    "cost per worker with reminders": ("N323",),
    "more than nine choices": ("W330",),
    "free text without answer on ivr": ("E285",),
    "no voice for a language": ("W333",),
    "URLs and emoji in spoken text": ("W331",),
    "prompts over 30 seconds": ("W332",),
    "a recording that is missing": ("W345",),
    "reminders out of order or after give up": ("W271", "W270"),
    "timers that never fire": ("W272",),
    "quiet hours": ("W275",),
    "too many messages in a day": ("W273",),
    "tell to somebody who may not exist": ("W274", "W202"),
    "a sensitive value that some path sends before verify": ("E261", "E266"),
    "a secret in a text, in tell, in results": ("E264", "E260", "E267"),
    "a sensitive flow that anybody can start by a word": ("W261",),
    "verify without if failed": ("W260",),
    "missing per language": ("W310",),
    "values that differ between languages": ("W311",),
    "different choices": ("W312",),
    "wrong script": ("W313",),
    "unknown actions and arguments": ("W343", "W346"),
    "DHIS2 ids that are not 11 characters": ("W340",),
    "the same data element twice": ("W341", "W342"),
    "no tests": ("W290",),
}
"""What the section names, and the codes that say it."""


@pytest.mark.parametrize("what", CHECKED)
def test_what_is_checked_has_a_page_with_both_examples(what: str) -> None:
    assert set(CHECKED[what]) <= {*OF_READING, *OF_MEANING}


ELSEWHERE = {
    "E008": 2,  # its `if` is missing above it
    "E213": 5,  # the second of two that say the same
    "E273": 3,
    "E280": 2,  # the question, below which a line is missing
    "E281": 4,  # the line that another kind of question has
    "E285": 3,
    "E289": 6,  # the line that waits; the header says how long
    "E306": 8,  # the line that gives the value
    "N323": 1,  # the flow
    "W240": 7,  # the use; the name is given above
    "W251": 4,  # the condition; the limits stand above
    "W252": 3,  # the question after which nothing is said
    "W260": 2,  # the `verify` line, below which a block is missing
    "W290": 1,  # the flow
    "W310": 2,  # the language in the header
    "W312": 3,  # the question
    "W320": 4,  # the text, whose values are limited above
    "W330": 3,  # the question; `channels` says that it is asked on a call
    "W333": 2,  # the language in the header
}
"""Findings that stand at another line than the one that is mended."""


def changed(wrong: list[str], right: list[str]) -> set[int]:
    """The lines of the wrong example that the right one has otherwise, and those behind which something is put."""
    blocks = difflib.SequenceMatcher(None, wrong, right, autojunk=False).get_opcodes()
    return {
        line for kind, begin, end, _, _ in blocks if kind != "equal" for line in range(begin, max(end, begin + 1) + 1)
    }


WHOLE_FILES = {"E101", "E102", "E103", "E104", "E105", "W001"}
"""Their examples are no lines of text."""


@pytest.mark.parametrize("code", [code for code in codes() if code not in WHOLE_FILES])
def test_the_finding_stands_at_the_line_that_is_mended(code: str, tmp_path: Path) -> None:
    page = read_page(code)
    findings = load_bytes(page.wrong.data, "page.flow", folder_beside(page.wrong, tmp_path)).findings
    first = next(each.line for each in findings if each.code == code)
    wrong, right = page.wrong.data.decode().splitlines(), page.right.data.decode().splitlines()
    assert first == ELSEWHERE[code] if code in ELSEWHERE else first in changed(wrong, right)


FLOW = "flow clinic: Clinic survey\n"
ILL = FLOW + "ask ill: Is somebody ill?\n    answer: yes or no\n"
WHO = "    ask who: Who?\n        1. adult: Adult\n        2. child: Child\n"
MEANT = {
    # one block less, one mistake less, one flow less, one letter less
    "E029": "".join(f"{'    ' * deep}if x:\n" for deep in range(23)) + f"{'    ' * 23}stop\n",
    "E036": "".join(f"word{at}\n" for at in range(100)),
    "E296": "".join(f"flow f{at}: F\nsay: Hello.\n" for at in range(100)),
    "E014": FLOW + "ask q: Ready?\n    1. yes: Yes\n    2. no: No\n",
    # from inside the block; a block that jumps to where is asked; the flow's own name
    "E251": ILL + "if ill:\n" + WHO + "    if who is adult:\n        go to who\n",
    "E252": FLOW + "say again: Hello.\nask q: Once more?\n    answer: yes or no\nif q:\n    go to again\n",
    "E253": FLOW
    + "ask cases: How many cases?\n    answer: whole number\n    give up after 1 day:\n        say: Why not?\n",
    "E254": FLOW + "table a:\n    code\n    x\ntable b:\n    code\n    y\nfor each r in a:\n    for each s in b:\n"
    "        say: {r} {s}\n",
    "E303": FLOW + "run consent\n\nflow consent: Consent\nsay: Hello.\n",
}
"""Where a page shows another way to say the same, the right thing that is nearest to its wrong one."""


@pytest.mark.parametrize("code", MEANT)
def test_the_nearest_right_thing_does_not_have_the_finding(code: str) -> None:
    read = {each.code for each in reading(MEANT[code].encode())}
    meaning = {each.code for each in load_bytes(MEANT[code].encode(), "page.flow").findings}
    assert code not in read | meaning


FAR = 6
"""So many lines differ between the examples of a page at most; else the nearest right thing stands above."""


@pytest.mark.parametrize("code", [code for code in codes() if code not in WHOLE_FILES])
def test_the_examples_of_a_page_differ_in_few_lines(code: str) -> None:
    page = read_page(code)
    lines = difflib.ndiff(page.wrong.data.decode().splitlines(), page.right.data.decode().splitlines())
    assert code in MEANT or sum(line[0] in "+-" for line in lines) <= FAR


def test_an_or_before_an_and() -> None:
    text = FLOW + "ask s: Who?\n    1. m: Man\n    2. f: Woman\n    3. c: Child\n"
    wrong = text + "if s is m or f and s is not c:\n    say: Hi.\n"
    right = text + "if s is m or s is f and s is not c:\n    say: Hi.\n"
    assert "E203" in {each.code for each in load_bytes(wrong.encode(), "a.flow").findings}
    assert "E203" not in {each.code for each in load_bytes(right.encode(), "a.flow").findings}
