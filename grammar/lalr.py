"""The parser is made of `flow.lark` once, and kept in a file between runs; without that file it is only slower."""

from __future__ import annotations

import contextlib
import functools
import gc
import os
import re
import stat
import sys
import tempfile
from collections.abc import Callable, Iterator
from operator import itemgetter
from pathlib import Path
from typing import Any

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedInput
from lark.grammar import Rule
from lark.indenter import Indenter

from grammar.driver import Driver

__all__ = [
    "MAX_PIECES",
    "TOO_LONG",
    "UnexpectedInput",
    "keywords",
    "no_collection",
    "pieces",
    "read_insert",
    "read_lines",
]

GRAMMAR = Path(__file__).with_name("flow.lark")

_WORD = re.compile(r'"([a-z]+)"')


MAX_PIECES = 250
"""Words and signs of a line, its text aside: every pass goes down a condition as deep as it is long."""

TOO_LONG = "TOO_LONG"
"""The terminal that stands behind the last piece that a line may have; no rule has a place for it."""


class Margins(Indenter):
    """Where blocks begin and end.  Chunks come with margins that fit, so it never has to complain."""

    NL_type = "_NL"
    OPEN_PAREN_types: list[str] = []
    CLOSE_PAREN_types: list[str] = []
    INDENT_type = "_INDENT"
    DEDENT_type = "_DEDENT"
    tab_len = 4

    def process(self, stream: Iterator[Token]) -> Iterator[Token]:
        """The pieces of a chunk, with the beginnings and ends of its blocks."""
        marked: Iterator[Token] = super().process(_counted(stream))  # type: ignore[no-untyped-call]  # lark's is bare
        return marked


def _counted(stream: Iterator[Token]) -> Iterator[Token]:
    pieces = 0
    for token in stream:
        pieces = 0 if token.type == Margins.NL_type else pieces + 1
        yield token if pieces <= MAX_PIECES else Token.new_borrow_pos(TOO_LONG, token, token)


def read_lines(text: str) -> Tree[Token]:
    """The tree of one chunk, every line of it ended by a line feed.  Raises lark.UnexpectedInput."""
    return _read(text, "chunk")


def pieces(text: str) -> Iterator[Token]:
    """Every word, sign and text of one chunk that can be read, with the ends of its lines and blocks."""
    return _parser().parse_interactive(text, start="chunk").iter_parse()


def read_insert(text: str) -> Tree[Token]:
    """The tree of what stands between the braces of a text.  Raises lark.UnexpectedInput."""
    return _read(text, "insert")


def _read(text: str, start: str) -> Tree[Token]:
    return _driver().read(text, start) or _parser().parse(text, start=start)


@functools.cache
def keywords() -> dict[str, str]:
    """Every keyword of the grammar, by the name of its terminal."""
    return {f"_K_{word.upper()}": word for word in sorted(set(_WORD.findall(_rules())))}


def _rules() -> str:
    return GRAMMAR.read_text(encoding="utf-8")


@functools.cache
def _driver() -> Driver:
    return Driver(_parser(), (Margins.NL_type, Margins.INDENT_type, Margins.DEDENT_type), MAX_PIECES)


@functools.cache
def _parser() -> Lark:
    text = _WORD.sub(lambda match: f"_K_{match[1].upper()}", _rules())
    text += "".join(f"{name}.2: /{word}(?!\\w)/i\n" for name, word in keywords().items())
    with no_collection():
        made = Lark(
            text,
            parser="lalr",
            lexer="contextual",
            postlex=Margins(),
            start=["chunk", "insert"],
            propagate_positions=True,
            cache=_cache_file() or False,
        )
    _pass_on(made.parser.parser.parser.callbacks)
    return made


def _pass_on(callbacks: dict[Rule, Callable[[list[Any]], Any]]) -> None:
    """What a rule like `?expr: and_` gives is what stands in it, its place too; half of all rules read are such."""
    for rule in callbacks:
        alone = rule.options.expand1 and rule.alias is None and len(rule.expansion) == 1
        if alone and not rule.expansion[0].is_term and not rule.expansion[0].name.startswith("_"):
            callbacks[rule] = itemgetter(0)


@contextlib.contextmanager
def no_collection() -> Iterator[None]:
    """Tens of thousands of objects are made that all stay: to look for rubbish among them takes half of the loading."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _cache_file() -> str | None:
    """A file that only this user can write (what stands in it is trusted); None where there is no such place."""
    name = f"flow-{sys.version_info[0]}{sys.version_info[1]}.tables"
    for folder in _cache_folders():
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if _is_ours(folder):
                return str(folder / name)
        except OSError:
            continue
    return None


def _cache_folders() -> list[Path]:
    places = [os.environ.get("XDG_CACHE_HOME", ""), os.environ.get("LOCALAPPDATA", "")]
    folders = [Path(place) / "dundun" for place in places if place]
    home = os.path.expanduser("~")  # noqa: PTH111  (Path.home raises where there is no home)
    if home != "~":
        folders.append(Path(home) / ".cache" / "dundun")
    return [*folders, Path(tempfile.gettempdir()) / f"dundun-{_user()}"]


def _user() -> str:
    return str(os.getuid()) if hasattr(os, "getuid") else "user"


def _is_ours(folder: Path) -> bool:
    if not hasattr(os, "getuid"):
        return True
    state = folder.stat()
    return state.st_uid == os.getuid() and not state.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
