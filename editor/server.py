"""The language server: what an editor asks of an open file is answered from the editor's text, never the disk's."""

from __future__ import annotations

import asyncio
from importlib.metadata import version
from pathlib import Path

from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer
from pygls.uris import to_fs_path

from editor.diagnostics import diagnostics, moved
from editor.neighbours import Neighbours
from editor.opened import Opened
from grammar.diagnostics import Finding, in_order

PAUSE = 0.2
"""Seconds without a change until the meaning of a file is looked at; how its lines read is said at once."""


class Server(LanguageServer):
    """One editor's server.  `files`: what is open, by URI; `found`: what the lines of each meant, as last seen."""

    def __init__(self) -> None:
        # Whole texts come, and here is found what changed: an edit that was counted otherwise would go unnoticed.
        super().__init__("dundun", version("dundun"), text_document_sync_kind=lsp.TextDocumentSyncKind.Full)
        self.files: dict[str, Opened] = {}
        self.found: dict[str, tuple[tuple[str, ...], list[Finding]]] = {}
        self.waiting: dict[str, asyncio.Task[None]] = {}
        self.neighbours = Neighbours(self.shown)

    def file(self, uri: str) -> Opened:
        """An open file, with the text that the editor has now."""
        document = self.workspace.get_text_document(uri)
        opened = self.files.get(uri)
        if opened is None:
            path = to_fs_path(uri) if uri.startswith("file:") else None
            where = Path(path) if path else None
            opened = self.files[uri] = Opened(path or uri, where, str(_unit(self)), shown=self.shown)
            opened.write(document.source)
        elif document.source != opened.text:
            opened.write(document.source)
        opened.follow()
        return opened

    def shown(self, path: Path) -> str | None:
        """The text that the editor has of a file, None where it is not open."""
        wanted = path.resolve()
        found = (file.text for file in self.files.values() if file.path is not None and file.path.resolve() == wanted)
        return next(found, None)

    def others(self, opened: Opened) -> list[Opened]:
        """The other files of its folder."""
        here = {file.path.resolve(): file for file in self.files.values() if file.path is not None}
        return self.neighbours.of(opened, here)

    def uri_of(self, name: str) -> str:
        """The URI under which an open file is known, or that of a file on the disk."""
        known = next((uri for uri, file in self.files.items() if file.name == name), None)
        return known if known is not None else Path(name).as_uri()

    def check_soon(self, uri: str) -> None:
        """Show how the lines read at once, and what they mean when the author pauses."""
        opened = self.file(uri)
        lines, found = self.found.get(uri, ((), []))
        reading = opened.reading()
        if not any(each.severity == "error" for each in reading):
            reading = in_order([*reading, *moved(lines, opened.read.lines, found)])
        self._show(uri, reading)
        self._forget(uri)
        self.waiting[uri] = asyncio.create_task(self._check(uri))

    async def _check(self, uri: str) -> None:
        await asyncio.sleep(PAUSE)
        self.check(uri)
        self._check_around(self.files[uri].path)

    def _check_around(self, part: Path | None) -> None:
        """Look again at the open files that include one whose text is another now."""
        for uri in list(self.files):
            if part is not None and part.resolve() in self.file(uri).parts:
                self.check(uri)

    def check(self, uri: str) -> None:
        """Show everything that there is to say of a file."""
        opened = self.file(uri)
        loaded = opened.load(self.others(opened))
        meaning = [
            found for found in loaded.findings if found not in opened.read.findings and found.file == opened.name
        ]
        self.found[uri] = (loaded.lines, meaning)
        self._show(uri, list(loaded.findings))

    def close(self, uri: str) -> None:
        """The author is done with a file."""
        self._forget(uri)
        closed = self.files.pop(uri, None)
        self.found.pop(uri, None)
        self.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(uri, []))
        self._check_around(closed.path if closed is not None else None)

    def tell(self, sentence: str) -> None:
        """Show the author a sentence."""
        self.window_show_message(lsp.ShowMessageParams(lsp.MessageType.Info, sentence))

    def _show(self, uri: str, findings: list[Finding]) -> None:
        shown = diagnostics(self.files[uri], findings)
        known = self.workspace.get_text_document(uri).version
        self.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(uri, shown, known))

    def _forget(self, uri: str) -> None:
        task = self.waiting.pop(uri, None)
        if task is not None:
            task.cancel()


def _unit(server: Server) -> str:
    encoding = server.workspace.position_encoding
    return encoding.value if isinstance(encoding, lsp.PositionEncodingKind) else encoding or "utf-16"
