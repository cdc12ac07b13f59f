"""Where everything stands: no two items of a layer touch, and arrows are as straight as they can be.

Each layer is placed by weighted least squares: as near to the neighbours as the distances between its items allow.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from study.graph.layers import Item, Layers

APART, NEAR = 30.0, 16.0
"""Pixels between two boxes, and beside a joint or a label."""
GAP, TURN, SHORT = 20.0, 30.0, 18.0
"""Pixels below a layer of boxes, and below a layer of labels with labels and without: room for an arrow to turn."""
LANE = 16.0
"""Pixels between two arrows that go back at the side."""
ROUNDS = 25
"""Times that all layers are placed, down and up in turn; at last down, so that what follows stands straight."""
_STRAIGHT, _BENT, _LOOSE = 8.0, 3.0, 1.0
"""How much an arrow pulls: between two joints, at one, at none."""


@dataclass(slots=True)
class Placed:
    """Layers with places.  `x` of an item is its middle, `y` its top.  `tops` and `heights` of the layers; `lanes`: for
    each arrow that goes back, where it goes up."""

    layers: Layers
    tops: list[float] = field(default_factory=list)
    heights: list[float] = field(default_factory=list)
    lanes: list[float] = field(default_factory=list)
    width: float = 0.0
    height: float = 0.0


def place(layers: Layers) -> Placed:
    """Places for all items, whose sizes are known; the picture begins at (0, 0)."""
    placed = Placed(layers)
    for layer in layers.layers:
        _spread(layers, layer)
    for number in range(ROUNDS):
        down = number % 2 == 0
        for layer in layers.layers if down else reversed(layers.layers):
            _settle(layers, layer, above=down, below=not down)
    left = min(item.x - item.width / 2 for item in layers.items)
    for item in layers.items:
        item.x -= left
    _rows(placed)
    _lanes(placed)
    return placed


def _spread(layers: Layers, layer: list[int]) -> None:
    x = 0.0
    for index, number in enumerate(layer):
        item = layers.items[number]
        x += apart(layers.items[layer[index - 1]], item) if index else 0.0
        item.x = x


def apart(left: Item, right: Item) -> float:
    """The least distance of the middles of two neighbours."""
    gap = NEAR if left.box is None or right.box is None else APART
    return (left.width + right.width) / 2 + gap


def _settle(layers: Layers, layer: list[int], *, above: bool, below: bool) -> None:
    """Place one layer as near to its neighbours as it can be."""
    wishes: list[tuple[float, float]] = []
    shift = 0.0
    for index, number in enumerate(layer):
        item = layers.items[number]
        shift += apart(layers.items[layer[index - 1]], item) if index else 0.0
        near = [*(item.above if above else ()), *(item.below if below else ())]
        pulls = [(layers.items[other].x, _pull(item, layers.items[other])) for other in near]
        weight = sum(pull for _, pull in pulls)
        wish = sum(x * pull for x, pull in pulls) / weight if weight else item.x
        wishes.append((wish - shift, weight or _LOOSE / 10))
    shift = 0.0
    for index, (number, x) in enumerate(zip(layer, _monotone(wishes), strict=True)):
        shift += apart(layers.items[layer[index - 1]], layers.items[number]) if index else 0.0
        layers.items[number].x = x + shift


def _pull(one: Item, other: Item) -> float:
    joints = one.is_joint + other.is_joint
    return (_LOOSE, _BENT, _STRAIGHT)[joints]


def _monotone(wishes: list[tuple[float, float]]) -> list[float]:
    """The values nearest to the wishes (value, weight) that never fall: neighbours that would are pooled."""
    pools: list[tuple[float, float, int]] = []
    for value, weight in wishes:
        pool = (value, weight, 1)
        while pools and pools[-1][0] > pool[0]:
            before = pools.pop()
            heavy = before[1] + pool[1]
            pool = ((before[0] * before[1] + pool[0] * pool[1]) / heavy, heavy, before[2] + pool[2])
        pools.append(pool)
    return [value for value, _, count in pools for _ in range(count)]


def _rows(placed: Placed) -> None:
    y = 0.0
    for number, layer in enumerate(placed.layers.layers):
        height = max((placed.layers.items[each].height for each in layer), default=0.0)
        placed.tops.append(y)
        placed.heights.append(height)
        for each in layer:
            placed.layers.items[each].y = y
        y += height + (GAP if not number % 2 else TURN if height else SHORT)
    placed.height = placed.tops[-1] + placed.heights[-1]
    placed.width = max(item.x + item.width / 2 for item in placed.layers.items)


def _lanes(placed: Placed) -> None:
    """Beside all that stands there, each arrow that goes back has a lane; no two share one."""
    items = placed.layers.items
    for index, (_, way) in enumerate(placed.layers.backs):
        first, last = items[way[-1]].layer, items[way[0]].layer + 1
        beside = [item for item in items if first - 1 <= item.layer <= last]
        side = _side(placed.layers, items[way[-2]], items[way[-1]])
        lane = side * (max(side * item.x + item.width / 2 for item in beside) + LANE)
        while any(abs(lane - other) < LANE for other in placed.lanes[:index]):
            lane += side * LANE
        placed.lanes.append(lane)
    _shift(placed, max(0.0, 2 - min(placed.lanes, default=2.0)))
    placed.width = max(placed.width, *(lane + 2 for lane in placed.lanes), 0.0)


def _side(layers: Layers, source: Item, target: Item) -> int:
    """Where an arrow that goes back crosses fewer others: 1 at the right, -1 at the left; the right where it is one."""
    items = layers.items
    leaving = [(items[each].x - source.x, len(items[each].below)) for each in layers.layers[source.layer]]
    coming = [(items[each].x - target.x, len(items[each].above)) for each in layers.layers[target.layer]]
    right = sum(many for x, many in [*leaving, *coming] if x > 0)
    left = sum(many for x, many in [*leaving, *coming] if x < 0)
    return -1 if left < right else 1


def _shift(placed: Placed, by: float) -> None:
    for item in placed.layers.items:
        item.x += by
    placed.lanes = [lane + by for lane in placed.lanes]
    placed.width += by
