"""What nobody writes comes to an end, too: the work grows as the file does, and not as its square."""

from __future__ import annotations

import pytest

from grammar import slips
from grammar.checks import paths
from grammar.checks.subject import PROPOSED
from grammar.loader import load_text
from tests.grammar import contrived
from tests.grammar.test_bad_input import judge

SOME = 4_000
"""Letters of each file that are read here; `make bench` reads all of them."""


@pytest.mark.parametrize("name", contrived.NAMES)
def test_a_contrived_file_gives_a_program_or_sentences(name: str) -> None:
    judge(contrived.file(name)[:SOME].encode())


@pytest.mark.parametrize("name", ["names that nearly are", "lost jumps among sections", "unknown codes of many"])
def test_so_many_unknown_words_are_compared_with_all_that_are_known_and_no_more(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    words: list[str] = []
    near = slips.nearest

    def counted(word: str, known: tuple[str, ...]) -> str | None:
        words.append(word) if len(tuple(known)) > 100 else None
        return near(word, known)

    monkeypatch.setattr("grammar.checks.subject.nearest", counted)
    assert len(load_text(contrived.file(name), "many.flow").findings) >= 2
    assert len(words) <= PROPOSED


def test_jumps_back_are_looked_at_together(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[int] = []
    following = paths.following

    def counted(at: int, program: object) -> tuple[int, ...]:
        looked.append(at)
        return following(at, program)  # type: ignore[arg-type]

    monkeypatch.setattr(paths, "following", counted)
    found = load_text(contrived.file("jumps that end nowhere"), "many.flow").findings
    endless = sum(each.code == "E252" for each in found)
    assert endless > 1_000
    assert len(looked) < 20 * endless
