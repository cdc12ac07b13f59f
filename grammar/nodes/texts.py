"""A text is cut at its braces once, when it is read; nobody looks for braces again."""

from __future__ import annotations

from collections.abc import Iterator

from grammar.nodes.base import Name, Node
from grammar.nodes.expressions import Expr, Path, Quoted

CHANNELS = frozenset({"sms", "voice", "audio"})
"""What may stand below a text beside languages."""


class Insert(Node, frozen=True):
    """`{expression}`; `{question}` is the Path of that name."""

    value: Expr


class EachRow(Node, frozen=True):
    """`{each products: name on_hand}`: a text over the rows of a table."""

    table: Name
    items: tuple[Path | Quoted, ...]


class Foreign(Node, frozen=True):
    """What looks like an inserted value as another tool writes it, with its signs: `@a.b`, `{{a}}`, `${a}`, `[a]`."""

    written: str


class TextNode(Node, frozen=True):
    """A text, cut: literal strings (braces undoubled) and inserts; lines are joined by a line feed."""

    pieces: tuple[str | Insert | EachRow, ...]
    foreign: tuple[Foreign, ...] = ()


class Part(Node, frozen=True):
    """A line below a text.  `key.key` is a language tag ("fr", "pt-br") or one of `CHANNELS`."""

    key: Name
    message: Message


class Message(Node, frozen=True):
    """A text with its languages and channels, nested in either order; `text` may lack where only parts are given."""

    text: TextNode | None = None
    parts: tuple[Part, ...] = ()

    def versions(self, language: str = "", channel: str = "") -> Iterator[tuple[str, str, TextNode]]:
        """Every text as (language tag in lower case or "", channel or "", text), in the order of the file."""
        if self.text is not None:
            yield language, channel, self.text
        for part in self.parts:
            if part.key.key in CHANNELS:
                yield from part.message.versions(language, part.key.key)
            else:
                yield from part.message.versions(part.key.key, channel)
