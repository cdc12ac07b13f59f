"""What a question looks like to the worker: its text, then a line for each choice; the same scene, the same words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from engine.questions import LinkedQuestion
from engine.scene import Scene

CALL = "ivr"
"""The channel of a call."""


class Option(NamedTuple):
    """A choice as it stands in the message."""

    number: int
    code: str
    label: str


def prompt(question: LinkedQuestion, scene: Scene) -> str:
    """The whole question."""
    return with_options(opening(question, scene), question, scene)


def opening(question: LinkedQuestion, scene: Scene) -> str:
    """The question's own words; `choose language` without a text asks in every language of the flow."""
    text = question.text(scene)
    say, kind = scene.linked.phrases.say, question.source.kind
    if kind == "pin":
        asked = scene.session.new_pin
        return (
            say(scene.language, f"pin.{asked.asked}")
            if asked is not None and not (text and asked.asked == "new")
            else text
        )
    if text or kind not in ("language", "place"):
        return text
    if kind == "place":
        return say(scene.language, "choose_facility")
    return "\n".join(say(language, "choose_language") for language in scene.linked.program.languages)


def with_options(text: str, question: LinkedQuestion, scene: Scene) -> str:
    """A text and the choices below it; a call names the keys of yes and no, too, which nobody can guess (RULES M3)."""
    options = options_of(question, scene)
    if not options and scene.session.channel == CALL and question.type_on(CALL).kind == "yesno":
        return with_yes_and_no(text, scene)
    return listed(text, options, scene)


def with_yes_and_no(text: str, scene: Scene) -> str:
    """A text that is answered with yes or no, and both below it."""
    say, language = scene.linked.phrases.say, scene.language
    words = ("yes", "no")
    return listed(text, [Option(key, word, say(language, word)) for key, word in enumerate(words, start=1)], scene)


def listed(text: str, options: Sequence[Option], scene: Scene) -> str:
    """Each choice as `1. Yes` in a line of its own, or spoken behind the text: For Yes, press 1."""
    if not options:
        return text
    say, language, spoken = scene.linked.phrases.say, scene.language, scene.session.channel == CALL
    phrase = "press" if spoken else "choice"
    return (" " if spoken else "\n").join(
        [text, *(say(language, phrase, label=option.label, number=option.number) for option in options)]
    )


def options_of(question: LinkedQuestion, scene: Scene) -> list[Option]:
    """The choices in the language of the scene: rows of a table first, then the fixed ones."""
    if question.source.kind == "language":
        return _languages(scene)
    if question.source.kind == "place":
        return _places(scene, own_places(scene))
    if scene.session.near:
        return _places(scene, scene.session.near)
    return _rows(question, scene) + [
        Option(choice.number, choice.code, question.labels[choice.code](scene)) for choice in question.source.choices
    ]


def label_of(question: LinkedQuestion, scene: Scene, code: str) -> str:
    """The label of one choice in the language of the scene; "" where there is none of that code."""
    if code in question.labels:
        return question.labels[code](scene)
    source, label = question.source.choices_from, question.rows_label
    if source is None or label is None or code not in scene.linked.keys(source.table, scene):
        return ""
    return scene.in_row(source.table, code, label)


def code_of_number(question: LinkedQuestion, scene: Scene, text: str) -> str | None:
    """The code of the choice whose number the whole text is, as it was typed; no label is looked at."""
    if not (text.isascii() and text.isdigit()):
        return None
    source = question.source.choices_from
    keys = scene.linked.keys(source.table, scene) if source is not None else ()
    if 1 <= int(text) <= len(keys):
        return keys[int(text) - 1]
    return next((choice.code for choice in question.source.choices if choice.number == int(text)), None)


def own_places(scene: Scene) -> tuple[str, ...]:
    """The codes of the worker's facilities, the main one first; the field `facilities` lists the others."""
    record = scene.facts.worker
    more = record.get("facilities")
    listed = more[1:] if isinstance(more, list) else str(more or "").replace(",", " ").split()
    codes = (scene.facts.facility.get("code"), *listed)
    return tuple(dict.fromkeys(str(code) for code in codes if code))


def _places(scene: Scene, codes: Sequence[str]) -> list[Option]:
    """Facilities, by name; one that nobody knows by its code."""
    names = [str(scene.facts.place(code).get("name") or code) for code in codes]
    return [Option(number, code, name) for number, (code, name) in enumerate(zip(codes, names, strict=True), start=1)]


def _languages(scene: Scene) -> list[Option]:
    say = scene.linked.phrases.say
    return [Option(number, tag, say(tag, "name")) for number, tag in enumerate(scene.linked.program.languages, start=1)]


def _rows(question: LinkedQuestion, scene: Scene) -> list[Option]:
    """A row's label is read with the row as the present one; rows are numbered from 1 (RULES C5)."""
    source, label = question.source.choices_from, question.rows_label
    if source is None or label is None:
        return []
    keys = scene.linked.keys(source.table, scene)
    return [Option(number, key, scene.in_row(source.table, key, label)) for number, key in enumerate(keys, start=1)]
