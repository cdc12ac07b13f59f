"""What other tools insert, and how, is told at its own place, with what inserts it here."""

from __future__ import annotations

import pytest

from grammar.loader import load_text

ASK = "flow clinic: Clinic\nask cases: How many?\n    answer: whole number\n"


def told(line: str) -> list[tuple[int, int, str, str]]:
    """(line below the question, column, code, hint) of each finding."""
    findings = load_text(f"{ASK}{line}\n", "test.flow").findings
    return [(each.line - 3, each.column, each.code, each.hint) for each in findings if each.code != "W290"]


DOLLARS = "Where an amount of dollars is meant, put a space behind the `$`."


@pytest.mark.parametrize(
    ("line", "column", "code", "hint"),
    [
        ("say: Thanks, you sent @results.cases today.", 23, "W241", "Write `{cases}`"),
        ("say: Dear @contact.first_name, thank you.", 11, "W241", "Write `{worker.first_name}`"),
        ("say: You sent {cases}: {{cases}} cases.", 24, "W242", "Write `{cases}`"),
        ("say: You sent ${cases} cases.", 15, "W246", f"Write `{{cases}}`. {DOLLARS}"),
        ("say: Dear ${worker.first_name}, hello.", 11, "W246", f"Write `{{worker.first_name}}`. {DOLLARS}"),
        ("say: You sent [cases] cases.", 15, "W246", "Write `{cases}`"),
        ("say: You sent <cases> cases.", 15, "W246", "Write `{cases}`"),
        ("say: Dear <name>, you sent {cases}.", 11, "W246", "Write `{worker.name}`"),
        ("say: You sent [ Cases ] cases.", 15, "W246", "Write `{Cases}`"),
        ("say: Dear [Name], you sent {cases}.", 11, "W246", "Write `{worker.name}`"),
        ("say: Dear [worker.first_name], hello.", 11, "W246", "Write `{worker.first_name}`"),
        (
            "say: Dear {worker}, hello.",
            12,
            "W247",
            "Write `{worker.first_name}`, or `{worker.name}` for the full name.",
        ),
    ],
)
def test_a_value_in_the_signs_of_another_tool(line: str, column: int, code: str, hint: str) -> None:
    assert told(line) == [(1, column, code, hint)]


@pytest.mark.parametrize(
    "line",
    [
        "say: Press [1] or [ok], then [*].",
        "say: It costs $ {cases}, that is $20.",
        "say: Write to clinic@moh.gov, or {{so}}.",
        "say: {worker.first_name} of {facility}, number {worker.id}.",
        "say: The {{{cases}}} stands in braces.",
    ],
)
def test_what_only_looks_like_it_is_sent_as_it_stands(line: str) -> None:
    assert told(line) == []


def test_each_is_told_on_its_own_line_of_a_long_text() -> None:
    text = "say: Hello.\n\n    > You sent @results.cases.\n    # for us\n    > Dear {worker.name}, ${cases}."
    assert [(line, column, code) for line, column, code, _ in told(text)] == [(3, 16, "W241"), (5, 27, "W246")]


@pytest.mark.parametrize("word", ["blank", "Missing", "null", "none"])
def test_what_other_tools_call_no_answer(word: str) -> None:
    hint = "What has no answer `is empty`; what has one `is not empty`."
    assert [found[1:] for found in told(f"if cases is {word}:\n    say: Hello.\n")] == [(13, "E202", hint)]
