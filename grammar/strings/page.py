"""The lines of a file around a text: which stand below it, and the text as the author wrote it, braces and all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from grammar import nodes as n
from grammar.reader import Line


class Page:
    """A file whose clean lines are the author's lines, one for one; line numbers begin at 1."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self._lines = lines

    def __len__(self) -> int:
        return len(self._lines)

    def line(self, number: int) -> Line:
        """The line of that number."""
        return self._lines[number - 1]

    def block(self, owner: int) -> list[int]:
        """The lines below this one that stand further in, without blank ones and comments."""
        return list(self._inside(owner))

    def _inside(self, owner: int) -> Iterator[int]:
        margin = self.line(owner).indent
        for line in self._lines[owner:]:
            if not line.words or line.words.startswith("#"):
                continue
            if line.indent <= margin:
                return
            yield line.number

    def children(self, owner: int) -> list[int]:
        """The lines one step below this one."""
        block = self.block(owner)
        return [number for number in block if self.line(number).indent == self.line(block[0]).indent]

    def quoted(self, owner: int) -> list[int]:
        """The `>` lines of the text of this line."""
        return [number for number in self.children(owner) if self.line(number).words.startswith(">")]

    def end(self, owner: int) -> int:
        """The last line of the block of this one; the line itself where it has none."""
        block = self.block(owner)
        return block[-1] if block else owner

    def text(self, message: n.Message) -> str:
        """The text of a message in its first language, as written; lines are joined by a line feed."""
        owner = message.span.line
        rows = [self.line(number).words[1:] for number in self.quoted(owner)]
        rows = [row[1:] if row[:1] in (" ", "\t") else row for row in rows]
        if message.text is not None and message.text.span.line == owner:
            span, line = message.text.span, self.line(owner)
            rows.insert(0, line.text[span.column - 1 - line.shift : span.end_column - 1 - line.shift].rstrip())
        return "\n".join(rows)
