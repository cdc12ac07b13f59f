"""Calls out to a provider: each is made at most once, and ends as an answer or as the outcome that a failure is.

Nothing left us: `Down`.  It may have: `Unknown`.  The one session is made at the first call and keeps its connections.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import aiohttp
from yarl import URL

from channels.base import SettingsError
from engine.delivery import Down, Outcome, Refused, Retry, Sent, Unknown

_IDLE = 10.0  # shorter than gateways keep a silent connection: reusing one that just closed would give an Unknown
_MOST = 64 * 1024


class Answer(NamedTuple):
    """What the provider said: `text` at most 64 KiB of it; `after`: the seconds of Retry-After, if it gave them."""

    status: int
    text: str
    after: float | None = None


class _LostError(aiohttp.ClientError):
    """The connection broke after the request may have left."""


async def _once(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    """Keeps the client from repeating a GET or PUT whose connection broke: the message may have gone through."""
    try:
        return await handler(request)
    except (aiohttp.ClientConnectorError, aiohttp.ServerTimeoutError):
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as fault:
        raise _LostError from fault


class Caller:
    """`timeout`: seconds for connecting, and again for each wait for the answer; `limit`: connections at once."""

    def __init__(self, timeout: float, limit: int = 50) -> None:
        self._timeout = aiohttp.ClientTimeout(total=timeout * 3, sock_connect=timeout, sock_read=timeout)
        self._limit = limit
        self._session: aiohttp.ClientSession | None = None

    async def call(
        self, method: str, url: str, headers: Mapping[str, str], data: bytes | None = None
    ) -> Answer | Down | Unknown:
        """One call.  Raises nothing for what the provider or the network does."""
        try:
            async with self._open().request(
                method, URL(url), headers=headers, data=data, allow_redirects=False
            ) as response:
                return Answer(response.status, await _beginning(response), _seconds(response.headers))
        except aiohttp.ClientConnectorError:
            return Down("no connection to the gateway")
        except aiohttp.ConnectionTimeoutError:
            return Down("the gateway did not take the connection in time")
        except TimeoutError:
            return Unknown("the gateway did not answer in time")
        except aiohttp.InvalidURL:
            return Down("the gateway's address is no valid URL")
        except aiohttp.ClientError:
            return Unknown("the connection broke before the gateway answered")

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._limit, keepalive_timeout=_IDLE),
                timeout=self._timeout,
                cookie_jar=aiohttp.DummyCookieJar(),
                middlewares=(_once,),
            )
        return self._session

    async def close(self) -> None:
        """Let go of the connections; a later call makes new ones."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()


async def _beginning(response: aiohttp.ClientResponse) -> str:
    found = b""
    async for chunk in response.content.iter_any():
        found += chunk
        if len(found) >= _MOST:
            response.close()
            break
    return found[:_MOST].decode("utf-8", "replace")


def address(key: str, url: str) -> str:
    """The URL of the setting `key`, encoded; raises SettingsError where it is none."""
    try:
        found = URL(url)
    except ValueError:
        found = URL()
    if found.scheme not in {"http", "https"} or not found.host:
        raise SettingsError(key, "Write the whole address, like http://127.0.0.1:13013/cgi-bin/sendsms .")
    return str(found)


def _seconds(headers: Mapping[str, str]) -> float | None:
    value = headers.get("Retry-After", "")
    return float(value) if value.isascii() and value.isdigit() and len(value) < 8 else None


def outcome(answer: Answer) -> Outcome:
    """What a status means, where a provider says nothing more exact.

    A wrong address or password is the channel's fault and loses no message; a proxy's 502 or 504 may hide a success.
    """
    status = answer.status
    if 200 <= status < 300:
        return Sent()
    if status in {401, 403, 407}:
        return Down(f"the gateway refused our name or password ({status})")
    if status in {404, 405} or 300 <= status < 400:
        return Down(f"the gateway's address seems to be wrong ({status})")
    if status in {408, 425, 429}:
        return Retry(f"the gateway asked us to wait ({status})", answer.after)
    if status < 500:
        return Refused(f"the gateway refused the message ({status})")
    if status == 503:
        return Down("the gateway is not ready (503)")
    if status in {502, 504}:
        return Unknown(f"a server between us and the gateway lost the answer ({status})")
    return Retry(f"the gateway had a fault of its own ({status})", answer.after)
