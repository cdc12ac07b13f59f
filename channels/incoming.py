"""The fields of a gateway's request, whether they stand in its address, a form or JSON: every value is a text."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from channels.base import MalformedError, Request


class Incoming:
    """`body_only`: what stands in the address is not read (a signature does not cover it)."""

    def __init__(self, request: Request, body_only: bool = False) -> None:
        self._fields = dict(request.form) if body_only else dict(request.query) | dict(request.form)
        self._json = _json(request.body) if _is_json(request) else None

    def text(self, name: str) -> str | None:
        """The field's value, None where it is missing; a number is written out."""
        value = _inner(self._json, name) if self._json is not None else None
        if value is None:
            return self._fields.get(name)
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise MalformedError(f"the field {name} is neither a text nor a whole number")
        return str(value)

    def needed(self, name: str) -> str:
        """The field's value, which may not be missing or empty."""
        value = self.text(name)
        if not value:
            raise MalformedError(f"the field {name} is missing")
        return value


def _is_json(request: Request) -> bool:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower() == "application/json"


def _json(body: bytes) -> dict[str, Any]:
    try:
        return msgspec.json.decode(body, type=dict[str, Any])
    except (ValueError, RecursionError):
        raise MalformedError("the body is no JSON object") from None


def _inner(value: Any, name: str) -> Any:  # noqa: ANN401 - JSON has any shape
    for part in name.split("."):
        if not isinstance(value, dict):
            return None
        value = value.get(part)
    return value


def milliseconds(stamp: str | None) -> int | None:
    """A time stamp (seconds or milliseconds since 1970, or ISO 8601 with its zone) in ms UTC; None for any other."""
    if not stamp:
        return None
    if stamp.isascii() and stamp.isdigit():
        return {10: int(stamp) * 1000, 13: int(stamp)}.get(len(stamp)) if len(stamp) <= 13 else None
    try:
        moment = datetime.fromisoformat(stamp)
        return int(moment.timestamp() * 1000) if moment.tzinfo else None
    except ValueError:
        return None
