"""A call out is made once, and what became of it is a value."""

from __future__ import annotations

import pytest

from channels.base import SettingsError
from channels.caller import Answer, Caller, address, outcome
from channels.misbehaving import gateway
from engine.delivery import Down, Outcome, Refused, Retry, Sent, Unknown


@pytest.mark.parametrize("method", ["GET", "PUT", "POST"])
async def test_no_method_is_called_again_when_its_connection_breaks(method: str) -> None:
    async with gateway() as there:
        caller = Caller(timeout=1.0)
        there.fault = "reset"
        assert isinstance(await caller.call(method, there.url, {}), Unknown)  # on a new connection
        there.fault = ""
        assert isinstance(await caller.call(method, there.url, {}), Answer)
        there.fault = "reset"
        assert isinstance(await caller.call(method, there.url, {}), Unknown)  # on one that is kept
        assert len(there.calls) == 3
        await caller.close()


async def test_a_redirect_is_not_followed() -> None:
    async with gateway() as there:
        caller = Caller(timeout=1.0)
        there.status, there.headers = 307, {"Location": there.url}
        assert await caller.call("POST", there.url, {}, b"x") == Answer(307, "")
        assert len(there.calls) == 1
        await caller.close()


async def test_after_closing_a_call_opens_again() -> None:
    async with gateway() as there:
        caller = Caller(timeout=1.0)
        await caller.close()
        assert isinstance(await caller.call("POST", there.url, {}), Answer)
        await caller.close()
        assert isinstance(await caller.call("POST", there.url, {}), Answer)
        await caller.close()


async def test_of_a_long_answer_only_the_beginning_is_read() -> None:
    async with gateway() as there:
        caller = Caller(timeout=1.0)
        there.body = "x" * 100_000
        answer = await caller.call("POST", there.url, {})
        assert isinstance(answer, Answer)
        assert len(answer.text) == 64 * 1024
        await caller.close()


@pytest.mark.parametrize("after", ["30", "3.5", "-1", "Wed, 21 Oct 2026 07:28:00 GMT", "9" * 400, ""])
async def test_only_whole_seconds_of_waiting_are_understood(after: str) -> None:
    async with gateway() as there:
        caller = Caller(timeout=1.0)
        there.status, there.headers = 429, {"Retry-After": after} if after else {}
        assert await caller.call("POST", there.url, {}) == Answer(429, "", 30.0 if after == "30" else None)
        await caller.close()


@pytest.mark.parametrize(
    ("statuses", "kind"),
    [
        ((200, 201, 202, 204, 299), Sent),
        ((300, 301, 302, 307, 401, 403, 404, 405, 407, 503), Down),
        ((400, 402, 406, 409, 410, 422, 499), Refused),
        ((408, 425, 429, 500, 501, 599), Retry),
        ((502, 504), Unknown),
    ],
)
def test_a_status_has_a_meaning(statuses: tuple[int, ...], kind: type[Outcome]) -> None:
    for status in statuses:
        assert type(outcome(Answer(status, "", 7.0))) is kind, status


@pytest.mark.parametrize("url", ["", "gateway", "//gateway/", "ftp://gateway/", "http://", "http://[/", "http://x:y/"])
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(SettingsError, match="send_url: Write the whole address"):
        address("send_url", url)
