"""Which line of the author's file something stands on: what belongs to a question is looked for below its line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

CHOICE = r"(?:\d+\s*[.)]|[-–•*])\s*\S"
_TAB = 4


class Written:
    """The author's lines by the names of their files; lines count from 1."""

    def __init__(self, lines: Mapping[str, Sequence[str]]) -> None:
        self._lines = lines

    def text(self, file: str, line: int) -> str:
        """The line as it was written, "" where there is none."""
        lines = self._lines.get(file, ())
        return lines[line - 1].strip() if 0 < line <= len(lines) else ""

    def below(self, file: str, line: int) -> Iterator[tuple[int, str]]:
        """The lines directly below a line, one step further in, each with its number."""
        lines = self._lines.get(file, ())
        own, inner = _indent(lines[line - 1]) if 0 < line <= len(lines) else 0, 0
        for number in range(line + 1, len(lines) + 1):
            text = lines[number - 1]
            if not text.strip() or text.lstrip().startswith("#"):
                continue
            indent = _indent(text)
            if indent <= own:
                return
            inner = inner or indent
            if indent == inner:
                yield number, text.strip()

    def part(self, file: str, line: int, begins: str, number: int = 0) -> int:
        """The line of the part with this number (from 0) below a line, 0 where none begins so."""
        pattern = re.compile(begins, re.IGNORECASE)
        found = [at for at, text in self.below(file, line) if pattern.match(text)]
        return found[number] if number < len(found) else 0

    def flow(self, file: str, line: int) -> tuple[int, str]:
        """The `flow` line above a line, and the flow's name; (0, "") where there is none."""
        lines = self._lines.get(file, ())
        for number in range(min(line, len(lines)), 0, -1):
            match = re.match(r"\W{0,2}flow\s+(\w+)", lines[number - 1], re.IGNORECASE)
            if match:
                return number, match[1]
        return 0, ""


def _indent(line: str) -> int:
    wide = line.expandtabs(_TAB)
    return len(wide) - len(wide.lstrip())
