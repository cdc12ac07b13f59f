"""What reading could not do becomes what a good colleague would say; the first explanation that fits is the one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec
from lark.exceptions import UnexpectedInput

from grammar.diagnostics import Finding
from grammar.mistakes import colons, ends, forms, guess, habits, margins, names, signs, starts, values
from grammar.mistakes.ends import EXAMPLE
from grammar.mistakes.margins import lost
from grammar.mistakes.proof import can_stand_in_braces, can_stand_in_chunk
from grammar.mistakes.trouble import Explanation, Trouble, locate
from grammar.reader import Line

Explainer = Callable[[Trouble], Explanation | None]
Proof = Callable[[str], bool]
"""Whether a line, written like this, can be read: what is proposed has been tried."""

_OF_VALUES: tuple[Explainer, ...] = (
    ends.too_long,
    signs.comment,
    habits.semicolon,
    signs.quotes,
    habits.thousands,
    habits.decimal_comma,
    habits.measure,
    habits.other_signs,
    habits.after_if,
    habits.part_of_a_whole,
    habits.label_for_code,
    habits.nothing_expected,
    habits.several_receivers,
    habits.list_in_brackets,
    colons.expected,
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
    habits.wide_colon,
    forms.short_form,
    starts.habit,
    colons.language,
    colons.language_in_words,
    starts.first_word,
    colons.text_without_colon,
    names.made,
    names.used,
    *_OF_VALUES,
)

_OF_INSERTS: tuple[Explainer, ...] = (names.inserted, *_OF_VALUES)


def explain(trouble: Trouble, proof: Proof) -> Explanation:
    """What is wrong with a line, and the line as it was probably meant."""
    return _first(_OF_LINES, trouble, proof)


def explain_insert(error: UnexpectedInput, line: Line, file: str) -> Finding:
    """What is wrong between the braces of a text; `line` holds what stands there, and nothing else."""
    _, trouble = locate(error, [line], file)
    return _first(_OF_INSERTS, trouble, can_stand_in_braces).finding


def _first(explainers: Sequence[Explainer], trouble: Trouble, proof: Proof) -> Explanation:
    for explainer in explainers:
        explanation = explainer(trouble) if explainer not in _BY_PATTERNS or _is_written(trouble) else None
        if explanation is not None and _holds(explanation, proof):
            return explanation
        if explanation is not None and explanation.finding.hint.startswith(EXAMPLE):
            return Explanation(msgspec.structs.replace(explanation.finding, hint=""))
    return ends.anything(trouble)


_BY_PATTERNS: frozenset[Explainer] = frozenset(
    (
        *(forms.short_form, starts.habit, colons.language_in_words, signs.quotes, signs.say_without_colon),
        *(habits.semicolon, habits.thousands, habits.decimal_comma, habits.measure, habits.other_signs),
        *(habits.after_if, habits.part_of_a_whole, habits.label_for_code, habits.nothing_expected),
        *(habits.several_receivers, habits.list_in_brackets),
        *(values.length_of_time, values.clock, values.bounds, values.kind_of_answer, values.number),
    )
)
"""They look for what people write in a line; in what no person wrote they would look for seconds."""

_LONGEST = 400
_GAP = " " * 12


def _is_written(trouble: Trouble) -> bool:
    """Could a person have written the line so?"""
    words = trouble.line.words
    return len(words) <= _LONGEST and _GAP not in words


def _holds(explanation: Explanation, proof: Proof) -> bool:
    """An explanation that proposes a line is believed only where that line can be read."""
    hint = explanation.finding.hint
    if hint.startswith(EXAMPLE):
        return proof(hint.removeprefix(EXAMPLE).strip("`"))
    return not (hint.startswith("Write `") and explanation.repaired) or proof(explanation.repaired)


__all__ = ["Explanation", "Trouble", "can_stand_in_chunk", "explain", "explain_insert", "locate", "lost"]
