"""An action behind an HTTP address: the values go as a JSON object, and the results come back as one."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

import aiohttp
import msgspec

from engine.values import Packed, pack

TIMEOUT = aiohttp.ClientTimeout(total=30)
LARGEST = 64 * 1024

_decoder = msgspec.json.Decoder(dict[str, Any], float_hook=Decimal)


class ActionError(Exception):
    """The address did not do it: a sentence without values."""


class HttpAction:
    """`do NAME` of a flow.  Numbers and texts come back as they are; what is neither is refused."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def __call__(self, values: dict[str, Packed]) -> dict[str, Packed]:
        """POST the values; the results are what the answer holds.  ActionError where it is no 2xx with an object."""
        headers = {"Content-Type": "application/json"}
        body = msgspec.json.encode({name: plain(value) for name, value in values.items()})
        async with (
            aiohttp.ClientSession(timeout=TIMEOUT) as client,
            client.post(self._url, data=body, headers=headers, allow_redirects=False) as reply,
        ):
            if not 200 <= reply.status < 300:
                raise ActionError(f"it answered {reply.status}")
            return _results(await _body(reply))


def plain(value: Packed) -> object:
    """A value as JSON has it: of a tagged one, its text."""
    if not isinstance(value, list):
        return value
    if value[0] == "l":
        return [plain(each) for each in value[1:]]
    return str(value[1])


async def _body(reply: aiohttp.ClientResponse) -> bytes:
    body = b""
    async for part in reply.content.iter_any():
        body += part
        if len(body) > LARGEST:
            raise ActionError(f"it answered with more than {LARGEST} bytes")
    return body


def _results(body: bytes) -> dict[str, Packed]:
    try:
        found = _decoder.decode(body) if body.strip() else {}
    except (msgspec.DecodeError, InvalidOperation):
        raise ActionError("it answered with something else than a JSON object") from None
    if not all(value is None or isinstance(value, str | int | Decimal) for value in found.values()):
        raise ActionError("it answered with something else than names and plain values")
    return {name: pack(value) for name, value in found.items()}
