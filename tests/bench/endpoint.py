"""Durable messages a second through the HTTP endpoint: `dundun serve` on SQLite, the load from another process.

Every message is answered by a 200 after its commit; it starts a conversation or answers a question of one.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.bench.figures import Figure
from tests.bench.load import WORKERS
from tests.servers import DUNDUN, free_port, running

RUNS = 3
SECONDS = 8.0
CONNECTIONS = 128
ROOT = Path(__file__).parents[2]
SETTINGS = """\
flows = "{flows}"
[listen]
port = {port}
[channels.line]
type = "http"
send_url = "http://127.0.0.1:{sink}/"
token = "tttttttttttttttt"
fields = {{ id = "id" }}
"""


def measure() -> list[Figure]:
    """Messages a second, and the slowest of a hundred."""
    found = [_once() for _ in range(RUNS)]
    rates = [run["per_second"] for run in found]
    slow = [run["p99"] for run in found]
    return [
        Figure("durable messages a second, HTTP and SQLite", statistics.median(rates), "/s", min(rates), max(rates)),
        Figure(
            f"99 of 100 answered within, {CONNECTIONS} at once", statistics.median(slow), "ms", max(slow), min(slow)
        ),
    ]


def _once() -> dict[str, float]:
    """A new database, a server, and the load."""
    with tempfile.TemporaryDirectory() as folder:
        home, port = Path(folder), free_port()
        settings = SETTINGS.format(flows=ROOT / "flows", port=port, sink=free_port())
        (home / "dundun.toml").write_text(settings, encoding="utf-8")
        _import_workers(home)
        with running("serve", port=port, cwd=home):
            load = [sys.executable, "-m", "tests.bench.load", str(port), str(CONNECTIONS), str(SECONDS)]
            done = subprocess.run(load, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        result: dict[str, float] = json.loads(done.stdout)
        return result


def _import_workers(home: Path) -> None:
    rows = [f"w{n},Worker {n},+23159{n:07},en" for n in range(WORKERS)]
    (home / "workers.csv").write_text("id,name,phone,language\n" + "\n".join(rows), encoding="utf-8")
    subprocess.run([DUNDUN, "workers", "import", "workers.csv"], cwd=home, check=True, capture_output=True)
