"""Where every name of a file is given and used; what a bare word means is asked of the language, never guessed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from editor.codes import owner_of
from grammar import nodes as n
from grammar import program as p
from grammar.meaning import meaning_of
from grammar.names import Entry, Names
from grammar.scopes import Scope, scope_of
from grammar.walk import Visit, walk


@dataclass(frozen=True, slots=True)
class Thing:
    """What has a name; `key` is the name in small letters.

    `kind`: name (of a section, question, message, input, variable, loop word, table or result), flow, choice, group,
    language or file (`key` is its path).  `owner`: of a name its flow ("" for a table above all flows), of a choice
    its flow and question.
    """

    kind: str
    key: str
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Use:
    """A name where it stands; `given`: where it is made; `label`: it is made of the label that stands there."""

    thing: Thing
    span: n.Span
    given: bool = False
    label: bool = False


def uses_of(read: n.File, whole: n.File, flows: tuple[Names, ...]) -> list[Use]:
    """Every name of a file, in the order of its flows.

    `whole`: the file with what it includes; `flows`: the names of its flows.
    """
    shared = {id(node) for node in whole.loose}
    found = [use for names in flows for use in _Flow(names, shared).uses()]
    given = {use for use in found if use.given}
    once = dict.fromkeys([*_files(read), *found])
    return [use for use in once if use.given or Use(use.thing, use.span, given=True) not in given]


def _files(file: n.File) -> Iterator[Use]:
    for visit in walk(file):
        if isinstance(visit.node, n.Include | n.TableFile):
            yield Use(Thing("file", visit.node.path), visit.node.span)


@dataclass(slots=True)
class _Flow:
    """The uses in one flow.  `shared`: the tables above all flows."""

    names: Names
    shared: set[int]

    def uses(self) -> Iterator[Use]:
        for entry in self.names.declared:
            if not _is_flow(entry):
                yield Use(self._thing(entry), entry.at.span, given=True)
        yield Use(Thing("flow", self._flow), self.names.flow.name.span, given=True)
        for visit in walk(self.names.flow):
            if isinstance(visit.node, n.Path):
                yield from self._path(visit.node, visit)
            elif isinstance(visit.node, n.Quoted):
                yield from self._quoted(visit.node, visit)
            else:
                for read in _OF.get(type(visit.node), ()):
                    yield from read(self, visit.node, visit)

    @property
    def _flow(self) -> str:
        return self.names.flow.name.key

    def _thing(self, entry: Entry) -> Thing:
        if _is_flow(entry):
            return Thing("flow", entry.at.key)
        return Thing("name", entry.at.key, "" if id(entry.node) in self.shared else self._flow)

    def name(self, name: n.Name | None) -> Iterator[Use]:
        """The use of a word that can only be a name of this flow, or the flow itself."""
        entry = self.names.find(name.text) if name is not None else None
        if name is not None and entry is not None:
            yield Use(self._thing(entry), name.span)
        elif name is not None and name.key == self._flow:
            yield Use(Thing("flow", name.key), name.span)

    def args(self, args: tuple[n.Arg, ...], flow: str) -> Iterator[Use]:
        """What is given to a flow: inputs of that one."""
        for arg in args:
            first = arg.name.parts[0]
            yield Use(Thing("name", first.key, flow), first.span)

    def choices(self, owner: n.Name, node: n.Question | n.Input) -> Iterator[Use]:
        """The codes below a question or an input, and those that are right."""
        of = f"{self._flow}.{owner.key}"
        lines = node.attributes if isinstance(node, n.Question) else node.choices
        for line in lines:
            if isinstance(line, n.Choice) and line.code is not None:
                yield Use(Thing("choice", line.code.key, of), line.code.span, given=True, label=_is_label(line))
            elif isinstance(line, n.Answer):
                yield from (Use(Thing("choice", code.key, of), code.span, given=True) for code in line.type.codes)
        if isinstance(node, n.Input) and isinstance(node.type, n.AnswerType):
            yield from (Use(Thing("choice", code.key, of), code.span, given=True) for code in node.type.codes)

    def _path(self, path: n.Path, visit: Visit) -> Iterator[Use]:
        above = visit.parents[-1]
        if _is_no_name(path, above):
            return
        scope = scope_of(visit, self.names)
        if scope.candidates:
            scope = scope.among_people(_is_left(visit))
        code = self._code(path, visit, scope)
        if code is not None:
            yield code
        elif not scope.candidates:
            yield from self._meant(path, scope)

    def _code(self, path: n.Path, visit: Visit, scope: Scope) -> Use | None:
        """The use of a choice, where the word is one (RULES A2)."""
        owner = owner_of(path, visit, scope)
        return None if owner is None else Use(Thing("choice", path.key, owner), path.span)

    def _quoted(self, text: n.Quoted, visit: Visit) -> Iterator[Use]:
        """A code in quotes, without them."""
        owner = owner_of(text, visit, scope_of(visit, self.names))
        if owner is not None:
            span = text.span
            inner = n.Span(span.line, span.column + 1, span.end_column - 1, span.file)
            yield Use(Thing("choice", text.value.lower(), owner), inner)

    def _meant(self, path: n.Path, scope: Scope) -> Iterator[Use]:
        first, rest = path.parts[0], path.parts[1:]
        looped = any(word == first.key for word, _ in scope.loops)
        cell = meaning_of(path, scope) if scope.rows and not rest and not looped else None
        if isinstance(cell, p.Cell) and cell.column:
            return  # a column of the row that is read
        entry = self.names.find(first.text)
        if entry is None:
            return
        yield Use(self._thing(entry), first.span)
        if rest and isinstance(entry.node, n.Run):
            yield Use(Thing("name", rest[0].key, entry.node.flow.key), rest[0].span)


def _is_label(choice: n.Choice) -> bool:
    """Is the code the label's only word?"""
    text = choice.label.text
    return choice.code is not None and text is not None and text.span.column == choice.code.span.column


def _is_flow(entry: Entry) -> bool:
    """`run other` without `as`: what it gives is called as the flow is."""
    return isinstance(entry.node, n.Run) and entry.node.result is None


def _is_no_name(path: n.Path, above: n.Node) -> bool:
    """What a line gives to others, the fields of a test's worker, roles and groups are names of other things."""
    if isinstance(above, n.Arg):
        return path is above.name
    if isinstance(above, n.Role):
        return path is above.role
    if isinstance(above, n.Operation) and above.name in ("in_group", "not_in_group"):
        return path is above.args[1]
    return isinstance(above, n.PersonField)


def _is_left(visit: Visit) -> bool:
    """In `workers where`: left of a comparison stands a field of the candidate."""
    chain = (*visit.parents, visit.node)
    inside = next(at for at, node in enumerate(chain) if isinstance(node, n.People))
    for outer, inner in pairwise(chain[inside:]):
        if isinstance(outer, n.Operation) and outer.name not in ("and", "or", "not"):
            return inner is outer.args[0]
    return True


def _names(*fields: str) -> Callable[[_Flow, Any, Visit], Iterator[Use]]:
    """Words of a line that can only be names."""

    def read(flow: _Flow, node: Any, visit: Visit) -> Iterator[Use]:  # noqa: ANN401 - any kind of line
        for field in fields:
            value = getattr(node, field)
            for name in value if isinstance(value, tuple) else (value,):
                yield from flow.name(name)

    return read


def _group(field: str) -> Callable[[_Flow, Any, Visit], Iterator[Use]]:
    def read(flow: _Flow, node: Any, visit: Visit) -> Iterator[Use]:  # noqa: ANN401 - any kind of line
        name: n.Name = getattr(node, field)
        yield Use(Thing("group", name.key), name.span)

    return read


def _started(flow: _Flow, node: n.Run | n.StartFlow, visit: Visit) -> Iterator[Use]:
    yield Use(Thing("flow", node.flow.key), node.flow.span)
    yield from flow.args(node.args, node.flow.key)


def _begun(flow: _Flow, node: n.Begin, visit: Visit) -> Iterator[Use]:
    if node.flow is not None:
        yield Use(Thing("flow", node.flow.key), node.flow.span)
    yield from flow.args(node.args, node.flow.key if node.flow is not None else flow.names.flow.name.key)


def _posted(flow: _Flow, node: n.Post, visit: Visit) -> Iterator[Use]:
    yield from flow.args(node.args, flow.names.flow.name.key)


def _asked(flow: _Flow, node: n.Question | n.Input, visit: Visit) -> Iterator[Use]:
    yield from flow.choices(node.name, node)


def _part(flow: _Flow, node: n.Part, visit: Visit) -> Iterator[Use]:
    if flow.names.tag(node.key.text) is not None:
        yield Use(Thing("language", node.key.key), node.key.span)


def _languages(flow: _Flow, node: n.Languages, visit: Visit) -> Iterator[Use]:
    yield from (Use(Thing("language", tag.key), tag.span, given=True) for tag in node.tags)


_OF: dict[type[n.Node], tuple[Callable[[_Flow, Any, Visit], Iterator[Use]], ...]] = {
    n.GoTo: (_names("target"),),
    n.Choice: (_names("go"),),
    n.ShortForm: (_names("questions", "each", "of_each"),),
    n.Sensitive: (_names("names"),),
    n.Moved: (_names("new"),),
    n.AskAgain: (_names("word"),),
    n.OnEvent: (_names("same"),),
    n.EachRow: (_names("table"),),
    n.Membership: (_group("group"),),
    n.ToGroup: (_group("group"),),
    n.Run: (_started,),
    n.StartFlow: (_started,),
    n.Begin: (_begun,),
    n.Post: (_posted,),
    n.Question: (_asked,),
    n.Input: (_asked,),
    n.Part: (_part,),
    n.Languages: (_languages,),
}
