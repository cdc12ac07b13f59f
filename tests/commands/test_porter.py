"""A server of two processes is one to whoever uses it: it starts, stops and dies as one, and loses nothing by it."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.commands.conftest import FLOW
from tests.servers import PATIENCE, free_port, running

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or os.cpu_count() == 1, reason="one process does all here: the porter is NOT tested"
)
TOKEN = "a-long-unguessable-word"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "flows").mkdir()
    flow = FLOW.replace("    languages: en\n", "    languages: en\n    start on word SURVEY\n")
    (tmp_path / "flows/survey.flow").write_text(flow, encoding="utf-8")
    return tmp_path


@pytest.fixture
def port(home: Path) -> int:
    number = free_port()
    channel = f"[channels.line]\ntype = 'http'\nsend_url = 'http://127.0.0.1:{free_port()}/'\ntoken = '{TOKEN}'\n"
    settings = f"[listen]\nport = {number}\n{channel}fields.id = 'id'\n"
    (home / "dundun.toml").write_text(settings, encoding="utf-8")
    return number


@pytest.fixture
def server(home: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    with running("serve", port=port, cwd=home) as process:
        yield process


def porter_of(server: subprocess.Popen[bytes]) -> int:
    children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text(encoding="ascii").split()
    assert len(children) == 1
    return int(children[0])


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


def is_there(pid: int) -> bool:
    """Does the process run?  (One that ended and that nobody asked for does not.)"""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def brings(port: int, key: int) -> int:
    """A gateway's message; the status of the answer, 0 where there is none."""
    door = f"http://127.0.0.1:{port}/channels/line/receive?token={TOKEN}"
    body = f"from=%2B2315900001{key:02}&text=SURVEY&id={key}".encode()
    try:
        with urllib.request.urlopen(door, body, timeout=PATIENCE) as reply:
            return int(reply.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def events(home: Path) -> int:
    with closing(sqlite3.connect(home / "dundun.sqlite")) as stored:
        return int(stored.execute("SELECT count(*) FROM event").fetchone()[0])


def test_what_was_acknowledged_through_the_porter_is_stored_and_both_end(
    home: Path, port: int, server: subprocess.Popen[bytes]
) -> None:
    porter = porter_of(server)
    assert brings(port, 1) == 200
    os.kill(porter, signal.SIGTERM)  # as systemd and Ctrl-C do to all processes of a server
    server.send_signal(signal.SIGTERM)
    assert server.wait(PATIENCE) == 0
    until(lambda: not is_there(porter))
    assert events(home) == 1


def test_where_the_porter_dies_the_engine_goes_on_alone_and_says_so(
    home: Path, port: int, server: subprocess.Popen[bytes]
) -> None:
    assert brings(port, 1) == 200
    os.kill(porter_of(server), signal.SIGKILL)
    until(lambda: brings(port, 2) == 200)
    server.send_signal(signal.SIGTERM)
    assert server.wait(PATIENCE) == 0
    assert events(home) == 2
    assert "the process that spoke with gateways is gone" in (home / "server.log").read_text(encoding="utf-8")


def test_where_the_engine_dies_the_porter_answers_nobody_and_leaves_the_port(
    home: Path, port: int, server: subprocess.Popen[bytes]
) -> None:
    porter = porter_of(server)
    os.kill(porter, signal.SIGSTOP)  # it does not see it at once
    server.kill()
    server.wait(PATIENCE)
    os.kill(porter, signal.SIGCONT)
    until(lambda: not is_there(porter))
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", port))
    assert brings(port, 1) == 0
    assert events(home) == 0
