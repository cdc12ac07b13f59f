"""A fault of ours, as a sentence: where it happened, and never what stood in a value, for that may be a person's."""

from __future__ import annotations

import os
from pathlib import Path
from traceback import FrameSummary, extract_tb

TRACE = "DUNDUN_TRACE"
"""A variable of the environment: where it is set, a fault is shown with all that led to it."""

_HOME = Path(__file__).parents[1]


def is_traced() -> bool:
    """Does whoever gave the command want to see all of it?"""
    return TRACE in os.environ


def sentence(error: Exception) -> str:
    """For the person at the screen: what to look at, and how to report it."""
    places = [place for place in map(_place, extract_tb(error.__traceback__)) if place]
    where = f" in {places[-1]}" if places else ""
    return (
        f"This is a fault in Dundun, or the database is damaged: {type(error).__name__}{where}. Look "
        f"whether all is well: dundun doctor. To report it, put {TRACE}=1 before the command, and send what it shows."
    )


def _place(frame: FrameSummary) -> str:
    file = Path(frame.filename)
    if not file.is_relative_to(_HOME) or "site-packages" in file.parts:
        return ""
    return f"{file.relative_to(_HOME)}, line {frame.lineno}"
