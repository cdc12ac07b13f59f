"""Every operation says where it can lead; what no way leads to is known."""

from __future__ import annotations

from grammar import program as p
from grammar.loader import load_text
from study.ways import entries, reached, ways


def program(text: str) -> p.Program:
    loaded = load_text("flow shown: Shown\n" + text, "shown.flow")
    assert loaded.compiled is not None, loaded.findings
    return loaded.compiled.programs[0]


def kinds(text: str, kind: type[p.Code]) -> list[str]:
    made = program(text)
    at = next(at for at, op in enumerate(made.code) if isinstance(op, kind))
    return sorted(way.kind for way in ways(made, at))


def test_a_condition_leads_two_ways_and_a_question_as_many_as_it_has_arrows_and_blocks() -> None:
    assert kinds("if worker.name is empty: stop\n", p.Unless) == ["met", "otherwise"]
    assert kinds("ask x: X?\n    1. a: A -> y\n    2. b: B\nsay y: Y\n", p.Ask) == ["choice", "give_up", "next"]
    assert kinds("ask x: X?\n    1. a: A -> y\n    2. b: B -> y\nsay y: Y\n", p.Ask) == ["choice", "choice", "give_up"]
    verify = "verify pin: PIN?\n    answer: 4 digits\n    if failed: stop as locked\n"
    assert kinds(verify, p.Ask) == ["failed", "give_up", "next"]
    assert kinds("tell supervisor: X\n    if nobody: stop\n", p.Tell) == ["next", "nobody"]


def test_the_end_of_the_file_behind_a_stop_is_not_reached() -> None:
    made = program("ask x: X?\n    answer: yes or no\nstop as done\n")
    unreached = set(range(len(made.code))) - reached(made)
    assert [made.code[at] for at in unreached] == [p.Stop("completed")]


def test_what_happens_beside_the_conversation_begins_there() -> None:
    made = program("after 1 day: stop as late\non word PRICE:\n    say: Free.\nask x: X?\n    answer: yes or no\n")
    assert [entry.kind for entry in entries(made)] == ["after", "word"]
    assert made.code[entries(made)[0].to] == p.Stop("late")
    assert {entry.to for entry in entries(made)} <= reached(made)
