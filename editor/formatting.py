"""A file in its canonical form, as the edits that lead there: lines that are in order already are not touched."""

from __future__ import annotations

from lsprotocol import types as lsp

from editor.opened import Opened
from grammar.formatter import ChangedError, canonical
from grammar.incremental import unchanged


class Unformatted(Exception):  # noqa: N818 - it is no error of ours
    """A file stays as it is; says why, in a sentence for its author."""


def formatted(opened: Opened) -> list[lsp.TextEdit]:
    """What `dundun fmt` would change.  Raises Unformatted."""
    try:
        text = canonical(opened.text.encode(errors="replace"), opened.name).text
    except ChangedError:
        raise Unformatted(
            "This file cannot be put in order without changing what it says. Please report this, with the file: "
            "it is a mistake of Dundun, not yours."
        ) from None
    if text is None:
        raise Unformatted("Mend the marked mistakes first; then the file is put in order.")
    if text == opened.text:
        return []
    if "\r" in opened.text or opened.text.startswith("\ufeff"):
        return [lsp.TextEdit(opened.places.everything(), text)]
    return [_changed_rows(opened, text)]


def _changed_rows(opened: Opened, text: str) -> lsp.TextEdit:
    before, after = list(opened.places.rows), text.split("\n")
    above, below = unchanged(before, after)
    if below == 0:
        return lsp.TextEdit(opened.places.everything(), text)
    rows = after[above : len(after) - below]
    begin, end = lsp.Position(above, 0), lsp.Position(len(before) - below, 0)
    return lsp.TextEdit(lsp.Range(begin, end), "".join(f"{row}\n" for row in rows))
