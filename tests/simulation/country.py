"""The flows and the people of a simulation: made once for the process, and copied for every seed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from random import Random
from textwrap import dedent

from engine.ids import Ids
from engine.library import Library
from engine.phrases import load
from engine.registry import Registry
from engine.vault import Vault
from grammar.loader import load_text
from grammar.program import Program
from tests.simulation.disk import SimulatedStore, empty_disk
from tests.simulation.loop import SimulatedLoop

OPENING = 1_740_992_400_000
"""Monday 3 March 2025, 09:00 UTC, in milliseconds."""

SURVEY = """
    flow survey: Survey
        languages: en
        channels: sms
        start on word SURVEY
        remind after 3 minutes
        give up after 10 minutes:
            stop as silent

    table products:
        code | name
        act  | ACT tablets
        ors  | ORS packets

    after 8 minutes unless problem is not empty:
        tell supervisor: {worker.name} is slow.

    ask cases: How many cases?
        answer: whole number from 0 to 500
        confirm if cases > 400: You sent {cases} cases. Is that right?
    if cases > 100:
        tell supervisor: {worker.name} has {cases} cases.
    for each item in products:
        ask stock: How many {item.name}?
            answer: whole number from 0 to 1000
    ask problem: What is the problem?
        answer: text up to 300 letters
    say: Thank you.
"""
SURVEY_AS_OF_TODAY = SURVEY.replace("say: Thank you.", "say: Thank you, {worker.name}.\n    say: Until next week.")
BED = """
    flow bed: Bed
        languages: en
        channels: sms
        start on word BED
    ask bed: Which bed?
        answer: whole number from 1 to 9
        give up after 15 minutes
    do book_bed with bed = bed as booking
        if failed:
            say: No bed could be booked.
            stop as no_bed
    say: Bed {booking.number} is yours.
    wait 4 minutes
    ask slept: Did you sleep well?
        answer: yes or no
        give up after 5 minutes
"""
RESULT = """
    flow result: Result
        languages: en
        channels: sms
        start on event result_ready
        inputs:
            lab_number: text up to 20 letters
            value: one of
                1. high: high
                2. low: low
            boss: worker
        sensitive: value

    after 6 minutes unless ack is yes:
        tell boss: {worker.name} has not read {lab_number}.

    verify pin: Send your PIN.
        answer: 4 digits
        secret
        tries: 3
        give up after 12 minutes
        if failed:
            stop as locked
    section show
    say: {lab_number} is {value}.
    ask ack: Understood?
        1. yes: Yes
        2. again: Again -> show
        remind after 2 minutes
        give up after 10 minutes
"""
ALERT = """
    flow alert: Alert
        languages: en
        channels: sms
        start on word ALERT
    ask where: Where is it?
        answer: text up to 100 letters
        give up after 5 minutes
    start flow bed for supervisor
    say: Your supervisor is asked for a bed.
"""
TALLY = """
    flow tally: Tally
        languages: en
        channels: sms
        start every day at 09:10 for group reporters
        start every day at 02:30 for group reporters
        start every day at 01:10 for group reporters
    ask visits: How many visits today?
        answer: whole number from 0 to 500
        give up after 8 minutes
    say: Good.
"""
GROUP = "reporters"
WORDS = ("SURVEY", "survey", "BED", "Bed.", "ALERT")
PIN = "4321"

_NUMBERS = tuple(f"+2317700004{number:02}" for number in range(9))
SHARED, STRANGERS = _NUMBERS[3], ("+231770000500", "MobileMoney")
NUMBERS = (*_NUMBERS, STRANGERS[0])
EVERYBODY = (*NUMBERS, STRANGERS[1])
_PHONES = {
    "w0": _NUMBERS[0],
    "w1": _NUMBERS[1],
    "w2": f"{_NUMBERS[2]}, {_NUMBERS[8]}",
    "w3": SHARED,
    "w4": SHARED,
    "w5": _NUMBERS[4],
    "w6": _NUMBERS[5],
    "w7": _NUMBERS[6],
    "w8": _NUMBERS[7],
}
WORKERS = tuple(_PHONES)


class StillClock:
    """Stands at the opening."""

    def now(self) -> int:
        return OPENING


@dataclass(frozen=True)
class Country:
    """`image`: a disk on which everybody is enrolled and nothing has happened.  `phones`: of each worker."""

    image: bytes
    phones: dict[str, str]
    vault: Vault
    programs: tuple[Program, ...]
    later: Program
    library: Library


def programs_of(*texts: str) -> tuple[Program, ...]:
    """Flows as their authors would write them, compiled."""
    loaded = load_text("".join(map(dedent, texts)), "country.flow")
    assert loaded.compiled is not None, loaded.findings
    return tuple(loaded.compiled.programs)


@cache
def country() -> Country:
    """The one that all simulations of this process begin with."""
    vault = Vault(bytes(32))
    programs = programs_of(SURVEY, BED, RESULT, ALERT, TALLY)
    library = Library(load())
    later = programs_of(SURVEY_AS_OF_TODAY)[0]
    for program in (*programs, later):
        library.keep(program)
    return Country(_enrolled(vault), _PHONES, vault, programs, later, library)


@dataclass
class _Office:
    """Where workers are enrolled, before anything begins."""

    vault: Vault
    loop: SimulatedLoop
    shared: bool = False

    def committed(self) -> None:
        """Nobody looks yet."""


def _enrolled(vault: Vault) -> bytes:
    chance = Random("the country")
    raw = empty_disk()
    office = _Office(vault, SimulatedLoop(chance))
    store = SimulatedStore(office, chance)
    registry = Registry(store, Ids(StillClock(), chance.getrandbits), StillClock())
    people = [
        {"id": worker, "name": f"Worker {worker}", "phones": phone, "supervisor": "w0", "pin": PIN}
        for worker, phone in _PHONES.items()
    ]
    for each in people[:6]:
        each["groups"] = GROUP
    imported = office.loop.run(registry.put_workers(people))
    assert imported.taken == len(people), imported
    store.die()
    return raw.serialize()
