"""The body of a request, never more of it than allowed, whatever its headers say; and a refusal in one shape."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response


class TooLargeError(Exception):
    """The body has more bytes than allowed."""


async def body_of(request: Request, most: int) -> bytes:
    """The whole body; TooLargeError as soon as it is more than `most` bytes."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > most:
            raise TooLargeError
    return body


def refused(status: int, sentence: str) -> Response:
    """A sentence for whoever asked."""
    return JSONResponse({"problem": sentence}, status)
