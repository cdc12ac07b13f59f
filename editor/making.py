"""A language server with everything that it can do: it hears what happens to open files, and answers what is asked."""

from __future__ import annotations

from lsprotocol import types as lsp

from editor import answers
from editor.server import Server


def make() -> Server:
    """A server with everything that it can do."""
    server = Server()
    _watch(server)
    answers.add(server)
    return server


def _watch(server: Server) -> None:
    """What happens to open files."""

    @server.feature(lsp.TEXT_DOCUMENT_DID_OPEN)
    def _(params: lsp.DidOpenTextDocumentParams) -> None:
        server.check(params.text_document.uri)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CHANGE)
    async def _(params: lsp.DidChangeTextDocumentParams) -> None:
        server.check_soon(params.text_document.uri)

    @server.feature(lsp.TEXT_DOCUMENT_DID_SAVE)
    def _(params: lsp.DidSaveTextDocumentParams) -> None:
        for uri in list(server.files):
            server.check(uri)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CLOSE)
    def _(params: lsp.DidCloseTextDocumentParams) -> None:
        server.close(params.text_document.uri)
