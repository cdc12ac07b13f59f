"""An action behind an HTTP address: the values go as a JSON object, and the results come back as one."""

from __future__ import annotations

from decimal import Decimal

import aiohttp
import msgspec

from engine.values import Packed, pack

TIMEOUT = aiohttp.ClientTimeout(total=30)
LARGEST = 64 * 1024


class ActionError(Exception):
    """The address did not do it: a sentence without values."""


class HttpAction:
    """`do NAME` of a flow.  Numbers and texts come back as they are; what is neither is refused."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def __call__(self, values: dict[str, Packed]) -> dict[str, Packed]:
        """POST the values; the results are what the answer holds.  ActionError where it is no 2xx with an object."""
        headers = {"Content-Type": "application/json"}
        body = msgspec.json.encode({name: _plain(value) for name, value in values.items()})
        async with (
            aiohttp.ClientSession(timeout=TIMEOUT) as client,
            client.post(self._url, data=body, headers=headers, allow_redirects=False) as reply,
        ):
            if not 200 <= reply.status < 300:
                raise ActionError(f"it answered {reply.status}")
            return _results(await reply.content.read(LARGEST))


def _plain(value: Packed) -> object:
    """A value as JSON has it: of a tagged one, its text."""
    if not isinstance(value, list):
        return value
    if value[0] == "l":
        return [_plain(each) for each in value[1:]]
    return str(value[1])


def _results(body: bytes) -> dict[str, Packed]:
    if not body.strip():
        return {}
    try:
        found = msgspec.json.decode(body, type=dict[str, str | int | Decimal | bool | None])
    except msgspec.DecodeError:
        raise ActionError("it answered with something else than names and values") from None
    return {name: pack(value) for name, value in found.items()}
