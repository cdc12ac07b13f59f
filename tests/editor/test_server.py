"""The language server as editors meet it: a process, spoken to over standard input."""

from __future__ import annotations

from pathlib import Path

from lsprotocol import types as lsp

from tests.editor.client import editor

FLOW = """\
flow visit: A visit
    languages: en
    channels: sms

ask cases: How many cases?
    answer: whole number from 0 to 9
say: You said {cases}.

test: One
    start
    reply: 1
    expect: You said 1.
"""


def file_of(folder: Path, text: str = FLOW, name: str = "visit.flow") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


async def test_mistakes_are_shown_as_one_types_and_go_when_they_are_mended(tmp_path: Path) -> None:
    async with editor(tmp_path) as author:
        uri = author.open(file_of(tmp_path))
        assert await author.codes() == []
        author.write(uri, FLOW.replace("say:", "sya:"))
        assert await author.codes() == ["E001"]
        author.write(uri, FLOW.replace("{cases}", "{casse}"))
        await author.codes_until(["E202"])
        author.write(uri, FLOW)
        await author.codes_until([])


async def test_a_finding_has_its_place_its_page_and_what_to_do(tmp_path: Path) -> None:
    async with editor(tmp_path) as author:
        author.open(file_of(tmp_path, FLOW.replace("You said {cases}", "👍🏾 ሰላም é {casse}")))
        shown = (await author.shown.get()).diagnostics
    (found,) = [each for each in shown if each.code == "E202"]
    assert (found.range.start.line, found.range.start.character) == (6, len("say: 👍🏾 ሰላም é {") + 2)
    assert found.range.end.character - found.range.start.character == len("casse")
    assert found.severity is lsp.DiagnosticSeverity.Error
    assert found.code_description is not None
    assert found.code_description.href.endswith("/E202-unknown-name.md")
    assert "Do you mean `cases`?" in found.message


async def test_an_editor_that_counts_letters_gets_letters(tmp_path: Path) -> None:
    async with editor(tmp_path, [lsp.PositionEncodingKind.Utf32]) as author:
        author.open(file_of(tmp_path, FLOW.replace("You said {cases}", "👍🏾 {casse}")))
        shown = (await author.shown.get()).diagnostics
    (found,) = [each for each in shown if each.code == "E202"]
    assert found.range.start.character == len("say: 👍🏾 {")


async def test_a_file_is_put_in_order(tmp_path: Path) -> None:
    async with editor(tmp_path) as author:
        uri = author.open(file_of(tmp_path, FLOW.replace("from 0 to", "from  0  TO")))
        options = lsp.FormattingOptions(4, insert_spaces=True)
        asked = lsp.DocumentFormattingParams(lsp.TextDocumentIdentifier(uri), options)
        edits = await author.text_document_formatting_async(asked)
        assert edits
        assert [edit.new_text for edit in edits] == ["    answer: whole number from 0 to 9\n"]
        author.write(uri, FLOW.replace("say:", "sya:"))
        assert await author.text_document_formatting_async(asked) is None
        assert await author.told.get() == "Mend the marked mistakes first; then the file is put in order."


async def test_another_file_of_the_folder_counts(tmp_path: Path) -> None:
    file_of(tmp_path, FLOW, "other.flow")
    async with editor(tmp_path) as author:
        uri = author.open(file_of(tmp_path))
        assert await author.codes() == ["E297"]
        (tmp_path / "other.flow").unlink()
        author.text_document_did_save(lsp.DidSaveTextDocumentParams(lsp.TextDocumentIdentifier(uri)))
        assert await author.codes() == []


PART = "ask consent: May we ask?\n    answer: yes or no\n"
WITH_PART = "flow whole: W\ninclude parts/consent.flow\nif consent is yes:\n    say: Good.\nsay: Thank you.\n"


async def test_an_included_file_needs_no_flow_and_its_unsaved_text_counts_where_it_is_included(tmp_path: Path) -> None:
    (tmp_path / "flows/parts").mkdir(parents=True)
    part, whole = tmp_path / "flows/parts/consent.flow", tmp_path / "flows/whole.flow"
    part.write_text(PART, encoding="utf-8")
    whole.write_text(WITH_PART, encoding="utf-8")
    async with editor(tmp_path) as author:
        author.open(whole)
        assert await author.codes() == ["W290"]
        uri = author.open(part)
        assert await author.codes() == []
        author.write(uri, PART.replace("consent", "agreed"))
        assert await author.codes_of(whole) == ["E202", "W290"]
        author.write(uri, PART)
        assert await author.codes_of(whole) == ["W290"]


async def test_a_file_that_was_never_saved(tmp_path: Path) -> None:
    file_of(tmp_path, FLOW, "other.flow")
    async with editor(tmp_path) as author:
        item = lsp.TextDocumentItem("untitled:Untitled-1", "dundun-flow", 1, FLOW.replace("say:", "sya:"))
        author.text_document_did_open(lsp.DidOpenTextDocumentParams(item))
        assert await author.codes() == ["E001"]
        author.write("untitled:Untitled-1", FLOW)
        await author.codes_until([])
        at = lsp.Position(6, len("say: You said {ca"))
        asked = lsp.DefinitionParams(lsp.TextDocumentIdentifier("untitled:Untitled-1"), at)
        found = await author.text_document_definition_async(asked)
    assert isinstance(found, lsp.Location)
    assert (found.uri, found.range.start.line) == ("untitled:Untitled-1", 4)


async def test_what_is_closed_shows_nothing(tmp_path: Path) -> None:
    async with editor(tmp_path) as author:
        uri = author.open(file_of(tmp_path, FLOW.replace("say:", "sya:")))
        assert await author.codes() == ["E001"]
        author.text_document_did_close(lsp.DidCloseTextDocumentParams(lsp.TextDocumentIdentifier(uri)))
        assert await author.codes() == []
