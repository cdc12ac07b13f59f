"""A proposal is tried before it is made: a line that cannot be read, or makes a name of a small word, is none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec
from lark import Token, Tree
from lark.exceptions import UnexpectedInput

from grammar import lalr
from grammar.mistakes.trouble import locate
from grammar.reader import Line

_SMALL = frozenset(
    [
        "is",
        "and",
        "than",
        "the",
        "be",
        "of",
        "at",
        "up",
        "to",
        "from",
        "more",
        "less",
        "not",
        "half",
        "least",
        "most",
        "cannot",
    ]
)
"""Words of a sentence that nobody gives to a question: where they are read as a name, the sentence was misread."""


def can_stand_in_chunk(lines: Sequence[Line], index: int, text: str) -> bool:
    """Whether the line at `index`, written as `text`, is read to its end."""
    line = lines[index]
    written = msgspec.structs.replace(line, text=" " * line.indent + text.strip())
    tried = [*lines[:index], written, *lines[index + 1 :]]
    try:
        read: object = lalr.read_lines("".join(f"{other.text}\n" for other in tried))
    except UnexpectedInput as error:
        stopped, trouble = locate(error, tried, "")
        if stopped < index or (stopped == index and trouble.kind != "no block"):
            return False
        read = error.interactive_parser.parser_state.value_stack
    return not any(name.line == index + 1 and name.lower() in _SMALL for name in _names(read))


def can_stand_in_braces(text: str) -> bool:
    """Whether a value between the braces of a text can be written so."""
    try:
        tree = lalr.read_insert(text.strip())
    except UnexpectedInput:
        return False
    return not any(name.lower() in _SMALL for name in _names(tree))


def _names(read: object) -> Iterator[Token]:
    waiting = [read]
    while waiting:
        item = waiting.pop()
        if isinstance(item, Tree):
            waiting += item.children
        elif isinstance(item, list):
            waiting += item
        elif isinstance(item, Token) and item.type == "NAME":
            yield item
