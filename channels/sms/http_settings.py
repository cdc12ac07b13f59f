"""The settings of the generic HTTP channel; `check` lets none through with which a repeat could count twice."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from channels.base import Seconds, Settings, SettingsError, Token
from channels.template import ENCODINGS

BODY = (
    "id={{id}}&text={{text}}&to={{to}}&to_no_plus={{to_no_plus}}&from={{from}}&from_no_plus={{from_no_plus}}"
    "&channel={{channel}}"
)
Method = Annotated[Literal["POST", "GET", "PUT"], Meta(description="POST, GET or PUT is expected")]
ContentType = Annotated[
    Literal["application/x-www-form-urlencoded", "application/json", "application/xml", "text/xml", "text/plain"],
    Meta(description=f"one of these is expected: {', '.join(ENCODINGS)}"),
]
Over = Annotated[
    Literal["body", "timestamp.body", "body+timestamp"],
    Meta(description='"body", "timestamp.body" or "body+timestamp" is expected'),
]


class Fields(Settings, frozen=True, kw_only=True):
    """What the gateway calls each thing; in JSON `message.text` is the `text` within `message`.

    `id`: the gateway's own id of a message, the same when it repeats one.  `time`: its time stamp.
    """

    sender: str = "from"
    text: str = "text"
    id: str = ""
    time: str = ""


class Signature(Settings, frozen=True, kw_only=True):
    """HMAC-SHA256 in hex under `header`, over the raw body; with a `timestamp_header`, over both.

    `window`: how many seconds old, or early, the time stamp may be.
    """

    secret: Token
    header: Annotated[str, Meta(min_length=1, description="the name of a header is expected")] = "X-Signature"
    timestamp_header: str = ""
    over: Over = "body"
    window: Seconds = 300.0


class HttpSettings(Settings, frozen=True, kw_only=True):
    """`success`: a text that the answer to a send must hold.  `allow`: the gateway's addresses (empty: any)."""

    send_url: str
    method: Method = "POST"
    content_type: ContentType = "application/x-www-form-urlencoded"
    body: str = BODY
    headers: dict[str, str] = msgspec.field(default_factory=dict)
    success: str = ""
    from_number: str = ""
    token: str = ""
    signature: Signature | None = None
    fields: Fields = msgspec.field(default_factory=Fields)
    allow: tuple[str, ...] = ()
    timeout: Seconds = 10.0


def check(settings: HttpSettings) -> None:
    """Raises SettingsError for what no type can say."""
    if settings.signature is None and len(settings.token) < 16:
        raise SettingsError("token", "Set a token of at least 16 letters that nobody can guess, or a signature.")
    if not (settings.fields.id or settings.fields.time):
        raise SettingsError(
            "fields.id",
            "Without it a message that the gateway repeats would count twice. Set fields.id to the name under which "
            "the gateway sends its id of a message; if it sends none, set fields.time to the name of its time stamp.",
        )
    if not (settings.fields.sender and settings.fields.text):
        raise SettingsError("fields.sender", "Set fields.sender and fields.text to the names that the gateway uses.")
    for name, value in settings.headers.items():
        if not (name.isascii() and value.isascii() and name.isprintable() and value.isprintable()):
            raise SettingsError("headers", "Only plain letters, digits and signs can stand in a header.")
    signature = settings.signature
    if signature and bool(signature.timestamp_header) != (signature.over != "body"):
        raise SettingsError(
            "signature.over",
            'A time stamp counts only if it is signed too: set timestamp_header, and over to "timestamp.body" or '
            '"body+timestamp"; or neither.',
        )
