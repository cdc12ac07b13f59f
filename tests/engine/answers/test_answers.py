"""What people write, and what is read: the table `readings.txt` beside this file, and what holds for any text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, time
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.answers import Option, ReadAs, Right, Wrong, read
from engine.phrases import Phrases, load
from engine.values import Value

TODAY = date(2026, 3, 10)
TABLE = Path(__file__).with_name("readings.txt")
CHOICES = {
    "ors": (
        Option(1, "yes", ("Yes", "Oui")),
        Option(2, "no", ("No", "Non")),
        Option(9, "unsure", ("I don't know", "Je ne sais pas")),
    ),
    "feel": (
        Option(1, "best", ("Very satisfied",)),
        Option(2, "good", ("Satisfied",)),
        Option(3, "bad", ("Not satisfied",)),
    ),
    "doses": (Option(1, "d1", ("1 dose",)), Option(10, "d10", ("10 doses",)), Option(15, "d15", ("15",))),
    "drinks": (
        Option(1, "coffee", ("Café au lait",)),
        Option(2, "tea", ("Thé",)),
        Option(3, "both", ("Both of them",)),
    ),
    "near": (
        Option(1, "first", ("Month 1",)),
        Option(2, "second", ("Month 2",)),
        Option(5, "jan", ("January",)),
        Option(6, "mal", ("Malaria",)),
        Option(7, "mala", ("Malariae",)),
    ),
    "many": tuple(Option(n, f"c{n}", (f"Choice {n}",)) for n in range(1, 13)),
    "alone": (
        Option(1, "fever", ("Fever",)),
        Option(2, "cough", ("Cough",)),
        Option(3, "none", ("None of these",)),
        Option(9, "all", ("All of them",), alone=True),
    ),
}


class Row(NamedTuple):
    """One line of the table under its heading."""

    line: int
    heading: str
    text: str
    expected: str


@cache
def phrases() -> Phrases:
    return load()


def rows() -> Iterator[Row]:
    heading = ""
    for number, line in enumerate(TABLE.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("== "):
            heading = line[3:]
        elif "=> " in line and heading:
            text, expected = line.rsplit("=> ", 1)
            text = re.sub(r"\\u([0-9a-f]{4})", lambda code: chr(int(code[1], 16)), text.removesuffix(" "))
            yield Row(number, heading, text, expected)


def bound(text: str) -> Value:
    if not text:
        return None
    return date.fromisoformat(text) if text.count("-") == 2 else Decimal(text)


def question(heading: str) -> tuple[ReadAs, str, str]:
    """The question, the language and the channel of a heading."""
    kind, *words = heading.split()
    made: dict[str, Any] = {"languages": ()}
    language, channel = "en", "sms"
    for word in words:
        if ".." in word:
            made["low"], made["high"] = (bound(end) for end in word.split(".."))
        elif word in ("not_future", "not_past"):
            made["rule"] = word
        elif word.startswith("limit="):
            made["limit"] = int(word[6:])
        elif word.startswith("choices="):
            made["choices"] = CHOICES[word[8:]]
        elif word == "ivr":
            channel = "ivr"
        elif word == "optional":
            made["optional"] = True
        elif word != "only":
            language = word
    made["languages"] = (language,) if "only" in words else (language, "en")
    return ReadAs(kind, **made), language, channel


def written(result: Right | Wrong) -> str:
    """A result as the table writes it."""
    if isinstance(result, Wrong):
        return "! " + result.why
    value = result.value
    if value is None:
        shown = "skipped"
    elif isinstance(value, bool):
        shown = "yes" if value else "no"
    elif isinstance(value, tuple):
        shown = "+".join(value)
    else:
        shown = f"{value:%H:%M}" if isinstance(value, time) else str(value)
    return shown + (" ?" if result.unsure else "")


def test_the_table_is_there() -> None:
    assert len(list(rows())) >= 400


@pytest.mark.parametrize("row", list(rows()), ids=lambda row: f"{row.line}:{row.heading}:{row.text!a}")
def test_it_is_read_as_the_table_says(row: Row) -> None:
    asked, language, channel = question(row.heading)
    result = read(asked, row.text, language, TODAY, phrases(), channel)
    assert written(result) == row.expected
    if isinstance(result, Wrong):
        assert phrases().say(language, result.key, **result.values)


KINDS = ("whole", "number", "decimal", "yesno", "text", "date", "time", "phone", "digits", "choice", "choices")
LIKELY = st.text(st.sampled_from(list("0123456789.,-/ *#+'lOoyesn") + list("٣፲२ôé’½²\u200e\u20e3")), max_size=20)


@given(
    kind=st.sampled_from(KINDS),
    text=st.text() | LIKELY,
    language=st.sampled_from(["en", "fr", "ar", "xx"]),
    channel=st.sampled_from(["sms", "ivr"]),
    optional=st.booleans(),
    rule=st.sampled_from(["", "not_future", "not_past"]),
)
def test_any_text_gives_a_value_or_a_reason(
    kind: str, text: str, language: str, channel: str, optional: bool, rule: str
) -> None:
    asked = ReadAs(kind, choices=CHOICES["near"], optional=optional, rule=rule, languages=("en", "fr"))
    result = read(asked, text, language, TODAY, phrases(), channel)
    assert isinstance(result, Right | Wrong)
    if isinstance(result, Right) and result.value is None:
        assert optional


@given(st.integers(-(10**17), 10**17))
def test_every_whole_number_is_read_as_itself(number: int) -> None:
    for text in (str(number), f"{number:,}", f"{number} days"):
        assert read(ReadAs("whole"), text, "en", TODAY, phrases()) == Right(number)


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)))
def test_every_date_is_read_as_itself(day: date) -> None:
    month = max(word for word, n in phrases().tongue("en").months.items() if n == day.month)
    for text in (f"{day:%d/%m/%Y}", f"{day:%d%m%Y}", day.isoformat(), f"{day.day} {month} {day.year}"):
        assert read(ReadAs("date"), text, "en", TODAY, phrases()) == Right(day)


@pytest.mark.parametrize(
    ("asked", "text", "said"),
    [
        (ReadAs("choice", choices=CHOICES["ors"]), "7", "Please answer with 1, 2 or 9."),
        (ReadAs("choice", choices=CHOICES["many"]), "0", "Please answer with a number from 1 to 12."),
        (
            ReadAs("choices", choices=CHOICES["alone"]),
            "1 3",
            "None of these cannot be sent together with other answers.",
        ),
        (ReadAs("whole", low=0, high=90), "95", "Please send a whole number from 0 to 90."),
        (ReadAs("whole", low=1), "0", "Please send a whole number that is 1 or more."),
        (ReadAs("number", high=Decimal("1.5")), "2", "Please send a number that is 1.5 or less."),
        (ReadAs("decimal"), "x", "Please send a number. Example: 3.5"),
        (
            ReadAs("date", rule="not_future"),
            "25/12/2031",
            "Please send a date that is not in the future. Example: 10/03/2026",
        ),
        (ReadAs("date", high=date(2025, 1, 1)), "x", "Please send a date like 01/01/2025."),
        (ReadAs("digits", limit=4), "12", "Please send 4 digits."),
        (ReadAs("text", limit=3), "long", "That is too long. Please send at most 3 letters."),
        (ReadAs("time", low=time(8), high=time(17)), "20:00", "Please send a time from 08:00 to 17:00."),
        (ReadAs("yesno"), "maybe", "Please answer yes or no."),
    ],
)
def test_what_is_wrong_is_said_with_what_would_be_right(asked: ReadAs, text: str, said: str) -> None:
    result = read(asked, text, "en", TODAY, phrases())
    assert isinstance(result, Wrong)
    assert phrases().say("en", result.key, **result.values) == said


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "text"])
def test_a_very_long_message_is_no_number_date_or_choice(kind: str) -> None:
    asked = ReadAs(kind, choices=CHOICES["ors"])
    for text in ("1" + "," * 60_000 + "x1", "12" + " " * 700, "1 " * 500):
        assert isinstance(read(asked, text, "en", TODAY, phrases()), Wrong)


def test_a_question_that_has_no_choices_just_now_reads_nothing() -> None:
    for kind in ("choice", "choices"):
        assert isinstance(read(ReadAs(kind), "1", "en", TODAY, phrases()), Wrong)


def test_numbers_in_what_is_said_are_written_as_in_the_language() -> None:
    result = read(ReadAs("number", low=Decimal("0.5")), "0", "fr", TODAY, phrases())
    assert isinstance(result, Wrong)
    assert result.values == {"low": "0,5"}


def test_a_choice_comes_with_its_label_in_the_base_language() -> None:
    asked = ReadAs("choice", choices=CHOICES["ors"], languages=("en", "fr"))
    assert read(asked, "je ne sais pas", "fr", TODAY, phrases()) == Right("unsure", "I don't know")


def test_a_word_for_yes_in_one_language_and_no_in_another_means_what_the_conversation_says() -> None:
    both = Phrases(
        {
            "en": {"says": load(["en"]).tongue("en").says, "words": {"yes": ["na"]}},
            "xx": {"words": {"no": ["na"]}},
        }
    )
    asked = ReadAs("yesno", languages=("en", "xx"))
    assert [written(read(asked, "na", language, TODAY, both)) for language in ("en", "xx")] == ["yes", "no"]


def test_the_page_about_answers_tells_the_truth() -> None:
    page = (TABLE.parents[3] / "docs/engine/answers.md").read_text(encoding="utf-8")
    [code] = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    exec(code, {})
    assert all((TABLE.parents[3] / file).exists() for file in re.findall(r"`([\w/]+\.\w+)`", page) if "/" in file)
