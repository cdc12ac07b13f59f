"""A server that is told to stop ends within ten seconds, though its gateway never answers, and loses nothing."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
import time
import urllib.request
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from channels.misbehaving import Gateway, gateway
from tests.commands.conftest import FLOW
from tests.servers import PATIENCE, free_port, running

TOKEN = "a-long-unguessable-word"
TEN_SECONDS = 10.0


async def test_a_stop_does_not_wait_for_a_gateway_that_says_nothing(tmp_path: Path) -> None:
    async with gateway() as slow:
        slow.fault = "silent"
        await asyncio.to_thread(_serve_and_stop, tmp_path, slow)


def _until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


def _serve_and_stop(home: Path, slow: Gateway) -> None:
    (home / "flows").mkdir()
    flow = FLOW.replace("    languages: en\n", "    languages: en\n    start on word SURVEY\n")
    (home / "flows/survey.flow").write_text(flow, encoding="utf-8")
    port = free_port()
    settings = (
        f"[listen]\nport = {port}\n[channels.line]\ntype = 'http'\nsend_url = '{slow.url}'\n"
        f"token = '{TOKEN}'\nfields.id = 'id'\ntimeout = 60\n"
    )
    (home / "dundun.toml").write_text(settings, encoding="utf-8")
    with running("serve", port=port, cwd=home) as server:
        body = b"from=%2B231590000109&text=SURVEY&id=1"
        door = f"http://127.0.0.1:{port}/channels/line/receive?token={TOKEN}"
        with urllib.request.urlopen(door, body, timeout=TEN_SECONDS) as reply:
            assert reply.status == 200
        _until(lambda: bool(slow.calls))
        server.send_signal(signal.SIGTERM)
        assert server.wait(TEN_SECONDS) == 0
    assert "stopped: everything is stored" in (home / "server.log").read_text(encoding="utf-8")
    with closing(sqlite3.connect(home / "dundun.sqlite")) as stored:
        assert stored.execute("SELECT count(*) FROM event").fetchone() == (1,)
        # Whether it went through nobody can know; so it says.
        assert stored.execute("SELECT outcome FROM attempt").fetchall() in ([("unknown",)], [(None,)])
