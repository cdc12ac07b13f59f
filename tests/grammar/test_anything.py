"""Whatever stands in a file: it is read without an error of ours, and what has no mistake can be made ready to run."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from engine.linker import link
from engine.phrases import load
from grammar.loader import load_text

PHRASES = load()
ROOT = Path(__file__).parents[2]
TEXTS = [path.read_text(encoding="utf-8") for path in sorted(ROOT.glob("flows/*.flow"))]
TEXTS += [path.read_text(encoding="utf-8") for path in sorted(ROOT.glob("tests/grammar/samples/*.flow"))]
LINES = [line for text in TEXTS for line in text.split("\n")]
WORDS = [word for text in TEXTS for word in text.split()]


def mangled(luck: random.Random) -> str:
    """A flow in which a few lines are lost, doubled, exchanged, or have another word."""
    lines = luck.choice(TEXTS).split("\n")
    for _ in range(luck.randint(1, 6)):
        at = luck.randrange(len(lines))
        match luck.randrange(4):
            case 0:
                lines[at] = ""
            case 1:
                lines.insert(at, luck.choice(LINES))
            case 2:
                other = luck.randrange(len(lines))
                lines[at], lines[other] = lines[other], lines[at]
            case _:
                words = lines[at].split(" ")
                words[luck.randrange(len(words))] = luck.choice(WORDS)
                lines[at] = " ".join(words)
    return "\n".join(lines)


@pytest.mark.parametrize("seed", range(60))
def test_a_mangled_flow(seed: int) -> None:
    loaded = load_text(mangled(random.Random(seed)), "mangled.flow")
    for program in loaded.compiled.programs if loaded.compiled else ():
        linked = link(program, program.hash(), PHRASES)
        assert linked.questions.keys() == program.questions.keys()
    assert loaded.compiled or loaded.findings
