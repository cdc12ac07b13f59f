"""What reading could not do becomes what a good colleague would say; the first explanation that fits is the one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from lark.exceptions import UnexpectedInput

from grammar.diagnostics import Finding
from grammar.mistakes import ends, guess, margins, names, signs, starts, values
from grammar.mistakes.margins import lost
from grammar.mistakes.trouble import Explanation, Trouble, locate
from grammar.reader import Line

Explainer = Callable[[Trouble], Explanation | None]

_OF_VALUES: tuple[Explainer, ...] = (
    ends.too_long,
    signs.comment,
    signs.quotes,
    signs.bracket,
    signs.say_without_colon,
    ends.nothing_before,
    values.length_of_time,
    values.clock,
    values.bounds,
    values.kind_of_answer,
    guess.misspelled,
    values.number,
    guess.one_word,
    signs.colon_at_end,
    ends.too_much,
    ends.too_little,
)
"""From the most certain to the least."""

_OF_LINES: tuple[Explainer, ...] = (
    margins.too_far_in,
    margins.nothing_below,
    starts.first_word,
    starts.habit,
    names.made,
    names.used,
    *_OF_VALUES,
)

_OF_INSERTS: tuple[Explainer, ...] = (names.inserted, *_OF_VALUES)


def explain(trouble: Trouble) -> Explanation:
    """What is wrong with a line, and the line as it was probably meant."""
    return _first(_OF_LINES, trouble)


def explain_insert(error: UnexpectedInput, line: Line, file: str) -> Finding:
    """What is wrong between the braces of a text; `line` holds what stands there, and nothing else."""
    _, trouble = locate(error, [line], file)
    return _first(_OF_INSERTS, trouble).finding


def _first(explainers: Sequence[Explainer], trouble: Trouble) -> Explanation:
    for explainer in explainers:
        explanation = explainer(trouble)
        if explanation is not None:
            return explanation
    return ends.anything(trouble)


__all__ = ["Explanation", "Trouble", "explain", "explain_insert", "locate", "lost"]
