"""A picture as SVG, for the screen and for paper: every box says in words what its colour says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from unicodedata import bidirectional

from study.graph.layers import layered
from study.graph.measuring import BOLD, rows, width
from study.graph.model import Picture
from study.graph.placing import Placed, place
from study.graph.routing import lines
from study.graph.sizes import (
    CHIPS,
    CHIPS_APART,
    HEAD,
    HEAD_ROW,
    LABEL,
    LABEL_ROW,
    NOTE,
    NOTE_ROW,
    PAD,
    ROW,
    TEXT,
    Drawn,
    chip,
    drawn,
    label,
)
from study.graph.style import LEGEND, OUTCOMES, STYLE

MARGIN, COLUMN = 32.0, 56.0
"""Pixels around the picture, and between what runs and what can happen beside it."""
LEAST = 760.0
_RIGHT_TO_LEFT = frozenset({"ar", "dv", "fa", "he", "ps", "ur"})


def svg(picture: Picture) -> str:
    """The whole picture, as the text of an SVG file."""
    return "\n".join([*_Sheet(picture).draw(), ""])


class _Sheet:
    def __init__(self, picture: Picture) -> None:
        self.picture = picture
        self.drawn = {key: drawn(box) for key, box in picture.boxes.items()}
        self.labels: dict[str, tuple[str, ...]] = {}
        self.rtl = picture.language.partition("-")[0] in _RIGHT_TO_LEFT

    def draw(self) -> Iterator[str]:
        parts = [self._placed(root) for root in self.picture.roots()]
        main, beside = parts[0], parts[1:]
        column = max((part.width for part in beside), default=0.0)
        inner = max(main.width + (COLUMN + column if beside else 0.0), LEAST)
        top, opening = self._opening(inner)
        tall = max(main.height, sum(part.height + COLUMN for part in beside))
        yield from self._head(inner + 2 * MARGIN, top + tall + MARGIN)
        yield from opening
        yield from self._part(main, MARGIN, top)
        y = top
        for part in beside:
            yield from self._part(part, MARGIN + main.width + COLUMN, y)
            y += part.height + COLUMN
        yield "</svg>"

    def _placed(self, root: int) -> Placed:
        keys = self._together(root)
        known = set(keys)
        made = layered(root, keys, [arrow for arrow in self.picture.arrows if arrow.source in known])
        for item in made.items:
            if item.box is not None:
                item.width, item.height = self.drawn[item.box].width, self.drawn[item.box].height
            elif item.label:
                self.labels[item.label], item.width, item.height = label(item.label)
        return place(made)

    def _together(self, root: int) -> list[int]:
        """All boxes to which one comes from here, in the order in which one comes to them."""
        out: dict[int, list[int]] = {}
        for arrow in self.picture.arrows:
            out.setdefault(arrow.source, []).append(arrow.target)
        found, waiting = dict[int, None](), [root]
        while waiting:
            key = waiting.pop()
            if key not in found:
                found[key] = None
                waiting += reversed(out.get(key, []))
        return list(found)

    # ------------------------------------------------------------ the sheet

    def _head(self, wide: float, tall: float) -> Iterator[str]:
        title, language = escape(self.picture.title), escape(self.picture.language)
        count = sum(box.kind == "ask" for box in self.picture.boxes.values())
        ends = sorted({box.text for box in self.picture.boxes.values() if box.kind == "end"})
        yield (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide:.0f}" height="{tall:.0f}" '
            f'viewBox="0 0 {wide:.0f} {tall:.0f}" role="img" aria-labelledby="title desc" lang="{language}">'
        )
        yield f'<title id="title">{title}</title>'
        yield f'<desc id="desc">{count} questions, from top to bottom. It ends as: {escape(", ".join(ends))}.</desc>'
        yield f"<style>{STYLE}</style>"
        yield (
            '<defs><marker id="head" viewBox="0 0 10 10" refX="1" refY="5" markerWidth="7" markerHeight="7" '
            'orient="auto" markerUnits="userSpaceOnUse"><path d="M0,0L10,5L0,10z" class="tip"/></marker></defs>'
        )
        yield f'<rect width="{wide:.0f}" height="{tall:.0f}" class="sheet"/>'

    def _opening(self, inner: float) -> tuple[float, list[str]]:
        """The title, what holds for all questions, and the legend; where they end."""
        found, y = [], MARGIN + 10
        for row in rows(self.picture.title, 22, inner / BOLD):
            found.append(f'<text x="{MARGIN}" y="{y:.1f}" class="title">{escape(row)}</text>')
            y += 26
        for line in self.picture.about:
            for row in rows(line, TEXT, inner):
                found.append(f'<text x="{MARGIN}" y="{y:.1f}" class="about">{escape(row)}</text>')
                y += ROW
        y += 6
        x = MARGIN
        for kind, words in self._legend():
            wide = width(words, NOTE) + 42
            if x + wide > MARGIN + inner:
                x, y = MARGIN, y + 22
            found += [
                f'<rect x="{x:.1f}" y="{y:.1f}" width="18" height="12" rx="3" class="{kind}"/>',
                f'<text x="{x + 24:.1f}" y="{y + 10:.1f}" class="key">{escape(words)}</text>',
            ]
            x += wide
        return y + 48, found

    def _legend(self) -> Iterator[tuple[str, str]]:
        kinds = {box.kind for box in self.picture.boxes.values()}
        colours = {box.colour for box in self.picture.boxes.values()}
        yield from ((kind, words) for kind, words in LEGEND.items() if kind in kinds)
        yield from ((f"end {colour}", words) for colour, words in OUTCOMES.items() if colour in colours)
        yield from ((f"chip {name}", CHIPS[name]) for name in self.picture.channels if name in CHIPS)

    # ------------------------------------------------------------ boxes and arrows

    def _part(self, placed: Placed, x: float, y: float) -> Iterator[str]:
        yield f'<g transform="translate({x:.1f},{y:.1f})">'
        for line in lines(placed):
            *before, last = line.paths
            kind = "arrow back" if line.back else "arrow"
            for path in before:
                yield f'<path d="{path}" class="{kind}"/>'
            yield f'<path d="{last}" class="{kind}" marker-end="url(#head)"/>'
        for item in placed.layers.items:
            if item.box is not None:
                yield from self._box(self.drawn[item.box], item.x - item.width / 2, item.y)
            elif item.label:
                for index, row in enumerate(self.labels[item.label]):
                    at = item.y + 3 + LABEL + index * LABEL_ROW
                    yield f'<text x="{item.x:.1f}" y="{at:.1f}" class="label">{escape(row)}</text>'
        yield "</g>"

    def _box(self, made: Drawn, x: float, y: float) -> Iterator[str]:
        box = made.box
        yield f"<g><title>{escape(_spoken(made))}</title>"
        yield _outline(made, x, y)
        broad = box.kind in ("start", "say", "ask", "tell", "system")
        at = y + (PAD if broad else (PAD + 4) / 2)
        if made.head:
            yield from _chips(made, x, at)
        for row in made.head:
            yield f'<text x="{x + PAD:.1f}" y="{at + HEAD - 1:.1f}" class="head">{escape(row)}</text>'
            at += HEAD_ROW
        yield from self._rows(made, x, at, centred=not broad)
        if made.notes:
            at += len(made.text) * ROW + PAD / 2
            yield f'<path d="M{x + PAD:.1f},{at:.1f}H{x + made.width - PAD:.1f}" class="rule"/>'
            for index, row in enumerate(made.notes):
                below = at + NOTE + 4 + index * NOTE_ROW
                yield f'<text x="{x + PAD:.1f}" y="{below:.1f}" class="note">{escape(row)}</text>'
        yield "</g>"

    def _rows(self, made: Drawn, x: float, y: float, *, centred: bool) -> Iterator[str]:
        kind = f"text {made.box.kind}-text"
        rtl = self.rtl and _runs_left(made.text)
        for index, row in enumerate(made.text):
            at = y + TEXT + index * ROW
            if centred:
                yield f'<text x="{x + made.width / 2:.1f}" y="{at:.1f}" class="{kind} middle">{escape(row)}</text>'
            elif rtl:
                right = x + made.width - PAD
                yield f'<text x="{right:.1f}" y="{at:.1f}" class="{kind}" direction="rtl">{escape(row)}</text>'
            else:
                yield f'<text x="{x + PAD:.1f}" y="{at:.1f}" class="{kind}">{escape(row)}</text>'


def _runs_left(text: Sequence[str]) -> bool:
    """Is there a letter that runs from right to left?  What nobody translated stands in the first language."""
    return any(bidirectional(letter) in ("R", "AL") for row in text for letter in row)


def _outline(made: Drawn, x: float, y: float) -> str:
    box, wide, tall = made.box, made.width, made.height
    if box.kind == "either":
        middle, half = x + wide / 2, wide / 2
        return f'<path d="M{middle:.1f},{y:.1f}l{half},{half}l-{half},{half}l-{half},-{half}z" class="either"/>'
    corner = {"end": tall / 2, "on": tall / 2, "loop": tall / 2, "wait": 3.0, "section": 3.0}.get(box.kind, 8.0)
    kind = f"{box.kind} {box.colour}".strip()
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{tall:.1f}" rx="{corner:.1f}" class="{kind}"/>'


def _chips(made: Drawn, x: float, y: float) -> Iterator[str]:
    """By which way it reaches the worker, at the right end of the head."""
    right = x + made.width - PAD
    for name in reversed(made.box.channels):
        words = CHIPS.get(name, name)
        wide = chip(name)
        right -= wide
        yield f'<rect x="{right:.1f}" y="{y - 1:.1f}" width="{wide:.1f}" height="13" rx="6.5" class="chip {name}"/>'
        yield f'<text x="{right + wide / 2:.1f}" y="{y + 8.5:.1f}" class="chip-text">{escape(words)}</text>'
        right -= CHIPS_APART


def _spoken(made: Drawn) -> str:
    """The whole box in words: for who hears it, and for who points at it."""
    box = made.box
    parts: Sequence[str] = [part for part in (box.head, box.text, *box.notes) if part]
    line = f" (line {box.line})" if box.line else ""
    return ". ".join(parts) + line if parts else f"Either, or{line}"
