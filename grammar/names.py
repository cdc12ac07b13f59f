"""What every name of a flow means: all of them share one space and are compared without capitals (RULES A1)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from grammar import choices
from grammar import nodes as n
from grammar.walk import Visit, walk

TAKEN = frozenset(
    [
        "worker",
        "facility",
        "supervisor",
        "score",
        "max_score",
        "attempt",
        "outcome",
        "question",
        "tries_left",
        "reason",
        "previous",
        "taker",
        "my",
        "today",
        "now",
        "this_week",
        "last_week",
        "this_month",
        "last_month",
    ]
)
"""Words of the language that no name may be; an input may be called supervisor."""

PERSON = frozenset(
    [
        "id",
        "name",
        "first_name",
        "last_name",
        "other_names",
        "phone",
        "language",
        "cadre",
        "job",
        "district",
        "facility",
        "facilities",
        "supervisor",
        "calendar",
        "zone",
        "sex",
        "birth_date",
        "email",
    ]
)
"""The fields that a worker's record usually has."""

PERIODS = ("this_week", "last_week", "this_month", "last_month")


@dataclass(frozen=True, slots=True)
class Entry:
    """A name as it was first written.

    `kind`: section, question, message (of `say`), input, variable, word (of a loop), table, result (of `as`).
    `over`: the tables of the loops around a question or variable, outermost first.  `table`: what a loop word runs
    over ("" where that is no table).  `node` is the line that owns the name.
    """

    kind: str
    name: str
    at: n.Name
    node: n.Node
    over: tuple[str, ...] = ()
    table: str = ""
    blocks: tuple[n.Block, ...] = ()


@dataclass(frozen=True, slots=True)
class TableInfo:
    """A table's columns (with languages: `name:fr`) and the keys of its rows, as written."""

    name: str
    columns: tuple[str, ...]
    keys: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def column(self, name: str) -> str | None:
        """The column of that name as it is spelled in the table."""
        return next((column for column in self.columns if column.lower() == name.lower()), None)

    def row(self, key: str) -> str | None:
        """The key of a row as it is spelled in the table."""
        return next((own for own in self.keys if own.lower() == key.lower()), None)


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """What has rows without being a table: they are known only while the conversation runs.

    `kind`: answers (of a question with several), list or rows (an input), people (`workers where`).  `people`: each row
    is a worker.
    """

    kind: str
    name: str
    node: n.Node
    columns: tuple[str, ...] = ()
    people: bool = False

    def column(self, name: str) -> str | None:
        """The column of that name as it is spelled in the input; of people, any field of their record."""
        if self.people:
            return name.lower()
        return next((column for column in self.columns if column.lower() == name.lower()), None)


@dataclass(slots=True)
class Names:
    """The names of one flow.

    `declared`: all places that give a name, in the order of the file.  `sets`: the lines that set each variable.
    `sources`: what else has rows, by small letters; `people`: the name of each `workers where` there.
    `asked`: the names of all questions; `taken`: what `take` names.  `outcomes`: those of every `stop as`.
    `visits`: every node of the flow, walked once for all who look at it.
    `words`: what means something in some loops and over some rows, as far as somebody asked (`grammar.meaning`).
    `codes`: likewise those of each question, by its `id` (`grammar.kinds`).
    `kinds`, `labels`: what the compiler has seen so far of the values of each variable (`grammar.kinds.note`).
    """

    flow: n.Flow
    languages: tuple[str, ...]
    tables: dict[str, TableInfo] = field(default_factory=dict)
    entries: dict[str, Entry] = field(default_factory=dict)
    declared: list[Entry] = field(default_factory=list)
    sets: dict[str, list[n.Set]] = field(default_factory=dict)
    sources: dict[str, SourceInfo] = field(default_factory=dict)
    people: dict[n.People, str] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)
    taken: frozenset[str] = frozenset()
    outcomes: tuple[str, ...] = ()
    kinds: dict[str, str] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    visits: list[Visit] = field(default_factory=list)
    words: dict[tuple[tuple[tuple[str, str], ...], str], tuple[str, ...]] = field(default_factory=dict)

    codes: dict[int, dict[str, str] | None] = field(default_factory=dict)

    def find(self, word: str, *kinds: str) -> Entry | None:
        """What a word means, if it is of one of the kinds (of any, if none are given)."""
        entry = self.entries.get(word.lower())
        return entry if entry is not None and (not kinds or entry.kind in kinds) else None

    def of(self, *kinds: str) -> list[Entry]:
        """All entries of these kinds."""
        return [entry for entry in self.entries.values() if entry.kind in kinds]

    def question(self, word: str) -> n.Question | None:
        """The question of that name."""
        entry = self.find(word, "question")
        return entry.node if entry is not None and isinstance(entry.node, n.Question) else None

    def input(self, word: str) -> n.Input | None:
        """The input of that name."""
        entry = self.find(word, "input")
        return entry.node if entry is not None and isinstance(entry.node, n.Input) else None

    def rows(self, word: str) -> TableInfo | SourceInfo | None:
        """The table of that name, or what else has rows."""
        return self.tables.get(word.lower()) or self.sources.get(word.lower())

    def tag(self, key: str) -> str | None:
        """A language of the flow as its header spells it."""
        return next((tag for tag in self.languages if tag.lower() == key.lower()), None)


def names_of(flow: n.Flow, loose: Iterable[n.Node] = ()) -> Names:
    """All names of a flow; `loose` are the lines above the file's first flow, whose tables it shares (RULES A4)."""
    names = Names(flow, languages_of(flow))
    tables = [node for node in (*loose, *flow.body) if isinstance(node, n.Table | n.TableFile)]
    for table in tables:
        names.tables.setdefault(table.name.key, _table(table, names))
    visits = names.visits = list(walk(flow))
    nodes = [visit.node for visit in visits if type(visit.node) in _TOLD]
    _note_sources(nodes, names)
    names.asked = {node.name.key for node in nodes if isinstance(node, n.Question)}
    names.taken = frozenset(node.thing.key for node in nodes if isinstance(node, n.Take))
    names.outcomes = tuple(node.outcome.text for node in nodes if isinstance(node, n.Stop) and node.outcome is not None)
    for entry in (*(Entry("table", table.name.text, table.name, table) for table in tables), *_in(visits, names)):
        names.declared.append(entry)
        names.entries.setdefault(entry.at.key, entry)
    return names


_TOLD = frozenset((n.Input, n.Question, n.ForEach, n.ChoicesFrom, n.EachRow, n.Take, n.Stop))
"""The nodes that tell what some names mean."""


def languages_of(flow: n.Flow) -> tuple[str, ...]:
    """The languages of the header, English without one."""
    lines = [line for line in flow.header if isinstance(line, n.Languages)]
    return tuple(tag.text for tag in lines[0].tags) if lines else ("en",)


def _table(table: n.Table | n.TableFile, names: Names) -> TableInfo:
    if isinstance(table, n.TableFile):
        columns = tuple(_column(column, names) for column in table.columns)
        return TableInfo(table.name.text, columns, tuple(row[0] for row in table.rows), table.rows)
    columns = tuple(_column(cell.text, names) for cell in table.header.cells)
    rows = tuple(tuple(cell.text for cell in row.cells) for row in table.rows)
    return TableInfo(table.name.text, columns, tuple(row[0] for row in rows if row), rows)


def _column(header: str, names: Names) -> str:
    """`name:FR` is `name:fr` where the header of the flow says fr."""
    name, colon, tag = (part.strip() for part in header.partition(":"))
    return f"{name}:{names.tag(tag) or tag}" if colon else name


def _note_sources(nodes: Sequence[n.Node], names: Names) -> None:
    """Inputs that are lists or tables, people, and the answers that something runs over."""
    runs = [node for node in nodes if isinstance(node, n.ForEach | n.ChoicesFrom)]
    paths = {node.source.key for node in runs if isinstance(node.source, n.Path)}
    paths |= {node.table.key for node in nodes if isinstance(node, n.EachRow)}
    for node in nodes:
        found = _source(node, paths, names)
        if found is not None:
            names.sources.setdefault(found.name.lower(), found)


def _source(node: n.Node, wanted: set[str], names: Names) -> SourceInfo | None:
    if isinstance(node, n.Input) and isinstance(node.type, n.ListType):
        return SourceInfo("list", node.name.text, node, people=node.type.item.kind == "worker")
    if isinstance(node, n.Input) and isinstance(node.type, n.TableType):
        return SourceInfo("rows", node.name.text, node, tuple(column.text for column in node.type.columns))
    if isinstance(node, n.Question) and node.name.key in wanted and choices.kind_of(node) == "choices":
        return SourceInfo("answers", node.name.text, node)
    if isinstance(node, n.ForEach | n.ChoicesFrom) and isinstance(node.source, n.People):
        name = f"workers {len(names.people) + 1}"
        names.people[node.source] = name
        return SourceInfo("people", name, node.source, people=True)
    return None


def _in(visits: Iterable[Visit], names: Names) -> Iterator[Entry]:
    for visit in visits:
        if type(visit.node) in _DECLARING and not visit.inside(n.Rehearsal, n.RehearsalWorker):
            yield from _declared(visit, names)


_DECLARING = frozenset((n.Section, n.Question, n.Say, n.Input, n.ForEach, n.Run, n.Do, n.Set))


def _declared(visit: Visit, names: Names) -> Iterator[Entry]:
    """The names that one node gives."""
    node, over = visit.node, tables_around(visit.parents, names)
    blocks = tuple(parent for parent in visit.parents if isinstance(parent, n.Block))
    if isinstance(node, n.Section):
        yield Entry("section", node.name.text, node.name, node)
    elif isinstance(node, n.Question):
        yield Entry("question", node.name.text, node.name, node, over, blocks=blocks)
    elif isinstance(node, n.Say) and node.name is not None:
        yield Entry("message", node.name.text, node.name, node, blocks=blocks)
    elif isinstance(node, n.Input):
        yield Entry("input", node.name.text, node.name, node)
    elif isinstance(node, n.ForEach):
        yield Entry("word", node.word.text, node.word, node, over, table=table_of(node, names))
    elif isinstance(node, n.Run):
        name = node.result or node.flow
        yield Entry("result", name.text, name, node)
    elif isinstance(node, n.Do) and node.result is not None:
        yield Entry("result", node.result.text, node.result, node)
    elif isinstance(node, n.Set) and len(node.target.parts) == 1:
        yield from _variable(node, names, over)


def _variable(node: n.Set, names: Names, over: tuple[str, ...]) -> Iterator[Entry]:
    """`set` makes a variable, except where the name is a question's: then it corrects that."""
    name = node.target.parts[0]
    if name.key not in names.asked and name.key not in TAKEN:
        names.sets.setdefault(name.key, []).append(node)
        yield Entry("variable", name.text, name, node, over)


def table_of(loop: n.ForEach | n.ChoicesFrom, names: Names) -> str:
    """The table, or what else has rows, that a loop or the choices of a question run over; "" where there is none."""
    if isinstance(loop.source, n.People):
        return names.people.get(loop.source, "")
    table = names.rows(loop.source.key)
    return table.name if table is not None else ""


def tables_around(parents: tuple[n.Node, ...], names: Names) -> tuple[str, ...]:
    """The tables of the loops whose blocks hold the place, outermost first."""
    loops = [outer for outer, inner in pairwise(parents) if isinstance(outer, n.ForEach) and inner is outer.block]
    return tuple(table_of(loop, names) for loop in loops)


def table_named_by(word: n.Name | None, names: Names) -> str:
    """The table that `each product` means: the one that a loop with this word runs over, or the one of this name."""
    if word is None:
        return ""
    entry = names.find(word.text, "word", "table")
    return "" if entry is None else entry.table or entry.name
