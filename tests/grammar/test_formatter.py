"""The canonical form of a file: what changes and what never does; a second time changes nothing."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grammar import parser, reader
from grammar.formatter import canonical
from grammar.formatter.same import same
from grammar.loader import load_bytes
from grammar.nodes import File

ROOT = Path(__file__).parents[2]
FILES = [
    *sorted(ROOT.glob("flows/*.flow")),
    *sorted(ROOT.glob("tests/language/*.flow")),
    ROOT / "tests/grammar/samples/coverage.flow",
]


def form(text: str) -> str:
    made = canonical(text.encode(), "a.flow").text
    assert made is not None
    return made


def tree(text: str) -> File:
    return parser.parse(reader.read(text.encode(), "a.flow")[0])[0]


def ask(line: str) -> str:
    return f"ask q: Ready?\n    {line}\n"


LINES = [
    # margins
    ("if a is b:\n  say: x\n  if c is d:\n     stop\n", "if a is b:\n    say: x\n    if c is d:\n        stop\n"),
    ("if a is b:\n\tsay: x\n", "if a is b:\n    say: x\n"),
    # keywords, whatever their case, and their other spellings
    ("SAY: Hello.\n", "say: Hello.\n"),
    ("Wait Until Tomorrow at 9:00\n", "wait until Tomorrow at 09:00\n"),
    (
        "if a is b: stop\nElse  if a is c: stop\nelse: stop\n",
        "if a is b: stop\notherwise if a is c: stop\notherwise: stop\n",
    ),
    ("wait 4 hour\n", "wait 4 hours\n"),
    ("wait 1 DAYS\n", "wait 1 day\n"),
    (ask("Answer :date Not  In The Future"), ask("answer: date not in the future")),
    # names keep their letters, but not Word's capital at the beginning of a line
    ("ask Has_ORS: Ready?\n", "ask Has_ORS: Ready?\n"),
    (ask("1. Yes: Oui") + "    2. M: Male\n", ask("1. yes: Oui") + "    2. M: Male\n"),
    # spaces
    ("set x  to a+b*(c-1)\n", "set x to a + b * (c - 1)\n"),
    ("set x to -1+ - 2\n", "set x to -1 + -2\n"),
    ("set x to if( a is b ,1 , 2 )\n", "set x to if(a is b, 1, 2)\n"),
    ("if(a is b):\n    stop\n", "if (a is b):\n    stop\n"),
    ("set worker . phone to lookup(t, 1) . name\n", "set worker.phone to lookup(t, 1).name\n"),
    ("do x with a=1,b = 2 as c\n", "do x with a = 1, b = 2 as c\n"),
    ("flow x\n    languages : en,pt - BR\n", "flow x\n    languages: en, pt-BR\n"),
    (
        "flow x\n    inputs:\n        r: table of a,b(1 to 9 rows)\n",
        "flow x\n    inputs:\n        r: table of a, b (1 to 9 rows)\n",
    ),
    # signs
    (
        "if a ≥ 1 and b ≠ 2 or c==3 and d × 2 ≤ 4:\n    stop\n",
        "if a >= 1 and b <> 2 or c = 3 and d * 2 <= 4:\n    stop\n",
    ),
    ("if a − 1 > b – 2:\n    stop\n", "if a - 1 > b - 2:\n    stop\n"),
    ("→ x\n", "-> x\n"),
    (ask("1) yes: Yes→x"), ask("1. yes: Yes -> x")),
    (ask("1.Yes (Alone)=>x"), ask("1. Yes (alone) -> x")),
    (ask("• Yes") + "    – No\n    * Maybe\n", ask("- Yes") + "    - No\n    - Maybe\n"),
    # quotes round strings
    ("do x with a = “b”, c = 'd', e = „f“, g = «h»\n", 'do x with a = "b", c = "d", e = "f", g = "h"\n'),
    ('do x with a = ‘say "b"’\n', "do x with a = 'say \"b\"'\n"),
    # texts
    ("say:  “Hi”  {a+b} – 1 ≥ 2 => x\n", "say: “Hi”  {a+b} – 1 ≥ 2 => x\n"),
    ("say:\n    >One\n    >   two\n    >\n", "say:\n    > One\n    >   two\n    >\n"),
    ("say: a\n  FR : b\n    Voice:c\n", "say: a\n    fr: b\n        voice: c\n"),
    # tables
    (
        "table t:\n  code|name |x\n  a| Lovely name|1\n     bcd |é|\n",
        "table t:\n    code | name        | x\n    a    | Lovely name | 1\n    bcd  | é           |\n",
    ),
    ("table t:\n  code\tname\n  a\tb c\n", "table t:\n    code | name\n    a    | b c\n"),
    ("table t:\n    a|b\n    漢字|x\n    ez|y\n", "table t:\n    a    | b\n    漢字 | x\n    ez   | y\n"),
    ("table t:\n    code|b\n    #1|x\n    #\ty\n", "table t:\n    code | b\n    #1   | x\n    #| y\n"),
    # blank lines
    ("\n\nsay: a\n\n\n\nsay: b\nsay: c\n\n", "say: a\n\nsay: b\nsay: c\n"),
    (
        "if a is b:\n\n    say: a\n\n    say: b\n\notherwise:\n\n    stop\n",
        "if a is b:\n    say: a\n    say: b\notherwise:\n    stop\n",
    ),
    ("say: a\nsection b\nsay: c\n", "say: a\n\nsection b\nsay: c\n"),
    ("say: a\n# why\nsection b\n", "say: a\n\n# why\nsection b\n"),
    # line ends
    ("say: a\r\nsay: b\rsay: c  ", "say: a\nsay: b\nsay: c\n"),
    ("", ""),
    # comments
    ("# a\n\n\n#b\nsay: a\n#c", "# a\n\n#b\nsay: a\n#c\n"),
    (
        "if a is b:\n  # why\n  stop\n  # end\n # out\n# margin\n",
        "if a is b:\n    # why\n    stop\n    # end\n    # out\n# margin\n",
    ),
    ("if a is b:\n# why\n  stop\n", "if a is b:\n# why\n    stop\n"),
    ("table t:\n  a | b\n  # why\n  c | d\n", "table t:\n    a | b\n    # why\n    c | d\n"),
]


@pytest.mark.parametrize(("text", "made"), LINES)
def test_canonical_form(text: str, made: str) -> None:
    assert form(text) == made
    assert form(made) == made


@pytest.mark.parametrize("text", ["sya: x\n", "say x\n", "  say: x\n", "say: R\ufffdpondez\n"])
def test_a_file_with_a_mistake_has_no_canonical_form(text: str) -> None:
    made = canonical(text.encode(), "a.flow")
    assert made.text is None
    assert [found.line for found in made.findings] == [1]


def test_a_flow_whose_names_are_wrong_can_be_put_in_order() -> None:
    assert form("Go  to nowhere\n") == "go to nowhere\n"


def hashes(text: str) -> list[str]:
    loaded = load_bytes(text.encode(), "a.flow")
    return [] if loaded.compiled is None else [program.hash() for program in loaded.compiled.programs]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_flow_says_the_same_before_and_after(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    made = form(text)
    assert form(made) == made
    assert same(tree(text), tree(made))
    assert hashes(text) == hashes(made)
    assert comments(made) == comments(text)


@pytest.mark.parametrize("file", sorted(ROOT.glob("flows/*.flow")), ids=lambda file: file.name)
def test_the_examples_are_canonical(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert form(text) == text


def comments(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip().startswith("#")]


TEXTS = [file.read_text(encoding="utf-8") for file in FILES]


def restyled(text: str, luck: random.Random) -> str:
    """The same flow as another person would have typed it: other margins, blank lines, comments, capitals."""
    width = luck.randint(1, 9)
    lines = []
    for number, line in enumerate(text.split("\n")):
        words = line.lstrip(" ")
        level = (len(line) - len(words)) // 4
        if luck.random() < 0.1:
            lines.append("")
        if luck.random() < 0.1:
            lines.append(" " * luck.randint(0, 9) + f"# comment {number}")
        if luck.random() < 0.2 and words.split(":")[0].split(" ")[0] in ("say", "if", "ask", "reply", "expect", "set"):
            words = words[0].upper() + words[1:]
        if luck.random() < 0.2:
            words += " " * luck.randint(1, 3)
        lines.append(" " * (width * level) + words)
    return "\n".join(lines)


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(TEXTS), st.integers(0, 2**32))
def test_however_a_flow_was_typed(text: str, seed: int) -> None:
    other = restyled(text, random.Random(seed))
    made = form(other)
    assert form(made) == made
    assert comments(made) == comments(other)
    assert same(tree(text), tree(made))
    assert hashes(other) == hashes(made)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from([line for text in TEXTS for line in text.split("\n")]), max_size=12))
def test_whatever_lines_stand_together(lines: list[str]) -> None:
    """`canonical` itself refuses a form that would say something else."""
    made = canonical("\n".join(lines).encode(), "a.flow").text
    if made is not None:
        assert form(made) == made


def test_a_change_of_what_is_said_would_be_seen() -> None:
    assert not same(tree("say: a\n"), tree("say: b\n"))
    assert not same(tree("say: a\n"), tree("say: a\nsay: a\n"))
    assert not same(tree("stop\n"), tree("choose pin\n"))
    assert same(tree("say: a\n"), tree("\n\nSay:  a\n"))
