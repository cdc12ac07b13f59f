"""Kannel's smsbox, both ways: a message leaves by one POST to sendsms, and its receipts come back under our own id.

Kannel signs nothing, so every address that we give it holds an unguessable token.  It names a message that it brings
(%I, the same at every repeat) and none that it takes, so receipts carry the `ref` that we put into their address.
Texts and passwords travel in the body and headers of the POST, never in an address.  The SMSC's own words about a
receipt (%A) are not asked for: they quote the beginning of the text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Annotated
from urllib.parse import urlencode

import msgspec
from msgspec import Meta

from channels.allowlist import Allowlist
from channels.base import (
    Capabilities,
    Context,
    Event,
    Inbound,
    MalformedError,
    Request,
    Response,
    Seconds,
    Settings,
    SettingsError,
    Token,
)
from channels.caller import Answer, Caller, address, outcome
from channels.signatures import same
from engine.delivery import Down, Message, Outcome, Receipt, Refused

_STATUS = {"1": "delivered", "2": "undelivered", "4": "sent", "8": "sent", "16": "rejected"}
_NUMBER = re.compile(r"\+?[0-9]{1,20}").fullmatch
_CODING = {"gsm7": "0", "ucs2": "2"}


class KannelSettings(Settings, frozen=True, kw_only=True):
    """`token`: in our addresses, at least 16 letters.  `allow`: Kannel's addresses (empty: any).  `timeout`: seconds.

    `dlr_mask`: which receipts (1 delivered, 2 not, 4 buffered, 8 at the SMSC, 16 rejected); 0 asks for none.
    """

    send_url: str
    username: str
    password: str
    token: Token
    from_number: str = ""
    allow: tuple[str, ...] = ()
    timeout: Seconds = 10.0
    dlr_mask: Annotated[int, Meta(ge=0, le=31, description="a whole number from 0 to 31 is expected")] = 31


class Kannel:
    """One smsbox.  Its get-url: PUBLIC/channels/NAME/mo?token=TOKEN&from=%p&to=%P&text=%b&ts=%T&id=%I&charset=%C ."""

    type = "kannel"
    Settings = KannelSettings

    def __init__(self, context: Context, settings: KannelSettings) -> None:
        self._allow = Allowlist(settings.allow)
        self._url = address("send_url", settings.send_url)
        self.capabilities = Capabilities(receipts=settings.dlr_mask > 0)
        self._settings = settings
        self._receipts = f"{context.public_url.rstrip('/')}/channels/{context.name}/dlr"
        _check(settings)
        self._headers = _fixed_headers(settings)
        self._caller = Caller(settings.timeout)

    def routes(self) -> Mapping[str, Sequence[str]]:
        """`mo`: a worker's message; `dlr`: a receipt."""
        return {"mo": ("GET",), "dlr": ("GET",)}

    def verify(self, route: str, request: Request) -> bool:
        """The right token, from an address that may call."""
        token = next((value for name, value in request.query if name == "token"), "")
        return same(token, self._settings.token) and request.peer in self._allow

    def parse(self, route: str, request: Request) -> Sequence[Event]:
        """One message or one receipt."""
        fields = dict(request.query)
        return [_receipt(fields) if route == "dlr" else _inbound(fields)]

    def acknowledge(self, route: str, events: Sequence[Event]) -> Response:
        """An empty 200: with `max-messages = 0` Kannel sends nobody what stands in it."""
        return Response()

    async def send(self, message: Message) -> Outcome:
        """202 is Sent; a refused password and a 503 are the channel's fault."""
        if not _NUMBER(message.recipient):
            return Refused("the recipient is no phone number")
        answer = await self._caller.call(
            "POST", self._url, self._headers | self._own_headers(message), message.text.encode()
        )
        return _outcome(answer) if isinstance(answer, Answer) else answer

    def _own_headers(self, message: Message) -> dict[str, str]:
        headers = {"X-Kannel-To": message.recipient, "X-Kannel-Coding": _CODING[message.encoding]}
        if self._settings.dlr_mask:
            own = urlencode({"token": self._settings.token, "ref": message.ref})
            headers["X-Kannel-DLR-Url"] = f"{self._receipts}?{own.replace('%', '%%')}&status=%d&id=%F"
        return headers

    async def close(self) -> None:
        """Let go of the connections."""
        await self._caller.close()


def _check(settings: KannelSettings) -> None:
    """Every text of the settings ends up in a header or an address; raises SettingsError."""
    for key, value in msgspec.structs.asdict(settings).items():
        if isinstance(value, str) and not (value.isascii() and value.isprintable()):
            raise SettingsError(key, "Only plain letters, digits and signs can stand here.")


def _fixed_headers(settings: KannelSettings) -> dict[str, str]:
    headers = {
        "Content-Type": "text/plain; charset=UTF-8",
        "X-Kannel-Username": settings.username,
        "X-Kannel-Password": settings.password,
        "X-Kannel-From": settings.from_number,
        "X-Kannel-DLR-Mask": str(settings.dlr_mask),
    }
    return {name: value for name, value in headers.items() if value}


def _inbound(fields: Mapping[str, str]) -> Inbound:
    for name, escape in (("id", "%I"), ("from", "%p")):
        if not fields.get(name):
            raise MalformedError(f"{name} is missing: add {name}={escape} to Kannel's get-url")
    if "text" not in fields:
        raise MalformedError("text is missing: add text=%b to Kannel's get-url")
    if fields.get("charset", "").upper().startswith("UTF-16"):
        raise MalformedError("the text is UTF-16: write mo-recode = true into Kannel's smsbox group")
    return Inbound(fields["id"], fields["from"], fields.get("to", ""), fields["text"], _milliseconds(fields.get("ts")))


def _milliseconds(stamp: str | None) -> int | None:
    if not stamp:
        return None
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 11):
        raise MalformedError("ts is no time: write ts=%T in Kannel's get-url")
    return int(stamp) * 1000


def _receipt(fields: Mapping[str, str]) -> Receipt:
    status = _STATUS.get(fields.get("status", ""))
    if status is None:
        raise MalformedError("status is none of Kannel's: 1, 2, 4, 8, 16")
    if not fields.get("ref"):
        raise MalformedError("ref is missing")
    return Receipt(status, fields["ref"], provider_id=fields.get("id", ""), code=fields["status"])


def _outcome(answer: Answer) -> Outcome:
    if answer.status == 403 and not answer.text.startswith("Authorization"):
        return Refused("Kannel has no route for this number (403)")
    if answer.status == 403:
        return Down("Kannel refused the name, the password or our address (403): see its sendsms-user group")
    return outcome(answer)
