"""What is wrong with a flow that could be read: one function a check, one code each; no check changes anything."""

from __future__ import annotations

from collections.abc import Sequence

from grammar import nodes as n
from grammar import program as p
from grammar.compiler import Result
from grammar.diagnostics import Finding
from grammar.names import Names


def check(file: n.File, flows: Sequence[Names], result: Result) -> list[Finding]:
    """Everything that is wrong inside one file."""
    return []


def between(files: Sequence[p.Compiled]) -> list[Finding]:
    """Everything that is wrong between files that are each right."""
    return []
