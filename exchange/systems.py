"""A health system behind an HTTP address: what a flow submits goes there as JSON, and its answer is the outcome."""

from __future__ import annotations

import aiohttp
import msgspec

from engine.delivery import Down, Outcome, Refused, Retry, Sent, Unknown
from engine.values import Packed
from exchange.actions import TIMEOUT, plain

_BUSY = frozenset({408, 425, 429})


class HttpSystem:
    """`submit to NAME` of a flow.  The same `id` comes again where it is not known whether it arrived."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def __call__(self, ident: str, args: dict[str, Packed], values: dict[str, Packed]) -> Outcome:
        """POST `{"id": …, "with": {…}, "values": {…}}`.

        2xx: it is taken; 408, 425, 429 and 5xx: once more, later; any other answer: never.  An address that cannot be
        reached holds up what else is for it.
        """
        body = {"id": ident, "with": _plain(args), "values": _plain(values)}
        headers = {"Content-Type": "application/json"}
        try:
            async with (
                aiohttp.ClientSession(timeout=TIMEOUT) as client,
                client.post(self._url, data=msgspec.json.encode(body), headers=headers, allow_redirects=False) as reply,
            ):
                return _outcome(reply.status)
        except aiohttp.ClientConnectorError:
            return Down("it cannot be reached")
        except (aiohttp.ClientError, TimeoutError) as error:
            return Unknown(type(error).__name__)


def _plain(values: dict[str, Packed]) -> dict[str, object]:
    return {name: plain(value) for name, value in values.items()}


def _outcome(status: int) -> Outcome:
    if 200 <= status < 300:
        return Sent()
    if status in _BUSY or status >= 500:
        return Retry(f"it answered {status}")
    return Refused(f"it answered {status}")
