"""The messages of a flow in the order of the file, each with what its id ends in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

import msgspec

from grammar import nodes as n
from grammar.choices import code_of
from grammar.walk import children


class Found(msgspec.Struct, frozen=True):
    """A message with its name; one without a name has the section in which it stands."""

    message: n.Message
    name: str = ""
    section: str = ""


_ASIDE = (n.Rehearsal, n.RehearsalWorker, n.Table, n.TableFile, n.Include)


def messages(flow: n.Flow) -> Iterator[Found]:
    """All messages but those of tests."""
    yield from _title(flow)
    yield from _attributes("", flow.header)
    for line in flow.header:
        if isinstance(line, n.Inputs):
            for declared in line.inputs:
                yield from _choices(declared.name.text, declared.choices)
        else:
            yield from _inside(line, "")
    section = ""
    for top in flow.body:
        if isinstance(top, n.Section):
            section = top.name.text
            if top.title is not None:
                yield Found(top.title, section)
        elif not isinstance(top, _ASIDE):
            yield from _inside(top, section)


def _title(flow: n.Flow) -> Iterator[Found]:
    """The languages of a title stand among the lines of the header."""
    if flow.title is not None:
        parts = tuple(line for line in flow.header if isinstance(line, n.Part))
        yield Found(msgspec.structs.replace(flow.title, parts=(*flow.title.parts, *parts)), "title")


def _inside(node: n.Node, section: str) -> Iterator[Found]:
    """The messages of a line and of the lines below it."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        if isinstance(node, n.Say | n.Tell):
            name = node.name.text if isinstance(node, n.Say) and node.name is not None else ""
            yield Found(node.message, name, section)
        elif isinstance(node, n.Question):
            yield Found(node.message, node.name.text)
            yield from _choices(node.name.text, (item for item in node.attributes if isinstance(item, n.Choice)))
            yield from _attributes(f"{node.name.text}.", node.attributes)
        elif isinstance(node, n.ChooseLanguage | n.Choose):
            if node.message is not None:
                yield Found(node.message, node.key)
            yield from _attributes(f"{node.key}.", node.attributes)
        waiting += reversed([child for child in children(node) if not isinstance(child, n.Message)])


def _choices(owner: str, choices: Iterable[n.Choice]) -> Iterator[Found]:
    for choice in choices:
        yield Found(choice.label, f"{owner}.choice.{code_of(choice)}")


def _attributes(owner: str, lines: Iterable[n.Node]) -> Iterator[Found]:
    """The texts below a question or in a header; the second reminder of one is `remind.2`."""
    seen: Counter[str] = Counter()
    for line in lines:
        kind = line.kind if isinstance(line, n.Reaction) else _NAMES.get(type(line), "")
        message: n.Message | None = getattr(line, _FIELD.get(type(line), "message"), None)
        if kind and message is not None:
            seen[kind] += 1
            yield Found(message, f"{owner}{kind}" if seen[kind] == 1 else f"{owner}{kind}.{seen[kind]}")


_NAMES: dict[type[n.Node], str] = {
    n.Hint: "hint",
    n.Check: "check",
    n.Confirm: "confirm",
    n.Remind: "remind",
    n.ChoicesFrom: "choices",
}
_FIELD: dict[type[n.Node], str] = {n.ChoicesFrom: "label"}
