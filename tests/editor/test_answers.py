"""Every request that an editor makes is answered by the process that it started."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException

from tests.editor.client import editor
from tests.editor.test_server import FLOW, file_of

RUNS = "flow round: A round\n    channels: sms\nrun visit as first\nsay: {first.cases}.\n"


async def test_questions_about_a_place(tmp_path: Path) -> None:
    async with editor(tmp_path) as author:
        uri = author.open(file_of(tmp_path))
        document = lsp.TextDocumentIdentifier(uri)
        use = lsp.Position(6, len("say: You said {ca"))
        hover = await author.text_document_hover_async(lsp.HoverParams(document, use))
        assert hover is not None
        assert isinstance(hover.contents, lsp.MarkupContent)
        assert "`en`: **1 SMS** (GSM-7, 11 letters at most)" in hover.contents.value
        found = await author.text_document_definition_async(lsp.DefinitionParams(document, use))
        assert found == lsp.Location(uri, lsp.Range(lsp.Position(4, 4), lsp.Position(4, 9)))
        items = await author.text_document_completion_async(lsp.CompletionParams(document, use))
        assert isinstance(items, list)
        assert "cases" in {item.label for item in items}
        symbols = await author.text_document_document_symbol_async(lsp.DocumentSymbolParams(document))
        assert symbols is not None
        assert [symbol.name for symbol in symbols] == ["visit"]


async def test_a_name_is_renamed_in_every_file_and_the_author_hears_who_waits(tmp_path: Path) -> None:
    other = file_of(tmp_path, RUNS, "round.flow")
    async with editor(tmp_path) as author:
        uri = author.open(file_of(tmp_path))
        document = lsp.TextDocumentIdentifier(uri)
        at = lsp.Position(4, 5)
        ready = await author.text_document_prepare_rename_async(lsp.PrepareRenameParams(document, at))
        assert isinstance(ready, lsp.PrepareRenamePlaceholder)
        assert ready.placeholder == "cases"
        edit = await author.text_document_rename_async(lsp.RenameParams(document, at, "seen"))
        assert edit is not None
        assert edit.changes is not None
        assert {known: len(edits) for known, edits in edit.changes.items()} == {uri: 2, other.as_uri(): 1}
        assert (await author.told.get()).startswith("Write `moved cases -> seen` in the header")


async def test_a_name_of_an_included_file_is_renamed_from_there(tmp_path: Path) -> None:
    """The flow that includes it is not open, and still says who may be waiting."""
    whole = file_of(tmp_path, FLOW.replace("ask cases", "include part.flow\nask cases") + "say: {beds}\n")
    part = file_of(tmp_path, "ask beds: Beds?\n    answer: number\n", "part.flow")
    async with editor(tmp_path) as author:
        uri = author.open(part)
        document, at = lsp.TextDocumentIdentifier(uri), lsp.Position(0, 5)
        ready = await author.text_document_prepare_rename_async(lsp.PrepareRenameParams(document, at))
        assert isinstance(ready, lsp.PrepareRenamePlaceholder)
        edit = await author.text_document_rename_async(lsp.RenameParams(document, at, "cots"))
        assert edit is not None
        assert edit.changes is not None
        assert {known: len(edits) for known, edits in edit.changes.items()} == {uri: 1, whole.as_uri(): 1}
        assert (await author.told.get()).startswith("Write `moved beds -> cots` in the header")


async def test_a_refusal_is_a_sentence(tmp_path: Path) -> None:
    async with editor(tmp_path) as author:
        uri = author.open(file_of(tmp_path))
        asked = lsp.RenameParams(lsp.TextDocumentIdentifier(uri), lsp.Position(4, 5), "worker")
        with pytest.raises(JsonRpcException, match="`worker`"):
            await author.text_document_rename_async(asked)


async def test_a_proposal_is_applied_with_a_click(tmp_path: Path) -> None:
    async with editor(tmp_path) as author:
        uri = author.open(file_of(tmp_path, FLOW.replace("{cases}", "{casse}")))
        place = lsp.Range(lsp.Position(6, 0), lsp.Position(6, 9))
        asked = lsp.CodeActionParams(lsp.TextDocumentIdentifier(uri), place, lsp.CodeActionContext([]))
        found = await author.text_document_code_action_async(asked)
    assert found is not None
    (action,) = found
    assert isinstance(action, lsp.CodeAction)
    assert action.title == "Write `cases`"
    assert action.edit is not None
    assert action.edit.changes is not None
    assert [edit.new_text for edit in action.edit.changes[uri]] == ["say: You said {cases}.\n"]
