"""What reading could not do becomes what a good colleague would say; the first explanation that fits is the one."""

from __future__ import annotations

from collections.abc import Callable

from lark.exceptions import UnexpectedInput

from grammar.diagnostics import Finding
from grammar.mistakes import margins, middles, starts
from grammar.mistakes.margins import lost
from grammar.mistakes.trouble import Explanation, Trouble, locate
from grammar.reader import Line

_EXPLAINERS: tuple[Callable[[Trouble], Explanation | None], ...] = (
    margins.too_far_in,
    margins.nothing_below,
    starts.first_word,
    middles.name,
    middles.late_name,
    middles.equals,
    middles.comment,
    middles.quotes,
    middles.quoted_say,
    middles.length_of_time,
    middles.number,
    middles.clock,
    middles.misspelled,
    middles.colon_before,
    middles.too_much,
    middles.too_little,
)
"""From the most certain to the least."""


def explain(trouble: Trouble) -> Explanation:
    """What is wrong with a line, and the line as it was probably meant."""
    for explainer in _EXPLAINERS:
        explanation = explainer(trouble)
        if explanation is not None:
            return explanation
    return middles.anything(trouble)


def explain_insert(error: UnexpectedInput, line: Line, file: str) -> Finding:
    """What is wrong between the braces of a text; `line` holds what stands there, and nothing else."""
    _, trouble = locate(error, [line], file)
    return explain(trouble).finding


__all__ = ["Explanation", "Trouble", "explain", "explain_insert", "locate", "lost"]
