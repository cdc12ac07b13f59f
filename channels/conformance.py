"""What every adapter must do, as tests over cases that are data: subclass `Conformance` and give the cases.

class TestKannel(Conformance):
    secrets = ("the password", "the token")
    deliveries = (Delivery("mo", request, (Inbound(…),), proof="the token"), …)

    def make(self, send_url): return catalogue.make("kannel", Context("lr", "https://…", {…}))
"""

from __future__ import annotations

import logging
import string
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from typing import ClassVar
from urllib.parse import urlencode

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from channels.base import Adapter, Event, Inbound, MalformedError, Request
from channels.misbehaving import Gateway, gateway
from engine.delivery import Down, Message, Refused, Retry, Sent, Unknown

MESSAGE = Message("attempt-17", "+231770000001", "ORS: 5 & 6 = 11? é", "gsm7", 1)


@dataclass(frozen=True, slots=True)
class Delivery:
    """A genuine request, the events in it, and its `proof`: the very text in it that shows whose it is."""

    route: str
    request: Request
    events: tuple[Event, ...]
    proof: str


def request(
    method: str = "GET",
    path: str = "",
    query: Mapping[str, str] | None = None,
    form: Mapping[str, str] | None = None,
    json: object = None,
    headers: Mapping[str, str] | None = None,
    peer: str = "127.0.0.1",
) -> Request:
    """A request as the server would hand it to an adapter; `path` stands below /channels."""
    found = {name.lower(): value for name, value in (headers or {}).items()}
    body = urlencode(form).encode() if form else b""
    if form:
        found["content-type"] = "application/x-www-form-urlencoded"
    if json is not None:
        found["content-type"] = "application/json"
        body = msgspec.json.encode(json)
    url = f"https://sms.example.org/channels{path}?{urlencode(query or {})}"
    return Request(method, url, path, found, list((query or {}).items()), list((form or {}).items()), body, peer)


class Conformance:
    """The tests.  `secrets`: what must never be seen; `stale`: requests that were genuine once, and are too old.

    `outcomes`: what a send ends as, by the status that the gateway answers; change what your provider does otherwise.
    """

    deliveries: ClassVar[Sequence[Delivery]] = ()
    stale: ClassVar[Sequence[Delivery]] = ()
    secrets: ClassVar[Sequence[str]] = ()
    success: ClassVar[tuple[int, str]] = (200, "")
    outcomes: ClassVar[Mapping[int, type]] = {
        301: Down,
        400: Refused,
        401: Down,
        404: Down,
        422: Refused,
        429: Retry,
        500: Retry,
        502: Unknown,
        503: Down,
        504: Unknown,
    }

    def make(self, send_url: str) -> Adapter:
        """The adapter under test; its timeout a second: less is too short where the machine is busy."""
        raise NotImplementedError

    def adapter(self) -> Adapter:
        """One that sends nowhere."""
        return self.make("http://127.0.0.1:9/send")

    def test_it_is_an_adapter_with_cases_for_every_route(self) -> None:
        adapter = self.adapter()
        assert isinstance(adapter, Adapter)
        assert {each.route for each in self.deliveries} == set(adapter.routes())
        assert all(each.request.method in adapter.routes()[each.route] for each in self.deliveries)

    def test_a_genuine_request_is_let_in_and_read(self) -> None:
        adapter = self.adapter()
        for each in self.deliveries:
            assert adapter.verify(each.route, each.request)
            assert tuple(adapter.parse(each.route, each.request)) == each.events
            assert adapter.acknowledge(each.route, each.events).status == 200

    def test_a_changed_or_missing_proof_is_not_let_in(self) -> None:
        adapter = self.adapter()
        for each in self.deliveries:
            for forged in _forged(each.request, each.proof):
                assert not adapter.verify(each.route, forged)

    def test_a_signature_does_not_fit_another_body(self) -> None:
        adapter = self.adapter()
        for each in self.deliveries if adapter.capabilities.signed else ():
            for body in _changed(each.request.body):
                assert not adapter.verify(each.route, replace(each.request, body=body))

    def test_what_is_too_old_is_not_let_in(self) -> None:
        adapter = self.adapter()
        assert not any(adapter.verify(each.route, each.request) for each in self.stale)

    def test_a_repeat_has_the_same_key_and_another_message_another(self) -> None:
        keys = [self._keys(each) for each in self.deliveries if isinstance(each.events[0], Inbound)]
        assert keys == [self._keys(each) for each in self.deliveries if isinstance(each.events[0], Inbound)]
        flat = [key for each in keys for key in each]
        assert len(set(flat)) == len(flat)
        assert all(0 < len(key) <= 100 for key in flat)

    def _keys(self, delivery: Delivery) -> list[str]:
        events = self.adapter().parse(delivery.route, delivery.request)
        return [event.key for event in events if isinstance(event, Inbound)]

    @settings(suppress_health_check=[HealthCheck.differing_executors, HealthCheck.too_slow], deadline=None)
    @given(st.data())
    def test_no_request_brings_more_than_a_sentence_out_of_it(self, data: st.DataObject) -> None:
        adapter = self.adapter()
        delivery = data.draw(st.sampled_from(list(self.deliveries)))
        strange = data.draw(_strange(delivery.request))
        adapter.verify(delivery.route, strange)
        sentence = _sentence(adapter, delivery.route, strange)
        assert not any(value in sentence for _, value in strange.query if len(value) > 5)

    async def test_what_the_gateway_answers_is_the_right_outcome(self) -> None:
        async with gateway() as there, _open(self.make(there.url)) as adapter:
            there.status, there.body = self.success
            assert isinstance(await adapter.send(MESSAGE), Sent)
            for status, expected in self.outcomes.items():
                there.status, there.body = status, ""
                assert isinstance(await adapter.send(MESSAGE), expected), status
            assert len(there.calls) == 1 + len(self.outcomes)

    async def test_the_gateway_says_when_to_come_again(self) -> None:
        async with gateway() as there, _open(self.make(there.url)) as adapter:
            there.status, there.headers = 429, {"Retry-After": "30"}
            answer = await adapter.send(MESSAGE)
            assert isinstance(answer, Retry)
            assert answer.after == 30

    async def test_a_call_that_broke_off_is_unknown_and_not_made_again(self) -> None:
        async with gateway() as there, _open(self.make(there.url)) as adapter:
            there.status, there.body = self.success
            await adapter.send(MESSAGE)  # so that the next call finds a connection that is open already
            for fault in ("reset", "silent", "reset"):
                there.fault = fault
                assert isinstance(await adapter.send(MESSAGE), Unknown)
            assert len(there.calls) == 4

    async def test_a_gateway_that_is_not_there_is_down(self) -> None:
        async with gateway() as there:
            url = there.url
        async with _open(self.make(url)) as adapter:
            assert isinstance(await adapter.send(MESSAGE), Down)

    async def test_no_secret_is_seen_anywhere(self) -> None:
        with _everything_logged() as logged:
            async with gateway() as there, _open(self.make(there.url)) as adapter:
                for status, fault in ((self.success[0], ""), (400, ""), (403, ""), (500, ""), (200, "reset")):
                    logged.append(repr(await self._sent(adapter, there, status, fault)))
                logged.append(repr(adapter))
            for each in self.deliveries:
                adapter.parse(each.route, each.request)
                logged += [str(adapter.verify(each.route, forged)) for forged in _forged(each.request, each.proof)]
        assert not any(secret in line for secret in self.secrets for line in logged)

    async def _sent(self, adapter: Adapter, there: Gateway, status: int, fault: str) -> object:
        there.status, there.fault = status, fault
        there.body = " ".join(self.secrets)  # a gateway may well repeat what it was given
        return await adapter.send(MESSAGE)


@asynccontextmanager
async def _open(adapter: Adapter) -> AsyncIterator[Adapter]:
    try:
        yield adapter
    finally:
        await adapter.close()


def _sentence(adapter: Adapter, route: str, strange: Request) -> str:
    """What the adapter says to a request that it cannot read; "" if it can."""
    try:
        adapter.parse(route, strange)
    except MalformedError as fault:
        return str(fault)
    return ""


def _forged(genuine: Request, proof: str) -> list[Request]:
    """The request with its proof changed in one place, shortened, empty, of another, and not there at all."""
    last = "0" if proof[-1] != "0" else "1"
    others = [proof[:-1] + last, last + proof[1:], proof[:-1], proof + last, "", "x" * len(proof)]
    changed = [_replaced(genuine, proof, other) for other in others]
    without = replace(
        genuine,
        path=genuine.path.replace(f"/{proof}", ""),
        query=[(name, value) for name, value in genuine.query if value != proof],
        headers={name: value for name, value in genuine.headers.items() if proof not in value},
    )
    return [*changed, without]


def _replaced(genuine: Request, old: str, new: str) -> Request:
    return replace(
        genuine,
        path=genuine.path.replace(old, new),
        url=genuine.url.replace(old, new),
        query=[(name, value.replace(old, new)) for name, value in genuine.query],
        headers={name: value.replace(old, new) for name, value in genuine.headers.items()},
    )


def _changed(body: bytes) -> Iterator[bytes]:
    """The body with one byte changed, at every place; one byte shorter; one longer."""
    for place in range(len(body)):
        yield body[:place] + bytes([body[place] ^ 1]) + body[place + 1 :]
    yield body[:-1]
    yield body + b" "


def _strange(genuine: Request) -> st.SearchStrategy[Request]:
    """Requests with the right names and any values, the wrong names, broken bodies, and JSON of every shape."""
    names = sorted({name for name, _ in (*genuine.query, *genuine.form)} | {"from", "text", "id"})
    value = st.text() | st.text(string.digits, max_size=40) | st.sampled_from(["-1", "1e999", "\x00", "9" * 400])
    pairs = st.lists(st.tuples(st.sampled_from(names) | st.text(), value), max_size=8)
    leaf = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
    tree = st.recursive(
        leaf, lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(names) | st.text(), inner)
    )
    body = st.binary() | tree.map(_as_json) | st.sampled_from([b"[" * 20_000, b'{"a":' * 20_000, b'"\\ud800"'])
    kinds = st.sampled_from(["application/json", "application/json; charset=utf-8", "text/plain", ""])
    return st.builds(
        lambda query, form, raw, kind: replace(
            genuine, query=query, form=form, body=raw, headers={**genuine.headers, "content-type": kind}
        ),
        pairs,
        pairs,
        body,
        kinds,
    )


def _as_json(value: object) -> bytes:
    try:
        return msgspec.json.encode(value)
    except (ValueError, OverflowError):
        return b"{"


@contextmanager
def _everything_logged() -> Iterator[list[str]]:
    """Every line that anybody logs within the block."""
    lines: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: lines.append(record.getMessage())  # type: ignore[method-assign]
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        with capture_logs() as entries:
            yield lines
        lines += [repr(entry) for entry in entries]
    finally:
        root.setLevel(before)
        root.removeHandler(handler)
