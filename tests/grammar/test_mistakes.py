"""What a good colleague would say of each mistake, where it stands, and what to write instead."""

from __future__ import annotations

import pytest

from grammar.diagnostics import Finding
from grammar.parser import parse
from grammar.reader import read


def said(text: str) -> list[Finding]:
    return parse(read(text.encode(), "a.flow")[0])[1]


def under(first: str, line: str) -> str:
    return f"{first}\n    {line}\n"


ASK = "ask q: Ready?"
FLOW = "flow x: X"
TEST = "test: T"

PROPOSALS = [
    # the first word of a line
    ("sya: Hello.", 1, "E001", "Write `say: Hello.`"),
    ("Langauges: en", 1, "E001", "Do you mean `languages`? It belongs in the header of a flow."),
    (under(FLOW, "langauges: en"), 5, "E001", "Write `languages: en`"),
    (under(ASK, "hnt: Send 1."), 5, "E001", "Write `hint: Send 1.`"),
    ("goto x", 1, "E001", "Here it is called `go to`."),
    ("print: x", 1, "E034", "Write `say: x`"),
    # colons
    ("if a is b\n    stop\n", 10, "E002", "Write `if a is b:`"),
    ("say Hello there", 4, "E002", "Write `say: Hello there`"),
    ('say "Hello there"', 4, "E002", "Write `say: Hello there`"),
    ("tell boss Hello there", 11, "E002", "Write `tell boss: Hello there`"),
    ("tell a, b: Hi", 7, "E034", "Write a line for each of them: `tell a: …`, `tell b: …`"),
    (
        "tell urgent group lab and a & b: Hi",
        23,
        "E034",
        "Write a line for each of them: `tell urgent group lab: …`, `tell urgent a: …`, `tell urgent b: …`",
    ),
    (
        "set x to if(q is not one of a, b, 1, 2)",
        26,
        "E034",
        "Inside the brackets of a function, put `… is one of …` in brackets of its own.",
    ),
    (under(ASK, "answer whole number"), 12, "E002", "Write `answer: whole number`"),
    (under(ASK, "check q > 5 Too many."), 17, "E002", "Write `check q > 5: Too many.`"),
    (under(ASK, "if invalid Please."), 16, "E002", "Write `if invalid: Please.`"),
    (under(TEST, "reply 1"), 11, "E002", "Write `reply: 1`"),
    # words inside a line
    ("go too x", 4, "E003", "Write `to`"),
    ("choose langage", 8, "E003", "Write `language`"),
    ("set x = 5", 7, "E003", "Write `set x to 5`"),
    ("for each a of b:\n    stop\n", 12, "E003", "Write `for each a in b:`"),
    (under(ASK, "only when a is b"), 10, "E003", "Write `only if a is b`"),
    (under(ASK, "answer: yes/no"), 16, "E003", "Write `answer: yes or no`"),
    (under(ASK, "answer: date not in future"), 18, "E003", "Write `not in the future`"),
    (under(ASK, "answer: whole nmber"), 19, "E003", "Write `number`"),
    (under(TEST, "start wiht a = 1"), 11, "E003", "Write `with`"),
    ("go x", 4, "E028", "Write `go to x`"),
    ("set x 5", 7, "E028", "Write `set x to 5`"),
    ("stop completed", 6, "E028", "Write `stop as completed`"),
    ("submit dhis2", 8, "E028", "Write `submit to dhis2`"),
    ("for a in b:\n    stop\n", 5, "E028", "Write `for each a in b:`"),
    ("if a yes:\n    stop\n", 6, "E028", "Write `if a is yes:`"),
    ("run a with b=1 c=2", 16, "E028", "Write `run a with b=1, c=2`"),
    (under(ASK, "remind 4 hours"), 12, "E028", "Write `remind after 4 hours`"),
    (under(FLOW, "start word X"), 11, "E028", "Write `start on word X`"),
    (under(FLOW, "languages: en fr"), 19, "E028", "Write `languages: en, fr`"),
    (under(FLOW, "quiet hours: 20:00 to 07:00"), 16, "E021", "Write `quiet hours 20:00 to 07:00`"),
    (under(ASK, "tries: 3 times"), 14, "E021", "Write `tries: 3`"),
    ("wait for 1 day", 1, "E034", "Write `wait 1 day`"),
    ("do x(a = 1)", 1, "E034", "Write `do x with a = 1`"),
    ("wait n days", 1, "E034", "Write `wait until now + n * 1 day`"),
    ("wait for n hours", 1, "E034", "Write `wait until now + n * 1 hour`"),
    ("wait n day at 09:00", 1, "E034", "Write `wait until today + n * 1 day at 09:00`"),
    # lines as programs have them
    ('say "Hello";', 1, "E034", "Write `say: Hello`"),
    ("set x = n * 2;", 1, "E034", "Write `set x to n * 2`"),
    ("set x to n * 2;", 1, "E034", "Write `set x to n * 2`"),
    ("set x = n * 2", 7, "E003", "Write `set x to n * 2`"),
    ("if n > 3 & n < 10:\n    stop\n", 14, "E034", "Write `if n > 3 and n < 10:`"),
    ("if n is 3 | n is 5 | n is 9:\n    stop\n", 11, "E034", "Write `if n is 3 or n is 5 or n is 9:`"),
    # names
    ("ask has ors: Ready?", 5, "E004", "Join them: `has_ors`"),
    ("stop as very done", 9, "E004", "Join them: `very_done`"),
    ("say: {first name}", 7, "E004", "Join them: `first_name`"),
    ("ask régime-actuel: Quel ?", 5, "E005", "Write `regime_actuel`"),
    ("go to résumé", 7, "E005", "Write `resume`"),
    # values
    (under(ASK, "tries: three"), 12, "E011", "Write `tries: 3`"),
    (under(ASK, "tries: some"), 12, "E011", "Write the number in digits."),
    ("wait until tomorrow at 9", 24, "E012", "Write `09:00`"),
    ("wait until tomorrow at 9pm", 24, "E012", "Write `21:00`"),
    (under(FLOW, "start every Monday at 8 for group g"), 27, "E012", "Write `08:00`"),
    (under(ASK, "remind after 4 ours"), 20, "E015", "Write `4 hours`"),
    (under(ASK, "remind after 4"), 19, "E015", "Write `4 hours`"),
    (under(ASK, "remind after 1: Hello"), 19, "E015", "Write `1 hour`"),
    ("wait 2", 6, "E015", "Write `2 days`"),
    (under(ASK, "answer: whole number 0 to 90"), 26, "E032", "Write `from 0 to 90`"),
    (under(ASK, "answer: number between 0 and 90"), 20, "E032", "Write `from 0 to 90`"),
    (under(ASK, "answer: number 0-90"), 20, "E032", "Write `from 0 to 90`"),
    (under(ASK, "answer: integer"), 13, "E033", "Write `answer: whole number`"),
    (under(ASK, "answer: digits 4"), 13, "E033", "Write `answer: 4 digits`"),
    # choices and texts
    (under(ASK, "1. ORS packets"), 8, "E016", "Write `ors_packets: ORS packets`"),
    (under(ASK, "1 yes: Yes"), 5, "E031", "Write `1. yes: Yes`"),
    (under("say: Hello.", "Please wait for us."), 5, "E027", "Write `> Please wait for us.`"),
    ("stop as done # said", 14, "E025", "Put it on a line of its own."),
]


@pytest.mark.parametrize(("text", "column", "code", "hint"), PROPOSALS, ids=[p[0].strip() for p in PROPOSALS])
def test_a_mistake_is_said_once_with_its_place_and_a_proposal(text: str, column: int, code: str, hint: str) -> None:
    (found,) = said(text)
    assert (found.column, found.code, found.hint) == (column, code, hint)


NOT_MEANT = [
    # a text that goes on is no choice
    (under("say: Hello.", "a. First wash your hands"), "Write `> a. First wash your hands`"),
    (under(ASK, "Please wait for us."), "Write `> Please wait for us.`"),
]

RIGHT = ["1. yes: Yes -> bye", "1. yes: I go to work", "1. yes: Monday -> Friday, then we go to work"]


@pytest.mark.parametrize("choice", RIGHT)
def test_an_arrow_and_going_somewhere_stand_in_labels(choice: str) -> None:
    assert said(under(ASK, choice)) == []


@pytest.mark.parametrize(("text", "hint"), NOT_MEANT, ids=[w[0].strip() for w in NOT_MEANT])
def test_what_is_near_to_it_is_read_as_what_it_is(text: str, hint: str) -> None:
    (found,) = said(text)
    assert found.hint == hint


def test_a_translation_into_sinhala_is_no_condition() -> None:
    assert said("say: Hello.\n    si: Ayubowan.\n") == []


EXAMPLES = [
    ("stop as", "Write, for example, `stop as done`"),
    ("set x to", "Write, for example, `set x to yes`"),
    ("ask: Ready?", "Write, for example, `ask name: Ready?`"),
    ("if a =:\n    stop\n", "Write, for example, `if a = yes:`"),
    (under(ASK, "tries:"), "Write, for example, `tries: 3`"),
    ("say: {2 +}", "Write, for example, `2 + 1`"),
    ("set x to worker.", "Write, for example, `set x to worker.name`"),
]


@pytest.mark.parametrize(("text", "hint"), EXAMPLES, ids=[e[0].strip() for e in EXAMPLES])
def test_where_something_is_missing_an_example_is_shown(text: str, hint: str) -> None:
    (found,) = said(text)
    assert (found.code, found.hint) == ("E013", hint)


SENTENCES = [
    ("say: You said {, today}.", "Something is missing after `{`: a value."),
    ("stop as", "Something is missing after `as`: a name."),
    ("set x to", "Something is missing after `to`: a value."),
    ("if a =:\n    stop\n", "Something is missing after `=`: a value."),
    ("ask: Ready?", "Something is missing after `ask`: a name."),
    ("include", "Something is missing after `include`: a text."),
    ("on word:\n    stop\n", "Something is missing after `word`: a word."),
    ("set x to round(3", 'A bracket ")" is missing here.'),
    ("if (a is b:\n    stop\n", 'A bracket ")" is missing here.'),
    ('if a is "b:\n    stop\n', 'The quotation marks before `"b:` are not closed.'),
    ("say: Hello {name", 'The brace "{" is not closed.'),
    ("say: Hello {}", "Nothing stands between these braces."),
    ("say:", "There is no text here."),
    ("otherwise:\n    stop\n", "There is no `if` above this `otherwise`."),
    ("if a is b:", "Nothing stands below `if a is b:`."),
    (
        "choose something",
        "I cannot read this line from `something` on. Here could stand `facility`, `language` or `pin`.",
    ),
]


@pytest.mark.parametrize(("text", "sentence"), SENTENCES, ids=[s[0].strip() for s in SENTENCES])
def test_a_sentence_says_what_is_wrong(text: str, sentence: str) -> None:
    (found,) = said(text)
    assert found.message == sentence


INWARD = "indent it, so that it stands below the line it belongs to."
LEFT = "Remove the spaces at its beginning, so that it stands further left."

PLACES = [
    (
        "remind after 4 hours",
        "`remind` does not belong at the left margin.",
        f"It belongs under a question, or in the header of a flow: {INWARD}",
    ),
    (under(ASK, "say: Hello."), "`say` does not belong below `ask q: Ready?`.", LEFT),
    (under("if a is b:", "section c"), "`section` does not belong below `if a is b:`.", LEFT),
    (
        under("say: Hello.", "tries: 3"),
        "`tries` does not belong below `say: Hello.`.",
        "It belongs under a question, or in the header of a flow.",
    ),
    (under(FLOW, "1. yes: Yes"), "`1.` does not belong below `flow x: X`.", "It belongs under a question."),
    ("only for group lab", "`only` does not belong at the left margin.", f"It belongs below `start on word`: {INWARD}"),
    ("only if a is b", "`only` does not belong at the left margin.", f"It belongs under a question: {INWARD}"),
    ("expect: Hello.", "`expect` does not belong at the left margin.", f"It belongs in a test: {INWARD}"),
    ("bcg | BCG | 20", "`bcg | BCG | 20` does not belong at the left margin.", f"It belongs under a table: {INWARD}"),
    ("1 | ACT", "`1 | ACT` does not belong at the left margin.", f"It belongs under a table: {INWARD}"),
]


@pytest.mark.parametrize(("text", "sentence", "hint"), PLACES, ids=[p[0].strip() for p in PLACES])
def test_a_line_in_the_wrong_place_says_where_it_belongs(text: str, sentence: str, hint: str) -> None:
    (found,) = said(text)
    assert (found.code, found.message, found.hint) == ("E007", sentence, hint)


@pytest.mark.parametrize("line", ["  2. no: No", "  answer: number", "  if invalid: Please."])
def test_a_line_further_in_than_the_choice_above_belongs_beside_it(line: str) -> None:
    (found,) = said(f"ask q: Ready?\n    1. yes: Yes\n    {line}\n    3. maybe: Maybe\n")
    assert (found.line, found.column, found.code) == (3, 7, "E010")


def test_a_declared_language_is_no_misspelled_word() -> None:
    assert said("flow x: X\n    languages: en, sey\nsay: Hello.\n    sey: Bonjour.\n") == []
    assert [found.code for found in said("flow x: X\n    languages: en\nsay: Hello.\n    sey: Bonjour.\n")] == ["E001"]


def test_a_short_tag_is_no_misspelled_word() -> None:
    assert said("say: Hello.\n    hi: Namaste.\n    es: Hola.\n") == []
