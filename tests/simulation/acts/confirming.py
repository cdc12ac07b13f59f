"""A new number is a worker's when it has sent the code of his claim (RULES O2): never before, and then for certain."""

from __future__ import annotations

import msgspec

from engine.addresses import PHONE, key_of
from engine.confirming import code_of
from tests.simulation.acts.act import Act, expect
from tests.simulation.disk import drive
from tests.simulation.phones import Phone

NEW = tuple(f"+2317700008{number:02}" for number in range(4))
_CLAIMS = "SELECT claim_id, worker_id, box_id, new, state FROM claim WHERE field = 'phone' AND address <> ''"
_LINES = "SELECT l.worker_id, line.address_key FROM worker_line l JOIN line USING (line_id) WHERE l.rank = 0"


class _Stranger(Phone):
    """A handset that is used for one message alone."""

    def __init__(self, number: str, text: str) -> None:
        self.number, self._text = number, text

    def say(self) -> str:
        return self._text


class Confirming(Act):
    """Workers name new numbers; from there the code comes soon or late, twice, wrong, or never."""

    flows = """
    flow number: A new number
        languages: en
        channels: sms
        start on word NUMBER
    ask number: What is your new number?
        answer: phone number
        give up after 15 minutes: stop as silent
    set worker.phone to number
    say: Noted.
    """
    words = ("NUMBER", "number", "Number")
    answers = {"your new number": NEW}

    def plan(self, active: float) -> None:
        for number in NEW:
            self.world.phones[number] = Phone(number, self.chance)
        self._known: set[int] = set()
        self._confirmed: set[int] = set()
        self._had: set[tuple[str, str]] = set()

    def committed(self) -> None:
        self._had.update(drive().raw.execute(_LINES))
        for claim, _, box, sealed, state in drive().raw.execute(_CLAIMS):
            early = state == "applied" and claim not in self._confirmed
            expect(not early, f"O2: {claim} is in the record, and its number has not confirmed it")
            if claim not in self._known:
                self._known.add(claim)
                self._answer(claim, self._number(box, claim, sealed))

    def conclude(self) -> None:
        """What was confirmed is applied, and was the first number of the worker, until a list said otherwise."""
        if "restore" in self.world.cast:
            return
        for claim, worker, box, sealed, state in drive().raw.execute(_CLAIMS):
            due = claim in self._confirmed
            expect(due == (state == "applied"), f"O2: {claim} was confirmed: {due}, and is {state}")
            had = (worker, self._key(self._number(box, claim, sealed))) in self._had
            expect(had or not due, f"O2: {claim} was confirmed, and {worker} never had that number")

    def _answer(self, claim: int, number: str) -> None:
        if "purge" in self.world.cast:  # boxes do not merge in such a run
            return
        code = code_of(self.world.vault, claim)
        wrong = f"{(int(code) + 1) % 10 ** len(code):0{len(code)}}"
        roll = self.chance.random()
        if roll < 0.3:
            self._send(claim, number, wrong)
            self._send(claim, self.chance.choice([other for other in NEW if other != number]), code)
        if roll > 0.2:
            self._confirmed.add(claim)
            for _ in range(self.chance.choice((1, 1, 2))):
                self._send(claim, number, code)

    def _send(self, claim: int, number: str, text: str) -> None:
        key = f"{claim} {number} {text} {self.chance.random()}"
        seconds = self.chance.choice((0.0, 1.0, 60.0, 600.0))
        self.world.later(seconds, lambda: self.world.write(_Stranger(number, text), key))

    def _number(self, box: int, claim: int, sealed: bytes) -> str:
        return str(msgspec.msgpack.decode(self.world.vault.open("claim.new", box, claim, sealed)))

    def _key(self, number: str) -> str:
        return key_of(self.world.vault, PHONE, number)
