"""Whatever stands in a file, and wherever the cursor is: every question has an answer, or a sentence why not."""

from __future__ import annotations

import contextlib
import random

import pytest
from lsprotocol import types as lsp

from editor.actions import actions
from editor.completion import completions
from editor.definition import definition
from editor.diagnostics import diagnostics
from editor.formatting import Unformatted, formatted
from editor.hover import hover
from editor.opened import Opened
from editor.outline import outline
from editor.renaming import renamed
from editor.shared import Unnamed
from tests.editor.marked import opened
from tests.grammar.test_anything import mangled

ODD = ["", "{", "}", "\ufeff", "\u2028", "👍", "\t", "ሰላም", "\u0301", '"', "#", ":", ".", "    " * 30]


def cut_short(luck: random.Random) -> str:
    """A mangled flow, in which the author has not finished some lines."""
    lines = mangled(luck).split("\n")
    for _ in range(luck.randint(0, 4)):
        at = luck.randrange(len(lines))
        lines[at] = lines[at][: luck.randint(0, len(lines[at]))] + luck.choice(ODD)
    return "\n".join(lines)


def ask(file: Opened, at: lsp.Position) -> None:
    completions(file, at)
    hover(file, at)
    definition(file, at, ())
    actions(file, "file:///a.flow", lsp.Range(at, at), ())
    with contextlib.suppress(Unnamed):
        renamed(file, at, "other_name", ())


@pytest.mark.parametrize("seed", range(25))
def test_a_mangled_flow(seed: int) -> None:
    luck = random.Random(seed)
    file = opened(cut_short(luck))
    diagnostics(file, file.reading())
    diagnostics(file, file.load().findings)
    outline(file)
    with contextlib.suppress(Unformatted):
        formatted(file)
    for _ in range(6):
        row = luck.randrange(len(file.places.rows))
        ask(file, lsp.Position(row, luck.randint(0, len(file.places.rows[row]) + 2)))


@pytest.mark.parametrize("text", ["", "\n", "\ufeff", "PK\x03\x04", "a\0b", "say: a\u2028", "    ", "flow", "x" * 5000])
def test_hardly_a_flow(text: str) -> None:
    file = opened(text)
    diagnostics(file, file.load().findings)
    outline(file)
    ask(file, lsp.Position(0, 0))
    ask(file, lsp.Position(3, 7))
