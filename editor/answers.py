"""What an editor may ask of an open file, one function a request; each answer is made by a module of its name."""

from __future__ import annotations

from pathlib import Path

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcInvalidParams

from editor import actions, completion, definition, formatting, hover, outline, renaming
from editor.opened import Opened
from editor.places import Places
from editor.server import Server
from editor.shared import Unnamed

SIGNS = [".", "{", " "]
"""Behind these an editor asks what could follow."""

MOVED = "Write `moved {old} -> {new}` in the header: conversations may be waiting at `{old}`, and go on with that line."
"""What is to be done comes first: of a long sentence an editor shows the beginning."""

RECODED = (
    "Answers that are stored, and conversations that run now, keep `{old}`; whatever is answered later is `{new}`, in "
    "exports and in submitted values, too. Change replies in tests that type `{old}` by hand, and export the sheets "
    "for translators anew."
)


def add(server: Server) -> None:
    """Let the server answer."""
    _add_reading(server)
    _add_writing(server)


def _add_reading(server: Server) -> None:
    """Questions that change nothing."""

    @server.feature(lsp.TEXT_DOCUMENT_COMPLETION, lsp.CompletionOptions(trigger_characters=SIGNS))
    def _(params: lsp.CompletionParams) -> list[lsp.CompletionItem]:
        opened = server.file(params.text_document.uri)
        return completion.completions(opened, params.position, server.others(opened))

    @server.feature(lsp.TEXT_DOCUMENT_HOVER)
    def _(params: lsp.HoverParams) -> lsp.Hover | None:
        opened = server.file(params.text_document.uri)
        return hover.hover(opened, params.position, server.others(opened))

    @server.feature(lsp.TEXT_DOCUMENT_DEFINITION)
    def _(params: lsp.DefinitionParams) -> lsp.Location | None:
        opened = server.file(params.text_document.uri)
        others = server.others(opened)
        place = definition.definition(opened, params.position, others)
        return None if place is None else _location(server, place, [opened, *others])

    @server.feature(lsp.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    def _(params: lsp.DocumentSymbolParams) -> list[lsp.DocumentSymbol]:
        return outline.outline(server.file(params.text_document.uri))


def _location(server: Server, place: definition.Place, files: list[Opened]) -> lsp.Location:
    known = next((file.places for file in files if file.name == place.file), None)
    if known is None:
        text = Path(place.file).read_text(encoding="utf-8", errors="replace")
        known = Places.of(text, str(files[0].unit))
    return lsp.Location(server.uri_of(place.file), known.range(place.span))


def _add_writing(server: Server) -> None:
    """Questions whose answers are edits."""

    @server.feature(lsp.TEXT_DOCUMENT_FORMATTING)
    def _(params: lsp.DocumentFormattingParams) -> list[lsp.TextEdit] | None:
        try:
            return formatting.formatted(server.file(params.text_document.uri))
        except formatting.Unformatted as why:
            server.tell(str(why))
            return None

    @server.feature(lsp.TEXT_DOCUMENT_CODE_ACTION, lsp.CodeActionOptions([lsp.CodeActionKind.QuickFix]))
    def _(params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
        uri = params.text_document.uri
        opened = server.file(uri)
        return actions.actions(opened, uri, params.range, server.others(opened))

    @server.feature(lsp.TEXT_DOCUMENT_PREPARE_RENAME)
    def _(params: lsp.PrepareRenameParams) -> lsp.PrepareRenamePlaceholder:
        opened = server.file(params.text_document.uri)
        try:
            use = renaming.renamable(opened, params.position, server.others(opened))
        except Unnamed as why:
            raise JsonRpcInvalidParams(str(why)) from None
        return lsp.PrepareRenamePlaceholder(opened.places.range(use.span), opened.places.text(use.span))

    @server.feature(lsp.TEXT_DOCUMENT_RENAME, lsp.RenameOptions(prepare_provider=True))
    def _(params: lsp.RenameParams) -> lsp.WorkspaceEdit:
        opened = server.file(params.text_document.uri)
        try:
            return _rename(server, opened, params.position, params.new_name)
        except Unnamed as why:
            raise JsonRpcInvalidParams(str(why)) from None


def _rename(server: Server, opened: Opened, position: lsp.Position, new: str) -> lsp.WorkspaceEdit:
    others = server.others(opened)
    old = definition.use_at(opened, position, others)
    uses = renaming.renamed(opened, position, new, others)
    if old is not None and renaming.is_question([opened, *others], old.thing):
        server.tell(MOVED.format(old=opened.places.text(old.span), new=new))
    if old is not None and old.thing.kind == "choice":
        server.tell(RECODED.format(old=opened.places.text(old.span), new=new))
    changes = {
        server.uri_of(file.name): renaming.edits(file, uses[file.name], new)
        for file in (opened, *others)
        if file.name in uses
    }
    return lsp.WorkspaceEdit(changes)
