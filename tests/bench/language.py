"""How long the language takes: a flow of 5,000 lines, one line of it edited, the example flows, and a new process."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from grammar.incremental import Document
from grammar.loader import load_bytes, load_text
from tests.bench.figures import Figure
from tests.grammar import contrived

ROOT = Path(__file__).parents[2]
LINES = 5_000
RUNS = 7

HEADER = """\
flow large: A large flow
    languages: en, fr
    channels: sms
    start on word LARGE

"""

CHUNKS = """\
ask cases_{n}: How many cases of illness {n} did you see?
    answer: whole number from 0 to 500
    fr: Combien de cas de maladie {n} ?
    if invalid: Please send a number.
        fr: Envoyez un nombre.
    remind after 4 hours: We wait for your answer. {{question}}
        fr: Nous attendons. {{question}}

if cases_{n} > 10:
    say: You saw {{cases_{n}}} cases, {{worker.first_name}}.
        fr: Vous avez vu {{cases_{n}}} cas, {{worker.first_name}}.
otherwise:
    say: That is not much.
        fr: C'est peu.

"""

END = "test: It begins\n    start\n    expect: How many cases of illness 1 did you see?\n"


def large(lines: int = LINES) -> str:
    """A flow of at least so many lines, without a mistake."""
    count = -(-lines // CHUNKS.count("\n"))
    return HEADER + "".join(CHUNKS.format(n=n) for n in range(1, count + 1)) + END


def measure() -> list[Figure]:
    """Seconds and milliseconds in this process, and the memory of a process that has done nothing else."""
    text = large()
    return [
        *(_example(path) for path in sorted((ROOT / "flows").glob("*.flow"))),
        _of(f"read, check and compile a flow of {LINES:,} lines", "s", lambda: load_text(text, "large.flow")),
        _edits(text),
        _slowest(),
        *_tables(),
        _memory(),
    ]


def _of(what: str, unit: str, work: Callable[[], object]) -> Figure:
    """The first time is not counted: it reads the parser's tables."""
    work()
    factor = 1000 if unit == "ms" else 1
    took = [_seconds(work) * factor for _ in range(RUNS)]
    return Figure(what, statistics.median(took), unit, max(took), min(took))


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _edits(text: str) -> Figure:
    """A word more in one line after another, as an author types; with what is shown at once."""
    document = Document("large.flow")
    document.write(text)
    rows = text.split("\n")
    asked = [at for at, row in enumerate(rows) if row.startswith("ask ")]
    took = []
    for at in asked[:: len(asked) // 50]:
        rows[at] += " x"
        edited = "\n".join(rows)
        begun = time.perf_counter()
        document.write(edited)
        document.findings()
        took.append((time.perf_counter() - begun) * 1000)
    return Figure(f"one changed chunk of {LINES:,} lines", statistics.median(took), "ms", max(took), min(took))


def _slowest() -> Figure:
    """The file of 100 kB that takes longest of all that somebody could contrive, in seconds of the processor."""
    once = {name: _processor_seconds(text) for name, text in contrived.files()}
    name = max(once, key=lambda name: once[name])
    text = contrived.file(name)
    took = [_processor_seconds(text) for _ in range(RUNS)]
    return Figure(f"slowest contrived 100 kB file ({name})", statistics.median(took), "s", max(took), min(took))


def _processor_seconds(text: str) -> float:
    begun = time.process_time()
    load_text(text, "contrived.flow")
    return time.process_time() - begun


def _example(path: Path) -> Figure:
    data = path.read_bytes()
    return _of(f"read, check and compile {path.name}", "ms", lambda: load_bytes(data, str(path)))


def _tables() -> list[Figure]:
    """The parser's tables in a new process: made from the grammar, and from the file that keeps them."""
    code = (
        "import time; from grammar import lalr; begun = time.perf_counter(); "
        "lalr.read_lines('stop\\n'); print(time.perf_counter() - begun)"
    )
    made, kept = [], []
    for _ in range(3):
        with tempfile.TemporaryDirectory() as folder:
            made.append(_said(code, folder) * 1000)
            kept.append(_said(code, folder) * 1000)
    return [
        Figure("the grammar's tables, made", statistics.median(made), "ms", max(made), min(made)),
        Figure("the grammar's tables, from the cache", statistics.median(kept), "ms", max(kept), min(kept)),
    ]


def _said(code: str, cache: str) -> float:
    """The number that a new process prints; what it keeps between runs stands in `cache`."""
    environment = {**os.environ, "XDG_CACHE_HOME": cache}
    command = [sys.executable, "-c", code]
    return float(subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True).stdout)


def _memory() -> Figure:
    """The most that a process needs that loads the large flow, in MB."""
    code = (
        "import tests.bench.language as it; from tests.bench.figures import most; "
        "it.load_text(it.large(), 'large.flow'); print(most())"
    )
    with tempfile.TemporaryDirectory() as folder:
        took = [_said(code, folder) for _ in range(4)][1:]
    return Figure(f"memory to check a flow of {LINES:,} lines", statistics.median(took), "MB", max(took), min(took))
