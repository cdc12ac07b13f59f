"""Boxes in layers from top to bottom: every arrow leads down but those that go back; labels have layers of their own.

Boxes stand in even layers, the labels of arrows in odd ones.  An arrow that passes a layer has a joint there, so that
nothing is drawn across a box.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

from study.graph.model import Arrow

SWEEPS = 16
"""Times that the order of the layers is improved; after a few nothing changes any more."""


@dataclass(slots=True)
class Item:
    """What has a place: a box (`box`: its key), the label of an arrow (`label`), or a joint.  Sizes are pixels."""

    number: int
    layer: int
    width: float = 0.0
    height: float = 0.0
    box: int | None = None
    label: str = ""
    x: float = 0.0
    y: float = 0.0
    above: list[int] = field(default_factory=list)
    below: list[int] = field(default_factory=list)

    @property
    def is_joint(self) -> bool:
        """Does only an arrow pass here?"""
        return self.box is None and not self.label


@dataclass(slots=True)
class Layers:
    """`items` by number; `layers`: their numbers from left to right.  `ways`: for each arrow the items that it touches,
    first its source; `backs`: the arrows that go back, likewise: the source, its label if it has one, the target."""

    items: list[Item] = field(default_factory=list)
    layers: list[list[int]] = field(default_factory=list)
    ways: list[tuple[Arrow, list[int]]] = field(default_factory=list)
    backs: list[tuple[Arrow, list[int]]] = field(default_factory=list)

    def add(self, layer: int, box: int | None = None, label: str = "") -> Item:
        """A new item in a layer."""
        item = Item(len(self.items), layer, box=box, label=label)
        self.items.append(item)
        return item

    def join(self, upper: int, lower: int) -> None:
        """One item leads to another, in the next layer."""
        self.items[upper].below.append(lower)
        self.items[lower].above.append(upper)


def layered(root: int, keys: list[int], arrows: list[Arrow]) -> Layers:
    """The boxes that hang together, `root` first, in layers; sizes are not known yet."""
    backs = _backs(root, arrows)
    down = [arrow for number, arrow in enumerate(arrows) if number not in backs]
    ranks = _ranks(keys, down)
    made = Layers()
    boxes = {key: made.add(2 * ranks[key], box=key).number for key in keys}
    for arrow in down:
        made.ways.append((arrow, _way(made, boxes[arrow.source], boxes[arrow.target], arrow.label)))
    for number in sorted(backs):
        arrow = arrows[number]
        way = [boxes[arrow.source]]
        if arrow.label:
            label = made.add(made.items[way[0]].layer + 1, label=arrow.label)
            made.join(way[0], label.number)
            way.append(label.number)
        made.backs.append((arrow, [*way, boxes[arrow.target]]))
    _order(made, boxes[root])
    return made


def _backs(root: int, arrows: list[Arrow]) -> set[int]:
    """The numbers of the arrows that lead back to a box from which one came."""
    out: dict[int, list[int]] = {}
    for number, arrow in enumerate(arrows):
        out.setdefault(arrow.source, []).append(number)
    found: set[int] = set()
    open_now, done = {root}, set[int]()
    stack = [(root, iter(out.get(root, ())))]
    while stack:
        key, rest = stack[-1]
        which = next(rest, -1)
        if which < 0:
            stack.pop()
            open_now.discard(key)
            done.add(key)
            continue
        target = arrows[which].target
        if target in open_now:
            found.add(which)
        elif target not in done:
            open_now.add(target)
            stack.append((target, iter(out.get(target, ()))))
    return found


def _ranks(keys: list[int], down: list[Arrow]) -> dict[int, int]:
    """The longest way from a root to each box."""
    into = dict.fromkeys(keys, 0)
    out: dict[int, list[int]] = {}
    for arrow in down:
        into[arrow.target] += 1
        out.setdefault(arrow.source, []).append(arrow.target)
    ranks = dict.fromkeys(keys, 0)
    ready = [key for key in keys if not into[key]]
    while ready:
        key = ready.pop()
        for target in out.get(key, ()):
            ranks[target] = max(ranks[target], ranks[key] + 1)
            into[target] -= 1
            if not into[target]:
                ready.append(target)
    return ranks


def _way(made: Layers, source: int, target: int, label: str) -> list[int]:
    """From the source to the target, with a joint or the label in each layer between."""
    way = [source]
    for layer in range(made.items[source].layer + 1, made.items[target].layer):
        text = label if layer == made.items[source].layer + 1 else ""
        way.append(made.add(layer, label=text).number)
    way.append(target)
    for upper, lower in pairwise(way):
        made.join(upper, lower)
    return way


def _order(made: Layers, root: int) -> None:
    """Items from left to right, so that few arrows cross: first as they are met, then by their neighbours."""
    layers: list[list[int]] = [[] for _ in range(max(item.layer for item in made.items) + 1)]
    seen: set[int] = set()
    stack = [root]
    while stack:
        number = stack.pop()
        if number in seen:
            continue
        seen.add(number)
        layers[made.items[number].layer].append(number)
        stack += reversed(made.items[number].below)
    best, fewest = [list(layer) for layer in layers], crossings(made, layers)
    for sweep in range(SWEEPS if fewest else 0):
        _sweep(made, layers, down=sweep % 2 == 0)
        crossed = crossings(made, layers)
        if crossed < fewest:
            best, fewest = [list(layer) for layer in layers], crossed
    made.layers = best


def _sweep(made: Layers, layers: list[list[int]], *, down: bool) -> None:
    pairs = list(zip(layers, [[], *layers[:-1]] if down else [*layers[1:], []], strict=True))
    for layer, beside in pairs if down else reversed(pairs):
        place = {number: index for index, number in enumerate(beside)}
        means = {}
        for index, number in enumerate(layer):
            item = made.items[number]
            near = [place[other] for other in (item.above if down else item.below)]
            means[number] = sum(near) / len(near) if near else float(index)
        layer.sort(key=lambda number: means[number])


def crossings(made: Layers, layers: list[list[int]]) -> int:
    """How many pairs of arrows cross, between all layers."""
    total = 0
    for upper, lower in pairwise(layers):
        place = {number: index for index, number in enumerate(lower)}
        ends = [place[below] for number in upper for below in sorted(made.items[number].below, key=place.__getitem__)]
        total += sum(a > b for index, a in enumerate(ends) for b in ends[index + 1 :])
    return total
