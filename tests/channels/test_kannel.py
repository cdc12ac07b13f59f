"""Kannel's smsbox: what every adapter must do, and what is Kannel's own."""

from __future__ import annotations

from typing import Any

import pytest

from channels import catalogue
from channels.base import Adapter, Context, Inbound, MalformedError, SettingsError
from channels.conformance import MESSAGE, Conformance, Delivery, request
from channels.misbehaving import gateway
from engine.delivery import Down, Message, Receipt, Refused, Sent

TOKEN = "kannel-token-nobody-guesses"
SETTINGS = {
    "username": "engine",
    "password": "kannel-password",
    "token": TOKEN,
    "from_number": "2312",
    "timeout": 0.3,
}


def make(send_url: str = "http://127.0.0.1:9/cgi-bin/sendsms", **more: Any) -> Adapter:
    return catalogue.make(
        "kannel", Context("lr", "https://sms.example.org", {"send_url": send_url, **SETTINGS, **more})
    )


def message(key: str = "8a1e", **more: str) -> dict[str, str]:
    return {"token": TOKEN, "from": "+231770000001", "to": "2312", "text": "1", "ts": "1795374680", "id": key} | more


def receipt(status: str, **more: str) -> dict[str, str]:
    return {"token": TOKEN, "ref": "attempt-17", "status": status, "id": "c2f9"} | more


def brought(query: dict[str, str], *events: Any) -> Delivery:
    return Delivery("mo", request(path="/lr/mo", query=query), events, proof=TOKEN)


def told(query: dict[str, str], *events: Any) -> Delivery:
    return Delivery("dlr", request(path="/lr/dlr", query=query), events, proof=TOKEN)


class TestKannel(Conformance):
    secrets = (TOKEN, "kannel-password")
    success = (202, "0: Accepted for delivery")
    deliveries = (
        brought(message(), Inbound("8a1e", "+231770000001", "2312", "1", 1_795_374_680_000)),
        brought(message("8a1f"), Inbound("8a1f", "+231770000001", "2312", "1", 1_795_374_680_000)),
        brought(message("8a20", text=""), Inbound("8a20", "+231770000001", "2312", "", 1_795_374_680_000)),
        brought(message("8a21", text="ሰላም & ça", ts=""), Inbound("8a21", "+231770000001", "2312", "ሰላም & ça")),
        told(receipt("1"), Receipt("delivered", "attempt-17", "c2f9", "1")),
        told(receipt("2"), Receipt("undelivered", "attempt-17", "c2f9", "2")),
        told(receipt("4"), Receipt("sent", "attempt-17", "c2f9", "4")),
        told(receipt("8", id=""), Receipt("sent", "attempt-17", "", "8")),
        told(receipt("16"), Receipt("rejected", "attempt-17", "c2f9", "16")),
    )

    def make(self, send_url: str) -> Adapter:
        return make(send_url)


async def test_a_message_travels_in_the_body_and_its_receipt_comes_under_our_id() -> None:
    async with gateway() as there:
        adapter = make(there.url)
        there.status = 202
        assert await adapter.send(MESSAGE) == Sent()
        await adapter.close()
    (call,) = there.calls
    assert (call.method, call.query, call.body) == ("POST", {}, MESSAGE.text)
    kannel = {name: value for name, value in call.headers.items() if name.startswith(("X-Kannel", "Content-Type"))}
    assert kannel == {
        "Content-Type": "text/plain; charset=UTF-8",
        "X-Kannel-Username": "engine",
        "X-Kannel-Password": "kannel-password",
        "X-Kannel-From": "2312",
        "X-Kannel-To": "+231770000001",
        "X-Kannel-Coding": "0",
        "X-Kannel-DLR-Mask": "31",
        "X-Kannel-DLR-Url": (f"https://sms.example.org/channels/lr/dlr?token={TOKEN}&ref=attempt-17&status=%d&id=%F"),
    }


async def test_a_text_in_amharic_is_ucs2_and_receipts_can_be_left_out() -> None:
    async with gateway() as there:
        adapter = make(there.url, dlr_mask=0)
        await adapter.send(Message("a", "+251911000001", "ሰላም", "ucs2", 1))
        await adapter.close()
    (call,) = there.calls
    assert call.headers["X-Kannel-Coding"] == "2"
    assert call.body == "ሰላም"
    assert not [name for name in call.headers if "DLR-Url" in name]
    assert not adapter.capabilities.receipts


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (403, "Authorization failed for sendsms", Down),
        (403, "Not routable. Do not try again.", Refused),
        (400, "Empty receiver number not allowed, rejected", Refused),
        (404, "Unknown request.", Down),
        (503, "Temporary failure, try again later.", Down),
    ],
)
async def test_kannels_own_words_decide(status: int, body: str, expected: type) -> None:
    async with gateway() as there:
        adapter = make(there.url)
        there.status, there.body = status, body
        assert isinstance(await adapter.send(MESSAGE), expected)
        await adapter.close()


@pytest.mark.parametrize("recipient", ["", "MTN", "+231 77", "1\r\nX-Kannel-To: 2", "٣", "+" + "9" * 21])
async def test_what_is_no_number_never_reaches_kannel(recipient: str) -> None:
    async with gateway() as there:
        adapter = make(there.url)
        assert isinstance(await adapter.send(Message("a", recipient, "Hello")), Refused)
        await adapter.close()
    assert not there.calls


@pytest.mark.parametrize(
    ("route", "query", "sentence"),
    [
        ("mo", message(""), "id is missing: add id=%I to Kannel's get-url"),
        ("mo", message() | {"from": ""}, "from is missing: add from=%p to Kannel's get-url"),
        ("mo", {"id": "8a1e", "from": "+231770000001"}, "text is missing: add text=%b to Kannel's get-url"),
        ("mo", message(ts="today"), "ts is no time: write ts=%T in Kannel's get-url"),
        ("mo", message(charset="UTF-16BE"), "the text is UTF-16: write mo-recode = true into Kannel's smsbox group"),
        ("dlr", receipt("3"), "status is none of Kannel's: 1, 2, 4, 8, 16"),
        ("dlr", receipt("1", ref=""), "ref is missing"),
    ],
)
def test_a_wrong_get_url_is_explained(route: str, query: dict[str, str], sentence: str) -> None:
    with pytest.raises(MalformedError) as told_back:
        make().parse(route, request(query=query))
    assert str(told_back.value) == sentence


def test_only_kannels_address_may_call() -> None:
    adapter = make(allow=["10.0.0.5"])
    assert adapter.verify("mo", request(query=message(), peer="10.0.0.5"))
    assert not adapter.verify("mo", request(query=message(), peer="10.0.0.6"))


@pytest.mark.parametrize(
    ("key", "value"),
    [("send_url", "127.0.0.1:13013"), ("allow", ["kannel"]), ("password", "pass\nword"), ("username", "moh-é")],
)
def test_a_wrong_setting_is_named(key: str, value: object) -> None:
    with pytest.raises(SettingsError) as fault:
        make(**{key: value})
    assert fault.value.key == key
