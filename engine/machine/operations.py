"""What each operation does: given the run and its position, it gives the next position, or HALT; one function each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

from engine import limits, moments, topics
from engine.effects import Act, Begin, Claim, Membership, SetTimer, Submit, Take, Tell
from engine.facts import key_of, told
from engine.linked import WITH, Linked
from engine.machine import accepting, asking, choosing, detours, going_back, jumps, keeping, proofs, repeats, waiting
from engine.machine.run import HALT, Kept, Run
from engine.prompts import CALL
from engine.questions import LinkedQuestion
from engine.scene import Scene
from engine.session import Turn
from engine.values import Duration, Packed, Value, pack
from grammar import program as p


def advance(run: Run, at: int) -> None:
    """Run from a position until the conversation waits or is over."""
    left = limits.OPERATIONS
    while at != HALT:
        run.at = at
        left -= 1
        if left == 0:
            raise run.error("it runs on and on without asking anything")
        op = run.linked.code[at]
        if run.session.trail and isinstance(op, going_back.BARRIERS):
            run.session.trail = ()
        at = OPERATIONS[type(op)](run, op, at)


def _say(run: Run, op: p.Say, at: int) -> int:
    text = run.linked.texts[at]
    if text.sensitive and not run.proved:
        detour = proofs.prove_first(run, at)
        if detour is not None:
            return detour
    run.send_text(text)
    return at + 1


def _ask(run: Run, op: p.Ask, at: int) -> int:
    question = run.linked.questions[op.question]
    if question.source.kind == "verify" and run.proved:
        return at + 1
    return asking.ask(run, question, at)


def _language(run: Run, op: p.ChooseLanguage, at: int) -> int:
    if run.session.language or len(run.linked.program.languages) == 1:
        return at + 1
    return waiting.wait_for(run, run.linked.questions[op.question], at)


def _choose(run: Run, op: p.Choose, at: int) -> int:
    return choosing.ask(run, run.linked.questions[op.question], at)


def _jump(run: Run, op: p.Jump, at: int) -> int:
    return op.to


def _unless(run: Run, op: p.Unless, at: int) -> int:
    return at + 1 if run.linked.tests[at](run.scene) else op.to


def _goto(run: Run, op: p.GoTo, at: int) -> int:
    return jumps.jump(run, op.to, at)


def _loop(run: Run, op: p.Loop, at: int) -> int:
    keys = _rows(run, op.table)
    if not keys:
        return op.end
    run.session.loops.append(Turn(at, op.table, keys))
    run.rescene()
    return at + 1


def _rows(run: Run, table: str) -> list[str]:
    """The rows of a loop, fixed as it is entered; what it came to in other turns of an outer loop stays known."""
    if table in run.linked.tables:
        return list(run.linked.tables[table].keys)
    keys = list(run.linked.sources[table].now(run.scene))
    known = run.session.rows.get(table, [])
    run.session.rows = {**run.session.rows, table: list(dict.fromkeys([*known, *keys]))}
    return keys


def _next(run: Run, op: p.Next, at: int) -> int:
    turn = run.session.loops[-1]
    turn.index += 1
    done = turn.index >= len(turn.keys)
    if done:
        run.session.loops.pop()
    run.rescene()
    return at + 1 if done else op.start + 1


def _enter(run: Run, op: p.Enter, at: int) -> int:
    run.session.section = op.section
    run.session.attempts[op.section] = run.session.attempts.get(op.section, 0) + 1
    return at + 1


def _set(run: Run, op: p.Set, at: int) -> int:
    value = run.linked.reads[at]["value"](run.scene)
    if op.target == "variable":
        run.session.variables[op.name] = pack(value)
    elif op.target == "answer":
        keeping.record(run, run.linked.questions[op.name], value, "")
    else:
        _claim(run, op.name, value)
    return at + 1


def _claim(run: Run, field: str, value: Value) -> None:
    """The worker's record is to say so; the same value again is no claim (RULES O4)."""
    old = run.scene.field("worker", field)
    if old == value:
        return
    run.session.claimed[field] = pack(value)
    run.effects.append(Claim(field, pack(value), pack(old)))


def _wait(run: Run, op: p.Wait, at: int) -> int:
    due = _due(run, op, at) if op.give_up is None else run.now + op.give_up.after * 1000
    if due is None or due <= run.now or run.linked.is_over(run.scene, at):
        return at + 1
    run.session.verified_at = 0
    if run.session.channel == CALL:
        run.send(run.say("goodbye"), line=0)
    repeats.sleep(run, at, due)
    return HALT


def _due(run: Run, op: p.Wait, at: int) -> int | None:
    """When the wait ends, ms UTC; None where its value is empty or of another kind."""
    reads, zone = run.linked.reads.get(at, {}), run.facts.zone
    hour = reads["at"](run.scene) if "at" in reads else None
    clock = hour if isinstance(hour, time) else None
    if op.day:
        return moments.wake_on_day(run.now, op.day, clock, zone)
    value = reads["until" if "until" in reads else "span"](run.scene)
    if isinstance(value, Duration):
        return moments.wake(run.now, zone, value, clock)
    if isinstance(value, datetime):
        return moments.to_ms(value)
    return moments.wake_on(value, clock, zone) if isinstance(value, date) else None


def _tell(run: Run, op: p.Tell, at: int) -> int:
    target = _target(run, op.target, at)
    sender = str(run.facts.worker.get("id", ""))
    if op.nobody is not None and not told(target, run.facts.people_of(key_of(target)), sender):
        return op.nobody
    run.effects.append(Tell(target, _in_all_languages(run, at), op.urgent, run.linked.line(at), op.gather))
    return at + 1


def _in_all_languages(run: Run, at: int) -> dict[str, str]:
    """The text in each language in which it was written: the receiver's is known only to who delivers it (RULES L6)."""
    text, own = run.linked.texts[at], run.scene.language
    texts = {}
    for language in text.languages():
        run.scene.language = language
        texts[language] = text(run.scene)
    run.scene.language = own
    return texts


def _target(run: Run, target: p.Target, at: int) -> dict[str, Packed]:
    """Whom a line means, in a form that means the same to everybody (see `engine.needs`)."""
    reads = run.linked.reads.get(at, {})
    person = pack(reads["of"](run.scene)) if "of" in reads else None
    who: dict[str, Packed] = {"kind": target.kind, "name": target.name}
    if target.kind == "worker":
        who["worker"] = person
    if target.kind == "role":
        who["facility"] = person or run.facts.facility.get("code")
    if "when" in reads:
        who["when"] = str(reads["when"](run.scene))
    return who


def _do(run: Run, op: p.Do, at: int) -> int:
    run.effects.append(Act(op.action, _stand_by(run, at), _given(run, at)))
    return HALT


def _stand_by(run: Run, at: int) -> int:
    """Stand still until somebody else has answered; the number of this wait."""
    session = run.session
    session.status, session.resume = "acting", at
    if at < run.linked.main_end:
        session.at, session.asked = at, ""
    session.wait += 1
    return session.wait


def _call(run: Run, op: p.Call, at: int) -> int:
    """Come into another flow: nothing is left there of an earlier time (RULES K3)."""
    session, prefix = run.session, f"{op.name}."
    for begin, end in ((at, op.end), *op.aside):
        jumps.put_aside(run, begin, end)
    session.inputs = {**_without(session.inputs, prefix), **_given(run, at)}
    session.variables = _without(session.variables, prefix)
    session.results, session.attempts = _without(session.results, prefix), _without(session.attempts, prefix)
    for number, after in enumerate(run.linked.program.afters):
        if after.within == (at, op.end):
            run.effects.append(SetTimer(f"after:{number}", at=run.now + after.after * 1000))
    return at + 1


def _without(values: dict[str, Kept], prefix: str) -> dict[str, Kept]:
    return {name: value for name, value in values.items() if not name.startswith(prefix)}


def _leave(run: Run, op: p.Leave, at: int) -> int:
    run.session.section = op.section
    return at + 1


def _start_flow(run: Run, op: p.StartFlow, at: int) -> int:
    args = _given(run, at)
    guard = _stand_by(run, at) if op.failed is not None else None
    run.effects.append(Begin(op.flow, _target(run, op.target, at), args, run.session.chain + 1, guard))
    return at + 1 if guard is None else HALT


def _submit(run: Run, op: p.Submit, at: int) -> int:
    values = mapped(run.linked, run.scene, op.system)
    guard = _stand_by(run, at) if op.waits else None
    tells = at if op.failed is not None and not op.waits else None
    run.effects.append(Submit(op.system, _given(run, at), values, guard, tells))
    return at + 1 if guard is None else HALT


def _take(run: Run, op: p.Take, at: int) -> int:
    """An empty value is nothing to take; who came too late for one may get another, or the same once it is free."""
    thing = run.linked.reads[at]["value"](run.scene)
    topic = topics.to_take(run.session.flow, op.thing, thing)
    if thing is None or topic in run.session.holds:
        return at + 1
    run.effects.append(Take(topic, op.thing, _stand_by(run, at), value=topics.same(thing)))
    return HALT


def _given(run: Run, at: int) -> dict[str, Packed]:
    """What a line gives behind `with`."""
    reads = run.linked.reads.get(at, {})
    return {name[len(WITH) :]: pack(read(run.scene)) for name, read in reads.items() if name.startswith(WITH)}


def mapped(linked: Linked, scene: Scene, system: str) -> dict[str, Packed]:
    """The present, non-empty answers that are mapped to a system: element → value (RULES K5)."""
    values: dict[str, Packed] = {}
    before = scene.rows
    for key, packed in scene.session.answers.items():
        name, _, turn = key.partition("/")
        question: LinkedQuestion = linked.questions[name]
        if packed is None or system not in question.maps:
            continue
        scene.rows = {**before, **scene.rows_of(question.source.over, turn)}
        values[question.maps[system](scene)] = packed
    scene.rows = before
    return values


def _group(run: Run, op: p.Group, at: int) -> int:
    read = run.linked.reads.get(at, {}).get("person")
    person = run.facts.worker.get("id") if read is None else pack(read(run.scene))
    run.effects.append(Membership(op.name, str(person), op.add))
    return at + 1


def _again(run: Run, op: p.AskAgain, at: int) -> int:
    read = run.linked.reads.get(at, {}).get("row")
    row = read(run.scene) if read is not None else None
    return detours.begin(run, op, row if isinstance(row, str) else None)


def _stop(run: Run, op: p.Stop, at: int) -> int:
    return run.end(op.outcome)


def _back(run: Run, op: p.Back, at: int) -> int:
    """The end of a block beside the conversation; where an action ended the wait beside it, that begins anew."""
    session = run.session
    acted = session.status == "going"
    if not acted and (op.to == "wait" or session.status != "waiting"):
        return HALT
    run.at = session.at
    if not session.asked:
        return session.at
    session.status = "waiting"
    if op.to == "question" or op.to == "wait":
        return waiting.ask_in_full(run, run.question)
    return accepting.go_on(run, run.question, run.scene.answer(run.session.asked, run.question.source.over))


OPERATIONS: dict[type, Callable[[Run, Any, int], int]] = {
    p.Say: _say,
    p.Ask: _ask,
    p.ChooseLanguage: _language,
    p.Choose: _choose,
    p.Jump: _jump,
    p.Unless: _unless,
    p.GoTo: _goto,
    p.Loop: _loop,
    p.Next: _next,
    p.Enter: _enter,
    p.Set: _set,
    p.Wait: _wait,
    p.Tell: _tell,
    p.Do: _do,
    p.Call: _call,
    p.Leave: _leave,
    p.StartFlow: _start_flow,
    p.Take: _take,
    p.Submit: _submit,
    p.Group: _group,
    p.AskAgain: _again,
    p.Stop: _stop,
    p.Back: _back,
}
