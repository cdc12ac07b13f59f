"""A flow as boxes and arrows: what a supervisor reads is what runs, each box has room, and none stands upon another."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from grammar import program as p
from grammar.loader import load_folder, load_text
from study.graph.deciding import ROW, SKIPPED, decide
from study.graph.layers import Item, layered
from study.graph.measuring import rows, width
from study.graph.mermaid import mermaid
from study.graph.model import Arrow, Picture
from study.graph.picture import picture
from study.graph.placing import Placed, place
from study.graph.routing import lines
from study.graph.sizes import PAD, TEXT, drawn, label
from study.graph.svg import svg
from study.graph.words import length, said
from study.written import Written

ROOT = Path(__file__).parent.parent.parent
HEAD = "flow shown: Shown\n"
ALL = load_folder([ROOT / "flows", ROOT / "tests/language"])


TRIAGE = """\
    languages: en
    start on word TRIAGE
ask age: How old?
    answer: whole number from 0 to 59
ask sign: Which sign do you see?
    1. none_seen: None of these -> fever_part
    2. drink: Cannot drink or breastfeed -> danger
    3. vomit: Vomits everything -> danger
    4. convulsion: Has had convulsions -> danger
    5. sleepy: Is very sleepy, or unconscious -> danger
    6. unsure: I do not know -> again_part
section fever_part: Fever
ask fever: Has the child a fever?
    answer: yes or no
if fever is yes:
    ask rdt: What does the malaria test say?
        1. positive: Positive
        2. negative: Negative
        3. no_test: There are no tests
    if rdt is positive:
        if age < 6:
            say: Give the dose for small children.
        otherwise:
            say: Give the usual dose.
        stop as treated
    otherwise if rdt is no_test:
        tell supervisor: {facility.name} has no malaria tests.
        go to again_part
say: No malaria. Ask the parents to come back tomorrow.
stop as sent_home
section again_part: Once more
ask more: Do you want to begin again?
    answer: yes or no
if more is yes:
    go to sign
stop as given_back
section danger: Danger
tell urgent supervisor: Danger signs at {facility.name}: {sign}
    if nobody: tell group district: Danger signs at {facility.name}
say: Send the child to the hospital now.
stop as referred
"""


def program(text: str) -> p.Program:
    loaded = load_text(HEAD + text, "shown.flow")
    assert loaded.compiled is not None, loaded.findings
    return loaded.compiled.programs[-1]


def shown(text: str, language: str = "") -> Picture:
    return picture(program(text), Written({"shown.flow": (HEAD + text).splitlines()}), language)


def arrows(made: Picture) -> set[tuple[str, str, str]]:
    """Every arrow by the words of its boxes."""
    return {(made.boxes[one.source].text, made.boxes[one.target].text, one.label) for one in made.arrows}


ASK = "ask x: X?\n    answer: whole number from 0 to 9\n"


def test_choices_stand_on_the_arrows_that_they_take() -> None:
    flow = """ask x: X?
    1. a: Apples
    2. b: Bananas
    3. c: Cherries -> last
if x is a:
    say: A.
otherwise:
    say: Not A.
say last: Last.
"""
    assert arrows(shown(flow)) >= {
        ("X?", "A.", "1 Apples"),
        ("X?", "Not A.", "2 Bananas"),
        ("X?", "Last.", "3 Cherries"),
    }
    assert not [box for box in shown(flow).boxes.values() if box.kind == "either"]


def test_choices_that_all_lead_on_stand_in_the_box() -> None:
    made = shown("ask x: X?\n    1. a: Apples\n    2. b: Bananas\nsay: Last.\n")
    assert ("X?", "Last.", "") in arrows(made)
    assert "1 Apples · 2 Bananas" in next(box for box in made.boxes.values() if box.kind == "ask").notes


def test_a_row_a_skip_and_a_no_are_choices_too() -> None:
    flow = "table t:\n    code | name\n    a | A\n\nask x: X?\n    choices from t: {name}\n    0. none_of_them: None\n"
    flow += "if x is not none_of_them:\n    say: A row.\n"
    flow += "ask y: Y?\n    answer: yes or no\n    optional\nif y is yes:\n    say: Yes.\n"
    found = arrows(shown(flow))
    assert {("X?", "A row.", "a row of t"), ("X?", "Y?", "0 None")} <= found
    assert {("Y?", "Yes.", "Yes"), ("Y?", "completed", "No\nskipped")} <= found


def test_conditions_stand_on_the_arrows_of_the_box_before_them() -> None:
    made = shown(ASK + "if x > 5:\n    say: Much.\notherwise if x > 2:\n    say: Some.\nsay: Last.\n")
    assert arrows(made) >= {
        ("X?", "Much.", "x > 5"),
        ("X?", "Some.", "otherwise, if x > 2"),
        ("X?", "Last.", "otherwise"),
        ("Much.", "Last.", ""),
    }


def test_where_two_ways_meet_before_a_condition_stands_a_fork() -> None:
    made = shown(ASK + "if x > 5:\n    say: Much.\nif x > 7:\n    say: More.\n")
    assert [box.kind for box in made.boxes.values()].count("either") == 1


def test_a_loop_goes_back_from_its_end() -> None:
    made = shown("table t:\n    code | name\n    a | A\n\nfor each row in t:\n    say: {row.name}\nsay: Last.\n")
    assert arrows(made) >= {
        ("For each row in t", "{row.name}", ""),
        ("{row.name}", "Next row", ""),
        ("Next row", "For each row in t", ""),
        ("Next row", "Last.", "after the last"),
    }


def test_what_all_questions_share_is_drawn_once_and_beside() -> None:
    made = shown(
        "    give up after 1 day:\n        tell supervisor: Silence.\n        stop as late\n"
        + ASK
        + ASK.replace("x", "y")
    )
    assert arrows(made) >= {("No answer for 1 day", "Silence.", ""), ("Silence.", "late", "")}
    assert next(box for box in made.boxes.values() if box.text == "late").colour == "given_up"


def test_a_wait_for_right_answers_that_do_not_come_ends_as_silence_does() -> None:
    made = shown(
        "    give up after 3 weeks: stop as no_answer\nquiz q: Q?\n    answer: yes or no\n    correct: yes\n"
        "    ask again if wrong: after 2 days until right\nquiz r: R?\n    answer: yes or no\n    correct: no\n"
        "    ask again if wrong: after 2 days until right\nwait until all quizzes are right\nsay: Done.\n"
    )
    ends = {box.key: box for box in made.boxes.values() if box.text == "no answer"}
    assert {box.colour for box in ends.values()} == {"given_up"}
    assert "not in that time" in {arrow.label for arrow in made.arrows if arrow.target in ends}


def test_what_belongs_to_one_question_begins_at_it() -> None:
    flow = (
        ASK
        + "    give up after 2 days: stop as late\n    if too many tries: stop as hopeless\n"
        + ASK.replace("x", "y")
    )
    found = arrows(shown(flow))
    assert {("X?", "late", "no answer for 2 days"), ("X?", "hopeless", "3 answers that are not right")} <= found


def test_the_ways_of_a_pin_have_words_where_wrong_ones_have_a_way() -> None:
    pin = "verify pin: PIN?\n    answer: 4 digits\n    secret\n"
    after = "say: Secret.\n"
    assert arrows(shown(pin + after)) >= {("PIN?", "Secret.", "")}
    found = arrows(shown(pin + "    if failed: stop as locked\n" + after))
    assert found >= {("PIN?", "Secret.", "right"), ("PIN?", "locked", "wrong 3 times")}


def test_what_happens_beside_and_jumps_says_where_it_goes_on() -> None:
    made = shown(
        "after 1 day: go to last\non word PRICE:\n    say: Free.\n" + ASK + "section last: The end\nsay: Last.\n"
    )
    assert arrows(made) >= {
        ("1 day after the start", "goes on at: The end", ""),
        ("The worker sends PRICE", "Free.", ""),
        ("Free.", "the question is asked again", ""),
    }


def test_the_box_of_a_question_says_what_counts_and_what_follows() -> None:
    made = shown(
        "ask x: X?\n    answer: whole number from 0 to 90\n    check x <> 13: Not 13.\n    confirm if x > 60: Sure?\n"
        "    optional\n    tries: 5\n    remind after 2 hours\nask y: Y?\nask z: Z?\n"
    )
    box = next(box for box in made.boxes.values() if box.text == "X?")
    assert box.notes == (
        "Answer: a whole number from 0 to 90",
        "may be skipped",
        "accepted if x is not 13",
        "asked to confirm if x > 60",
        "reminded after 2 hours",
        "asked up to 5 times",
    )


def test_the_languages_to_choose_from_have_names() -> None:
    made = shown("    languages: en, pt-BR, xx\nchoose language\nsay: Hello.\n")
    assert "Which language? English, Portuguese, xx" in [box.text for box in made.boxes.values()]


def test_another_language_is_drawn_in_its_words() -> None:
    flow = "    languages: en, fr\nsay: Hello.\n    fr: Bonjour.\n"
    assert "Bonjour." in {box.text for box in shown(flow, "fr").boxes.values()}


DECIDED = [
    ("x is a", "a", True),
    ("x is a", "b", False),
    ("x is not a", SKIPPED, True),
    ("x is a", SKIPPED, False),
    ("x is empty", SKIPPED, True),
    ("x is one of a, b", "b", True),
    ("x is not one of a, b", ROW, True),
    ("x is a or x is b", "b", True),
    ("x is a and x is b", "b", False),
    ("x is a or n > 5", "a", True),
    ("x is a or n > 5", "b", None),
    ("x is a and n > 5", "b", False),
    ("not x is a", "b", True),
    ("n > 5", "a", None),
]


@pytest.mark.parametrize(("condition", "value", "met"), DECIDED)
def test_a_condition_is_decided_by_one_answer_or_not_at_all(condition: str, value: str, met: bool | None) -> None:
    flow = f"ask n: N?\n    answer: number\nask x: X?\n    1. a: A\n    2. b: B\nif {condition}:\n    say: So.\n"
    when = next(op.when for op in program(flow).code if isinstance(op, p.Unless))
    assert decide(when, "x", value) is met


WORDS = [
    "x is 5",
    "x ≥ 2 × worker.beds",
    "x is not empty",
    "x is between 1 and 3",
    "x is one of 1, 2",
    "x > 1 and (x < 3 or x is 9)",
    "(x + 1) × 2 > 7",
    "x > 1 and x < 9 and x is not 4",
    "x is 1 or x is 2 or (x > 3 and x < 9 and x is not 4)",
    "x − (3 − 1) > 1",
    "x − 3 − 1 > 1",
    "x / (4 / 2) > 1",
    "not x is 5",
    "round(x / 3) is 2",
    "worker is in group trained",
]


@pytest.mark.parametrize("condition", WORDS)
def test_a_condition_is_said_as_it_could_be_written(condition: str) -> None:
    flow = f"ask x: X?\n    answer: number\nif {condition}:\n    say: So.\n"
    once = next(op.when for op in program(flow).code if isinstance(op, p.Unless))
    again = next(op.when for op in program(flow.replace(condition, said(once))).code if isinstance(op, p.Unless))
    assert again == once


@pytest.mark.parametrize(
    ("seconds", "words"), [(3600, "1 hour"), (100_000, "1 day 3 hours"), (90, "1 minute 30 seconds"), (0, "0 minutes")]
)
def test_lengths_of_time(seconds: int, words: str) -> None:
    assert length(seconds) == words


def placed_at(made: Picture, root: int) -> Placed:
    """What begins at a root, with places."""
    known, waiting = dict[int, None](), [root]
    while waiting:
        key = waiting.pop()
        if key not in known:
            known[key] = None
            waiting += [arrow.target for arrow in made.arrows if arrow.source == key]
    layers = layered(root, list(known), [arrow for arrow in made.arrows if arrow.source in known])
    for item in layers.items:
        if item.box is not None:
            box = drawn(made.boxes[item.box])
            item.width, item.height = box.width, box.height
        elif item.label:
            _, item.width, item.height = label(item.label)
    return place(layers)


def points(path: str) -> Iterator[tuple[float, float]]:
    """Points along a path, two pixels from each other or nearer."""
    x = y = 0.0
    for command, rest in re.findall(r"([MLVHCQ])([^A-Z]*)", path):
        numbers = [float(number) for number in re.findall(r"-?[\d.]+", rest)]
        numbers = [x, *numbers] if command == "V" else [*numbers, y] if command == "H" else numbers
        end = numbers[-2], numbers[-1]
        turns = list(zip(numbers[0::2], numbers[1::2], strict=True))[:-1] if command in "CQ" else []
        steps = 0 if command == "M" else 400
        yield from (_along([(x, y), *turns, end], step / 400) for step in range(steps))
        x, y = end


def _along(corners: list[tuple[float, float]], part: float) -> tuple[float, float]:
    """A point of a Bézier curve, by de Casteljau."""
    while len(corners) > 1:
        corners = [(a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part) for a, b in itertools.pairwise(corners)]
    return corners[0]


def under(item: Item, x: float, y: float) -> bool:
    return abs(x - item.x) < item.width / 2 - 1 and item.y + 1 < y < item.y + item.height - 1


def touch(one: Item, other: Item) -> bool:
    across = abs(one.x - other.x) < (one.width + other.width) / 2
    return across and one.y < other.y + other.height and other.y < one.y + one.height


@pytest.mark.parametrize("each", ALL.programs, ids=lambda each: each.flow)
def test_nothing_stands_upon_anything_and_every_text_has_room(each: p.Program) -> None:
    made = picture(each, Written(ALL.lines))
    for root in made.roots():
        items = [item for item in placed_at(made, root).layers.items if not item.is_joint]
        assert not [pair for pair in itertools.combinations(items, 2) if touch(*pair)]
    for box in made.boxes.values():
        one = drawn(box)
        assert all(width(row, TEXT) <= one.width - PAD for row in one.text)


@pytest.mark.parametrize("each", [*ALL.programs, program(TRIAGE)], ids=lambda each: each.flow)
def test_no_arrow_runs_across_a_box_or_a_label(each: p.Program) -> None:
    made = picture(each, Written(ALL.lines))
    for root in made.roots():
        placed = placed_at(made, root)
        items = [item for item in placed.layers.items if not item.is_joint]
        for line in lines(placed):
            for x, y in itertools.chain.from_iterable(map(points, line.paths)):
                assert not [item for item in items if under(item, x, y)], line.arrow


def near(path: str) -> set[tuple[int, int]]:
    """The squares of two pixels that a path passes."""
    return {(round(x / 2), round(y / 2)) for x, y in points(path)}


@pytest.mark.parametrize("name", ["weekly_stock", "products_seen", "rounds_if_open", "two_lessons", "cells"])
def test_an_arrow_that_goes_back_takes_the_side_where_it_crosses_nothing(name: str) -> None:
    (each,) = [each for each in ALL.programs if each.flow == name]
    made = picture(each, Written(ALL.lines))
    for root in made.roots():
        placed = placed_at(made, root)
        assert min([2.0, *placed.lanes]) >= 2, "nothing stands left of the picture"
        assert max([0.0, *placed.lanes]) <= placed.width - 2
        found = lines(placed)
        for line in found:
            beside = {cell for other in found if other is not line for path in other.paths for cell in near(path)}
            wide = {(x + a, y + b) for x, y in near(line.paths[-1]) for a in (-1, 0, 1) for b in (-1, 0, 1)}
            assert not line.back or not wide & beside, line.arrow


def test_an_arrow_that_goes_back_comes_in_beside_the_others() -> None:
    """In the laboratory's flow the right PIN and a repeat lead to one small box."""
    (each,) = [each for each in ALL.programs if each.flow == "lab_result"]
    placed = placed_at(picture(each, Written(ALL.lines)), -1)
    ends = [list(points(line.paths[-1]))[-1] for line in lines(placed)]
    for one, other in itertools.combinations(ends, 2):
        assert abs(one[0] - other[0]) > 10 or abs(one[1] - other[1]) > 10


@pytest.mark.parametrize("each", ALL.programs, ids=lambda each: each.flow)
def test_every_flow_is_sound_svg_with_a_title_and_a_description(each: p.Program) -> None:
    root = ET.fromstring(svg(picture(each, Written(ALL.lines))))
    space = "{http://www.w3.org/2000/svg}"
    assert root.get("role") == "img"
    assert root.findtext(f"{space}title")
    assert "questions, from top to bottom" in (root.findtext(f"{space}desc") or "")
    assert len(root.findall(f".//{space}g/{space}title")) >= len([op for op in each.code if isinstance(op, p.Say)])


def test_the_same_flow_is_the_same_picture() -> None:
    each = ALL.programs[0]
    assert svg(picture(each, Written(ALL.lines))) == svg(picture(each, Written(ALL.lines)))


def test_signs_of_a_text_stay_signs_in_the_picture() -> None:
    drawing = svg(shown('say: A < B & "C" </text>\n'))
    assert "A &lt; B &amp; &quot;C&quot; &lt;/text&gt;" in drawing


def test_a_script_that_runs_from_right_to_left_does_so() -> None:
    flow = "    languages: en, ar\nsay: Hello.\n    ar: مرحبا\n"
    assert 'direction="rtl">مرحبا<' in svg(shown(flow, "ar"))
    assert "rtl" not in svg(shown(flow))


def test_what_is_not_translated_runs_from_left_to_right_in_every_picture() -> None:
    assert "rtl" not in svg(
        shown("    languages: en, ar\nsay: Hello.\nask ok: All right?\n    answer: yes or no\n", "ar")
    )


def test_a_long_text_is_cut_and_can_be_read_by_pointing_at_it() -> None:
    long = " ".join(f"word{number}" for number in range(200))
    drawing = svg(shown(f"say: {long}\n"))
    assert f"Message. {long} (line 2)" in drawing
    assert " …</text>" in drawing


@pytest.mark.parametrize(
    "text", ["A usual sentence of a few words.", "x" * 300, "ሰላም ለሁሉም ሰው " * 9, "你好" * 60, "a\nb\n\nc"]
)
def test_rows_are_never_wider_than_they_may_be_and_lose_nothing(text: str) -> None:
    found = rows(text, 13, 120)
    assert all(width(row, 13) <= 120 for row in found)
    assert "".join("".join(found).split()) == "".join(text.split())


def test_an_arrow_back_is_told_from_the_others() -> None:
    made = layered(0, [0, 1, 2], [Arrow(0, 1), Arrow(1, 2), Arrow(2, 1, "again"), Arrow(0, 2)])
    assert [arrow for arrow, _ in made.backs] == [Arrow(2, 1, "again")]
    assert [item.layer for item in made.items if item.box is not None] == [0, 2, 4]


def test_arrows_that_need_not_cross_do_not() -> None:
    made = layered(0, [0, 1, 2, 3, 4], [Arrow(0, 1), Arrow(0, 2), Arrow(1, 4), Arrow(2, 3), Arrow(1, 3, "x")])
    order = [
        [made.items[number].box for number in layer if made.items[number].box is not None] for layer in made.layers
    ]
    assert order[0::2] == [[0], [1, 2], [4, 3]]


def test_mermaid_has_every_box_and_arrow_and_no_sign_that_ends_one() -> None:
    made = shown(
        'say: A "quoted" [text] with | and #1; <b>\nask x: X?\n    answer: yes or no\nif x is yes:\n    stop as done\n'
    )
    drawing = mermaid(made)
    assert drawing.startswith('---\ntitle: "Shown"\n---\nflowchart TD\n')
    assert drawing.count(":::") == len(made.boxes)
    assert drawing.count(" -->") == len(made.arrows)
    assert "A #34;quoted#34; #91;text#93; with #124; and #35;1#59; #60;b#62;" in drawing
    assert '-->|"Yes"|' in drawing


def test_the_picture_in_the_documentation_is_the_one_that_is_drawn() -> None:
    project = load_folder([ROOT / "flows/cholera_flash.flow"])
    drawn_now = svg(picture(project.programs[0], Written(project.lines)))
    assert (ROOT / "docs/study/cholera_flash.svg").read_text(encoding="utf-8") == drawn_now
