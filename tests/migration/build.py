"""Make the database of a release, by the code of that release: `python -m tests.migration.build 97148b9 v1`.

It leaves releases/v1.sql, a text that makes the file again row by row, and releases/v1-key.txt, its key.  In it are two
workers, of whom one stands at the second question of a survey with a reminder to come and a message on its way, and
one has finished it and then said STOP.
"""

from __future__ import annotations

import io
import os
import sqlite3
import subprocess
import sys
import tarfile
import tempfile
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).parents[2]
RELEASES = Path(__file__).with_name("releases")
SCENE = """
import asyncio, sys
from pathlib import Path
from textwrap import dedent
from engine.delivery import Sent
from engine.ids import Ids
from engine.inbox import Arrival
from engine.library import Library
from engine.phrases import load
from engine.registry import Registry
from engine.runtime import Runtime, Setup
from engine.opening import open_store
from grammar.loader import load_text

FLOW = dedent('''
    flow survey: Survey
        languages: en
        start on word SURVEY
        remind after 4 hours: Please answer.
    ask cases: How many cases?
        answer: whole number from 0 to 500
    ask problem: What is the problem?
        answer: text up to 300 letters
    say: Thank you, {worker.name}.
''')
PEOPLE = [
    {"id": "moses", "name": "Moses Flomo", "phone": "+231770000001", "language": "en", "zone": "Africa/Accra"},
    {"id": "fatou", "name": "Fatou Kamara", "phone": "+231770000002", "language": "en", "facility": "F1"},
]

class Clock:
    def now(self):
        return 1_740_992_400_000

class Gateway:
    async def send(self, message):
        return Sent("id-" + message.ref)

async def main(folder):
    clock = Clock()
    ids = Ids(clock)
    store = open_store(folder / "v.sqlite")
    registry = Registry(store, ids, clock)
    await registry.put_facilities([{"code": "F1", "name": "Redemption", "zone": "Africa/Monrovia"}])
    await registry.put_workers(PEOPLE)
    runtime = Runtime(store, registry, Library(load()), Setup({"sms": Gateway()}, lambda _: ("gsm7", 1)), ids, clock)
    loaded = load_text(FLOW, "survey.flow")
    await runtime.publish(loaded.compiled.programs[0])
    await runtime.start()
    talk = [("1", "SURVEY"), ("2", "SURVEY"), ("1", "14"), ("2", "3"), ("2", "No water"), ("2", "STOP")]
    for number, (who, text) in enumerate(talk):
        await runtime.accept(Arrival("sms", f"key {number}", f"+23177000000{who}", text))
        await asyncio.sleep(0.5)
    await runtime.stop()
    await store.close()

asyncio.run(main(Path(sys.argv[1])))
"""


def build(revision: str, name: str) -> None:
    """Write releases/NAME.sql and releases/NAME-key.txt."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        archive = subprocess.run(["git", "archive", revision], cwd=ROOT, capture_output=True, check=True).stdout
        with tarfile.open(fileobj=io.BytesIO(archive)) as code:
            code.extractall(folder / "code", filter="data")
        (folder / "scene.py").write_text(SCENE, encoding="utf-8")
        environment = {**os.environ, "PYTHONPATH": str(folder / "code")}
        subprocess.run([sys.executable, "-P", folder / "scene.py", folder], env=environment, check=True)
        with closing(sqlite3.connect(folder / "v.sqlite")) as made:
            (RELEASES / f"{name}.sql").write_text("\n".join(made.iterdump()) + "\n", encoding="utf-8")
        (RELEASES / f"{name}-key.txt").write_bytes((folder / "v.key").read_bytes())


if __name__ == "__main__":
    build(*sys.argv[1:])
