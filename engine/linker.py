"""Program → closures, once per load: no parsing and no walking of trees while a conversation runs."""

from __future__ import annotations

from engine import needs, sources
from engine.expressions import Read, Test
from engine.linked import WITH, Linked
from engine.phrases import Phrases
from engine.questions import LinkedQuestion, LinkedReminder
from engine.texts import LinkedText, Texts
from grammar import program as p


def link(program: p.Program, key: str, phrases: Phrases) -> Linked:
    """The program with the hash `key`, ready to run."""
    return _Linker(program, key, phrases).link()


class _Linker:
    def __init__(self, program: p.Program, key: str, phrases: Phrases) -> None:
        self.program = program
        self.linked = Linked(program, key, phrases)
        self.expressions = self.linked.expressions
        self.texts = Texts(program, self.expressions, phrases)

    def link(self) -> Linked:
        linked, program = self.linked, self.program
        for name, source in program.sources.items():
            linked.sources[name] = sources.link(name, source, self.expressions)
        for name, spec in {**program.inputs, **program.handed}.items():
            self.texts.choices(f"input:{name}", spec.choices)
        labels = {name: self.texts.choices(f"question:{name}", q.choices) for name, q in program.questions.items()}
        for name, question in program.questions.items():
            linked.questions[name] = self._question(question, labels[name])
        for at, op in enumerate(program.code):
            self._operation(at, op)
        linked.unless = tuple(self.expressions.maybe(after.unless) for after in program.afters)
        linked.main_end = min(_blocks(program), default=len(program.code))
        self._verifies()
        return linked

    def _question(self, q: p.Question, labels: dict[str, LinkedText]) -> LinkedQuestion:
        test, text = self.expressions.test, self.texts.maybe
        maybe = self.expressions.maybe
        return LinkedQuestion(
            source=q,
            text=self.texts.link(q.text),
            only_if=maybe(q.only_if),
            checks=tuple((test(check.when), self.texts.link(check.text)) for check in q.checks),
            confirms=tuple((maybe(confirm.when), self.texts.link(confirm.text)) for confirm in q.confirms),
            labels=labels,
            rows_label=self.texts.rows(f"question:{q.name}", q.choices_from),
            invalid=text(q.invalid),
            right=text(q.right),
            wrong=text(q.wrong),
            hint=text(q.hint),
            reminders=tuple(LinkedReminder(r.after * 1000, text(r.text)) for r in q.reminders),
            correct=tuple(self.expressions.read(expr) for expr in q.correct),
            guards=self._guards(q.guards),
            around=tuple(map(self._guards, q.around)),
            maps={system: self.texts.pieces(pieces) for system, pieces in q.maps.items()},
            bounds={channel: self._bounds(own) for channel, own in _types(q).items()},
        )

    def _guards(self, guards: tuple[p.Guard, ...]) -> tuple[tuple[Test, bool], ...]:
        return tuple((self.expressions.test(guard.when), guard.holds) for guard in guards)

    def _bounds(self, own: p.AnswerType) -> tuple[Read | None, Read | None]:
        read = self.expressions.read
        return (read(own.low) if own.low else None, read(own.high) if own.high else None)

    def _operation(self, at: int, op: p.Code) -> None:
        if isinstance(op, p.Say | p.Tell):
            self.linked.texts[at] = self.texts.link(op.text)
        reads = {name: self.expressions.read(expr) for name, expr in _expressions(op).items()}
        if reads:
            self.linked.reads[at] = reads
        if isinstance(op, p.Tell | p.StartFlow) and op.target.when is not None:
            self.linked.reads.setdefault(at, {})["when"] = needs.conditions(op.target.when, self.expressions)
        if isinstance(op, p.Unless):
            self.linked.tests[at] = self.expressions.test(op.when)

    def _verifies(self) -> None:
        """For each operation that shows a sensitive value, the `verify` above it; the first one, if none is above."""
        verifies = {name for name, question in self.program.questions.items() if question.kind == "verify"}
        main = self.program.code[: self.linked.main_end]
        last = next((op.question for op in main if isinstance(op, p.Ask) and op.question in verifies), "")
        for at, op in enumerate(main):
            if isinstance(op, p.Ask) and op.question in verifies:
                last = op.question
            elif last and self._is_sensitive(at, op):
                self.linked.verify_before[at] = last

    def _is_sensitive(self, at: int, op: p.Code) -> bool:
        if isinstance(op, p.Ask):
            question = self.linked.questions[op.question]
            return question.sensitive or question.answers_bare
        return isinstance(op, p.Say) and self.linked.texts[at].sensitive


def _types(q: p.Question) -> dict[str, p.AnswerType]:
    return {"": q.type, **q.type_on}


def _expressions(op: p.Code) -> dict[str, p.Expr]:
    """The expressions of an operation, by the name under which the machine asks for them."""
    named: dict[str, p.Expr | None] = {}
    if isinstance(op, p.Set):
        named = {"value": op.value}
    elif isinstance(op, p.Do | p.Submit | p.Call | p.StartFlow):
        named = {WITH + name: arg for name, arg in op.args.items()}
    elif isinstance(op, p.Wait):
        named = {"span": op.span, "until": op.until, "at": op.at}
    elif isinstance(op, p.Group):
        named = {"person": op.person}
    elif isinstance(op, p.Take):
        named = {"value": op.value}
    elif isinstance(op, p.AskAgain):
        named = {"row": op.row}
    if isinstance(op, p.Tell | p.StartFlow):
        named["of"] = op.target.of
    return {name: expr for name, expr in named.items() if expr is not None}


def _blocks(program: p.Program) -> list[int]:
    """Where the blocks that run beside the conversation begin."""
    begins: list[int | None] = [after.go for after in program.afters]
    begins += [word.go for word in program.on_words]
    begins += [event.go for event in program.on_events]
    begins += [op.block for op in program.code if isinstance(op, p.Take)]
    for q in program.questions.values():
        begins += [q.invalid_block, q.too_many, q.failed, q.right_block, q.wrong_block]
        begins.append(q.give_up.go if q.give_up else None)
    begins += [op.failed for op in program.code if isinstance(op, p.Do | p.StartFlow | p.Submit)]
    begins += [op.nobody for op in program.code if isinstance(op, p.Tell)]
    return [begin for begin in begins if begin is not None]
