"""`dundun lsp`: an editor starts it, and asks over standard input what the language knows of an open flow file."""

from __future__ import annotations

from editor.making import make


def lsp(*, stdio: bool = True) -> None:
    """For editors: mistakes as one writes, names, hover and the canonical form.

    Parameters
    ----------
    stdio
        Over standard input and output; there is no other way, editors only like to say it.
    """
    make().start_io()
