"""From what the worker wrote to a value: the question in its present form, read by `engine.answers`, no more."""

from __future__ import annotations

from dataclasses import replace

from engine import prompts
from engine.answers import Option, ReadAs, Right, Wrong
from engine.answers import read as read_answer
from engine.facts import PLACES, key_of
from engine.letters import fold
from engine.machine.run import Run
from engine.questions import LinkedQuestion

SEVERAL = "several"
"""Why nothing is read where several facilities are near; they are listed, and it is no try."""


def read(run: Run, question: LinkedQuestion, text: str) -> Right | Wrong:
    """The answer in a text, or why there is none."""
    scene = run.scene
    if question.source.choices_from is not None and question.type_on(run.session.channel).kind == "choice":
        code = prompts.code_of_number(question, scene, text)  # the labels of all rows in all languages cost most
        if code is not None:
            return Right(code)
    if question.source.kind != "place" and question.type_on(run.session.channel).kind == "facility":
        return _facility(run, question, text)
    form = form_of(run, question)
    return read_answer(form, text, scene.language, scene.today(), run.linked.phrases, run.session.channel)


def _facility(run: Run, question: LinkedQuestion, text: str) -> Right | Wrong:
    """The facility that a code or a name means; where several are near, they are listed (RULES M8)."""
    scene, channel = run.scene, run.session.channel
    got = read_answer(form_of(run, question), text, scene.language, scene.today(), run.linked.phrases, channel)
    if isinstance(got, Wrong) or got.value is None:
        return got
    if run.session.near:
        near = tuple(Option(*option[:2], (option.label,)) for option in prompts.options_of(question, scene))
        form = ReadAs("choice", choices=near, languages=run.linked.program.languages)
        listed = read_answer(form, text, scene.language, scene.today(), run.linked.phrases, channel)
        if isinstance(listed, Right):
            return listed
    codes = run.facts.people_of(key_of({"kind": PLACES, "named": fold(str(got.value))}))
    if len(codes) == 1:
        return Right(codes[0], str(run.facts.place(codes[0]).get("name") or ""))
    run.session.near = codes
    return Wrong(SEVERAL, "facility_several") if codes else Wrong("unreadable", "invalid.facility")


def read_yes_no(run: Run, text: str) -> bool | None:
    """Yes, no, or neither."""
    form = ReadAs("yesno", languages=run.linked.program.languages)
    got = read_answer(form, text, run.scene.language, run.scene.today(), run.linked.phrases, run.session.channel)
    return got.value if isinstance(got, Right) and isinstance(got.value, bool) else None


def complaint(run: Run, wrong: Wrong) -> str:
    """What the engine itself says to an answer that it cannot read."""
    return run.say(wrong.key, **wrong.values)


def form_of(run: Run, question: LinkedQuestion) -> ReadAs:
    """What counts as an answer now; made once per program where nothing of it depends on the conversation."""
    channel = run.session.channel
    if question.type_on(channel).kind == "date" and run.facts.worker.get("calendar"):
        return replace(_form(run, question, channel), calendar=str(run.facts.worker["calendar"]).casefold())
    fixed = question.fixed.get(channel)
    if fixed is not None:
        return fixed
    form = _form(run, question, channel)
    if question.is_fixed(channel):
        question.fixed[channel] = form
    return form


def _form(run: Run, question: LinkedQuestion, channel: str) -> ReadAs:
    own = question.type_on(channel)
    low, high = question.bounds[channel if channel in question.source.type_on else ""]
    return ReadAs(
        own.kind,
        low=low(run.scene) if low else None,
        high=high(run.scene) if high else None,
        limit=own.limit,
        rule=own.rule,
        choices=_options(run, question),
        optional=question.source.optional,
        languages=run.linked.program.languages,
    )


def _options(run: Run, question: LinkedQuestion) -> tuple[Option, ...]:
    """The choices with their labels in every language of the flow."""
    alone = {choice.code for choice in question.source.choices if choice.alone}
    found: dict[str, Option] = {}
    for language in run.linked.program.languages:
        for option in _in(run, question, language):
            labels = found[option.code].labels if option.code in found else ()
            found[option.code] = Option(option.number, option.code, (*labels, option.label), option.code in alone)
    return tuple(found.values())


def _in(run: Run, question: LinkedQuestion, language: str) -> list[prompts.Option]:
    own, run.scene.language = run.scene.language, language
    options = prompts.options_of(question, run.scene)
    run.scene.language = own
    return options
