"""Blank lines in their canonical form: none in a chunk, at most one between two, always one above a new part."""

from __future__ import annotations

from collections.abc import Sequence

from grammar.formatter.layout import Item


def spaced(items: Sequence[Item]) -> list[Item]:
    """The lines with their blank lines; none stands at the beginning or at the end of the file."""
    return _parted(_thinned(items))


def _thinned(items: Sequence[Item]) -> list[Item]:
    """At most one blank line in one place, and only above a chunk or above the comments at the margin before it."""
    kept: list[Item] = []
    last, between = True, False  # no line of a chunk below; a chunk begins below
    for item in reversed(items):
        if item is None:
            if between and kept[-1] is not None:
                kept.append(None)
            continue
        kept.append(item)
        if item.comment:
            between = not item.level and (between or last)
        else:
            last, between = False, item.begins
    if kept and kept[-1] is None:
        kept.pop()
    return kept[::-1]


def _parted(items: Sequence[Item]) -> list[Item]:
    """A blank line above every flow, section, table and test, and above the comments that stand on it."""
    kept: list[Item] = []
    wanted = False
    for item in reversed(items):
        if wanted and item is not None and not (item.comment and not item.level):
            kept.append(None)
            wanted = False
        wanted = item is not None and (wanted or item.apart)
        kept.append(item)
    return kept[::-1]
