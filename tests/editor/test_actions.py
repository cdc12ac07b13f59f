"""A proposal is one click, and a click mends what it was shown for."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types as lsp

from editor.actions import Proposal, actions, proposals
from editor.opened import Opened
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
        lines = found[0].remedy.applied(lines)
        after = applied(file, list(action.edit.changes["file:///a"]))
        assert after == "\n".join(lines) + "\n"
        assert not [each for each in opened(after).load().findings if each.line == at + 1 and each.severity == "error"]


AUTHORS_ALONE = {
    # the file itself is none, or was spoiled on its way: nothing in it can be written better
    **dict.fromkeys(("E101", "E102", "E103", "E105", "W001", "E014"), "the file comes again from where it was written"),
    # how much is cut, and where, is a matter of sense
    **dict.fromkeys(("E029", "E035", "E036", "E104", "E296"), "too much: the author says where it is parted"),
    **dict.fromkeys(
        ("W273", "W320", "W321", "W332", "N322", "N323"), "too long or too dear: the words are the author's"
    ),
    # words, labels, numbers and names that nobody else knows
    **dict.fromkeys(
        ("E006", "E013", "E017", "E019", "E030", "E299"), "something is missing that only the author knows"
    ),
    **dict.fromkeys(("E200", "E201", "E290", "E292", "E297", "E298"), "another name: the author's"),
    **dict.fromkeys(("E230", "E232", "E233", "E238", "E270", "E271"), "another code, label or word: the author's"),
    **dict.fromkeys(("E236", "E280", "E287", "W260", "W274"), "what is asked, right or said then: the author's"),
    **dict.fromkeys(("E024", "E246", "W275"), "which time or day was meant"),
    **dict.fromkeys(("W270", "W272", "W276"), "which of two lengths of time is wrong"),
    **dict.fromkeys(("E240", "E241", "E243", "E247", "E248", "W251"), "what the condition or value is meant to say"),
    **dict.fromkeys(("E038", "E209"), "whether a part, a percentage or a question was meant"),
    **dict.fromkeys(("E220", "E221", "E223"), "which values come in one message"),
    **dict.fromkeys(("E235", "E278", "E291"), "which of two lines or cells that do not agree is meant"),
    # what moves changes the course of the conversation
    **dict.fromkeys(("E008", "E208", "E251", "E252", "E253", "E254"), "where the conversation goes"),
    **dict.fromkeys(("W243", "W244", "W245", "W250", "W252", "N324"), "where the conversation goes"),
    **dict.fromkeys(("E260", "E261", "E262", "E263", "E264"), "what may be seen, by whom and when"),
    **dict.fromkeys(("E266", "E267", "W261", "W262"), "what may be seen, by whom and when"),
    # what stands elsewhere
    **dict.fromkeys(("E301", "E302", "E303", "E304", "E305"), "what is in another file or flow"),
    **dict.fromkeys(("W340", "W341", "W342", "W345"), "an id or a recording that is looked up"),
    **dict.fromkeys(("W310", "W311", "W312", "W313", "W333", "W330"), "what a translator or a voice says"),
    **dict.fromkeys(("W331", "E214"), "what a translator or a voice says"),
    "W290": "what the flow shall do",
}
"""Pages whose proposal is words, and why nothing can be done with a click."""


def page_open(code: str, home: Path) -> Opened:
    """The wrong example of a page in an editor, in a flows folder beside its settings."""
    wrong = read_page(code).wrong
    if wrong.settings is None:
        return opened(wrong.data.decode())
    (home / "dundun.toml").write_text(wrong.settings)
    (home / "flows").mkdir(exist_ok=True)
    return opened(wrong.data.decode(), home / "flows" / "page.flow")


def test_what_only_the_author_knows_is_a_page() -> None:
    assert set(AUTHORS_ALONE) <= set(codes())


@pytest.mark.parametrize("code", [code for code in codes() if code not in AUTHORS_ALONE])
def test_the_proposal_of_every_page_is_one_click(code: str, tmp_path: Path) -> None:
    """Done once for each place, the findings of the page are gone, and no mistake has come."""
    file = page_open(code, tmp_path)
    before = mistakes(file, code)
    for _ in range(3):
        clicks = [each for each in proposals(file, 1, len(file.read.lines), ()) if each.finding.code == code]
        if not clicks:
            break
        file = page_after(file, clicks[0])
    assert code not in {found.code for found in file.load().findings}
    assert mistakes(file, code) <= before


def mistakes(file: Opened, code: str) -> set[str]:
    """Examples of reading are parts of flows: whether they are whole flows is not asked."""
    found = file.reading() if code < "E200" or "W" < code < "W100" else file.load().findings
    return {each.code for each in found if each.severity == "error"}


def page_after(file: Opened, click: Proposal) -> Opened:
    line = click.finding.line - 1
    every = actions(file, "file:///a", lsp.Range(lsp.Position(line, 0), lsp.Position(line, 0)), ())
    (action,) = [each for each in every if each.title == click.remedy.title]
    assert action.edit is not None
    assert action.edit.changes is not None
    after = applied(file, list(action.edit.changes["file:///a"]))
    assert after.rstrip("\n") == "\n".join(click.remedy.applied(file.read.lines)).rstrip("\n")
    return opened(after, file.path)


@pytest.mark.parametrize("code", sorted(set(AUTHORS_ALONE) - {"E101", "E103", "W001"}))
def test_where_only_the_author_knows_nothing_is_proposed(code: str, tmp_path: Path) -> None:
    file = page_open(code, tmp_path)
    assert code not in {each.finding.code for each in proposals(file, 1, len(file.read.lines), ())}


def test_a_name_that_was_meant() -> None:
    file = opened("flow a: A\nask cases: How many?\nsay: 👍 You said {casse}.\n")
    (found,) = proposals(file, 3, 3, ())
    assert (found.remedy.title, found.remedy.rows) == ("Write `cases`", ("say: 👍 You said {cases}.",))
