"""`do NAME` over HTTP: what goes out, what comes back, and what counts as failed."""

from __future__ import annotations

from decimal import Decimal

import aiohttp
import pytest
from aiohttp import web

from engine.values import Packed, pack
from exchange.actions import ActionError, HttpAction
from tests.exchange.conftest import Office
from tests.servers import free_port


async def test_values_go_out_as_a_system_would_write_them(office: tuple[Office, str]) -> None:
    there, address = office
    values: dict[str, Packed] = {
        "name": "Awa",
        "score": 7,
        "passed": True,
        "share": pack(Decimal("0.5")),
        "several": pack(("a", "b")),
        "nothing": None,
    }
    assert await HttpAction(address)(values) == {}
    assert there.asked == [values | {"share": "0.5", "several": ["a", "b"]}]


async def test_results_come_back_as_values(office: tuple[Office, str]) -> None:
    there, address = office
    there.answer = web.json_response({"number": "C-1", "count": 3, "share": 0.5, "ok": True, "none": None})
    assert await HttpAction(address)({}) == {
        "number": "C-1",
        "count": 3,
        "share": ["n", "0.5"],
        "ok": True,
        "none": None,
    }


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 404},
        {"status": 500},
        {"status": 302, "headers": {"Location": "/do"}},
        {"text": "not JSON"},
        {"text": "[1]"},
        {"text": '{"deep": {"a": 1}}'},
        {"body": b'{"a": "' + b"a" * 70_000 + b'"}'},
    ],
)
async def test_everything_else_has_failed(office: tuple[Office, str], answer: dict[str, object]) -> None:
    there, address = office
    there.answer = web.Response(**answer)  # type: ignore[arg-type]
    with pytest.raises(ActionError):
        await HttpAction(address)({})


async def test_nobody_there_has_failed() -> None:
    with pytest.raises(aiohttp.ClientConnectionError):
        await HttpAction(f"http://127.0.0.1:{free_port()}/do")({})
