"""Flows for the tests of the engine: written as their authors would, compiled, and ready in a library."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from textwrap import dedent

import pytest

from engine.library import Library
from engine.opening import open_store
from engine.phrases import Phrases, load
from engine.writer import Writer
from grammar.loader import load_text
from tests.engine import motion
from tests.engine.twice import do_twice
from tests.postgres import Postgres

BOTH = ["sqlite", pytest.param("postgresql", marks=pytest.mark.real)]
TWICE = {
    f"tests.engine.test_{name}"
    for name in (
        "actions",
        "broadcasts",
        "hearers",
        "homes",
        "inbox",
        "mail",
        "moving",
        "outbox",
        "parked",
        "pauses",
        "people",
        "poison",
        "receipts",
        "registry",
        "replies",
        "runtime",
        "schedules",
        "timers",
        "versions",
    )
}
"""The modules whose transactions are made twice, too: what works with a store, and is quick."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Whatever has a world runs on both databases: on PostgreSQL by `make real`, which installs it."""
    if "world" in vars(metafunc.module):
        twice = ["twice"] if metafunc.module.__name__ in TWICE else []
        metafunc.parametrize("database", [*BOTH, *twice], indirect=True)


@pytest.fixture(autouse=True)  # named by no test, so it would not be made else
def database(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The kind of database on which the worlds of a test live."""
    if getattr(request, "param", "sqlite") == "sqlite":
        yield "sqlite"
        return
    if request.param == "twice":
        monkeypatch.setattr(Writer, "_do", do_twice)
        yield "sqlite"
        return
    postgres, template, key = request.getfixturevalue("postgres")
    made: dict[Path, str] = {}

    def place(folder: Path) -> tuple[str, Path]:
        if folder not in made:
            made[folder] = postgres.database(template)
            shutil.copy(key, folder / "test.key")
        return made[folder], folder / "test.key"

    monkeypatch.setattr(motion, "place", place)
    yield "postgresql"
    for url in made.values():
        postgres.drop(url)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Postgres, str, Path]]:
    """A server, the name of a database in it with our tables and nothing in them, and its key."""
    folder = tmp_path_factory.mktemp("postgres")
    server = Postgres()
    url, key = server.database(), folder / "template.key"
    asyncio.run(open_store(url, key).close())
    name = url.rpartition("/")[2]
    server.sql("DELETE FROM meta WHERE name = 'stands'", name)  # else each copy of it would be on hold
    yield server, name, key
    server.close()


@cache
def phrases_of_all() -> Phrases:
    return load()


@pytest.fixture
def library() -> Callable[..., Library]:
    """`library(text, …)`: a library in which the flows of these texts are published; they must have no mistake."""

    def make(*texts: str) -> Library:
        made = Library(phrases_of_all())
        for text in texts:
            loaded = load_text(dedent(text), "test.flow")
            errors = [finding for finding in loaded.findings if finding.severity == "error"]
            assert loaded.compiled is not None, errors
            for program in loaded.compiled.programs:
                made.publish(program)
        return made

    return make
