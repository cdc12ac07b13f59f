"""Servers of tests and benchmarks: real processes on ports of their own, on loopback, always ended."""

from __future__ import annotations

import random
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

DUNDUN = str(Path(sys.executable).with_name("dundun"))
PATIENCE = 30.0
"""Seconds that a server may take to begin or to end, on a busy machine."""


_PORTS = range(20_000, 32_000)
_GIVEN: set[int] = set()


def free_port() -> int:
    """A port that nobody listens at, below those that the system lends to connections: none will take it meanwhile."""
    while True:
        port = random.choice([port for port in _PORTS if port not in _GIVEN])
        _GIVEN.add(port)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


@contextmanager
def running(*words: str, port: int, cwd: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`dundun WORDS`, from when it is ready at `port` to the end of the block; what it said is in `cwd`/server.log."""
    with (cwd / "server.log").open("ab") as log:
        server = subprocess.Popen([DUNDUN, *words], cwd=cwd, stdout=log, stderr=log)
        try:
            _ready(server, port, cwd)
            yield server
        finally:
            server.terminate()
            server.wait(PATIENCE)


def _ready(server: subprocess.Popen[bytes], port: int, cwd: Path) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and server.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/ready", timeout=1) as reply:
                if reply.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise RuntimeError((cwd / "server.log").read_text(encoding="utf-8"))
