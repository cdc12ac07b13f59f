"""A question as its reader needs it: everything that depends on the conversation is a value by now.

What can be worked out from the choices is worked out once, so a question that never changes is made once per program.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from engine.answers.result import Right
from engine.letters import fold, squash
from engine.values import Value


class Option(NamedTuple):
    """A choice.  `labels`: in every language of the flow, the base language's first.  `alone`: excludes the others."""

    number: int
    code: str
    labels: tuple[str, ...] = ()
    alone: bool = False

    @property
    def label(self) -> str:
        """What a person reads for the code."""
        return self.labels[0] if self.labels else self.code


@dataclass(frozen=True)
class ReadAs:
    """What counts as an answer.

    `kind` and `rule` as in `grammar.program.AnswerType`; `low` and `high` (inclusive) are numbers, dates or times;
    `languages` are the flow's, the base language first; `calendar` is that of the worker's record, "" where none is.
    """

    kind: str
    low: Value = None
    high: Value = None
    limit: int | None = None
    rule: str = ""
    choices: tuple[Option, ...] = ()
    optional: bool = False
    languages: tuple[str, ...] = ("en",)
    calendar: str = ""

    @cached_property
    def at_once(self) -> Mapping[str, Right]:
        """Answers that need no reading: the number of a choice, or its code, as it stands."""
        if self.kind != "choice":
            return {}
        by_code = {option.code: Right(option.code, option.label) for option in self.choices}
        return by_code | {str(option.number): Right(option.code, option.label) for option in self.choices}

    @cached_property
    def numbers(self) -> Mapping[int, Option]:
        """Choices by the number that the worker types."""
        return {option.number: option for option in self.choices}

    @cached_property
    def names(self) -> Mapping[str, Option]:
        """Choices by folded code and label, with the spaces and (where there is a letter) without them."""
        found: dict[str, Option] = {}
        for option in self.choices:
            for name in (*option.labels, option.code.replace("_", " ")):
                found.setdefault(fold(name), option)
                if not squash(name).isdigit():
                    found.setdefault(squash(name), option)
        found.pop("", None)
        return found
