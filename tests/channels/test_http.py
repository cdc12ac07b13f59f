"""The generic HTTP channel: what every adapter must do, with a token and with a signature, and what is its own."""

from __future__ import annotations

import json
from typing import Any

import pytest

from channels.base import Adapter, Context, Inbound, MalformedError, Receipt, SettingsError
from channels.catalogue import make as make_any
from channels.conformance import MESSAGE, Conformance, Delivery, request
from channels.misbehaving import gateway
from channels.signatures import sign
from channels.sms.http import Http
from channels.sms.http_settings import Fields, HttpSettings, Signature
from engine.delivery import Retry, Sent

TOKEN = "http-token-nobody-guesses"
SECRET = "http-secret-nobody-guesses"
NOW = 1_795_374_680
STAMP = "2026-11-22T19:11:20Z"


def make(send_url: str = "http://127.0.0.1:9/send", **more: Any) -> Adapter:
    settings = {"send_url": send_url, "token": TOKEN, "timeout": 0.3, "fields": {"id": "id"}} | more
    return make_any("http", Context("any", "https://sms.example.org", settings))


def delivery(route: str, *events: Any, path: str = "", **parts: Any) -> Delivery:
    return Delivery(route, request(path=f"/any/{route}{path}", **parts), events, proof=TOKEN)


def inbound(key: str, text: str = "1", sent_at: int | None = None) -> Inbound:
    return Inbound(key, "+231770000001", "", text, sent_at)


class TestWithToken(Conformance):
    secrets = (TOKEN, "api-key-of-the-gateway")
    deliveries = (
        delivery("receive", inbound("a1"), query={"token": TOKEN, "from": "+231770000001", "text": "1", "id": "a1"}),
        delivery(
            "receive",
            inbound("a2"),
            method="POST",
            path=f"/{TOKEN}",
            form={"from": "+231770000001", "text": "1", "id": "a2"},
        ),
        delivery(
            "receive",
            inbound("3", "ሰላም"),
            method="POST",
            query={"token": TOKEN},
            json={"from": "+231770000001", "text": "ሰላም", "id": 3},
        ),
        delivery("sent", Receipt("sent", "attempt-17"), query={"token": TOKEN, "id": "attempt-17"}),
        delivery("delivered", Receipt("delivered", "attempt-17"), path=f"/{TOKEN}", query={"uuid": "attempt-17"}),
        delivery("failed", Receipt("undelivered", "attempt-17"), path=f"/{TOKEN}", query={"id": "attempt-17"}),
    )

    def make(self, send_url: str) -> Adapter:
        return make(send_url, headers={"Authorization": "api-key-of-the-gateway"})


def signed_delivery(route: str, content: dict[str, Any], *events: Any, stamp: int = NOW, late: int = 0) -> Delivery:
    """`late`: by how many seconds the stamp was moved after it had been signed."""
    bare = request("POST", f"/any/{route}", json=content)
    signature = sign(SECRET, str(stamp).encode() + b"." + bare.body)
    headers = {"X-Signature": f"sha256={signature}", "X-Timestamp": str(stamp + late)}
    return Delivery(route, request("POST", f"/any/{route}", json=content, headers=headers), events, proof=signature)


class TestWithSignature(Conformance):
    secrets = (SECRET,)
    deliveries = (
        signed_delivery(
            "receive",
            {"message": {"phone": "+231770000001", "words": "1", "at": STAMP}},
            inbound(sign(SECRET, f"+231770000001\x00{STAMP}\x001".encode()), "1", NOW * 1000),
        ),
        signed_delivery(
            "receive",
            {"message": {"phone": "+231770000001", "words": "2", "at": STAMP}},
            inbound(sign(SECRET, f"+231770000001\x00{STAMP}\x002".encode()), "2", NOW * 1000),
        ),
        signed_delivery("sent", {"id": "attempt-17"}, Receipt("sent", "attempt-17")),
        signed_delivery("delivered", {"id": "attempt-17"}, Receipt("delivered", "attempt-17")),
        signed_delivery("failed", {"id": "attempt-17"}, Receipt("undelivered", "attempt-17")),
    )
    stale = (
        signed_delivery("delivered", {"id": "attempt-17"}, stamp=NOW - 301),
        signed_delivery("delivered", {"id": "attempt-17"}, stamp=NOW + 301),
        signed_delivery("delivered", {"id": "attempt-17"}, stamp=NOW - 301, late=301),
    )

    def make(self, send_url: str) -> Adapter:
        settings = HttpSettings(
            send_url=send_url,
            timeout=1.0,
            signature=Signature(secret=SECRET, timestamp_header="X-Timestamp", over="timestamp.body"),
            fields=Fields(sender="message.phone", text="message.words", time="message.at"),
        )
        return Http(Context("any", "https://sms.example.org"), settings, clock=lambda: NOW)


def test_what_the_signature_does_not_cover_is_not_read() -> None:
    adapter = TestWithSignature().adapter()
    asked = request("POST", query={"id": "attempt-18"}, json={"status": "delivered"})
    with pytest.raises(MalformedError, match="the field uuid is missing"):
        adapter.parse("delivered", asked)


@pytest.mark.parametrize(
    ("settings", "method", "query", "body"),
    [
        (
            {},
            "POST",
            {},
            (
                "id=attempt-17&text=ORS%3A+5+%26+6+%3D+11%3F+%C3%A9&to=%2B231770000001&to_no_plus=231770000001"
                "&from=%2B2312&from_no_plus=2312&channel=any"
            ),
        ),
        (
            {"content_type": "application/json", "body": '{"to": {{to}}, "text": {{ text }}, "ref": {{uuid}}}'},
            "POST",
            {},
            '{"to": "+231770000001", "text": "ORS: 5 & 6 = 11? é", "ref": "attempt-17"}',
        ),
        (
            {"content_type": "application/xml", "body": "<sms to='{{to}}'>{{text}}</sms>"},
            "POST",
            {},
            "<sms to='+231770000001'>ORS: 5 &amp; 6 = 11? é</sms>",
        ),
        (
            {"method": "GET", "query": "?to={{to}}&msg={{text}}"},
            "GET",
            {"to": "+231770000001", "msg": MESSAGE.text},
            "",
        ),
    ],
)
async def test_a_message_is_written_as_the_gateway_wants_it(
    settings: dict[str, str], method: str, query: dict[str, str], body: str
) -> None:
    settings = dict(settings)
    async with gateway() as there:
        adapter = make(there.url + settings.pop("query", ""), from_number="+2312", **settings)
        assert await adapter.send(MESSAGE) == Sent()
        await adapter.close()
    (call,) = there.calls
    assert (call.method, call.query, call.body) == (method, query, body)
    if call.headers["Content-Type"].startswith("application/json"):
        assert json.loads(body)["text"] == MESSAGE.text


async def test_success_may_be_a_text_in_the_answer() -> None:
    async with gateway() as there:
        adapter = make(there.url, success='"status": "queued"')
        there.body = '{"status": "queued"}'
        assert await adapter.send(MESSAGE) == Sent()
        there.body = '{"status": "no credit"}'
        assert isinstance(await adapter.send(MESSAGE), Retry)
        await adapter.close()


def keyed(fields: dict[str, str], **form: str) -> str:
    (event,) = make(fields=fields).parse("receive", request("POST", form={"from": "1", "text": "yes", **form}))
    assert isinstance(event, Inbound)
    return event.key


def test_without_an_id_two_deliveries_are_one_if_line_text_and_time_are() -> None:
    by_time = {"time": "date"}
    first = keyed(by_time, date=STAMP)
    assert first == keyed(by_time, date=STAMP)
    others = [
        keyed(by_time, date="x"),
        keyed(by_time, date=STAMP, text="no"),
        keyed(by_time, **{"date": STAMP, "from": "2"}),
    ]
    assert len({first, *others}) == 4
    assert keyed({"id": "id", "time": "date"}, date=STAMP) == first
    assert keyed({"id": "id", "time": "date"}, date=STAMP, id="a1") == "a1"


def test_a_very_long_id_still_makes_a_short_key() -> None:
    assert len(keyed({"id": "id"}, id="a" * 5000)) == 64


@pytest.mark.parametrize(
    ("stamp", "sent_at"),
    [
        (str(NOW), NOW * 1000),
        (f"{NOW}123", NOW * 1000 + 123),
        (STAMP, NOW * 1000),
        ("2026-11-22T20:11:20+01:00", NOW * 1000),
        ("2026-11-22 19:11:20", None),  # whose clock?
        ("yesterday", None),
        ("9" * 5000, None),
    ],
)
def test_a_time_stamp_is_understood_where_it_is_clear(stamp: str, sent_at: int | None) -> None:
    adapter = make(fields={"time": "date"})
    (event,) = adapter.parse("receive", request("POST", form={"from": "1", "text": "yes", "date": stamp}))
    assert isinstance(event, Inbound)
    assert event.sent_at == sent_at


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ({}, "the field from is missing"),
        ({"from": "1", "id": "a"}, "the field text is missing"),
        ({"from": "1", "text": "x"}, "the field id is missing"),
        ({"from": ["1"], "text": "x", "id": "a"}, "the field from is neither a text nor a whole number"),
        ({"from": True, "text": "x", "id": "a"}, "the field from is neither a text nor a whole number"),
        ([1], "the body is no JSON object"),
    ],
)
def test_a_request_of_another_shape_is_explained(content: object, sentence: str) -> None:
    with pytest.raises(MalformedError) as fault:
        make().parse("receive", request("POST", json=content))
    assert str(fault.value) == sentence


@pytest.mark.parametrize(
    ("settings", "key", "words"),
    [
        ({"token": ""}, "token", "Set a token of at least 16 letters"),
        ({"token": "short"}, "token", "Set a token of at least 16 letters"),
        ({"fields": {}}, "fields.id", "would count twice. Set fields.id"),
        ({"fields": {"id": "id", "sender": ""}}, "fields.sender", "Set fields.sender and fields.text"),
        ({"body": "{{txt}}"}, "body", "There is no {{txt}}. There are: channel, from"),
        ({"send_url": "ftp://x/{{to}}"}, "send_url", "Write the whole address"),
        ({"send_url": "http://x/{{nobody}}"}, "send_url", "There is no {{nobody}}"),
        ({"headers": {"A": "b\r\nc"}}, "headers", "Only plain letters"),
        ({"signature": {"secret": SECRET, "over": "timestamp.body"}}, "signature.over", "set timestamp_header"),
        ({"signature": {"secret": SECRET, "timestamp_header": "T"}}, "signature.over", "set timestamp_header"),
        ({"signature": {"secret": "short"}}, "signature.secret", "length >= 16"),
        ({"method": "BREW"}, "method", "BREW"),
        ({"colour": "red"}, "colour", "there is no such key"),
    ],
)
def test_a_wrong_setting_is_named_with_what_to_do(settings: dict[str, Any], key: str, words: str) -> None:
    with pytest.raises(SettingsError) as fault:
        make(**settings)
    assert fault.value.key == key
    assert words in fault.value.sentence
