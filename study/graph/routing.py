"""The lines of arrows: from the lower edge of a box to the upper edge of another, through the joints between them.

Between two layers a line bends; across a layer it runs straight down, where nothing else stands.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

from study.graph.layers import Item, Layers
from study.graph.model import Arrow
from study.graph.placing import GAP, LANE, Placed

PORT = 22.0
"""Pixels between two arrows at the edge of one box."""
_EDGE = 14.0
_ROUND = 8.0
_HEAD = 7.0


class Line(NamedTuple):
    """An arrow with its parts, each a path of SVG; the last one has the head.  `back`: it leads back, at the side."""

    arrow: Arrow
    paths: tuple[str, ...]
    back: bool = False


class _Ports:
    """Where arrows leave and reach boxes: side by side, in the order in which they come and go."""

    def __init__(self, layers: Layers) -> None:
        self._out: dict[tuple[int, int], float] = {}
        self._in: dict[tuple[int, int], float] = {}
        back = {way[0] for _, way in layers.backs if len(way) == 2}, {way[-1] for _, way in layers.backs}
        for item in layers.items:
            self._place(layers, item, item.below, self._out, kept=item.number in back[0])
            self._place(layers, item, item.above, self._in, kept=item.number in back[1])

    def _place(
        self, layers: Layers, item: Item, others: list[int], found: dict[tuple[int, int], float], *, kept: bool
    ) -> None:
        """`kept`: an arrow that goes back has the ends of this edge."""
        room = max(item.width / 2 - _EDGE - (PORT if kept else 0.0), 0.0) if item.box is not None else 0.0
        step = min(PORT, 2 * room / max(len(others) - 1, 1))
        ordered = sorted(set(others), key=lambda other: layers.items[other].x)
        first = -step * (len(ordered) - 1) / 2
        for index, other in enumerate(ordered):
            x = first + index * step
            if len(ordered) == 1:
                x = max(-room, min(room, layers.items[other].x - item.x)) if layers.items[other].box is None else 0.0
            found[item.number, other] = item.x + x

    def leaves(self, item: int, to: int) -> float:
        """Where the arrow to another item leaves."""
        return self._out[item, to]

    def comes(self, item: int, source: int) -> float:
        """Where the arrow from another item comes in."""
        return self._in[item, source]


def lines(placed: Placed) -> list[Line]:
    """All arrows of the picture."""
    ports = _Ports(placed.layers)
    found = [Line(arrow, tuple(_down(placed, ports, way))) for arrow, way in placed.layers.ways]
    for number, (arrow, way) in enumerate(placed.layers.backs):
        found.append(Line(arrow, tuple(_back(placed, ports, way, number)), back=True))
    return found


def _down(placed: Placed, ports: _Ports, way: list[int]) -> list[str]:
    """A path for each part between boxes and labels; joints are passed."""
    items = placed.layers.items
    found: list[str] = []
    path = ""
    for upper, lower in pairwise(way):
        above, below = items[upper], items[lower]
        x, y = ports.leaves(upper, lower), placed.tops[above.layer] + placed.heights[above.layer]
        to_x = ports.comes(lower, upper)
        to_y = below.y - (_HEAD if below.box is not None else 0.0)
        path = (path or f"M{x:.1f},{above.y + above.height:.1f}") + f"V{y:.1f}"
        path += _bend(x, y, to_x, to_y)
        if not below.is_joint:
            found.append(path)
            path = ""
    return found


def _bend(x: float, y: float, to_x: float, to_y: float) -> str:
    if abs(x - to_x) < 1:
        return f"L{to_x:.1f},{to_y:.1f}"
    middle = (y + to_y) / 2
    return f"C{x:.1f},{middle:.1f} {to_x:.1f},{middle:.1f} {to_x:.1f},{to_y:.1f}"


def _back(placed: Placed, ports: _Ports, way: list[int], number: int) -> list[str]:
    """Down to its label, if it has one; then out to its lane, up, and in from above at that end of the box."""
    items = placed.layers.items
    found: list[str] = []
    first, target, lane = items[way[0]], items[way[-1]], placed.lanes[number]
    last = items[way[-2]]
    side = 1 if lane > target.x else -1
    if last is not first:
        x, to_x = ports.leaves(way[0], way[1]), ports.comes(way[1], way[0])
        y = placed.tops[first.layer] + placed.heights[first.layer]
        found.append(f"M{x:.1f},{first.y + first.height:.1f}V{y:.1f}" + _bend(x, y, to_x, last.y))
    x = last.x if last is not first else first.x + side * (first.width / 2 - _EDGE)
    y = last.y + last.height
    turn = placed.tops[last.layer] + placed.heights[last.layer] + GAP / 2
    to_x = target.x + side * max(target.width / 2 - _EDGE, 0.0)
    to_y = target.y - _HEAD
    over = target.y - GAP + 2 - LANE / 8 * (number % 4)
    out, back = side * _ROUND, -side * _ROUND
    found.append(
        f"M{x:.1f},{y:.1f}V{turn - _ROUND:.1f}Q{x:.1f},{turn:.1f} {x + out:.1f},{turn:.1f}"
        f"H{lane + back:.1f}Q{lane:.1f},{turn:.1f} {lane:.1f},{turn - _ROUND:.1f}"
        f"V{over + _ROUND:.1f}Q{lane:.1f},{over:.1f} {lane + back:.1f},{over:.1f}"
        f"H{to_x + out:.1f}Q{to_x:.1f},{over:.1f} {to_x:.1f},{over + _ROUND:.1f}V{to_y:.1f}"
    )
    return found
