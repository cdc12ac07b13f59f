"""A program as boxes and arrows: what only leads on is left out, and what many questions share stands once, beside."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator
from itertools import count

from grammar import program as p
from grammar.joining import main_end
from study.graph import questions
from study.graph.boxes import Boxes
from study.graph.choosing import Routes, routes
from study.graph.loops import by_loop_words
from study.graph.model import Arrow, Box, Picture
from study.graph.words import length, person, said, text
from study.ways import Entry, asked, entries, ways
from study.written import Written

START = -1
_PILLS = 1_000_000_000
"""Keys of boxes that are no line of the flow begin here."""
_ASIDE = {
    "nobody": "if there is nobody",
    "failed": "if it fails",
    "lost": "if somebody else was first",
    "give_up": "not in that time",
}


def picture(program: p.Program, written: Written, language: str = "") -> Picture:
    """The picture of a flow in a language, the flow's first if none is named."""
    return _Painter(by_loop_words(program), written, language or program.languages[0]).paint()


class _Painter:
    def __init__(self, program: p.Program, written: Written, language: str) -> None:
        self.program = program
        self.boxes = Boxes(program, language, written)
        self.language = language
        self.main_end = main_end(program)
        self.picture = Picture(text(program.title, language), language, tuple(_about(program)), program.channels)
        self.waiting: deque[tuple[int, bool]] = deque()
        self.pills = count(_PILLS)
        self.shared = _shared(program)
        self.owners = _owners(program)
        self.endings: dict[int, str] = {}

    def paint(self) -> Picture:
        start = Box(START, "start", "\n".join(_starts(self.program)), "Begins")
        self.picture.boxes[START] = start
        self._arrow(START, 0, aside=False)
        self._drain()
        for number, entry in enumerate(entries(self.program)):
            self._beside(-2 - number, self._entry_text(entry), entry.to, "named")
        for number, (go, after) in enumerate(sorted(self.shared.items())):
            words = f"No answer for {length(after)}" if after else "No answer for too long"
            self._beside(-1_000 - number, words, go, "given_up")
        _fold_forks(self.picture)
        return self.picture

    # ------------------------------------------------------------ roots

    def _beside(self, key: int, words: str, go: int, ending: str) -> None:
        self._mark(go, ending)
        self.picture.boxes[key] = Box(key, "entry", words, "At any time")
        self._arrow(key, go, aside=True)
        self._drain()

    def _entry_text(self, entry: Entry) -> str:
        if entry.kind == "word":
            return "The worker sends " + " or ".join(self.program.on_words[entry.number].words)
        if entry.kind == "event":
            event = self.program.on_events[entry.number]
            same = f" with the same {', '.join(event.same)}" if event.same else ""
            return f"{event.event.replace('_', ' ').capitalize()} comes{same}"
        after = self.program.afters[entry.number]
        unless = f", unless {said(after.unless)}" if after.unless is not None else ""
        return f"{length(after.after).capitalize()} after the start{unless}"

    # ------------------------------------------------------------ arrows

    def _drain(self) -> None:
        while self.waiting:
            at, aside = self.waiting.popleft()
            self._lead_on(at, aside)

    def _arrow(self, source: int, to: int, label: str = "", *, aside: bool) -> None:
        self.picture.arrows.append(Arrow(source, self._stand(to, aside), label))

    def _stand(self, at: int, aside: bool) -> int:
        """The key of the box to which a way leads; it is made, if it is not there yet."""
        at = self._through(at)
        if aside and at < self.main_end:
            return self._pill(f"goes on at: {self._place(at)}")
        op = self.program.code[at]
        if isinstance(op, p.Back):
            return self._pill("the question is asked again" if op.to == "question" else "the conversation goes on")
        if at not in self.picture.boxes:
            self.picture.boxes[at] = self._box(at)
            self.waiting.append((at, aside))
        return at

    def _through(self, at: int) -> int:
        """Past what only leads on."""
        seen: set[int] = set()
        while at not in seen:
            seen.add(at)
            op = self.program.code[at]
            if isinstance(op, p.Jump | p.GoTo):
                at = op.to
            elif isinstance(op, p.Leave) or (isinstance(op, p.Set) and op.target == "variable"):
                at += 1
            elif isinstance(op, p.Back) and at in self.owners:
                at = self.owners[at] + 1
        return at

    def _pill(self, words: str) -> int:
        key = next(self.pills)
        self.picture.boxes[key] = Box(key, "on", words)
        return key

    def _place(self, at: int) -> str:
        """What a person calls a place of the flow: its section, its question."""
        for here in range(at, len(self.program.code)):
            op = self.program.code[here]
            if isinstance(op, p.Enter):
                return self.boxes.section(op.section)
            if isinstance(op, p.Ask):
                return op.question
            if not isinstance(op, p.Set | p.Say | p.Jump | p.Unless | p.Tell):
                break
        return f"line {self.boxes.line(at)}"

    def _box(self, at: int) -> Box:
        op = self.program.code[at]
        if isinstance(op, p.Unless):
            return Box(at, "either", "", line=self.boxes.line(at))
        if isinstance(op, p.Stop):
            return Box(
                at, "end", op.outcome.replace("_", " "), "Ends", colour=self._colour(at, op), line=self.boxes.line(at)
            )
        question = asked(self.program, at)
        if question is not None:
            listed = routes(self.program, question, at, self._through).plain
            made = questions.box(self.program, at, question, self.language, listed=listed)
            made.line = self.boxes.line(at)
            return made
        return self.boxes.box(at) or Box(at, "system", type(op).__name__, line=self.boxes.line(at))

    def _colour(self, at: int, op: p.Stop) -> str:
        if op.outcome == "completed":
            return "done"
        return self.endings.get(at, "named")

    def _mark(self, at: int, ending: str) -> None:
        """What ends behind this position ends in this way, outside the course of the conversation."""
        waiting, seen = [at], set[int]()
        while waiting:
            here = waiting.pop()
            if here in seen or here < self.main_end:
                continue
            seen.add(here)
            self.endings.setdefault(here, ending)
            waiting += [way.to for way in ways(self.program, here)]

    def _lead_on(self, at: int, aside: bool) -> None:
        op = self.program.code[at]
        question = asked(self.program, at)
        if question is not None:
            self._from_question(at, question, aside)
        elif isinstance(op, p.Unless):
            for to, label in _forks(self.program, at):
                self._arrow(at, to, label, aside=aside)
        elif isinstance(op, p.Loop):
            self._arrow(at, at + 1, aside=aside)
        elif isinstance(op, p.Next):
            self._arrow(at, op.start, aside=aside)
            self._arrow(at, at + 1, "after the last", aside=aside)
        else:
            for way in ways(self.program, at):
                if way.kind == "give_up":  # of a wait
                    self._mark(way.to, "given_up")
                self._arrow(at, way.to, _ASIDE.get(way.kind, ""), aside=aside)

    def _from_question(self, at: int, question: p.Question, aside: bool) -> None:
        found: Routes = routes(self.program, question, at, self._through)
        for to, label in found.ways:
            self._arrow(at, to, label if found.plain else found.words(label, question, self.language), aside=aside)
        for to, label, ending in self._blocks(question):
            self._mark(to, ending)
            self._arrow(at, to, label, aside=aside)

    def _blocks(self, question: p.Question) -> Iterator[tuple[int, str, str]]:
        if question.invalid_block is not None:
            yield question.invalid_block, "an answer that is not right", "named"
        if question.too_many is not None:
            yield question.too_many, f"{question.tries} answers that are not right", "stopped"
        if question.failed is not None:
            yield question.failed, f"wrong {question.tries} times", "stopped"
        if question.give_up is not None and question.give_up.go not in self.shared:
            yield question.give_up.go, f"no answer for {length(question.give_up.after)}", "given_up"


def _forks(program: p.Program, at: int) -> Iterator[tuple[int, str]]:
    """The ways of `if`, `otherwise if` … `otherwise`, each with its condition."""
    word = ""
    while True:
        op = program.code[at]
        if not isinstance(op, p.Unless):
            return
        yield at + 1, word + said(op.when)
        before = program.code[op.to - 1]
        chained = isinstance(before, p.Jump) and isinstance(program.code[op.to], p.Unless) and before.to != op.to
        if not chained:
            yield op.to, "otherwise"
            return
        at, word = op.to, "otherwise, if "


def _fold_forks(made: Picture) -> None:
    """A fork to which one box leads, and that only there, needs no box of its own: its arrows begin at that one."""
    into = Counter(arrow.target for arrow in made.arrows)
    plain = Counter(arrow.source for arrow in made.arrows if not arrow.label)
    moved: dict[int, int] = {}
    for arrow in made.arrows:
        fork, before = made.boxes[arrow.target], made.boxes[arrow.source]
        lone = into[fork.key] == 1 and plain[before.key] == 1 and not arrow.label
        if fork.kind == "either" and before.kind not in ("either", "start") and lone:
            moved[fork.key] = before.key
    for key in moved:
        del made.boxes[key]
    kept = (arrow for arrow in made.arrows if arrow.target not in moved)
    made.arrows = [arrow._replace(source=moved.get(arrow.source, arrow.source)) for arrow in kept]


def _shared(program: p.Program) -> dict[int, int]:
    """The blocks of `give up` that several questions share, and after how many seconds (0: it differs)."""
    found: dict[int, list[int]] = {}
    for question in program.questions.values():
        if question.give_up is not None:
            found.setdefault(question.give_up.go, []).append(question.give_up.after)
    return {go: after[0] if len(set(after)) == 1 else 0 for go, after in found.items() if len(after) > 1}


def _owners(program: p.Program) -> dict[int, int]:
    """For each end of a block that leads to the line after a question: where that question stands."""
    found: dict[int, int] = {}
    for question in program.questions.values():
        waiting = [block for block in (question.right_block, question.wrong_block) if block is not None]
        seen: set[int] = set()
        while waiting:
            at = waiting.pop()
            if at in seen:
                continue
            seen.add(at)
            op = program.code[at]
            if isinstance(op, p.Back) and op.to == "next":
                found[at] = question.at
            waiting += [way.to for way in ways(program, at)]
    return found


def _starts(program: p.Program) -> Iterator[str]:
    if program.words:
        only = f", for group {program.word_group}" if program.word_group else ""
        yield f"A worker sends {' or '.join(program.words)}{only}"
    for event in (program.event, *program.also_on):
        if event:
            yield f"{event.replace('_', ' ').capitalize()} comes from another system"
    for schedule in program.schedules:
        who = f"group {schedule.group}" if schedule.group else ""
        if schedule.where is not None:
            who = person(p.Target("where", when=schedule.where))
        yield f"{_when(schedule.every)} at {schedule.at}, for {who or 'all'}"
    if not (program.words or program.event or program.schedules):
        yield "A person or another flow starts it"


def _when(every: str) -> str:
    kind, _, day = every.partition(":")
    if kind == "month":
        return f"Every month on {'the last day' if day == 'last' else 'day ' + day}"
    if kind == "once":
        return f"On {day}"
    return f"Every {kind if kind in ('day', 'weekday') else kind.capitalize()}"


def _about(program: p.Program) -> Iterator[str]:
    usual = questions.common(program)
    if usual is not None:
        yield (
            f"Who does not answer is {questions.reminded(usual.reminders)}. "
            f"Answers that are not right: {usual.tries} in a row end the conversation."
        )
    if program.quiet is not None:
        yield f"Quiet hours: {program.quiet[0]} to {program.quiet[1]}."
    if program.allow_back:
        yield "BACK asks the question before."
