"""The end of a command that cannot do what it was asked: a sentence for the person, and an exit code."""

from __future__ import annotations

FOUND = 1
USED_WRONGLY = 2


class CommandError(Exception):
    """`code`: FOUND where something is wrong with the work, USED_WRONGLY where the command was called wrongly."""

    def __init__(self, sentence: str, code: int = USED_WRONGLY) -> None:
        super().__init__(sentence)
        self.code = code
