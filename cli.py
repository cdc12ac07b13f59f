"""The command `dundun`: names and help of all commands; what one of them does is imported only when it is called."""

from __future__ import annotations

from cyclopts import App

app = App(name="dundun", help="Write a conversation as a text file, check it, play it, and run it over SMS.")


def main() -> None:
    """Run what the person asked for; exit code 0 done, 1 found something, 2 used wrongly."""
    app()
