"""What a finding says in words, as lines that an author would have typed; `actions` tries whether they mend it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from grammar.diagnostics import Finding

STEP = 4
"""The formatter's margin, LANGUAGE.md section 2."""

_CALL = "answer on ivr: recording up to 1 minute"
_AGAIN = "ask again if wrong: after 2 days until right"
_END = "give up after 2 weeks: stop as no_answer"


@dataclass(frozen=True, slots=True)
class Remedy:
    """Lines `begin` to `end`, from 1, become `rows`; where `end` is before `begin`, rows are added."""

    title: str
    begin: int
    end: int
    rows: tuple[str, ...]

    def applied(self, rows: Sequence[str]) -> list[str]:
        """All lines as they are then."""
        return [*rows[: self.begin - 1], *self.rows, *rows[self.end :]]


def remedies(found: Finding, rows: Sequence[str]) -> Iterator[Remedy]:
    """What may mend a finding that no single word mends, the likeliest first; nothing where only the author knows."""
    make = _MADE.get(found.code)
    if make is not None and 1 <= found.line <= len(rows):
        yield from make(found, rows)


def _width(row: str) -> int:
    return len(row) - len(row.lstrip(" "))


def _block_end(rows: Sequence[str], line: int) -> int:
    """The last line of what stands below a line."""
    last = line
    for at in range(line + 1, len(rows) + 1):
        row = rows[at - 1]
        if row.strip() and _width(row) <= _width(rows[line - 1]):
            break
        last = at if row.strip() else last
    return last


def _moved(found: Finding, rows: Sequence[str]) -> Iterator[Remedy]:
    """The line, and what stands below it, at another margin: one of those above it, or a step further in."""
    own, end = _width(rows[found.line - 1]), _block_end(rows, found.line)
    above = [_width(row) for row in rows[: found.line - 1] if row.strip()]
    margins = dict.fromkeys([*reversed(above), 0, *(width + STEP for width in reversed(above))])
    for margin in sorted(margins, key=lambda margin: abs(margin - own)):
        if margin != own:
            moved = tuple(_at(row, margin - own) for row in rows[found.line - 1 : end])
            yield Remedy(f"Begin the line with {margin} spaces", found.line, end, moved)


def _at(row: str, by: int) -> str:
    return " " * max(0, _width(row) + by) + row.lstrip(" ") if row.strip() else row


def _without(found: Finding, rows: Sequence[str]) -> Iterator[Remedy]:
    yield Remedy("Take this line out", found.line, _block_end(rows, found.line), ())


def _comment(found: Finding, rows: Sequence[str]) -> Iterator[Remedy]:
    row, at = rows[found.line - 1], found.column - 1
    margin = " " * _width(row)
    yield Remedy("Put the comment above the line", found.line, found.line, (margin + row[at:], row[:at].rstrip()))


def _below(text: str) -> Callable[[Finding, Sequence[str]], Iterator[Remedy]]:
    """A line at the end of what stands below the line, or below the flow's first line."""

    def add(found: Finding, rows: Sequence[str]) -> Iterator[Remedy]:
        last = _block_end(rows, found.line)
        margin = _width(rows[found.line - 1]) + STEP
        yield Remedy(f"Write `{text}` below it", last + 1, last, (" " * margin + text,))

    return add


def _digits(found: Finding, rows: Sequence[str]) -> Iterator[Remedy]:
    """A PIN's answer, in place of another answer or where none is said."""
    for line in range(found.line + 1, _block_end(rows, found.line) + 1):
        row = rows[line - 1]
        if row.lstrip().lower().startswith("answer:"):
            yield Remedy("Write `answer: 4 digits`", line, line, (" " * _width(row) + "answer: 4 digits",))
    yield from _below("answer: 4 digits")(found, rows)


def _header(found: Finding, rows: Sequence[str]) -> Iterator[Remedy]:
    above = [line for line in range(1, found.line) if rows[line - 1].lower().startswith("flow ")]
    for line in above[-1:]:
        yield Remedy(f"Write `{_END}` in the header", line + 1, line, (" " * STEP + _END,))


def _quizzes(found: Finding, rows: Sequence[str]) -> Iterator[Remedy]:
    """Every quiz question of the file that has no such line gets one."""
    changed = list(rows)
    for line in range(len(rows), 0, -1):
        end = _block_end(rows, line)
        below = [row.strip().lower() for row in rows[line:end]]
        if rows[line - 1].lower().lstrip().startswith("quiz ") and not any(
            row.startswith("ask again if wrong") for row in below
        ):
            changed.insert(end, " " * (_width(rows[line - 1]) + STEP) + _AGAIN)
    yield Remedy(f"Write `{_AGAIN}` below every quiz question", 1, len(rows), tuple(changed))


def _sensitive(found: Finding, rows: Sequence[str]) -> Iterator[Remedy]:
    said = re.search(r"`(sensitive: \w+)` in the header of `(\w+)`", found.hint)
    if said is None:
        return
    for line, row in enumerate(rows, 1):
        if re.match(rf"flow {said[2]}\b", row, re.IGNORECASE):
            last = _block_end(rows, line)
            yield Remedy(f"Write `{said[1]}` in its header", last + 1, last, (" " * STEP + said[1],))


def _start(found: Finding, rows: Sequence[str]) -> Iterator[Remedy]:
    row = " " * _width(rows[found.line - 1]) + "start"
    yield Remedy("Write `start` above it", found.line, found.line - 1, (row,))


def _kind(found: Finding, rows: Sequence[str]) -> Iterator[Remedy]:
    """The question that owns the line is of the kind that the finding names."""
    said, own = re.search(r"`(quiz|verify)`", found.hint), _width(rows[found.line - 1])
    for line in range(found.line - 1, 0, -1):
        row = rows[line - 1]
        if said is not None and row.strip() and _width(row) < own:
            right = re.sub(r"\b\w+", said[1], row, count=1)
            yield Remedy(f"Write `{right.strip()}`", line, line, (right,))
            return


def _earlier_first(found: Finding, rows: Sequence[str]) -> Iterator[Remedy]:
    """This reminder, before the one above it, with what stands below each."""
    own, end = _width(rows[found.line - 1]), _block_end(rows, found.line)
    for line in range(found.line - 1, 0, -1):
        if _width(rows[line - 1]) == own and rows[line - 1].lstrip().lower().startswith("remind "):
            swapped = (*rows[found.line - 1 : end], *rows[line - 1 : found.line - 1])
            yield Remedy("Write the earlier reminder first", line, end, swapped)
            return


def _out_of_list(found: Finding, rows: Sequence[str]) -> Iterator[Remedy]:
    """The name at the mark goes out of its list, and the line with the last name."""
    row, at = rows[found.line - 1], found.column - 1
    left = re.sub(r",\s*$", "", row[:at].rstrip())
    right = re.sub(r"^\w+(\s*,)?", "", row[at:])
    title = f"Take it out of the line `{row.strip()}`"
    if left.endswith(":") and not right.strip():
        yield from _without(found, rows)
    else:
        between = " " if left.endswith(":") else ", " if right.strip() else ""
        yield Remedy(title, found.line, found.line, (left + between + right.strip(),))


def _changed(pattern: str, right: str) -> Callable[[Finding, Sequence[str]], Iterator[Remedy]]:
    """The line with what stands at the mark, or else first behind it, written in another way."""

    def change(found: Finding, rows: Sequence[str]) -> Iterator[Remedy]:
        row, compiled = rows[found.line - 1], re.compile(pattern)
        places = [match for match in compiled.finditer(row) if match.end() >= found.column]
        for match in sorted(places, key=lambda match: match.start() < found.column - 1):
            text = row[: match.start()] + match.expand(right) + row[match.end() :]
            yield Remedy(f"Write `{text.strip()}`", found.line, found.line, (text,))

    return change


def _as_proposed(pattern: str) -> Callable[[Finding, Sequence[str]], Iterator[Remedy]]:
    """The same, with the words of the proposal in place of what is there."""

    def change(found: Finding, rows: Sequence[str]) -> Iterator[Remedy]:
        said = re.search(r"Write `([^`…]+)`", found.hint)
        if said is not None:
            yield from _changed(pattern, said[1].replace("\\", r"\\"))(found, rows)

    return change


def _ends(closing: str) -> Callable[[Finding, Sequence[str]], Iterator[Remedy]]:
    """What was opened is closed: at the end of the line, or of its words before a colon."""

    def close(found: Finding, rows: Sequence[str]) -> Iterator[Remedy]:
        row = rows[found.line - 1].rstrip()
        at = len(row) - row.endswith(":")
        yield Remedy(f"Close it with `{closing}`", found.line, found.line, (row[:at] + closing + row[at:],))

    return close


_MADE: dict[str, Callable[[Finding, Sequence[str]], Iterator[Remedy]]] = {
    **dict.fromkeys(("E007", "E009", "E010", "E026"), _moved),
    **dict.fromkeys(("E213", "E273", "E277", "E283", "E284"), _without),
    "E015": _as_proposed(r"\d+\s*\w+"),
    "E018": _changed(r"\{(\w+(?:\.\w+)*)\.?", r"{\1}"),
    "E020": _ends('"'),
    "E022": _ends(")"),
    "E025": _comment,
    "E203": _as_proposed(r"\w+(?:\.\w+)* (?:is not|is|=|!=|<>|≠) .+?(?=:?$| and )"),
    "E206": _changed(r"\.\w+", ""),
    "E231": _as_proposed(r"\d+[.)]"),
    "E237": _as_proposed(r"\d+[.)]"),
    "E244": _as_proposed(r"[-+]\s*\d+"),
    "E245": _changed(r"(?<=from )(\S+) to (\S+)", r"\2 to \1"),
    "E265": _out_of_list,
    "E275": _changed(r"$", " optional"),
    "E281": _kind,
    "E282": _digits,
    "E285": _below(_CALL),
    "E286": _changed(r"(?i)remind after", "give up after"),
    "E288": _quizzes,
    "E289": _header,
    "E306": _sensitive,
    "W002": _changed(r"\}", ""),
    "W271": _earlier_first,
    "W291": _start,
    "W240": _changed(r"\w+", r'"\g<0>"'),
    "W241": _as_proposed(r"@\w+(?:\.\w+)*"),
    "W242": _as_proposed(r"\{\{[^{}]+\}\}"),
    "W246": _as_proposed(r"\$\{[^{}]+\}|\[[^\[\]]+\]|<[^<>]+>"),
}
