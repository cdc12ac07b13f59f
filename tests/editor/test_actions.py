"""A proposal is one click, and a click mends what it was shown for."""

from __future__ import annotations

import pytest
from lsprotocol import types as lsp

from editor.actions import actions, proposals
from grammar.diagnostics import codes, read_page
from tests.editor.marked import applied, opened
from tests.grammar.test_proposals import DAMAGED, damaged


@pytest.mark.parametrize(("line", "wrong", "proposed"), DAMAGED, ids=[row[1].strip() for row in DAMAGED])
def test_what_is_proposed_is_applied(line: str, wrong: str, proposed: bool) -> None:
    at, lines = damaged(line, wrong)
    text = "\n".join(lines) + "\n"
    file = opened(text)
    found = [each for each in proposals(file, at + 1, at + 1, ()) if each.finding.severity == "error"]
    assert found or not proposed
    if found:
        (action,) = [
            action
            for action in actions(file, "file:///a", lsp.Range(lsp.Position(at, 0), lsp.Position(at, 0)), ())
            if action.diagnostics and action.diagnostics[0].code == found[0].finding.code
        ]
        assert action.edit is not None
        assert action.edit.changes is not None
        lines[at] = found[0].right
        after = applied(file, list(action.edit.changes["file:///a"]))
        assert after == "\n".join(lines) + "\n"
        assert not [each for each in opened(after).load().findings if each.line == at + 1 and each.severity == "error"]


@pytest.mark.parametrize("code", codes())
def test_the_wrong_example_of_every_page(code: str) -> None:
    """Applied, a proposal leaves nothing of its finding at that line."""
    try:
        text = read_page(code).wrong.data.decode()
    except UnicodeDecodeError:
        return
    if len(text) > 20_000:
        return
    file = opened(text)
    for each in proposals(file, 1, len(file.read.lines), ()):
        rows = list(file.read.lines)
        rows[each.finding.line - 1] = each.right
        left = opened("\n".join(rows)).load().findings
        assert (each.finding.line, each.finding.code) not in {(found.line, found.code) for found in left}


def test_a_name_that_was_meant() -> None:
    file = opened("flow a: A\nask cases: How many?\nsay: 👍 You said {casse}.\n")
    (found,) = proposals(file, 3, 3, ())
    assert (found.title, found.right) == ("Write `cases`", "say: 👍 You said {cases}.")
