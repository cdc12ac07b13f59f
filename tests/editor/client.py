"""An editor for tests: it starts `dundun lsp` as editors do, and asks over standard input."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from lsprotocol import types as lsp
from pygls.lsp.client import LanguageClient

from tests.servers import DUNDUN, PATIENCE


class Editor(LanguageClient):
    """`told`: the sentences that the author was shown."""

    def __init__(self) -> None:
        super().__init__("tests", "1")
        self.shown: asyncio.Queue[lsp.PublishDiagnosticsParams] = asyncio.Queue()
        self.told: asyncio.Queue[str] = asyncio.Queue()
        self.version = 1

        @self.feature(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        def _(params: lsp.PublishDiagnosticsParams) -> None:
            self.shown.put_nowait(params)

        @self.feature(lsp.WINDOW_SHOW_MESSAGE)
        def _(params: lsp.ShowMessageParams) -> None:
            self.told.put_nowait(params.message)

    def open(self, path: Path, text: str | None = None) -> str:
        """Open a file, with the text that it has or another; its URI."""
        uri = path.as_uri()
        item = lsp.TextDocumentItem(uri, "flow", 1, path.read_text(encoding="utf-8") if text is None else text)
        self.text_document_did_open(lsp.DidOpenTextDocumentParams(item))
        return uri

    def write(self, uri: str, text: str) -> None:
        """The author wrote: this is the text now."""
        self.version += 1
        known = lsp.VersionedTextDocumentIdentifier(self.version, uri)
        change = lsp.TextDocumentContentChangeWholeDocument(text)
        self.text_document_did_change(lsp.DidChangeTextDocumentParams(known, [change]))

    async def codes(self) -> list[str]:
        """The codes that are shown next."""
        shown = await asyncio.wait_for(self.shown.get(), PATIENCE)
        return [str(each.code) for each in shown.diagnostics]

    async def codes_of(self, path: Path) -> list[str]:
        """The codes that are shown next of this file."""
        while (shown := await asyncio.wait_for(self.shown.get(), PATIENCE)).uri != path.as_uri():
            pass
        return [str(each.code) for each in shown.diagnostics]

    async def codes_until(self, wanted: list[str]) -> list[str]:
        """The codes that are shown, as soon as they are these."""
        while (codes := await self.codes()) != wanted:
            pass
        return codes


@asynccontextmanager
async def editor(folder: Path, units: list[lsp.PositionEncodingKind | str] | None = None) -> AsyncIterator[Editor]:
    """An editor with a server of its own; `units` are the ones that it counts columns in, the best first."""
    client = Editor()
    await client.start_io(DUNDUN, "lsp", "--stdio", cwd=str(folder))
    try:
        general = lsp.GeneralClientCapabilities(position_encodings=units)
        capabilities = lsp.ClientCapabilities(general=general)
        begin = lsp.InitializeParams(capabilities, root_uri=folder.as_uri())
        await asyncio.wait_for(client.initialize_async(begin), PATIENCE)
        client.initialized(lsp.InitializedParams())
        yield client
        await asyncio.wait_for(client.shutdown_async(None), PATIENCE)
        client.exit(None)
        server = client._server
        assert server is not None
        assert await asyncio.wait_for(server.wait(), PATIENCE) == 0
    except BaseException:
        if client._server is not None:
            client._server.kill()  # the test has failed: nobody says goodbye
        raise
    finally:
        await client.stop()
