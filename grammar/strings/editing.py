"""Translations are written into the author's own lines: one is put in or takes the place of another."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection

from grammar.nodes.texts import CHANNELS
from grammar.strings.page import Page
from grammar.strings.units import Unit

STEP = 4
_BREAK = re.compile(r"(\r\n|\r|\n)")


class Edit:
    """The lines of a file while translations are written into them."""

    def __init__(self, text: str, page: Page, languages: Collection[str]) -> None:
        """`languages`: the tags that the file declares, in small letters."""
        pieces = _BREAK.split(text)
        self._lines, self._ends = pieces[::2], pieces[1::2]
        self._page = page
        self._keys = CHANNELS | set(languages)
        self._instead: dict[int, list[str]] = {}
        self._behind: defaultdict[int, list[tuple[int, list[str]]]] = defaultdict(list)  # with their margins

    def put(self, unit: Unit, language: str, text: str) -> None:
        """Write the translation of a text where it belongs; `text` is not empty."""
        old = unit.translations.get(language)
        if unit.columns:
            line = self._instead.get(unit.line, [self._lines[unit.line - 1]])[0]
            self._instead[unit.line] = [_with_cell(line, unit.columns[language], text)]
        elif old is not None:
            self._replace(old.line, text)
        elif unit.channel and language in unit.parts:
            self._insert(unit.parts[language], unit.channel, text)
        elif not unit.channel and language in unit.parts:  # which has texts for channels only
            self._replace(unit.parts[language], text)
        else:
            self._insert(unit.line, language, text)

    def text(self) -> str:
        """The whole file; every line that nobody wrote is as it was, with the end that it had."""
        end = self._ends[0] if self._ends else "\n"
        made: list[str] = []
        for number, (line, own_end) in enumerate(zip(self._lines, [*self._ends, ""], strict=True), start=1):
            lines = [*self._instead.get(number, [line]), *self._put_behind(number)]
            made += [f"{above}{own_end or end}" for above in lines[:-1]]
            made += [f"{last}{own_end}" for last in lines[-1:]]
        return "".join(made)

    def _put_behind(self, number: int) -> list[str]:
        """What stands further in belongs to the line above it, so it comes first."""
        found = sorted(self._behind[number], key=lambda written: -written[0])
        return [line for _, lines in found for line in lines]

    def _replace(self, line: int, text: str) -> None:
        """Another text of a language or channel; what stands below it stays."""
        key = self._page.line(line).words.partition(":")[0].rstrip()
        self._instead[line] = _written(key, text, self._page.line(line).indent, self._below(line))
        self._instead.update((quote, []) for quote in self._page.quoted(line))

    def _insert(self, owner: int, key: str, text: str) -> None:
        """A line of a language or channel behind those that there are, or else right below the text."""
        behind = owner
        for child in self._page.children(owner):
            words = self._page.line(child).words
            if words.startswith(">") or words.partition(":")[0].rstrip().lower() in self._keys:
                behind = self._page.end(child)
        indent = self._below(owner)
        self._behind[behind].append((indent, _written(key, text, indent, indent + STEP)))

    def _below(self, owner: int) -> int:
        """The margin of the lines below this one."""
        block = self._page.block(owner)
        return self._page.line(block[0]).indent if block else self._page.line(owner).indent + STEP


def _written(key: str, text: str, indent: int, below: int) -> list[str]:
    first, *more = text.split("\n")
    if not more:
        return [f"{' ' * indent}{key}: {first}"]
    return [f"{' ' * indent}{key}:", *(f"{' ' * below}> {line}".rstrip() for line in (first, *more))]


def _with_cell(row: str, at: int, text: str) -> str:
    """The row with another text in one cell, which keeps its width where it can."""
    margin = row[: len(row) - len(row.lstrip())]
    mark, blank = ("|", " ") if "|" in row else ("\t", "")
    cells = row.strip().split(mark)
    if at >= len(cells):
        cells[-1] += blank
        cells += [blank] * (at + 1 - len(cells))
    room = len(cells[at]) - 2 * len(blank)
    cells[at] = f"{blank if at else ''}{text.ljust(room)}{blank}"
    return (margin + mark.join(cells)).rstrip()
