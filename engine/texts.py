"""Texts made into closures, once per load: every text can be read in every language, the base language at the last.

Language comes before channel (RULES L3): what the voice says in French, else the French text, else the base language's
voice, else its text.  An empty value takes one of the spaces beside it along, and a line that holds nothing else goes
(RULES I8).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal

from engine import functions, operators
from engine.expressions import Expressions
from engine.limits import DAY, HOUR, LETTERS
from engine.moments import span_ms
from engine.phrases import Phrases
from engine.scene import Scene
from engine.values import Duration, Value
from grammar import program as p
from grammar.program import sensitive

Write = Callable[[Scene], str]
_MEDIUM = {"ivr": "voice", "sms": "sms"}
_DECIMALS = 6
_NOTHING = "\x00"
_EMPTY_LINE = re.compile(r"(?:^|\n)[ \t]*\x00[ \t\x00]*(?=\n|$)")
_EMPTY_SPACE = re.compile(r" \x00|\x00 |\x00")


class Shown:
    """How a value is written in a language."""

    def __init__(self, phrases: Phrases) -> None:
        self._phrases = phrases

    def show(self, value: Value, language: str) -> str:
        """A value as people write it; "" for an empty one."""
        if isinstance(value, str):
            return value
        if isinstance(value, bool):
            return self._phrases.say(language, "yes" if value else "no")
        if isinstance(value, Decimal):
            return _short(value).replace(".", self._phrases.say(language, "decimal_mark"))
        if isinstance(value, Duration):
            return self._length(value, language)
        if isinstance(value, tuple):
            return ", ".join(self.show(item, language) for item in value)
        if isinstance(value, date | time):
            return _clock(value)
        return functions.written(value)

    def in_words(self, value: Value, language: str) -> str:
        """The same, but a date with the name of its month: so nobody takes it for one of another calendar."""
        names = self._phrases.tongue(language).months.items()
        month = next((name for name, number in names if isinstance(value, date) and number == value.month), "")
        if not (isinstance(value, date) and month):
            return self.show(value, language)
        return f"{value.day} {month.capitalize()} {value.year}"

    def _length(self, value: Duration, language: str) -> str:
        ms = span_ms(value)
        if ms % DAY == 0:
            return self._phrases.say(language, "days", count=ms // DAY)
        return self._phrases.say(language, "hours", count=round(ms / HOUR))


def _short(value: Decimal) -> str:
    """At most so many decimals: a third is 0.333333, not 28 digits of an SMS."""
    return functions.written(operators.rounded(value, _DECIMALS))


def _clock(value: date | time) -> str:
    if isinstance(value, datetime):
        return f"{value:%d/%m/%Y %H:%M}"
    return f"{value:%d/%m/%Y}" if isinstance(value, date) else f"{value:%H:%M}"


class LinkedText:
    """A text that can be read in a scene.  `sensitive`: it shows a value that must not be sent before `verify`."""

    __slots__ = ("_base", "_by", "_writers", "sensitive", "source")

    def __init__(self, source: p.Text, base: str, writers: dict[tuple[str, str], Write], sensitive: bool) -> None:
        self.source = source
        self.sensitive = sensitive
        self._base = base
        self._by = writers
        self._writers: dict[tuple[str, str], Write] = {}

    def __call__(self, scene: Scene) -> str:
        """The text in the language and for the channel of the scene."""
        key = (scene.language, scene.session.channel)
        write = self._writers.get(key)
        if write is None:
            write = self._writers[key] = self._pick(*key)
        return write(scene)

    def _pick(self, language: str, channel: str) -> Write:
        for tag in (language, self._base):
            for kind in (_MEDIUM.get(channel, "sms"), "text"):
                if (tag, kind) in self._by:
                    return self._by[tag, kind]
        return lambda scene: ""

    def languages(self) -> list[str]:
        """The languages in which it was written, the base language first."""
        return sorted(self.source.versions, key=lambda tag: tag != self._base)


class Texts:
    """Makes closures for the texts of one program."""

    def __init__(self, program: p.Program, expressions: Expressions, phrases: Phrases) -> None:
        self._base = program.languages[0]
        self._expressions = expressions
        self._shown = Shown(phrases)
        self._labels: dict[str, dict[str, LinkedText]] = {}
        self._rows: dict[str, tuple[str, LinkedText]] = {}
        self._sensitive = sensitive.names(program)

    def choices(self, source: str, choices: tuple[p.Choice, ...]) -> dict[str, LinkedText]:
        """The labels of choices by code, kept under "question:NAME" or "input:NAME" for the texts that show them."""
        labels = {choice.code: self.link(choice.label) for choice in choices}
        self._labels[source] = labels
        return labels

    def rows(self, source: str, chosen: p.ChoicesFrom | None) -> LinkedText | None:
        """The label that each row has as a choice, kept beside those of `choices`; None where no rows are choices."""
        if chosen is None:
            return None
        label = self.link(chosen.label)
        self._rows[source] = (chosen.table, label)
        return label

    def maybe(self, text: p.Text | None) -> LinkedText | None:
        """The same as `link`, for a text that may lack."""
        return None if text is None else self.link(text)

    def link(self, text: p.Text) -> LinkedText:
        """The text with a closure for each language and kind in which it was written."""
        writers: dict[tuple[str, str], Write] = {}
        for language, version in text.versions.items():
            for kind in ("text", "sms", "voice"):
                pieces = getattr(version, kind)
                if pieces is not None:
                    writers[language, kind] = self.pieces(pieces)
        return LinkedText(text, self._base, writers, sensitive.shows(text, self._sensitive))

    def pieces(self, pieces: p.Pieces) -> Write:
        """The closure that writes literal strings and values, one after the other."""
        if all(isinstance(piece, str) for piece in pieces):
            fixed = "".join(piece for piece in pieces if isinstance(piece, str))
            return lambda scene: fixed
        writers = [self._piece(piece) for piece in pieces]

        def write(scene: Scene) -> str:
            text = "".join(writer(scene) for writer in writers)
            return (_without_empties(text) if _NOTHING in text else text)[:LETTERS]

        return write

    def _piece(self, piece: p.Piece) -> Write:
        if isinstance(piece, str):
            return lambda scene: piece
        write = self.value(piece)
        return lambda scene: write(scene) or _NOTHING

    def value(self, expr: p.Expr) -> Write:
        """The closure that writes one value in the language of the scene."""
        if isinstance(expr, p.Label):
            return self._label(expr)
        if isinstance(expr, p.Each):
            return self._each(expr)
        if isinstance(expr, p.Op) and _has_labels(expr):
            return self._chosen(expr)
        if isinstance(expr, p.Cell) and expr.column and expr.table in self._expressions.tables:
            return self._cell(expr)
        read, show = self._expressions.read(expr), self._shown.show
        return lambda scene: show(read(scene), scene.language)

    def _label(self, expr: p.Label) -> Write:
        read, source = self._expressions.read(expr.value), expr.source

        def one(value: Value, scene: Scene) -> str:
            if not isinstance(value, str):
                return self._shown.show(value, scene.language)
            if source == "facility":
                return str(scene.facts.place(value).get("name") or value)
            if source == "worker":
                return str(scene.somebody(value).get("name") or "")
            label = self._labels.get(source, {}).get(value)
            return label(scene) if label is not None else self._row_label(source, value, scene)

        def write(scene: Scene) -> str:
            value = read(scene)
            if isinstance(value, tuple) and not isinstance(value, Duration):
                return ", ".join(one(item, scene) for item in value)
            return one(value, scene)

        return write

    def _chosen(self, expr: p.Op) -> Write:
        """What `if`, `ifempty` or `&` makes of codes, with their labels."""
        first = self._expressions.read(expr.args[0])
        if expr.name == "&":
            left, right = (self._part(arg) for arg in expr.args)
            return lambda scene: left(scene) + right(scene)
        if expr.name == "ifempty":
            own, other = (self.value(arg) for arg in expr.args)
            return lambda scene: other(scene) if first(scene) in (None, "") else own(scene)
        then, *rest = (self.value(arg) for arg in expr.args[1:])
        otherwise = rest[0] if rest else lambda scene: ""
        return lambda scene: then(scene) if first(scene) is True else otherwise(scene)

    def _part(self, expr: p.Expr) -> Write:
        """A side of `&`: only a code is shown otherwise than it is."""
        if _has_labels(expr):
            return self.value(expr)
        read = self._expressions.read(expr)
        return lambda scene: functions.written(read(scene))

    def _row_label(self, source: str, code: str, scene: Scene) -> str:
        """The label of a row; of a code without any, the code itself."""
        table, label = self._rows.get(source, ("", None))
        if label is None or (table in self._expressions.tables and code not in self._expressions.tables[table].keys):
            return code.replace("_", " ")
        return scene.in_row(table, code, label)

    def _each(self, expr: p.Each) -> Write:
        items = [self.value(item) for item in expr.items]
        table = expr.table
        keys = self._expressions.keys(table)

        def write(scene: Scene) -> str:
            before = scene.rows
            written = []
            for key in keys(scene):
                scene.rows = {**before, table: key}
                written.append(" ".join(filter(None, (item(scene) for item in items))))
            scene.rows = before
            return ", ".join(filter(None, written))

        return write

    def _cell(self, expr: p.Cell) -> Write:
        table, column = self._expressions.tables[expr.table], expr.column
        row = self._expressions.read(p.Cell(expr.table, "", expr.row))

        def write(scene: Scene) -> str:
            key = row(scene)
            return table.cell(key, column, scene.language) or "" if isinstance(key, str) else ""

        return write


def _has_labels(expr: p.Expr) -> bool:
    """Is it a code that is shown by its label, or does it choose or join such codes?"""
    if isinstance(expr, p.Op) and expr.name in ("if", "ifempty", "&"):
        return any(_has_labels(arg) for arg in expr.args)
    return isinstance(expr, p.Label)


def _without_empties(text: str) -> str:
    return _EMPTY_SPACE.sub("", _EMPTY_LINE.sub("", text)).removeprefix("\n")
