"""A PostgreSQL server for the tests that need databases without our tables."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.postgres import Postgres


@pytest.fixture(scope="session")
def server() -> Iterator[Postgres]:
    made = Postgres()
    yield made
    made.close()
