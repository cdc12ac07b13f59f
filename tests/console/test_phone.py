"""The web phone: what the page may ask, and what it gets."""

from __future__ import annotations

import json
from typing import Any

import pytest

from server import House
from tests.asgi import Reply, ask


async def send(house: House, text: str, key: str, worker: str = "moses", **headers: str) -> Reply:
    body = json.dumps({"worker": worker, "text": text, "key": key}).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return await ask(house.world, "POST", "/phone/messages", body, named)


async def state(house: House, worker: str = "moses") -> Any:
    return (await ask(house.world, "GET", f"/phone/state?worker={worker}")).json


async def test_the_page_comes_with_its_files_and_lets_nothing_else_in(house: House) -> None:
    page = await ask(house.world, "GET", "/phone")
    assert page.status == 200
    assert page.headers["content-security-policy"] == "default-src 'self'"
    assert b"<script>" not in page.body
    assert b"style=" not in page.body
    for file in ("phone.js", "phone.css", "drum.svg"):
        assert (await ask(house.world, "GET", f"/phone/static/{file}")).status == 200


async def test_the_address_alone_leads_to_the_page(house: House) -> None:
    reply = await ask(house.world, "GET", "/")
    assert (reply.status, reply.headers["location"]) == (307, "/phone")


async def test_who_can_be_played_and_what_can_be_started(house: House) -> None:
    shown = await state(house)
    assert [(worker["id"], worker["about"]) for worker in shown["workers"]] == [
        ("hawa", "English"),
        ("moses", "nurse · Gbarnga Clinic"),
    ]
    assert [(flow["title"], flow["about"], flow["words"]) for flow in shown["flows"]] == [
        ("Laboratory result", "result · en · begins by the event result_ready", []),
        ("A short survey", "survey · en", ["SURVEY"]),
    ]


async def test_a_conversation_is_shown_as_it_is_stored(house: House) -> None:
    for key, text in enumerate(("survey", "1")):
        assert (await send(house, text, str(key))).status == 202
    shown = await state(house)
    assert [(message["mine"], message["text"]) for message in shown["messages"]] == [
        (True, "survey"),
        (False, "Do you have ORS?\n1. Yes\n2. No"),
        (True, "1"),
        (False, "For how many days?"),
    ]
    [talk] = shown["conversations"]
    assert (talk["title"], talk["state"], talk["asked"]) == ("A short survey", "waits for an answer", "days")
    [answer] = shown["answers"]
    assert (answer["question"], answer["label"], answer["value"]) == ("has_ors", "Yes", "yes")
    assert {worker["id"]: worker["received"] for worker in shown["workers"]} == {"hawa": 0, "moses": 2}


async def test_what_ended_says_how(house: House) -> None:
    for key, text in enumerate(("survey", "2")):
        await send(house, text, str(key))
    [talk] = (await state(house))["conversations"]
    assert (talk["state"], talk["open"], talk["asked"]) == ("ended: completed", False, "")


async def test_a_message_that_is_sent_again_counts_once(house: House) -> None:
    for _ in range(2):
        assert (await send(house, "survey", "same")).status == 202
    assert len((await state(house))["messages"]) == 2


async def test_nobody_has_no_messages(house: House) -> None:
    shown = await state(house, "nobody")
    assert (shown["messages"], shown["conversations"], shown["answers"]) == ([], [], [])


@pytest.mark.parametrize(
    ("worker", "headers", "status"),
    [
        ("nobody", {}, 404),
        ("hawa", {}, 404),
        ("moses", {"sec_fetch_site": "cross-site"}, 403),
    ],
)
async def test_what_the_phone_does_not_take(house: House, worker: str, headers: dict[str, str], status: int) -> None:
    assert (await send(house, "survey", "1", worker, **headers)).status == status
    assert (await state(house))["messages"] == []


@pytest.mark.parametrize("body", [b"", b"{}", b"\xff", b'{"worker": 1, "text": "a", "key": "b"}'])
async def test_what_is_no_message_is_refused(house: House, body: bytes) -> None:
    assert (await ask(house.world, "POST", "/phone/messages", body)).status == 400


async def test_what_is_too_long_is_not_read_to_its_end(house: House) -> None:
    assert (await send(house, "a" * 20_000, "1")).status == 413


async def test_a_flow_that_an_event_begins_can_be_begun_from_the_page(house: House) -> None:
    body = b'{"worker": "moses", "flow": "result", "key": "1"}'
    assert (await ask(house.world, "POST", "/phone/events", body)).status == 202
    assert [message["text"] for message in (await state(house))["messages"]] == [
        "Result lab_number is ready.",
        "Did you receive it?",
    ]


@pytest.mark.parametrize(
    ("worker", "flow", "status"), [("nobody", "result", 404), ("hawa", "result", 404), ("moses", "nothing", 404)]
)
async def test_what_cannot_be_begun(house: House, worker: str, flow: str, status: int) -> None:
    body = json.dumps({"worker": worker, "flow": flow, "key": "1"}).encode()
    assert (await ask(house.world, "POST", "/phone/events", body)).status == status
