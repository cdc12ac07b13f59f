"""Events from other systems: who may post them, what begins, and what does not."""

from __future__ import annotations

import json
from typing import Any

import pytest

from server import House
from tests.asgi import Reply, ask
from tests.console.conftest import KEY

EVENT_INPUTS = {"lab_number": "L-77", "result": "positive"}
EVENT = {"id": "1", "worker": "moses", "inputs": EVENT_INPUTS}


async def post(house: House, event: Any, name: str = "result_ready", key: str = f"Bearer {KEY}") -> Reply:
    body = event if isinstance(event, bytes) else json.dumps(event).encode()
    return await ask(house.world, "POST", f"/api/events/{name}", body, {"authorization": key})


async def said(house: House) -> list[str]:
    shown = (await ask(house.world, "GET", "/phone/state?worker=moses")).json
    return [message["text"] for message in shown["messages"]]


@pytest.mark.parametrize("worker", ["moses", "+231590000101", "0590000101"])
async def test_an_event_starts_a_conversation(house: House, worker: str) -> None:
    reply = await post(house, EVENT | {"worker": worker})
    assert (reply.status, reply.json) == (202, {"repeat": False})
    assert (await said(house))[0] == "Result L-77 is ready."


async def test_an_input_that_is_a_worker_takes_an_id(house: House) -> None:
    assert (await post(house, EVENT | {"inputs": EVENT_INPUTS | {"boss": "moses"}})).status == 202


async def test_the_same_event_again_changes_nothing(house: House) -> None:
    await post(house, EVENT)
    before = await said(house)
    assert (await post(house, EVENT)).json == {"repeat": True}
    assert await said(house) == before


@pytest.mark.parametrize("key", ["", "Bearer", "Bearer wrong", f"Basic {KEY}", KEY])
async def test_without_the_key_nothing_is_read(house: House, key: str) -> None:
    assert (await post(house, b"\xff", key=key)).status == 401


@pytest.mark.parametrize(
    ("event", "status", "says"),
    [
        (b"{", 400, 'JSON like {"id": "…", "worker": "…", "inputs": {…}} is expected.'),
        ({"worker": "moses"}, 400, "JSON like"),
        ({"id": "1", "inputs": EVENT_INPUTS}, 422, "The worker is missing"),
        (EVENT | {"id": ""}, 400, "JSON like"),
        (EVENT | {"more": 1}, 400, "JSON like"),
        (EVENT | {"inputs": EVENT_INPUTS | {"lab_number": ["L"]}}, 422, "The input lab_number must be a text"),
        (EVENT | {"worker": "nobody"}, 422, "There is no worker with this id or phone number"),
        (EVENT | {"worker": "hawa"}, 422, "or the worker has no phone."),
        (EVENT | {"worker": "+231590000999"}, 422, "Nothing began: nobody has this number"),
        (EVENT | {"inputs": {"lab_number": "L"}}, 422, "The input result is missing."),
        (EVENT | {"inputs": {"lab_number": "L", "result": "good"}}, 422, "must be one of positive, negative"),
        (EVENT | {"inputs": EVENT_INPUTS | {"boss": "ghost"}}, 422, "The input boss must be the id of a worker"),
        (b" " * 70_000, 413, "64 KiB at most"),
    ],
)  # fmt: skip
async def test_what_does_not_fit_is_said_and_begins_nothing(house: House, event: Any, status: int, says: str) -> None:
    reply = await post(house, event)
    assert reply.status == status
    assert says in reply.json["problem"]
    assert await said(house) == []


async def test_an_event_that_no_flow_waits_for(house: House) -> None:
    assert (await post(house, EVENT, name="nothing")).status == 404


CORRECTED = {"id": "2", "inputs": EVENT_INPUTS}


async def test_an_event_reaches_a_conversation_that_runs_once(house: House) -> None:
    await post(house, EVENT)
    for _ in range(2):
        reply = await post(house, CORRECTED, "result_corrected")
        assert (reply.status, reply.json) == (202, {"heard": 1})
    assert (await said(house)).count("Result L-77 was corrected.") == 1


@pytest.mark.parametrize(
    ("inputs", "says"),
    [({"lab_number": "L-78"}, "Nobody heard of it"), ({"result": "negative"}, "The input lab_number is missing.")],
)
async def test_an_event_that_reaches_nobody_is_answered_so(house: House, inputs: dict[str, str], says: str) -> None:
    await post(house, EVENT)
    reply = await post(house, CORRECTED | {"inputs": inputs}, "result_corrected")
    assert (reply.status, says in reply.json["problem"]) == (422, True)
    assert "Result L-77 was corrected." not in await said(house)


async def test_a_worker_who_said_stop_gets_nothing(house: House) -> None:
    stop = json.dumps({"worker": "moses", "text": "STOP", "key": "1"}).encode()
    await ask(house.world, "POST", "/phone/messages", stop)
    assert (await post(house, EVENT)).status == 422
