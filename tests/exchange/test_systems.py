"""`submit to NAME` over HTTP: what goes out, and what each answer means."""

from __future__ import annotations

from decimal import Decimal

import pytest
from aiohttp import web

from engine.delivery import Down, Refused, Retry, Sent
from engine.values import pack
from exchange.systems import HttpSystem
from tests.exchange.conftest import Office
from tests.servers import free_port


async def test_values_go_out_with_an_id(office: tuple[Office, str]) -> None:
    there, address = office
    outcome = await HttpSystem(address)("1a", {"dataset": "cholera"}, {"a": 3, "b": pack(Decimal("0.5"))})
    assert outcome == Sent()
    assert there.asked == [{"id": "1a", "with": {"dataset": "cholera"}, "values": {"a": 3, "b": "0.5"}}]


@pytest.mark.parametrize(
    ("status", "means"),
    [
        (200, Sent),
        (202, Sent),
        (302, Refused),
        (400, Refused),
        (408, Retry),
        (409, Refused),
        (429, Retry),
        (503, Retry),
    ],
)
async def test_what_an_answer_means(office: tuple[Office, str], status: int, means: type) -> None:
    there, address = office
    there.answer = web.Response(status=status)
    assert isinstance(await HttpSystem(address)("1a", {}, {}), means)


async def test_where_nobody_listens_all_waits() -> None:
    assert isinstance(await HttpSystem(f"http://127.0.0.1:{free_port()}/")("1a", {}, {}), Down)
