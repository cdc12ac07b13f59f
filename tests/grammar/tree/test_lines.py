"""One line in, one node out: the fields that the rest of the language reads."""

from __future__ import annotations

from typing import Any

import pytest

from grammar import nodes
from grammar.parser import parse
from grammar.reader import read


def top(text: str) -> Any:
    file, findings = parse(read(text.encode(), "a.flow")[0])
    assert findings == []
    (line,) = file.flows or file.loose
    return line


def below(first: str, *lines: str) -> Any:
    """The one thing below a line."""
    node = top("\n    ".join([first, *lines]))
    found = {nodes.Flow: "header", nodes.Question: "attributes", nodes.Rehearsal: "steps"}[type(node)]
    (line,) = getattr(node, found)
    return line


def plain(node: object) -> Any:
    """A node without places: a dict of its fields, a name as its text, an empty field left out."""
    match node:
        case nodes.Name(text) | nodes.Literal(text) | nodes.Quoted(text):
            return text
        case nodes.Path():
            return node.text
        case nodes.Number(value) | nodes.Time(value) | nodes.Date(value):
            return value
        case nodes.Duration(amount, unit):
            return f"{amount} {unit}"
        case nodes.TextNode(pieces):
            return "".join(piece if isinstance(piece, str) else "{}" for piece in pieces)
        case nodes.Message():
            return {f"{lang}.{channel}".strip("."): plain(text) for lang, channel, text in node.versions()}
        case nodes.Node():
            fields = {name: plain(getattr(node, name)) for name in node.__struct_fields__ if name != "span"}
            return {name: value for name, value in fields.items() if value is not False and value not in (None, "", [])}
        case tuple():
            return [plain(item) for item in node]
    return node


HEADER = [
    ("languages: en, pt-BR", {"tags": ["en", "pt-BR"]}),
    ("channels: sms, ivr", {"names": ["sms", "ivr"]}),
    ("sensitive: a, b", {"names": ["a", "b"]}),
    ("start on event e", {"event": "e"}),
    ("start on word STOCK or ኮሌራ", {"words": ["STOCK", "ኮሌራ"]}),
    ("start on word A\n        only for group g", {"words": ["A"], "only_for": {"group": "g"}}),
    (
        "start every Monday at 8:00 for group g\n        unless done since Saturday",
        {"every": "Monday", "at": "08:00", "audience": {"group": "g"}, "since": "Saturday"},
    ),
    ("start every month on the 1st for group g", {"every": {"day": 1}, "audience": {"group": "g"}}),
    ("start every month on the last day for group g", {"every": {"day": 0}, "audience": {"group": "g"}}),
    (
        "start on 5 January 2026 at 09:00 for workers where cadre is nurse",
        {
            "day": 5,
            "month": "January",
            "year": 2026,
            "at": "09:00",
            "audience": {"when": {"name": "=", "args": ["cadre", "nurse"]}},
        },
    ),
    ("short form: a, b", {"questions": ["a", "b"]}),
    ("short form: each product, on_hand", {"questions": ["on_hand"], "each": "product"}),
    ("short form: on_hand of each product", {"questions": ["on_hand"], "of_each": "product"}),
    ("quiet hours 20:00 to 7:00", {"begin": "20:00", "end": "07:00"}),
    ("allow back", {}),
    ("sms letters: plain", {"kind": "plain"}),
    ("moved a -> b", {"old": "a", "new": "b"}),
    ("moved a → b", {"old": "a", "new": "b"}),
    ("tries: 2", {"count": 2}),
    ("remind after 4 hours: {question}", {"after": "4 hour", "message": {"": "{}"}}),
    ("remind after 1 day", {"after": "1 day"}),
    ("give up after 2 days: stop as x", {"after": "2 day", "block": {"statements": [{"outcome": "x"}]}}),
    ("fr: Titre", {"key": "fr", "message": {"": "Titre"}}),
]


@pytest.mark.parametrize(("line", "fields"), HEADER, ids=[line for line, _ in HEADER])
def test_header(line: str, fields: dict[str, Any]) -> None:
    assert plain(below("flow x: X", line)) == fields


INPUTS = [
    ("a: text up to 20 letters", {"name": "a", "type": {"kind": "text", "limit": 20}}),
    ("a: date optional", {"name": "a", "type": {"kind": "date"}, "optional": True}),
    ("a: worker", {"name": "a", "type": {"kind": "worker"}}),
    ("a: list of worker", {"name": "a", "type": {"item": {"kind": "worker"}}}),
    ("a: one of b, c", {"name": "a", "type": {"kind": "choice", "codes": ["b", "c"]}}),
    ("a: one or more of b, c", {"name": "a", "type": {"kind": "choices", "codes": ["b", "c"]}}),
    ("a: table of b, c (1 to 9 rows)", {"name": "a", "type": {"columns": ["b", "c"], "least": 1, "most": 9}}),
    ("a: table of b", {"name": "a", "type": {"columns": ["b"]}}),
    (
        "a: one of\n            1. b: B\n            2. c: C\n                fr: D",
        {
            "name": "a",
            "type": {"kind": "choice"},
            "choices": [
                {"number": 1, "code": "b", "label": {"": "B"}},
                {"number": 2, "code": "c", "label": {"": "C", "fr": "D"}},
            ],
        },
    ),
]


@pytest.mark.parametrize(("line", "fields"), INPUTS, ids=[line for line, _ in INPUTS])
def test_inputs(line: str, fields: dict[str, Any]) -> None:
    assert plain(below("flow x: X", "inputs:", f"    {line}").inputs) == [fields]


TYPES = [
    ("yes or no", {"kind": "yesno"}),
    ("whole number", {"kind": "whole"}),
    ("whole number from 0 to 90", {"kind": "whole", "low": "0", "high": "90"}),
    ("number at least 5", {"kind": "number", "low": "5"}),
    ("decimal at most 1.5", {"kind": "decimal", "high": "1.5"}),
    ("text", {"kind": "text"}),
    ("date not in the future", {"kind": "date", "rule": "not_future"}),
    ("date not in the past", {"kind": "date", "rule": "not_past"}),
    ("date from 2025-01-01 to today", {"kind": "date", "low": "2025-01-01", "high": "today"}),
    ("time", {"kind": "time"}),
    ("phone number", {"kind": "phone"}),
    ("4 digits", {"kind": "digits", "limit": 4}),
    ("facility", {"kind": "facility"}),
    ("one of a, b", {"kind": "choice", "codes": ["a", "b"]}),
    ("one or more", {"kind": "choices"}),
    ("recording up to 1 minute", {"kind": "recording", "length": "1 minute"}),
]


@pytest.mark.parametrize(("kind", "fields"), TYPES, ids=[kind for kind, _ in TYPES])
def test_kinds_of_answers(kind: str, fields: dict[str, Any]) -> None:
    assert plain(below("ask q: Q?", f"answer: {kind}")) == {"type": fields}
    assert plain(below("ask q: Q?", f"answer on ivr: {kind}")) == {"type": fields, "channel": "ivr"}


CHOICES = [
    ("1. yes: Yes", {"number": 1, "code": "yes", "label": {"": "Yes"}}),
    ("12) no: No, I don't", {"number": 12, "code": "no", "label": {"": "No, I don't"}}),
    ("1.\tyes: Yes", {"number": 1, "code": "yes", "label": {"": "Yes"}}),
    ("- Other", {"code": "other", "label": {"": "Other"}}),
    ("• Other!", {"code": "other", "label": {"": "Other!"}}),
    ("– a: A -> b", {"code": "a", "label": {"": "A"}, "go": "b"}),
    (
        "3. none: None of them (Alone) → b",
        {"number": 3, "code": "none", "label": {"": "None of them"}, "alone": True, "go": "b"},
    ),
    ("1. a: 3 -> 4 weeks", {"number": 1, "code": "a", "label": {"": "3 -> 4 weeks"}}),
    (
        "1. a: A\n        fr: B\n        voice: C",
        {"number": 1, "code": "a", "label": {"": "A", "fr": "B", "voice": "C"}},
    ),
]


@pytest.mark.parametrize(("line", "fields"), CHOICES, ids=[line for line, _ in CHOICES])
def test_choices(line: str, fields: dict[str, Any]) -> None:
    assert plain(below("ask q: Q?", line)) == fields


ATTRIBUTES = [
    ("optional", {}),
    ("secret", {}),
    ("tries: 3", {"count": 3}),
    ("points: 2", {"count": 2}),
    ("correct: a, c", {"values": ["a", "c"]}),
    ("only if a", {"when": "a"}),
    ("check q < 5: Too many.", {"when": {"name": "<", "args": ["q", "5"]}, "message": {"": "Too many."}}),
    ("confirm if q > 5: Sure?", {"when": {"name": ">", "args": ["q", "5"]}, "message": {"": "Sure?"}}),
    ("confirm: Sure?", {"message": {"": "Sure?"}}),
    ("hint: Send 1.", {"message": {"": "Send 1."}}),
    ("dhis2: fbfJHSPpUQD", {"system": "dhis2", "target": "fbfJHSPpUQD"}),
    ("FHIR: 1.2.3", {"system": "fhir", "target": "1.2.3"}),
    ("if invalid: Please.\n        fr: Prière.", {"kind": "invalid", "message": {"": "Please.", "fr": "Prière."}}),
    ("if right:\n        say: Yes.", {"kind": "right", "block": {"statements": [{"message": {"": "Yes."}}]}}),
    ("if wrong:\n        > No.", {"kind": "wrong", "message": {"": "No."}}),
    ("if failed: stop", {"kind": "failed", "block": {"statements": [{}]}}),
    ("if too many tries: go to a", {"kind": "too_many", "block": {"statements": [{"target": "a"}]}}),
    ("choices from t: {name}", {"source": "t", "label": {"": "{}"}}),
    ("choices from workers where a: {name}", {"source": {"when": "a"}, "label": {"": "{}"}}),
    ("ask again if wrong: after 2 days until right", {"after": "2 day", "until_right": True}),
    ("ask again if wrong: after 1 week", {"after": "1 week"}),
    ("go on after 1 day", {"after": "1 day"}),
]


@pytest.mark.parametrize(("line", "fields"), ATTRIBUTES, ids=[line for line, _ in ATTRIBUTES])
def test_below_a_question(line: str, fields: dict[str, Any]) -> None:
    assert plain(below("quiz q: Q?", line)) == fields


def test_a_question_keeps_its_texts_together_and_its_lines_in_order() -> None:
    node = top("Verify pin: PIN?\n    tries: 3\n    fr: Code ?\n    secret\n    sms: Pin?\n")
    assert plain(node) == {
        "kind": "verify",
        "name": "pin",
        "message": {"": "PIN?", "fr": "Code ?", "sms": "Pin?"},
        "attributes": [{"count": 3}, {}],
    }


STATEMENTS = [
    ("say welcome: Hello", {"name": "welcome", "message": {"": "Hello"}}),
    ("tell boss: x", {"target": "boss", "message": {"": "x"}}),
    ("tell urgent group g: x", {"target": {"group": "g"}, "urgent": True, "message": {"": "x"}}),
    ("tell a of worker.facility: x", {"target": {"role": "a", "of": "worker.facility"}, "message": {"": "x"}}),
    (
        "tell boss every Friday at 16:00: x",
        {"target": "boss", "digest": {"day": "Friday", "at": "16:00"}, "message": {"": "x"}},
    ),
    ("tell boss: x\n    if nobody: stop", {"target": "boss", "message": {"": "x"}, "nobody": {"statements": [{}]}}),
    ("choose language", {}),
    (
        "choose language: Which?\n    fr: Quelle ?\n    tries: 2",
        {"message": {"": "Which?", "fr": "Quelle ?"}, "attributes": [{"count": 2}]},
    ),
    ("choose facility", {"kind": "place"}),
    ("choose pin", {"kind": "pin"}),
    ("for each a in b: stop", {"word": "a", "source": "b", "block": {"statements": [{}]}}),
    ("for each a in workers where b: stop", {"word": "a", "source": {"when": "b"}, "block": {"statements": [{}]}}),
    ("take batch: stop", {"thing": "batch", "block": {"statements": [{}]}}),
    ("wait 1 day at 09:00", {"length": "1 day", "at": "09:00"}),
    ("wait until tomorrow at t", {"moment": "tomorrow", "at": "t"}),
    ("wait until next weekday at 09:00", {"day": "weekday", "at": "09:00"}),
    ("wait until all quizzes are right", {}),
    ("go to a", {"target": "a"}),
    ("-> a", {"target": "a"}),
    ("=> a", {"target": "a"}),
    ("stop", {}),
    ("STOP as a", {"outcome": "a"}),
    ("set worker.phone to p", {"target": "worker.phone", "value": "p"}),
    ("add worker to group g", {"person": "worker", "group": "g", "add": True}),
    ("remove worker from group g", {"person": "worker", "group": "g"}),
    (
        "run f with a = 1, b = c as r",
        {"flow": "f", "args": [{"name": "a", "value": "1"}, {"name": "b", "value": "c"}], "result": "r"},
    ),
    ("do a as r\n    if failed: stop", {"action": "a", "result": "r", "failed": {"statements": [{}]}}),
    ("start flow f for boss with a = 1", {"flow": "f", "target": "boss", "args": [{"name": "a", "value": "1"}]}),
    (
        "submit to dhis2 with a = last_week and wait",
        {"system": "dhis2", "args": [{"name": "a", "value": "last_week"}], "waits": True},
    ),
    ("ask again q for a b", {"question": "q", "word": "a", "row": "b"}),
    ("ask again q", {"question": "q"}),
    ("ask again: Once more?", {"kind": "ask", "name": "again", "message": {"": "Once more?"}}),
    (
        "if a: stop\notherwise if b: stop\notherwise: stop",
        {
            "branches": [{"when": "a", "block": {"statements": [{}]}}, {"when": "b", "block": {"statements": [{}]}}],
            "otherwise": {"statements": [{}]},
        },
    ),
    ("section a: A\n    fr: B", {"name": "a", "title": {"": "A", "fr": "B"}}),
    ("section a", {"name": "a"}),
    ("include common/consent.flow", {"path": "common/consent.flow"}),
    ("table a from b.csv", {"name": "a", "path": "b.csv"}),
    ("after 4 hours unless a: stop", {"after": "4 hour", "unless": "a", "block": {"statements": [{}]}}),
    ("on word A or B: stop", {"words": ["A", "B"], "block": {"statements": [{}]}}),
    ("on event a with same b, c: stop", {"event": "a", "same": ["b", "c"], "block": {"statements": [{}]}}),
    (
        "test worker ama:\n    facility.name: Kpando",
        {"name": "ama", "fields": [{"name": "facility.name", "value": "Kpando"}]},
    ),
]


@pytest.mark.parametrize(("line", "fields"), STATEMENTS, ids=[line for line, _ in STATEMENTS])
def test_statements(line: str, fields: dict[str, Any]) -> None:
    assert plain(top(line)) == fields


STEPS = [
    ("start", {}),
    (
        "start f on ivr with a = b at 2025-03-03 21:00",
        {"flow": "f", "channel": "ivr", "args": [{"name": "a", "value": "b"}], "date": "2025-03-03", "time": "21:00"},
    ),
    ("start at 07:00", {"time": "07:00"}),
    ("reply: 1 and {3}", {"text": "1 and {3}"}),
    ("reply as boss: ok", {"text": "ok", "who": "boss"}),
    ("reply:\n        > a\n        > b", {"text": "a\nb"}),
    ("press: 1#", {"keys": "1#"}),
    ("hang up", {}),
    ("no reply for 4 hours", {"length": "4 hour"}),
    ("expect: *x*", {"text": "*x*"}),
    ("expect not: x", {"text": "x", "kind": "not"}),
    ("expect voice = 1", {"when": {"name": "=", "args": ["voice", "1"]}}),
    ("expect voice: x", {"text": "x", "kind": "voice"}),
    ("expect to boss: x", {"text": "x", "kind": "to", "who": "boss"}),
    ("expect nothing", {}),
    ("expect nothing to group g", {"who": {"group": "g"}}),
    ("expect outcome = a", {"when": {"name": "=", "args": ["outcome", "a"]}}),
    ("expect not x is 1", {"when": {"name": "not", "args": [{"name": "=", "args": ["x", "1"]}]}}),
    ("do a gives b = 1", {"action": "a", "args": [{"name": "b", "value": "1"}]}),
    ("do a fails", {"action": "a"}),
]


@pytest.mark.parametrize(("line", "fields"), STEPS, ids=[line for line, _ in STEPS])
def test_steps_of_a_test(line: str, fields: dict[str, Any]) -> None:
    assert plain(below("test: T", line)) == fields


def test_a_table_is_its_header_and_its_rows() -> None:
    node = top("table t:\n    code | name  | fr\n    act  | ACT t | -\n    x|y\n")
    assert [[cell.text for cell in row.cells] for row in (node.header, *node.rows)] == [
        ["code", "name", "fr"],
        ["act", "ACT t", "-"],
        ["x", "y"],
    ]
    assert [cell.span.column for cell in node.rows[0].cells] == [5, 12, 20]


def test_a_table_can_be_pasted_from_a_sheet() -> None:
    node = top("table t:\n\tcode\tname\n\tact\tACT tablets\n")
    assert [cell.text for cell in node.rows[0].cells] == ["act", "ACT tablets"]


def test_a_message_in_one_line_owns_the_languages_below() -> None:
    node = top("if a: say: x\n    fr: y\n")
    assert plain(node.branches[0].block) == {"statements": [{"message": {"": "x", "fr": "y"}}]}
