"""Lines of a conversation → operations: one function for each kind of line, in the order of the file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from grammar import kinds
from grammar import nodes as n
from grammar import program as p
from grammar.compiler.assembler import Around, Assembler, Beside, Draft
from grammar.compiler.expressions import expression, value
from grammar.compiler.people import target
from grammar.compiler.texts import text
from grammar.meaning import meaning_of
from grammar.scopes import Missing, Scope

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "weekday", "day")


def block(lines: n.Block, asm: Assembler, around: Around) -> None:
    """Every line of a block."""
    for line in lines.statements:
        statement(line, asm, around)


def statement(line: n.Statement, asm: Assembler, around: Around) -> None:
    """One line and all that stands below it; lines that this version cannot run are left out (a check says so)."""
    emit = _EMIT.get(type(line))
    if emit is not None:
        emit(line, asm, around)


def _say(line: n.Say, asm: Assembler, around: Around) -> None:
    if line.name is not None:
        asm.mark(line.name)
    asm.emit(p.Say(text(line.message, around.scope)), line.span)


def _question(line: n.Question, asm: Assembler, around: Around) -> None:
    asm.mark(line.name)
    draft = Draft(line, line.name.text, asm.emit(p.Ask(line.name.text), line.span), around, asm.section)
    asm.drafts.append(draft)
    for item in line.attributes:
        _block_of(item, draft, asm)


def _block_of(item: n.Attribute, draft: Draft, asm: Assembler) -> None:
    """A block below a question runs beside the conversation, and ends as RULES D1 says."""
    verify = isinstance(draft.node, n.Question) and draft.node.kind == "verify"
    ending: p.Code
    lines: n.Block | None
    if isinstance(item, n.GiveUp):
        name, lines, ending = "give_up", item.block, p.Stop("no_answer")
    elif isinstance(item, n.Failure):
        name = "failed" if item.kind == "failed" else "too_many"
        lines, ending = item.block, p.Stop("not_verified" if verify else "invalid_answers")
    elif isinstance(item, n.Reaction) and item.block is not None:
        name, lines, ending = f"{item.kind}_block", item.block, p.Back("question" if item.kind == "invalid" else "next")
    else:
        return
    asm.beside.append(Beside(lines, draft.around, ending, item.span, draft.slot(name)))


def _choose(line: n.ChooseLanguage | n.Choose, asm: Assembler, around: Around) -> None:
    before = sum(not isinstance(draft.node, n.Question) and draft.node.key == line.key for draft in asm.drafts)
    name = f"{line.key}_{before + 1}" if before else line.key
    op = p.Choose(name) if isinstance(line, n.Choose) else p.ChooseLanguage(name)
    draft = Draft(line, name, asm.emit(op, line.span), around, asm.section)
    asm.drafts.append(draft)
    for item in line.attributes:
        _block_of(item, draft, asm)


def _tell(line: n.Tell, asm: Assembler, around: Around) -> None:
    told = p.Tell(
        target(line.target, around.scope), text(line.message, around.scope), line.urgent, _gathered(line.digest)
    )
    at = asm.emit(told, line.span)
    if line.nobody is not None:
        asm.beside.append(
            Beside(line.nobody, around, p.Jump(at + 1), line.nobody.span, lambda begin: asm.change(at, nobody=begin))
        )


def _gathered(digest: n.Digest | None) -> tuple[str, str] | None:
    """The day and the time, 09:00 where none is written (RULES G6)."""
    if digest is None:
        return None
    return digest.day.key, digest.at.value if digest.at is not None else "09:00"


def _if(line: n.If, asm: Assembler, around: Around) -> None:
    ends: list[int] = []
    last = line.branches[-1]
    inner = around
    for branch in line.branches:
        when = expression(branch.when, around.scope)
        test = asm.emit(p.Unless(when, -1), branch.span)
        block(branch.block, asm, inner.under(p.Guard(when)))
        if branch is not last or line.otherwise is not None:
            ends.append(asm.emit(p.Jump(-1), branch.span))
        asm.change(test, to=asm.here)
        inner = inner.under(p.Guard(when, holds=False))
    if line.otherwise is not None:
        block(line.otherwise, asm, inner)
    for end in ends:
        asm.change(end, to=asm.here)


def _for_each(line: n.ForEach, asm: Assembler, around: Around) -> None:
    inner = around.within(line)
    loop = asm.emit(p.Loop(inner.scope.loops[-1][1], line.word.text, -1), line.span)
    block(line.block, asm, inner)
    asm.emit(p.Next(loop), line.span)
    asm.change(loop, end=asm.here)


def _wait(line: n.Wait, asm: Assembler, around: Around) -> None:
    asm.emit(p.Wait(span=expression(line.length, around.scope), at=_hour(line.at, around.scope)), line.span)


def _wait_until(line: n.WaitUntil, asm: Assembler, around: Around) -> None:
    own = isinstance(line.moment, n.Path) and not isinstance(meaning_of(line.moment, around.scope), Missing)
    word = line.moment.key if isinstance(line.moment, n.Path) and not own else ""  # a question may be called `day`
    at = _hour(line.at, around.scope)
    if word in DAYS:
        asm.emit(p.Wait(day=word, at=at), line.span)
    elif word == "tomorrow":
        asm.emit(p.Wait(until=p.Op("+", (p.Builtin("today"), p.Const("duration", "86400"))), at=at), line.span)
    else:
        asm.emit(p.Wait(until=expression(line.moment, around.scope), at=at), line.span)


def _wait_next(line: n.WaitNext, asm: Assembler, around: Around) -> None:
    asm.emit(p.Wait(day=line.day.key, at=_hour(line.at, around.scope)), line.span)


def _wait_quizzes(line: n.WaitQuizzes, asm: Assembler, around: Around) -> None:
    """Until when it waits at most is the header's `give up`, whose block is not written yet."""
    asm.quiz_waits.append(asm.emit(p.Wait(), line.span))


def _hour(node: n.Expr | None, scope: Scope) -> p.Expr | None:
    return None if node is None else expression(node, scope)


def _go_to(line: n.GoTo, asm: Assembler, around: Around) -> None:
    asm.go_to(line.target, line.span)


def _stop(line: n.Stop, asm: Assembler, around: Around) -> None:
    asm.emit(p.Stop(line.outcome.text if line.outcome is not None else "stopped"), line.span)


def _set(line: n.Set, asm: Assembler, around: Around) -> None:
    parts = line.target.parts
    if parts[0].key == "worker":
        field = ".".join(part.key for part in parts[1:])
        asm.emit(p.Set("worker", field, loose_value(line.value, p.Field("worker", field), around.scope)), line.span)
        return
    entry = asm.names.find(parts[0].text, "question", "variable")
    if entry is not None and entry.kind == "question":
        receiver = meaning_of(line.target, around.scope)
        own = receiver if isinstance(receiver, p.Answer) else None
        asm.emit(p.Set("answer", entry.name, value(line.value, own, around.scope)), line.span)
        return
    name = entry.name if entry is not None else parts[0].text
    set_to = value(line.value, p.Variable(name), around.scope)
    kinds.note(name, set_to, asm.names)
    asm.emit(p.Set("variable", name, set_to), line.span)


def loose_value(node: n.Expr, receiver: p.Expr, scope: Scope) -> p.Expr:
    """A value for something whose codes the file does not know: a bare word that is no name stands for itself."""
    if isinstance(node, n.Path) and len(node.parts) == 1 and isinstance(meaning_of(node, scope), Missing):
        return p.Const("code", node.text)
    return value(node, receiver, scope)


def _membership(line: n.Membership, asm: Assembler, around: Around) -> None:
    person = None if line.person.key == "worker" else expression(line.person, around.scope)
    asm.emit(p.Group(line.group.text, line.add, person), line.span)


def _do(line: n.Do, asm: Assembler, around: Around) -> None:
    result = line.result.text if line.result is not None else ""
    at = asm.emit(p.Do(line.action.text, _args(line.args, around.scope), result), line.span)
    _if_failed(line.failed, at, p.Jump(at + 1), asm, around)


def _run(line: n.Run, asm: Assembler, around: Around) -> None:
    """The code of the other flow comes here once all flows are known; what its inputs can hold is known only then."""
    scope = around.scope
    args = {arg.name.text: loose_value(arg.value, p.Const("empty"), scope) for arg in line.args}
    result = (line.result or line.flow).text
    asm.emit(p.Run(line.flow.text, result, args, scope.tables, asm.section, around.guards), line.span)


def _take(line: n.Take, asm: Assembler, around: Around) -> None:
    value = expression(line.thing, around.scope)
    at = asm.emit(p.Take(line.thing.key, value, -1), line.span)
    asm.beside.append(Beside(line.block, around, p.Stop("taken"), line.span, lambda begin: asm.change(at, block=begin)))


def _start_flow(line: n.StartFlow, asm: Assembler, around: Around) -> None:
    scope = around.scope
    args = {arg.name.text: loose_value(arg.value, p.Const("empty"), scope) for arg in line.args}
    at = asm.emit(p.StartFlow(line.flow.text, target(line.target, scope), args), line.span)
    _if_failed(line.failed, at, p.Jump(at + 1), asm, around)


def _submit(line: n.Submit, asm: Assembler, around: Around) -> None:
    at = asm.emit(p.Submit(line.system.text, _args(line.args, around.scope), line.waits), line.span)
    _if_failed(line.failed, at, p.Jump(at + 1) if line.waits else p.Back("wait"), asm, around)


def _if_failed(lines: n.Block | None, at: int, ending: p.Code, asm: Assembler, around: Around) -> None:
    """The block of `if failed` below a line that calls somebody else."""
    if lines is not None:
        asm.beside.append(Beside(lines, around, ending, lines.span, lambda begin: asm.change(at, failed=begin)))


def _args(args: tuple[n.Arg, ...], scope: Scope) -> dict[str, p.Expr]:
    return {arg.name.text: expression(arg.value, scope) for arg in args}


def _ask_again(line: n.AskAgain, asm: Assembler, around: Around) -> None:
    row = None if line.row is None else expression(line.row, around.scope)
    entry = asm.names.find(line.question.text, "question")
    asm.emit(p.AskAgain(entry.name if entry is not None else line.question.text, row), line.span)


_EMIT: dict[type[n.Node], Callable[[Any, Assembler, Around], None]] = {
    n.Say: _say,
    n.Question: _question,
    n.ChooseLanguage: _choose,
    n.Choose: _choose,
    n.Tell: _tell,
    n.If: _if,
    n.ForEach: _for_each,
    n.Wait: _wait,
    n.WaitUntil: _wait_until,
    n.WaitNext: _wait_next,
    n.WaitQuizzes: _wait_quizzes,
    n.GoTo: _go_to,
    n.Stop: _stop,
    n.Set: _set,
    n.Membership: _membership,
    n.Do: _do,
    n.Run: _run,
    n.StartFlow: _start_flow,
    n.Take: _take,
    n.Submit: _submit,
    n.AskAgain: _ask_again,
}
