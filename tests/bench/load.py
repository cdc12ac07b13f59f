"""A load generator on loopback, in a process of its own; every answer must be a 200, and it always stops.

`python -m tests.bench.load PORTS CONNECTIONS SECONDS [PER_SECOND]` prints one JSON object.  Without a rate each
connection sends its next request after a 200.  With one, requests are due at fixed moments whatever became of those
before, and are timed from when they were due: a server that stands still is not spared what it kept waiting.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Iterator
from itertools import count
from urllib.parse import urlencode

import uvloop

PATH = "/channels/line/receive?token=" + "t" * 16
WORKERS = 2_000
REPLIES = ("CHOLERA", "1", "14", "3", "The road is flooded")
MOST_SECONDS = 60.0


def requests(first: int, step: int) -> Iterator[bytes]:
    """Messages of every `step`-th worker, conversation after conversation, each message with an id of its own."""
    ids = count(first, step)
    for turn in count():
        for reply in REPLIES:
            for worker in range(first, WORKERS, step):
                fields = {"from": f"+23159{worker:07}", "text": reply, "id": f"{turn}-{next(ids)}"}
                body = urlencode(fields).encode()
                head = f"POST {PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded"
                yield f"{head}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def moments(begin: float, every: float) -> Iterator[float]:
    """When requests are due, by the clock of `perf_counter`; at once, where `every` is 0 seconds."""
    for number in count():
        yield begin + number * every if every else time.perf_counter()


async def connection(port: int, messages: Iterator[bytes], due: Iterator[float], until: float) -> list[float]:
    """The seconds that each request took; raises where one is not answered by a 200."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    took: list[float] = []
    while (begun := next(due)) < until:
        await asyncio.sleep(begun - time.perf_counter())
        writer.write(next(messages))
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(head.split(b"\r\n")[0].decode())
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        await reader.readexactly(length)
        took.append(time.perf_counter() - begun)
    writer.close()
    return took


async def load(ports: list[int], connections: int, seconds: float, rate: float) -> dict[str, float]:
    """Messages that were answered by a 200, a second; and how long half and 99 of 100 took, in ms.

    `rate`: messages a second over all connections; 0 for as many as will go.
    """
    begun = time.perf_counter()
    until = begun + min(seconds, MOST_SECONDS)
    each = (
        connection(
            ports[first % len(ports)],
            requests(first, connections),
            moments(begun + first / rate, connections / rate) if rate else moments(begun, 0),
            until,
        )
        for first in range(connections)
    )
    took = sorted(second for seconds in await asyncio.gather(*each) for second in seconds)
    rate = len(took) / (time.perf_counter() - begun)
    return {"per_second": rate, "p50": took[len(took) // 2] * 1000, "p99": took[len(took) * 99 // 100] * 1000}


if __name__ == "__main__":
    numbers = [float(word) for word in (*sys.argv[2:], "0")[:3]]
    ports = [int(word) for word in sys.argv[1].split(",")]
    sys.stdout.write(json.dumps(uvloop.run(load(ports, int(numbers[0]), numbers[1], numbers[2]))) + "\n")
