"""How long it takes from the shell's view until `dundun check` has ended, and until `dundun serve` is ready."""

from __future__ import annotations

import http.client
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.bench.endpoint import ROOT, SETTINGS
from tests.bench.figures import Figure
from tests.servers import DUNDUN, PATIENCE, free_port

RUNS = 11
USUAL = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
"""Python keeps what it compiled, as it does wherever nobody forbids it."""


def measure() -> list[Figure]:
    """Seconds, each in a new process; the first call, which may compile files, does not count."""
    checks = [_check() for _ in range(RUNS + 1)][1:]
    starts = [_start() for _ in range(RUNS + 1)][1:]
    return [
        _figure("cold start of dundun check on one file", checks),
        _figure("cold start of dundun serve, until it is ready", starts),
    ]


def _figure(what: str, took: Sequence[float]) -> Figure:
    return Figure(what, statistics.median(took), "s", max(took), min(took))


def _check() -> float:
    command = [str(Path(sys.executable).with_name("dundun")), "check", "flows/cholera_flash.flow"]
    begun = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=USUAL)
    seconds = time.perf_counter() - begun
    assert done.returncode == 0, done.stdout + done.stderr
    return seconds


def _start() -> float:
    """On a database that is there already, as after any restart."""
    with tempfile.TemporaryDirectory() as folder:
        home, port = Path(folder), free_port()
        written = SETTINGS.format(flows=ROOT / "flows", database="dundun.sqlite", port=port, sink=free_port())
        (home / "dundun.toml").write_text(written, encoding="utf-8")
        _until_ready(home, port)
        return _until_ready(home, port)


def _until_ready(home: Path, port: int) -> float:
    begun = time.perf_counter()
    quiet = subprocess.DEVNULL
    server = subprocess.Popen([DUNDUN, "serve"], cwd=home, stdout=quiet, stderr=quiet, env=USUAL)
    try:
        while not _is_ready(port):
            assert time.perf_counter() - begun < PATIENCE, "the server is not ready yet"
            time.sleep(0.005)
        return time.perf_counter() - begun
    finally:
        server.terminate()
        server.wait(PATIENCE)


def _is_ready(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request("GET", "/ready")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()
