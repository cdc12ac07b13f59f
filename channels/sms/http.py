"""Any gateway that speaks HTTP, by settings alone; with their defaults both sides are RapidPro's External channel.

Out: one call made of {{variables}}.  In: `receive`, with fields under names of your choice, and `sent`, `delivered`,
`failed` with our own `id`.  Who calls proves himself by an HMAC over the raw body (then nothing outside the body is
read), or by a token in the address.  A delivery's key is the gateway's id, or a digest under our secret of line, text
and the gateway's time stamp: two deliveries that agree in all three are one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

from channels.allowlist import Allowlist
from channels.base import Capabilities, Context, Event, Inbound, MalformedError, Request, Response
from channels.caller import Answer, Caller, address, outcome
from channels.incoming import Incoming, milliseconds
from channels.signatures import fresh, same, sign, signed
from channels.sms.http_settings import HttpSettings, check
from channels.template import ENCODINGS, Template
from engine.delivery import Message, Outcome, Receipt, Retry, Sent

_RECEIPTS = {"sent": "sent", "delivered": "delivered", "failed": "undelivered"}
_VARIABLES = frozenset(
    ("id", "uuid", "text", "to", "to_no_plus", "from", "from_no_plus", "channel", "session_status", "quick_replies")
)


class Http:
    """One gateway.  Its addresses: PUBLIC/channels/NAME/receive, …/sent, …/delivered, …/failed."""

    type = "http"
    Settings = HttpSettings

    def __init__(self, context: Context, settings: HttpSettings, clock: Callable[[], float] = time.time) -> None:
        check(settings)
        self.capabilities = Capabilities(receipts=True, signed=settings.signature is not None)
        self._settings = settings
        self._clock = clock
        self._allow = Allowlist(settings.allow)
        self._secret = settings.signature.secret if settings.signature else settings.token
        self._url = Template("send_url", settings.send_url, _VARIABLES, ENCODINGS["application/x-www-form-urlencoded"])
        self._body = Template("body", settings.body, _VARIABLES, ENCODINGS[settings.content_type])
        address("send_url", self._url.fill(dict.fromkeys(_VARIABLES, "0")))
        self._headers = {"Content-Type": f"{settings.content_type}; charset=UTF-8", **settings.headers}
        self._fixed = _fixed_variables(context.name, settings)
        self._caller = Caller(settings.timeout)

    def routes(self) -> Mapping[str, Sequence[str]]:
        """A signature is over a body, so signed routes take POST only."""
        methods = ("POST",) if self._settings.signature else ("GET", "POST")
        return dict.fromkeys(("receive", *_RECEIPTS), methods)

    def verify(self, route: str, request: Request) -> bool:
        """The signature of this body, within its time; or the token, as `token=…` or as the end of the path."""
        if request.peer not in self._allow:
            return False
        if self._settings.signature:
            return self._is_signed(request)
        token = next((value for name, value in request.query if name == "token"), request.path.rpartition("/")[2])
        return same(token, self._settings.token)

    def _is_signed(self, request: Request) -> bool:
        signature = self._settings.signature
        if signature is None:
            return False
        given = request.headers.get(signature.header.lower(), "")
        data = request.body
        if signature.timestamp_header:
            stamp = request.headers.get(signature.timestamp_header.lower(), "")
            if not fresh(stamp, self._clock(), signature.window):
                return False
            data = stamp.encode() + b"." + data if signature.over == "timestamp.body" else data + stamp.encode()
        return signed(signature.secret, data, given)

    def parse(self, route: str, request: Request) -> Sequence[Event]:
        """One message or one receipt."""
        incoming = Incoming(request, body_only=self._settings.signature is not None)
        if route in _RECEIPTS:
            return [Receipt(_RECEIPTS[route], incoming.text("id") or incoming.needed("uuid"))]
        return [self._inbound(incoming)]

    def _inbound(self, incoming: Incoming) -> Inbound:
        fields = self._settings.fields
        sender = incoming.needed(fields.sender)
        text = incoming.text(fields.text)
        if text is None:
            raise MalformedError(f"the field {fields.text} is missing")
        stamp = incoming.text(fields.time) if fields.time else None
        return Inbound(
            self._key(incoming, sender, text, stamp), sender, self._settings.from_number, text, milliseconds(stamp)
        )

    def _key(self, incoming: Incoming, sender: str, text: str, stamp: str | None) -> str:
        fields = self._settings.fields
        given = incoming.text(fields.id) if fields.id else None
        if given:
            return given if len(given) <= 64 else sign(self._secret, given.encode())
        if not fields.time:
            raise MalformedError(f"the field {fields.id} is missing")
        if not stamp:
            raise MalformedError(f"the field {fields.time} is missing")
        return sign(self._secret, "\x00".join((sender, stamp, text)).encode())

    def acknowledge(self, route: str, events: Sequence[Event]) -> Response:
        """200, with a word for who watches the gateway's log."""
        return Response(body=b"Accepted")

    async def send(self, message: Message) -> Outcome:
        """Success is a 2xx that holds the `success` text, if there is one."""
        values = self._fixed | {
            "id": message.ref,
            "uuid": message.ref,
            "text": message.text,
            "to": message.recipient,
            "to_no_plus": message.recipient.removeprefix("+"),
        }
        data = None if self._settings.method == "GET" else self._body.fill(values).encode()
        answer = await self._caller.call(self._settings.method, self._url.fill(values), self._headers, data)
        if not isinstance(answer, Answer):
            return answer
        found = outcome(answer)
        if isinstance(found, Sent) and self._settings.success not in answer.text:
            return Retry("the gateway's answer does not hold the text that means success")
        return found

    async def close(self) -> None:
        """Let go of the connections."""
        await self._caller.close()


def _fixed_variables(name: str, settings: HttpSettings) -> dict[str, str]:
    return {
        "from": settings.from_number,
        "from_no_plus": settings.from_number.removeprefix("+"),
        "channel": name,
        "session_status": "",
        "quick_replies": "",
    }
