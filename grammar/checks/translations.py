"""Translations: every text in every language of the flow, with the same values, in the letters of that language."""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Iterator
from pathlib import PurePath
from typing import NamedTuple

from grammar import choices
from grammar import nodes as n
from grammar.checks.subject import Subject, listed
from grammar.diagnostics import Finding
from grammar.walk import every

_APART = (n.Part, n.Flow, n.Section, n.ChooseLanguage, n.Choose)
"""What is no text of its own: a part belongs to the text above it, and titles and `choose language` may lack."""

_SHOWN = 10


class Translated(NamedTuple):
    """A text in the first language with its words, what owns it, and its other languages, by tag in small letters."""

    base: n.TextNode
    words: str
    owner: n.Node | None
    others: dict[str, n.TextNode]


def texts(subject: Subject) -> list[Translated]:
    """Every text that is written in the first language for whoever reads it."""
    return subject.once(_texts)


def _texts(subject: Subject) -> list[Translated]:
    made = []
    first = subject.names.languages[0].lower()
    for message, visit in subject.every(n.Message):
        owner = visit.parents[-1] if visit.parents else None
        if not isinstance(owner, _APART):
            found = {tag or first: text for tag, channel, text in message.versions() if not channel}
            base = found.pop(first, None)
            if base is not None:
                made.append(Translated(base, _words(base), owner, found))
    return made


def others(subject: Subject) -> dict[str, n.Name]:
    """The languages beside the first, in small letters, where the header names them."""
    line = next((line for line in subject.names.flow.header if isinstance(line, n.Languages)), None)
    return {tag.key: tag for tag in line.tags[1:]} if line is not None else {}


def missing(subject: Subject) -> Iterator[Finding]:
    """One finding a language, with all places; where some choices of a list lack, the next check says so."""
    tags = others(subject)
    if not tags:
        return
    partial = {id(choice) for _, _, lacking in _partial(subject) for choice in lacking}
    written = [text for text in texts(subject) if text.words and id(text.owner) not in partial]
    for tag, where in tags.items():
        lacking = [text.base.span for text in written if tag not in text.others]
        if lacking:
            what = f"{len(lacking)} texts are" if lacking[1:] else "1 text is"
            base = subject.names.languages[0]
            yield subject.say("W310", where, what=what, tag=where.text, base=base, lines=lines_of(lacking))


def lines_of(spans: list[n.Span]) -> str:
    """Places as words: `lines 3, 5 and 9`; the first ten, and how many more."""
    once = dict.fromkeys((span.file, span.line) for span in spans)
    places = [f"{line} of {PurePath(file).name}" if file else str(line) for file, line in once]
    shown, more = places[:_SHOWN], len(places) - _SHOWN
    if more > 0:
        shown.append(f"{more} more")
    return f"lines {', '.join(shown[:-1])} and {shown[-1]}" if shown[1:] else f"line {shown[0]}"


def some_choices(subject: Subject) -> Iterator[Finding]:
    """A list of choices has a label in a language for all of them, or for none."""
    for owner, tag, lacking in _partial(subject):
        labels = listed(choices.plain_text(choice.label) for choice in lacking)
        yield subject.say("W312", owner.name, name=owner.name.text, tag=subject.names.tag(tag) or tag, labels=labels)


def _partial(subject: Subject) -> Iterator[tuple[n.Question | n.Input, str, list[n.Choice]]]:
    """The lists of which a language has some labels, with the choices that lack theirs."""
    lists: list[tuple[n.Question | n.Input, list[n.Choice]]] = []
    for question, _ in subject.every(n.Question):
        lists.append((question, [item for item in question.attributes if isinstance(item, n.Choice)]))
    lists += [(item, list(item.choices)) for item, _ in subject.every(n.Input)]
    for owner, own in lists:
        for tag in others(subject):
            lacking = [choice for choice in own if not _has(choice, tag)]
            if 0 < len(lacking) < len(own):
                yield owner, tag, lacking


def _has(choice: n.Choice, tag: str) -> bool:
    if choice.label.text is not None and not _words(choice.label.text):
        return True
    return any(language == tag for language, channel, _ in choice.label.versions() if not channel)


def values(subject: Subject) -> Iterator[Finding]:
    """A translation shows the values that its text in the first language shows."""
    for text in texts(subject):
        wanted = _shown(text.base)
        for tag, other in text.others.items():
            shown = _shown(other)
            lost, new = sorted(wanted - shown), sorted(shown - wanted)
            if lost or new:
                what = f"lacks {listed(_braced(lost))}" if lost else f"shows {listed(_braced(new))} besides"
                yield subject.say("W311", other, tag=subject.names.tag(tag) or tag, what=what)


def _shown(text: n.TextNode) -> set[str]:
    """What the braces of a text read, however they do it."""
    if all(isinstance(piece, str) for piece in text.pieces):
        return set()
    return {path.key for path in every(text, n.Path)}


def _braced(names: list[str]) -> list[str]:
    return [f"{{{name}}}" for name in names]


SCRIPTS = {
    **dict.fromkeys(("am", "ti"), "ETHIOPIC"),
    **dict.fromkeys(("ar", "ur", "fa", "ps"), "ARABIC"),
    **dict.fromkeys(("hi", "ne", "mr"), "DEVANAGARI"),
    **dict.fromkeys(("ru", "uk"), "CYRILLIC"),
    **dict.fromkeys(
        ("en", "fr", "pt", "es", "sw", "yo", "ig", "ln", "rw", "rn", "lg", "ny", "sn", "zu", "xh"), "LATIN"
    ),
    "bn": "BENGALI",
    "my": "MYANMAR",
    "km": "KHMER",
    "lo": "LAO",
    "th": "THAI",
}
"""The letters of languages that are written in one script, by the first word of their letters' names in Unicode."""

_FEWEST = 4
"""So many letters are more than an abbreviation."""


def script(subject: Subject) -> Iterator[Finding]:
    """No text stands below the tag of another language: its letters are those of its own."""
    first = subject.names.languages[0].lower()
    for text in texts(subject):
        written = [(first, text.base, text.words), *((tag, other, _words(other)) for tag, other in text.others.items())]
        for tag, other, words in written:
            wanted = SCRIPTS.get(tag.partition("-")[0], "")
            same_as_base = tag != first and words == text.words
            if wanted and not same_as_base and _is_foreign(words, wanted):
                yield subject.say("W313", other, tag=subject.names.tag(tag) or tag)


def _is_foreign(words: str, wanted: str) -> bool:
    """More than an abbreviation, and no letter of the script that is wanted."""
    if wanted == "LATIN" and words.isascii():
        return False
    letters = [letter for letter in words if letter.isalpha()]
    if len(letters) < _FEWEST:
        return False
    return not any(_script_of(letter) == wanted for letter in letters)


@functools.cache
def _script_of(letter: str) -> str:
    return unicodedata.name(letter, "").partition(" ")[0]


def _words(text: n.TextNode) -> str:
    """What stands outside the braces, "" where there is no letter in it."""
    words = "".join(piece for piece in text.pieces if isinstance(piece, str)).strip()
    return words if any(letter.isalpha() for letter in words) else ""


CHECKS = (missing, some_choices, values, script)
