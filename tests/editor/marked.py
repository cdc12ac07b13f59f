"""A flow with the author's cursor in it, written as ‸."""

from __future__ import annotations

from pathlib import Path

from lsprotocol import types as lsp

from editor.opened import Opened

CURSOR = "‸"


def opened(text: str, path: Path | None = None, unit: str = "utf-16") -> Opened:
    file = Opened("edited.flow" if path is None else str(path), path, unit)
    file.write(text.replace(CURSOR, ""))
    return file


def marked(text: str, path: Path | None = None) -> tuple[Opened, lsp.Position]:
    before = text[: text.index(CURSOR)]
    line, _, row = before.rpartition("\n")
    at = lsp.Position(line.count("\n") + (1 if "\n" in before else 0), len(row.encode("utf-16-le")) // 2)
    return opened(text, path), at


def applied(file: Opened, edits: list[lsp.TextEdit]) -> str:
    """The text as an editor that counts in UTF-16 has it after these edits."""
    rows = file.text.split("\n")
    starts = [sum(len(row) + 1 for row in rows[:at]) for at in range(len(rows) + 1)]

    def offset(position: lsp.Position) -> int:
        row = rows[position.line] if position.line < len(rows) else ""
        return starts[position.line] + len(row.encode("utf-16-le")[: 2 * position.character].decode("utf-16-le"))

    text = file.text
    for edit in sorted(edits, key=lambda edit: -offset(edit.range.start)):
        text = text[: offset(edit.range.start)] + edit.new_text + text[offset(edit.range.end) :]
    return text
