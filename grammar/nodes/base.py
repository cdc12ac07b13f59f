"""Every node of the tree is frozen, slotted and knows its place; a place never changes when the tree is read."""

from __future__ import annotations

import msgspec


class Span(msgspec.Struct, frozen=True):
    """Where a node begins in its file: line and column from 1; `end_column` is one past its last column there.

    A node of several lines has the span of what stands on its first line.  `file` is "" in the file that is read, and
    the name of the file that it comes from in an included line.
    """

    line: int
    column: int
    end_column: int
    file: str = ""

    def to(self, other: Span) -> Span:
        """From the beginning of this one to the end of `other`, where both stand on one line; else this one."""
        if other.line != self.line:
            return self
        return Span(self.line, self.column, max(self.end_column, other.end_column), self.file)


class Node(msgspec.Struct, frozen=True, kw_only=True):
    """The base of every node: compared by value, its place included."""

    span: Span


class Name(Node, frozen=True):
    """A name as the author wrote it."""

    text: str

    @property
    def key(self) -> str:
        """What names are compared by: capital letters do not count."""
        return self.text.lower()
