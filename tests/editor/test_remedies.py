"""What may mend a finding, as lines: with their blocks, and whatever stands at the end of the file."""

from __future__ import annotations

import pytest
from lsprotocol import types as lsp

from editor.actions import actions
from tests.editor.marked import applied, opened

CASES = [
    # a line that is too far in moves with what stands below it
    (
        "E007",
        "flow a: A\nask q: Ready?\n    answer: yes or no\n    say: Well.\n        fr: Bien.\n",
        "flow a: A\nask q: Ready?\n    answer: yes or no\nsay: Well.\n    fr: Bien.\n",
    ),
    # a line at the margin goes below its question
    (
        "E007",
        "flow a: A\nask q: How many?\nremind after 4 hours\n",
        "flow a: A\nask q: How many?\n    remind after 4 hours\n",
    ),
    # the last line of a file that ends without a break goes, and so does the break before it
    (
        "E284",
        "flow a: A\nask q: How many?\n    answer: number\n    answer: text",
        "flow a: A\nask q: How many?\n    answer: number",
    ),
    # a line is added at the end of such a file
    (
        "E285",
        "flow a: A\n    channels: sms, ivr\nask why: Why?\n    answer: text",
        (
            "flow a: A\n    channels: sms, ivr\nask why: Why?\n    answer: text\n"
            "    answer on ivr: recording up to 1 minute"
        ),
    ),
    # it is added below the question, not below what follows
    (
        "E285",
        "flow a: A\n    channels: sms, ivr\nask why: Why?\n    answer: text\n\nsay: Thanks.\n",
        (
            "flow a: A\n    channels: sms, ivr\nask why: Why?\n    answer: text\n"
            "    answer on ivr: recording up to 1 minute\n\nsay: Thanks.\n"
        ),
    ),
    # a range with names, and with a sign
    (
        "E245",
        "flow a: A\nask q: How many?\n    answer: whole number from 9 to -9\n",
        "flow a: A\nask q: How many?\n    answer: whole number from -9 to 9\n",
    ),
    # one name of several, and the first of them
    (
        "E265",
        (
            "flow a: A\n    start on word A\n    short form: q, r\nask q: One?\n    answer: number\n    secret\n"
            "ask r: Two?\n    answer: number\n"
        ),
        (
            "flow a: A\n    start on word A\n    short form: r\nask q: One?\n    answer: number\n    secret\n"
            "ask r: Two?\n    answer: number\n"
        ),
    ),
    # an earlier reminder takes its translation along
    (
        "W271",
        (
            "flow a: A\n    languages: en, fr\nask q: One?\n    answer: number\n    remind after 1 day: Day.\n"
            "        fr: Jour.\n    remind after 4 hours: Four.\n        fr: Quatre.\n"
        ),
        (
            "flow a: A\n    languages: en, fr\nask q: One?\n    answer: number\n    remind after 4 hours: Four.\n"
            "        fr: Quatre.\n    remind after 1 day: Day.\n        fr: Jour.\n"
        ),
    ),
]

SIGNS = [
    ("Hello ${worker.first_name}.", ["Hello {worker.first_name}."]),
    ("Hello [worker.first_name].", ["Hello {worker.first_name}."]),
    ("Hello <worker.first_name>.", ["Hello {worker.first_name}."]),
    ("👍 $5 [q] ${Q}", ["👍 $5 {q} ${Q}", "👍 $5 [q] {Q}"]),
    ("{q} and [q]", ["{q} and {q}"]),
    ("[q] [q]", ["{q} [q]"]),
    ("[q] of [9]", ["{q} of [9]"]),
]


@pytest.mark.parametrize(("text", "wanted"), SIGNS)
def test_values_in_the_signs_of_another_tool_are_written_in_braces_one_click_each(text: str, wanted: list[str]) -> None:
    """W246: each click mends the value at its own mark, and leaves what is only text."""
    file = opened(f"flow a: A\nask q: How many?\n    answer: number\nsay: {text}\n")
    at = lsp.Position(3, 0)
    found = [each for each in actions(file, "file:///a", lsp.Range(at, at), ()) if each.diagnostics]
    after = [
        applied(file, list(each.edit.changes["file:///a"])).split("\n")[3]
        for each in found
        if each.diagnostics and each.diagnostics[0].code == "W246" and each.edit and each.edit.changes
    ]
    assert after == [f"say: {row}" for row in wanted]


@pytest.mark.parametrize(("column", "wanted"), [(0, "{q} [q]"), (6, "{q} [q]"), (10, "[q] {q}"), (12, "[q] {q}")])
def test_of_two_clicks_that_read_alike_the_one_at_the_cursor(column: int, wanted: str) -> None:
    file = opened("flow a: A\nask q: How many?\n    answer: number\nsay: [q] [q]\n")
    at = lsp.Position(3, column)
    (action,) = actions(file, "file:///a", lsp.Range(at, at), ())
    assert action.title == "Write `{q}`"
    assert action.edit is not None
    assert action.edit.changes is not None
    assert applied(file, list(action.edit.changes["file:///a"])).split("\n")[3] == f"say: {wanted}"


@pytest.mark.parametrize("breaks", ["\n", "\r\n"])
@pytest.mark.parametrize(("code", "wrong", "right"), CASES)
def test_one_click(code: str, wrong: str, right: str, breaks: str) -> None:
    file = opened(wrong.replace("\n", breaks))
    (line,) = {found.line for found in file.load().findings if found.code == code}
    at = lsp.Position(line - 1, 0)
    (action,) = [
        action
        for action in actions(file, "file:///a", lsp.Range(at, at), ())
        if action.diagnostics and action.diagnostics[0].code == code
    ]
    assert action.edit is not None
    assert action.edit.changes is not None
    after = applied(file, list(action.edit.changes["file:///a"]))
    assert after.replace("\r", "") == right
