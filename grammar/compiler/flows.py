"""A flow → a program: the main code first, ended by a Stop, then every block that runs beside the conversation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from grammar import nodes as n
from grammar import program as p
from grammar.compiler import header
from grammar.compiler.assembler import Around, Assembler, Beside
from grammar.compiler.expressions import expression, seconds
from grammar.compiler.questions import defaults_of, only, question
from grammar.compiler.rehearsals import rehearsal
from grammar.compiler.sources import source
from grammar.compiler.statements import block, statement
from grammar.names import Names
from grammar.scopes import Missing, Scope


class Made(NamedTuple):
    """A program, the place in the file of each of its operations, its tests, and the words that mean nothing."""

    program: p.Program
    spans: tuple[n.Span, ...]
    rehearsals: tuple[p.Rehearsal, ...]
    missing: tuple[Missing, ...]


def make(names: Names, file: str, flows: Sequence[Names] = (), lines: Sequence[str] = ()) -> Made:
    """One flow, compiled; it can run where nothing is missing and no check found an error.

    `flows`: the names of all flows of the file, which a test may start; `lines`: the author's lines.
    """
    problems: list[Missing] = []
    flow, scope = names.flow, Scope(names, problems=problems)
    asm = Assembler(names, file)
    around = Around(scope)
    for line in flow.body:
        _top(line, asm, around)
    asm.targets.setdefault(flow.name.key, 0)
    asm.emit(p.Stop("completed"), flow.span)
    _blocks(asm)
    give_up = _default_give_up(asm, around) if asm.drafts else 0
    defaults = defaults_of(flow, scope, give_up)
    for at in asm.quiz_waits:
        asm.change(at, give_up=p.GiveUp(defaults.give_up_after, give_up))
    code = asm.close()
    program = p.Program(
        flow=flow.name.text,
        languages=names.languages,
        code=code,
        questions={draft.name: question(draft, defaults, asm) for draft in asm.drafts},
        sources={info.name: source(info, scope) for info in names.sources.values()},
        tables={info.name: p.Table(info.columns, info.rows) for info in names.tables.values()},
        sections=asm.sections,
        afters=tuple(asm.afters),
        on_words=tuple(asm.on_words),
        on_events=tuple(asm.on_events),
        places=asm.places(),
        title=header.title(flow, scope),
        **header.fields(flow, scope),
    )
    tests = tuple(rehearsal(test, names, flows, problems, lines) for test in flow.body if isinstance(test, n.Rehearsal))
    return Made(program, tuple(asm.spans), tests, tuple(problems))


def _top(line: n.TopLevel, asm: Assembler, around: Around) -> None:
    """A line at the margin."""
    if isinstance(line, n.Section):
        asm.mark(line.name)
        asm.section = line.name.text
        asm.sections[line.name.text] = asm.emit(p.Enter(line.name.text), line.span)
    elif isinstance(line, n.After):
        _after(line, asm, around)
    elif isinstance(line, n.OnWord):
        _on_word(line, asm, around)
    elif isinstance(line, n.OnEvent):
        _on_event(line, asm, around)
    elif not isinstance(line, n.Table | n.TableFile | n.Include | n.Rehearsal | n.RehearsalWorker):
        statement(line, asm, around)


def _after(line: n.After, asm: Assembler, around: Around) -> None:
    unless = None if line.unless is None else expression(line.unless, around.scope)
    after = seconds(line.after)
    once = unless.path[0] if isinstance(unless, p.Builtin) and unless.name == "taken" else ""

    def found(position: int) -> None:
        asm.afters.append(p.After(after, position, unless, once=once))

    asm.beside.append(Beside(line.block, around, p.Back("wait"), line.span, found))


def _on_word(line: n.OnWord, asm: Assembler, around: Around) -> None:
    words = tuple(word.text for word in line.words)

    def found(position: int) -> None:
        asm.on_words.append(p.OnWord(words, position))

    asm.beside.append(Beside(line.block, around, p.Back("question"), line.span, found))


def _on_event(line: n.OnEvent, asm: Assembler, around: Around) -> None:
    inputs = (asm.names.find(name.text, "input") for name in line.same)
    same = tuple(entry.name for entry in inputs if entry is not None)

    def found(position: int) -> None:
        asm.on_events.append(p.OnEvent(line.event.text, position, same))

    asm.beside.append(Beside(line.block, around, p.Back("question"), line.span, found))


def _blocks(asm: Assembler) -> None:
    """Write the blocks that wait; a block may hold lines that have blocks of their own."""
    while asm.beside:
        waiting = asm.beside.popleft()
        waiting.found(asm.here)
        if waiting.block is not None:
            block(waiting.block, asm, waiting.around)
        if not _ends(waiting.block):
            asm.emit(waiting.ending, waiting.span)


def _ends(lines: n.Block | None) -> bool:
    """Does the block go elsewhere by itself?"""
    return lines is not None and bool(lines.statements) and isinstance(lines.statements[-1], n.Stop | n.GoTo)


def _default_give_up(asm: Assembler, around: Around) -> int:
    """The block of the header's `give up`, one for all questions."""
    begins = asm.here
    line = next(only(asm.names.flow.header, n.GiveUp), None)
    place = line if line is not None else asm.names.flow
    own = line.block if line is not None else None
    asm.beside.append(Beside(own, around, p.Stop("no_answer"), place.span, lambda position: None))
    _blocks(asm)
    return begins
