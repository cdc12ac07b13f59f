"""What Word, Excel, Notepad and WhatsApp do to a file, done to the examples: tree and program stay the same."""

from __future__ import annotations

import codecs
import re
import string
from collections.abc import Callable
from pathlib import Path

import pytest

from grammar import parser, reader
from grammar.formatter.same import same
from grammar.loader import load_bytes

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted(ROOT.glob("flows/*.flow"))
FILES = [*EXAMPLES, ROOT / "tests/grammar/samples/coverage.flow"]
SMALL = """\
# A bit of everything.
flow small: A flow with bullets
    languages: en, fr
    inputs:
        sample_date: date optional
table kinds:
    code | name
    a    | One kind
    b    | the other

say:
    > Two lines,
    > of text
ask care: Who cares for you?
    - nurse: A nurse -> end
        fr: Une infirmière
    - doctor: A doctor
    - Nobody
say name: You said {care}.
section end
say: Thank you. “Quoted”, like this – or that.
if name is "Moses" or care is doctor:
    # a comment
    say: You are "well"
otherwise:
    say: {count(kinds)}
test worker ama:
    first_name: Ama
test: All of it
    start with worker = moses, worker.name = "Moses K. Flomo"
    reply: 1
    expect care is nurse
"""
TEXTS = {file.stem: file.read_text(encoding="utf-8") for file in FILES} | {"small": SMALL}

Damage = Callable[[str], str]
BLANK = string.whitespace + "\u200b\u200e\u200f\u2068\ufeff"


def at_starts(mark: str) -> Damage:
    """A sign that nobody sees, before every line."""
    return lambda text: re.sub(r"^(?=.)", mark, text, flags=re.MULTILINE)


def instead(pattern: str, by: str) -> Damage:
    return lambda text: re.sub(pattern, by, text, flags=re.MULTILINE)


def capitals(text: str) -> str:
    """Every line begins with a capital but rows and texts, which are somebody's words, and names of one letter."""
    made = []
    table = False
    for line in text.split("\n"):
        words = line.strip(BLANK)
        begins = re.match(r"table\s", words) is not None
        row = table and not begins and line[:1] not in set(string.ascii_letters)
        table = begins or row
        made.append(line if row else re.sub(r"^([^\w>]*(?:\d+\W+)?)([a-z])(?=\w)", _capital, line))
    return "\n".join(made)


def _capital(match: re.Match[str]) -> str:
    return match[1] + match[2].upper()


CODE = r"^\s*(?:start|do|submit|run|set|if|otherwise if|expect [^:\n]*|check|only|remind) .*$"


def strings(left: str, right: str) -> Damage:
    """Other marks round the strings of lines that have no text."""

    def curled(text: str) -> str:
        return re.sub(CODE, lambda line: re.sub(r'"([^"\n]*)"', rf"{left}\1{right}", line[0]), text, flags=re.MULTILINE)

    return curled


LOUD = r"^\s*(?:say|ask|quiz|if|otherwise if|answer|expect|flow|languages|fr|section|test)\b"

DAMAGES: dict[str, Damage] = {
    "CR": lambda text: text.replace("\n", "\r"),
    "CRLF": lambda text: text.replace("\n", "\r\n"),
    "VT": lambda text: text.replace("\n", "\v"),
    "form feeds": lambda text: text.replace("\n", "\f\n"),
    "U+2028": lambda text: text.replace("\n", "\u2028"),
    "U+2029": lambda text: text.replace("\n", "\u2029"),
    "U+0085": lambda text: text.replace("\n", "\x85"),
    "no-break spaces": lambda text: text.replace(" ", "\u00a0"),
    "narrow no-break spaces": lambda text: text.replace(" ", "\u202f"),
    "thin spaces": lambda text: text.replace(" ", "\u2009"),
    "tabs for margins": instead(r"(?<=^)    |(?<=\t)    ", "\t"),
    "tabs and spaces": instead("^        ", "  \t\t"),
    "half of a margin": lambda text: re.sub("^ +", lambda match: match[0][::2], text, flags=re.MULTILINE),
    "wide margins": lambda text: re.sub("^ +", lambda match: match[0] * 2, text, flags=re.MULTILINE),
    "curly quotes": strings("“", "”"),
    "low quotes": strings("„", "“"),
    "single quotes": strings("‘", "’"),
    "angle quotes": strings("«", "»"),
    "arrows": instead("->", "→"),
    "thick arrows": instead("->", "=>"),
    "en dashes": instead(r"^(\s*)- ", r"\1– "),
    "bullets": instead(r"^(\s*)- ", r"\1• "),
    "stars": instead(r"^(\s*)- ", r"\1* "),
    "Word's bullets": instead(r"^(\s*)- ", "\\1\uf0b7\t"),
    "Word's numbers": instead(r"^(\s*)(\d+)[.)] ", r"\1\2.\t"),
    "numbers in brackets": instead(r"^(\s*)(\d+)\. ", r"\1\2) "),
    "capitals": capitals,
    "loud keywords": lambda text: re.sub(LOUD, lambda match: match[0].upper(), text, flags=re.MULTILINE),
    "right-to-left marks": at_starts("\u200f"),
    "left-to-right marks": at_starts("\u200e"),
    "isolates": at_starts("\u2068"),
    "zero-width spaces": at_starts("\u200b"),
    "trailing spaces": instead("$", "  \t"),
    "marks at the ends": instead("$", "\u200e"),
    "blank lines": lambda text: text.replace("\n", "\n\n"),
    "blank lines of spaces": lambda text: text.replace("\n", "\n    \n"),
    "no last line end": lambda text: text.rstrip("\n"),
    "BOM": lambda text: "\ufeff" + text,
}

ENCODINGS: dict[str, Callable[[str], bytes]] = {
    "UTF-8 with a mark": lambda text: codecs.BOM_UTF8 + text.encode(),
    "UTF-16, little end first": lambda text: codecs.BOM_UTF16_LE + text.encode("utf-16-le"),
    "UTF-16, big end first": lambda text: codecs.BOM_UTF16_BE + text.encode("utf-16-be"),
    "UTF-16 without a mark, little end first": lambda text: text.encode("utf-16-le"),
    "UTF-16 without a mark, big end first": lambda text: text.encode("utf-16-be"),
}


def assert_same(data: bytes, text: str) -> None:
    """The tree of the damaged bytes is that of the text, and nothing more is said of it."""
    source, said = reader.read(data, "a.flow")
    file, misread = parser.parse(source)
    assert [found for found in (*said, *misread) if found.severity == "error"] == []
    assert same(file, parser.parse(reader.read(text.encode(), "a.flow")[0])[0])


def hashes(data: bytes) -> list[str]:
    loaded = load_bytes(data, "a.flow")
    return [program.hash() for program in loaded.compiled.programs] if loaded.compiled else []


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_every_damage_to_every_flow(damage: Damage) -> None:
    assert any(damage(text) != text for text in TEXTS.values())
    for text in TEXTS.values():
        assert_same(damage(text).encode(), text)


@pytest.mark.parametrize("encode", ENCODINGS.values(), ids=ENCODINGS)
def test_every_encoding_of_every_flow(encode: Callable[[str], bytes]) -> None:
    for text in TEXTS.values():
        assert_same(encode(text), text)


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_example_is_the_same_program(damage: Damage) -> None:
    for file in EXAMPLES:
        text = TEXTS[file.stem]
        assert hashes(damage(text).encode()) == hashes(text.encode()) != []


@pytest.mark.parametrize("first", DAMAGES)
def test_two_damages_to_one_flow(first: str) -> None:
    for second in DAMAGES.keys() - {first}:
        assert_same(DAMAGES[second](DAMAGES[first](SMALL)).encode(), SMALL)


def test_lines_joined_by_several_breaks_stand_apart() -> None:
    """Word's line breaks, and the line ends of a system that is no more, in one file."""
    breaks = ["\r\n", "\r", "\v", "\u2028", "\n"]
    lines = SMALL.split("\n")
    assert_same("".join(line + breaks[at % len(breaks)] for at, line in enumerate(lines)).encode(), SMALL)


@pytest.mark.parametrize("name", ["cholera_flash", "lab_result", "weekly_stock"])
def test_windows_letters_are_read_with_a_warning(name: str) -> None:
    data = TEXTS[name].encode("cp1252")
    assert [(found.code, found.severity) for found in reader.read(data, "a.flow")[1]] == [("W001", "warning")]
    assert_same(data, TEXTS[name])


def test_letters_that_were_lost_are_an_error() -> None:
    data = "say: Répondez s'il vous plaît\n".encode("ascii", errors="replace")
    _, (found,) = reader.read(data, "a.flow")
    assert (found.code, found.severity, found.line) == ("E105", "error", 1)


MARGIN = re.compile(r"^[ \t]+", re.MULTILINE)


@pytest.mark.parametrize("damage", [name for name in DAMAGES if "margin" not in name])
def test_lost_margins_are_one_message(damage: str) -> None:
    for text in TEXTS.values():
        source, _ = reader.read(MARGIN.sub("", DAMAGES[damage](MARGIN.sub("", text))).encode(), "a.flow")
        assert [found.code for found in parser.parse(source)[1]] == ["E014"]


@pytest.mark.parametrize(
    "text",
    [
        "flow x: X\nlanguages: en\nchannels: sms\nsay: Hello.",
        "ask q: Ready?\n1. Yes\n2. No",
        "if a is b:\nsay: x\notherwise:\nsay: y",
        "say:\n> One\n> two",
        "table t:\ncode | name\na | A",
        "test: T\nstart\nreply: 1",
        "test worker ama:\nfirst_name: Ama",
        "verify pin: Your PIN?\nsecret\nif failed:\nstop",
    ],
)
def test_lost_margins_of_a_few_lines(text: str) -> None:
    findings = parser.parse(reader.read(text.encode(), "a.flow")[0])[1]
    assert [found.code for found in findings] == ["E014"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("ask q: Ready?\nanswer: yes or no", "E007"),
        ("if a is b:\nsay: x", "E006"),
        ("for each a in b:\nsay: {a.name}", "E006"),
        ("say: Hello\nfr: Bonjour", "E007"),
    ],
)
def test_one_line_at_the_margin_is_a_mistake_of_its_own(text: str, code: str) -> None:
    findings = parser.parse(reader.read(text.encode(), "a.flow")[0])[1]
    assert [found.code for found in findings] == [code]
