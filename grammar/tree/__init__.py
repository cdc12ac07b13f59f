"""Trees become nodes: one room a part of the language, one function a rule of the grammar, of the same name."""

from __future__ import annotations

from grammar.tree import answers, expressions, header, margin, questions, rehearsals, statements, texts
from grammar.tree.bench import Aside, Bench

ROOMS = (answers, expressions, header, margin, questions, rehearsals, statements, texts)
"""Each fills the table of builders when it is imported."""

__all__ = ["ROOMS", "Aside", "Bench"]
