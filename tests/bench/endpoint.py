"""Durable messages a second through the HTTP endpoint: `dundun serve` on SQLite, or two of them on PostgreSQL.

The load comes from another process.  Every message is answered by a 200 after its commit; it starts a conversation or
answers a question of one.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.bench import raw
from tests.bench.figures import Figure
from tests.bench.load import WORKERS
from tests.postgres import Postgres, programs
from tests.servers import DUNDUN, free_port, running

RUNS = 3
SECONDS = 8.0
CONNECTIONS = 128
"""For each server."""

STEADY = 500
"""Messages a second, while the time of the answers is measured."""

ROOT = Path(__file__).parents[2]
SETTINGS = """\
flows = "{flows}"
database = "{database}"
[listen]
port = {port}
[channels.line]
type = "http"
send_url = "http://127.0.0.1:{sink}/"
token = "tttttttttttttttt"
fields = {{ id = "id" }}
"""

Run = dict[str, float]


def measure() -> list[Figure]:
    """Messages a second, beside what the bare database can do; how long answers take, in a crowd and steadily."""
    found = [_on_sqlite(_crowd) for _ in range(RUNS)]
    steady = [_on_sqlite(_steadily) for _ in range(RUNS)]
    return [
        *_rates("HTTP and SQLite", found),
        _figure("of what the bare SQLite writes", "%", [run["per_second"] / run["raw"] * 100 for run in found]),
        _figure(f"99 of 100 answered within, {STEADY} a second", "ms", [run["p99"] for run in steady], fast=min),
    ]


def measure_postgres() -> list[Figure]:
    """The same with two server processes on one PostgreSQL; a figure without a value where that is not installed."""
    if programs() is None:
        return [Figure("HTTP and PostgreSQL: NOT MEASURED, PostgreSQL is not installed (make real)", 0, "", 0, 0)]
    return _rates("HTTP and PostgreSQL, two processes", [_on_postgres() for _ in range(RUNS)], servers=2)


def _rates(how: str, found: Sequence[Run], servers: int = 1) -> list[Figure]:
    at_once = CONNECTIONS * servers
    return [
        _figure(f"durable messages a second, {how}", "/s", [run["per_second"] for run in found]),
        _figure(f"99 of 100 answered within, {at_once} at once, {how}", "ms", [run["p99"] for run in found], fast=min),
    ]


def _figure(what: str, unit: str, values: list[float], *, fast: Callable[[list[float]], float] = max) -> Figure:
    slow = min if fast is max else max
    return Figure(what, statistics.median(values), unit, slow(values), fast(values))


def _on_sqlite(load: Callable[[list[int]], Run]) -> Run:
    """A new database, a server, and the load; then, in the same folder, the bare database."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        with _servers(home, "dundun.sqlite", 1) as ports:
            found = load(ports)
        return {**found, "raw": raw.messages_per_second(home)}


def _on_postgres() -> Run:
    server = Postgres(durable=True)
    try:
        with tempfile.TemporaryDirectory() as folder, _servers(Path(folder), server.database(), 2) as ports:
            return _crowd(ports)
    finally:
        server.close()


@contextmanager
def _servers(home: Path, database: str, how_many: int) -> Iterator[list[int]]:
    """So many servers on one database that knows the workers; their ports."""
    ports = [free_port() for _ in range(how_many)]
    for port in ports:
        settings = SETTINGS.format(flows=ROOT / "flows", database=database, port=port, sink=free_port())
        (home / f"{port}.toml").write_text(settings, encoding="utf-8")
    _import_workers(home, f"{ports[0]}.toml")
    with ExitStack() as stack:
        for port in ports:
            stack.enter_context(running("serve", "--config", f"{port}.toml", port=port, cwd=home))
        yield ports


def _import_workers(home: Path, config: str) -> None:
    rows = [f"w{n},Worker {n},+23159{n:07},en" for n in range(WORKERS)]
    (home / "workers.csv").write_text("id,name,phone,language\n" + "\n".join(rows), encoding="utf-8")
    command = [DUNDUN, "workers", "import", "workers.csv", "--config", config]
    subprocess.run(command, cwd=home, check=True, capture_output=True)


def _crowd(ports: list[int]) -> Run:
    """As many as will go."""
    return _load(ports, CONNECTIONS * len(ports), 0)


def _steadily(ports: list[int]) -> Run:
    return _load(ports, CONNECTIONS, STEADY)


def _load(ports: list[int], connections: int, rate: float) -> Run:
    words = [",".join(map(str, ports)), str(connections), str(SECONDS), str(rate)]
    command = [sys.executable, "-m", "tests.bench.load", *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    result: Run = json.loads(done.stdout)
    return result
