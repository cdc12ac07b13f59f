"""Which of the two databases it is, its name decides, and only that one's driver is loaded."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from engine.opening import is_url, key_of, name_of
from engine.store import StoreError

NAMES = [  # the name, is it a server's address, what it is called in a sentence
    ("dundun.sqlite", False, "dundun.sqlite"),
    ("/var/lib/dundun/postgres.sqlite", False, "/var/lib/dundun/postgres.sqlite"),
    ("postgresql://dundun:secret@db.health.example/dundun", True, "The database dundun on db.health.example"),
    ("postgres://dundun@db.health.example:5433/dundun", True, "The database dundun on db.health.example"),
    ("postgresql+asyncpg://dundun:a%40b@/dundun", True, "The database dundun on this machine"),
]


@pytest.mark.parametrize(("name", "server", "called"), NAMES)
def test_what_it_is_and_what_it_is_called(name: str, server: bool, called: str) -> None:
    assert is_url(name) is server
    assert name_of(name) == called


def test_the_key_of_a_file_lies_beside_it() -> None:
    assert key_of("data/dundun.sqlite") == Path("data/dundun.key")
    assert key_of("data/dundun.sqlite", Path("other.key")) == Path("other.key")


def test_the_key_of_a_server_is_named() -> None:
    assert key_of("postgresql:///dundun", Path("dundun.key")) == Path("dundun.key")
    with pytest.raises(StoreError, match="say which with key"):
        key_of("postgresql:///dundun")


def test_who_has_a_file_waits_for_no_driver_of_a_server(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from engine.opening import open_store; "
        "open_store(Path(sys.argv[1])); sys.exit('engine.postgres' in sys.modules or 'asyncpg' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path / "a.sqlite")], check=False, timeout=60)
    assert done.returncode == 0
