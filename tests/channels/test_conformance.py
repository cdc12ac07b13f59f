"""The kit finds what it is there to find: each of these adapters has one fault, and one of its tests says so."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace

import pytest
import structlog

from channels.base import Adapter, Context, Event, Inbound, Message, Outcome, Request
from channels.conformance import Conformance, Delivery, request
from channels.signatures import sign
from channels.sms.http import Http
from channels.sms.http_settings import Fields, HttpSettings, Signature
from engine.delivery import Sent, Unknown

SECRET = "a-secret-nobody-guesses"


class Good(Http):
    """Signed JSON with an id."""


class LetsEverybodyIn(Good):
    def verify(self, route: str, request: Request) -> bool:
        return True


class SignsTheBeginning(Good):
    def verify(self, route: str, request: Request) -> bool:
        return sign(SECRET, request.body[:4]) == request.headers.get("x-signature")


class StumblesOverShapes(Good):
    def parse(self, route: str, request: Request) -> Sequence[Event]:
        return [Inbound(fields["id"], fields["from"], "", fields["text"])] if (fields := dict(request.form)) else []


class QuotesContent(Good):
    def parse(self, route: str, request: Request) -> Sequence[Event]:
        structlog.get_logger().info("received", headers=request.headers, secret=SECRET)
        return super().parse(route, request)


class NewKeyAtEveryRepeat(Good):
    def parse(self, route: str, request: Request) -> Sequence[Event]:
        found = super().parse(route, request)
        return [replace(each, key=str(uuid.uuid4())) if isinstance(each, Inbound) else each for each in found]


class OneKeyForAll(Good):
    def parse(self, route: str, request: Request) -> Sequence[Event]:
        return [replace(each, key="1") if isinstance(each, Inbound) else each for each in super().parse(route, request)]


class AlwaysHopeful(Good):
    async def send(self, message: Message) -> Outcome:
        await super().send(message)
        return Sent()


class CallsTwice(Good):
    async def send(self, message: Message) -> Outcome:
        outcome = await super().send(message)
        return await super().send(message) if isinstance(outcome, Unknown) else outcome


def cases(kind: type[Http]) -> Conformance:
    """The kit over an adapter of this kind."""

    def delivery(content: dict[str, str]) -> Delivery:
        body = request("POST", json=content).body
        proof = sign(SECRET, body[:4] if kind is SignsTheBeginning else body)
        genuine = request("POST", "/x/receive", json=content, headers={"X-Signature": proof})
        return Delivery("receive", genuine, (Inbound(content["id"], content["from"], "", content["text"]),), proof)

    class Cases(Conformance):
        secrets = (SECRET,)
        deliveries = (
            delivery({"id": "a1", "from": "+231770000001", "text": "1"}),
            delivery({"id": "a2", "from": "+231770000001", "text": "1"}),
        )

        def make(self, send_url: str) -> Adapter:
            settings = HttpSettings(
                send_url=send_url, timeout=1.0, fields=Fields(id="id"), signature=Signature(secret=SECRET)
            )
            return kind(Context("x", "https://sms.example.org"), settings)

    return Cases()


FOUND: list[tuple[type[Http], str]] = [
    (LetsEverybodyIn, "test_a_changed_or_missing_proof_is_not_let_in"),
    (SignsTheBeginning, "test_a_signature_does_not_fit_another_body"),
    (StumblesOverShapes, "test_no_request_brings_more_than_a_sentence_out_of_it"),
    (NewKeyAtEveryRepeat, "test_a_repeat_has_the_same_key_and_another_message_another"),
    (OneKeyForAll, "test_a_repeat_has_the_same_key_and_another_message_another"),
    (AlwaysHopeful, "test_what_the_gateway_answers_is_the_right_outcome"),
    (AlwaysHopeful, "test_a_gateway_that_is_not_there_is_down"),
    (CallsTwice, "test_a_call_that_broke_off_is_unknown_and_not_made_again"),
    (QuotesContent, "test_no_secret_is_seen_anywhere"),
]


async def run(cases: Conformance, test: str) -> None:
    result = getattr(cases, test)()
    if result is not None:
        await result


@pytest.mark.parametrize(("kind", "test"), FOUND)
async def test_a_fault_is_found(kind: type[Http], test: str) -> None:
    with pytest.raises((AssertionError, KeyError)):
        await run(cases(kind), test)


@pytest.mark.parametrize("test", sorted({test for _, test in FOUND}))
async def test_where_there_is_no_fault_none_is_found(test: str) -> None:
    await run(cases(Good), test)
