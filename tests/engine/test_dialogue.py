"""What is held is said once, at its time, to whom it is for; a digest is cut where a message would be too long."""

from __future__ import annotations

from engine.dialogue import Dialogue, Line, gathered
from engine.limits import LETTERS

NIGHT, MORNING = 1_000, 9_000


def held(*lines: Line) -> Dialogue:
    """Each line is of the conversation 1, and may go in the morning."""
    dialogue = Dialogue()
    for line in lines:
        dialogue.add(line, 1, MORNING)
    return dialogue


def said(dialogue: Dialogue) -> list[tuple[int, str]]:
    return [(line.at, line.text) for line in dialogue.said]


def test_what_is_held_is_said_once_and_not_before_its_time() -> None:
    dialogue = held(Line(NIGHT, "flow", "Hello"))
    dialogue.until(MORNING - 1)
    assert said(dialogue) == []
    dialogue.until(MORNING)
    dialogue.until(MORNING + 1)
    assert said(dialogue) == [(MORNING, "Hello")]


def test_of_several_reminders_the_last_is_said() -> None:
    dialogue = held(*(Line(NIGHT, "flow", text, kind="reminder") for text in ("First", "Second")))
    dialogue.add(Line(NIGHT, "flow", "Another's", kind="reminder"), 2, MORNING)
    dialogue.until(MORNING)
    assert said(dialogue) == [(MORNING, "Second"), (MORNING, "Another's")]


def test_who_writes_at_night_reads_what_waited_and_no_reminder() -> None:
    dialogue = held(Line(NIGHT, "flow", "Hello"), Line(NIGHT, "flow", "Well?", kind="reminder"))
    dialogue.add(Line(NIGHT, "flow", "For another"), 2, MORNING)
    dialogue.add(Line(NIGHT, "flow", "To the boss", to="boss"), 1, MORNING)
    dialogue.release(1, "", NIGHT + 1)
    assert said(dialogue) == [(NIGHT + 1, "Hello")]
    dialogue.until(MORNING)
    assert said(dialogue)[1:] == [(MORNING, "For another"), (MORNING, "To the boss")]


def test_gathered_lines_are_one_message_as_long_as_one_may_be() -> None:
    half = "a" * (LETTERS // 2)
    rest = "b" * (LETTERS - len(half) - 1)
    assert gathered(["one", "two"]) == ["one\ntwo"]
    assert gathered([half, rest]) == [f"{half}\n{rest}"]
    assert gathered([half, rest + "b", "c"]) == [half, f"{rest}b\nc"]


def test_gathered_lines_go_when_their_time_has_come() -> None:
    dialogue = Dialogue()
    dialogue.gather(Line(NIGHT, "flow", "one", to="boss"), MORNING)
    dialogue.gather(Line(NIGHT, "flow", "two", to="boss"), MORNING)
    dialogue.gather(Line(NIGHT, "flow", "three", to="deputy"), MORNING)
    dialogue.until(MORNING - 1)
    assert said(dialogue) == []
    dialogue.until(MORNING)
    assert said(dialogue) == [(MORNING, "one\ntwo"), (MORNING, "three")]
