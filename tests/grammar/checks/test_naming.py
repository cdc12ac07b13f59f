"""Names: given once, known where they are used, and proposed where they are nearly right."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations

import pytest

from grammar.loader import load_text

Found = Callable[[str], list[tuple[int, str]]]
CASES = "ask cases: How many?\n    answer: whole number\n"
TABLE = "table products:\n    code | name\n    act  | ACT\n"


@pytest.mark.parametrize(
    ("lines", "codes"),
    [
        ("set x to 1\nset X to 2\nsay: {x}", []),
        (CASES + "set cases to 2", []),
        ("do a as r\ndo b as r\nsay: {r.number}", []),
        (TABLE + "for each row in products:\n    say: {row.name}\nfor each row in products:\n    say: {row.code}", []),
        (CASES + "section cases", [(3, "E200")]),
        (TABLE + "for each products in products:\n    say: Hi.", [(4, "E200")]),
        ("set today to 5", [(1, "E201")]),
        ("say: {taday}", [(1, "E202")]),
        ("say: {one} {two}", [(1, "E202"), (1, "E202")]),
        ("if x is y:\n    say: Hi.", [(1, "E202")]),
        ("set x to hello\nsay: {x}", [(1, "E202")]),
        ("set worker.job to nurse", []),
        ("do ping with to = nurse", [(1, "E202")]),
        ('do ping with to = "nurse"', []),
        (TABLE + "for each product in products:\n    say: {name}", [(5, "E202")]),
        (TABLE + "ask which: Which?\n    choices from products: {name}\nsay: {which.price}", [(6, "E205")]),
        ("say: {worker.name.first}", [(1, "W201")]),
        ("set worker.trained to today\nsay: {worker.trained}", []),
        ("tell boss: Hi.\n    if nobody: stop", []),
        ("tell supervsior: Hi.\n    if nobody: stop", [(1, "W202")]),
    ],
)
def test_names(found: Found, lines: str, codes: list[tuple[int, str]]) -> None:
    assert found(lines) == codes


DECLARED = {
    "input": "    inputs:\n        thing: text\n",
    "table": "table thing:\n    code\n    a\n",
    "section": "section thing\n",
    "message": "say thing: Hello.\n",
    "question": "ask thing: How many?\n    answer: whole number\n",
    "variable": "set thing to 1\n",
    "word": "for each thing in rooms:\n    say: Hello.\n",
    "result": "do fetch as thing\n",
}
"""Lines that give a name; the input stands in the header, so it comes first."""


@pytest.mark.parametrize(("first", "second"), [pair for pair in permutations(DECLARED, 2) if pair[1] != "input"])
def test_names_of_all_kinds_share_one_space(found: Found, first: str, second: str) -> None:
    flow = "flow clinic: Clinic\n" + DECLARED[first] + DECLARED[second] + "table rooms:\n    code\n    b\n"
    corrects = {first, second} == {"question", "variable"}
    assert ("E200" in {code for _, code in found(flow)}) is not corrects


@pytest.mark.parametrize("kind", ["table", "section", "message", "question"])
def test_a_name_of_these_is_given_once(found: Found, kind: str) -> None:
    again = DECLARED[kind].replace("thing", "Thing")
    assert "E200" in {code for _, code in found(DECLARED[kind] + again)}


WORDS = """
    worker facility supervisor score max_score attempt outcome question tries_left reason previous taker my today now
    this_week last_week this_month last_month
"""


@pytest.mark.parametrize("word", WORDS.split())
def test_a_word_of_the_language_is_no_name(found: Found, word: str) -> None:
    for name in (word, word.upper()):
        assert (1, "E201") in found(f"ask {name}: How many?\n    answer: whole number\n")


def test_an_input_may_be_called_supervisor(found: Found) -> None:
    assert (
        found("flow clinic: Clinic\n    inputs:\n        supervisor: worker\ntell supervisor: Hi {worker.name}.") == []
    )


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ("{name}", "Write `worker.name`"),
        ("{First_Name}", "Write `worker.first_name`"),
        ("{csaes}", "Do you mean `cases`?"),
        ("{roun(1)}", "Do you mean `round`?"),
        ("{worker.nmae}", "Do you mean `name`?"),
        (
            "{nothing_like_it}",
            "Write the name of a question, an input, a variable or a table, or put a text in quotes.",
        ),
    ],
)
def test_the_nearest_name_is_proposed(written: str, hint: str) -> None:
    findings = load_text(f"flow clinic: Clinic\n{CASES}say: {written}\n", "test.flow").findings
    assert [finding.hint for finding in findings if finding.code != "W290"] == [hint]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("set x to lookup(nowhere, 1).name", [(1, "E202")]),
        ("set x to lookup(worker.name, 1).name", [(1, "E206")]),
    ],
)
def test_a_table_that_there_is_not_is_told_once(found: Found, text: str, codes: list[tuple[int, str]]) -> None:
    assert found(text) == codes


@pytest.mark.parametrize(
    ("tag", "hint"),
    [
        ("es", "Add it to `languages:` in the header, or mend the two letters."),
        ("fe", "Do you mean `fr`?"),
    ],
)
def test_another_language_is_no_slip_of_one_that_there_is(tag: str, hint: str) -> None:
    text = f"flow x: X\n    languages: en, fr\nsay: A.\n    fr: B.\n    {tag}: C.\n"
    assert [each.hint for each in load_text(text, "x.flow").findings if each.code == "E212"] == [hint]


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("reason", "Choose another name, like `why`. Here `reason` is why `verify` or an action failed."),
        ("Score", "Choose another name, like `points`. Here `Score` is what the quiz questions gave so far."),
        ("now", "Choose another name, like `this_now`."),
    ],
)
def test_another_name_is_proposed_for_a_word_of_the_language(name: str, hint: str) -> None:
    (finding,) = [
        each
        for each in load_text(f"flow a: A\nask {name}: Why?\n    answer: text\nsay: Bye.\n", "a.flow").findings
        if each.code == "E201"
    ]
    assert finding.hint == hint


@pytest.mark.parametrize(
    ("field", "said", "hint"),
    [
        ("supervisor.name", "`supervisor.name`", "Of a supervisor a flow knows nothing that a text could show"),
        ("groups", "`groups`", "Whether somebody is in a group is asked like this: `if worker is in group nurses:`."),
        ("frist_name", "`frist_name`", "Do you mean `first_name`?"),
    ],
)
def test_a_field_that_workers_lack_is_told_with_what_there_is(field: str, said: str, hint: str) -> None:
    text = f"flow a: A\nsay: Hello {{worker.{field}}}.\n"
    (finding,) = [each for each in load_text(text, "a.flow").findings if each.code == "W201"]
    assert finding.message.startswith(said)
    assert finding.hint.startswith(hint)
