"""`dundun serve` and `dundun demo`, as processes: what they print, how they end, and what one sentence says."""

from __future__ import annotations

import signal
import socket
import subprocess
import urllib.request
from pathlib import Path

import pytest

from tests.commands.conftest import FLOW
from tests.servers import DUNDUN, PATIENCE, free_port, running

ROOT = Path(__file__).parents[2]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows/survey.flow").write_text(FLOW, encoding="utf-8")
    return tmp_path


def configured(home: Path, port: int, more: str = "") -> Path:
    (home / "dundun.toml").write_text(f"{more}\n[listen]\nport = {port}\n", encoding="utf-8")
    return home


def serve(home: Path) -> subprocess.CompletedProcess[str]:
    """A server that should not start."""
    return subprocess.run([DUNDUN, "serve"], cwd=home, capture_output=True, text=True, timeout=PATIENCE, check=False)


def test_it_says_where_it_listens_and_what_runs_and_ends_when_told(home: Path) -> None:
    port = free_port()
    with running("serve", port=port, cwd=configured(home, port)) as server:
        server.send_signal(signal.SIGINT)
        assert server.wait(PATIENCE) == 0
    said = (home / "server.log").read_text(encoding="utf-8")
    assert f"http://127.0.0.1:{port}" in said
    assert "Flows       survey" in said
    assert "dundun.key. Keep a copy of it in a safe place." in said


def test_the_demo_prints_the_address_of_its_page(tmp_path: Path) -> None:
    port = free_port()
    with running("demo", "--port", str(port), port=port, cwd=tmp_path):
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/phone", timeout=PATIENCE) as reply:
            assert reply.status == 200
        assert f"Open   http://127.0.0.1:{port}/phone" in (tmp_path / "server.log").read_text(encoding="utf-8")


def test_a_port_in_use_is_one_sentence(home: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = serve(configured(home, taken.getsockname()[1]))
    assert done.returncode == 1
    assert "port" in done.stderr
    assert "Stop what listens there, or set another port." in done.stderr
    assert not (home / "dundun.sqlite").exists()


def test_flows_with_mistakes_are_all_shown(home: Path) -> None:
    (home / "flows/survey.flow").write_text(FLOW.replace("is yes:", "is yes").replace("say:", "sya:"), encoding="utf-8")
    done = serve(configured(home, free_port()))
    assert done.returncode == 1
    assert "\nflows/survey.flow, line 7\n" in "\n" + done.stderr
    assert "\nflows/survey.flow, line 10\n" in done.stderr
    assert done.stderr.endswith("2 mistakes: mend the flows first.\n")


@pytest.mark.parametrize(
    ("more", "code", "says"),
    [
        ("databse = 'x'", 2, "dundun.toml, key databse: there is no such key. Did you mean database?\n"),
        ("flows = 'nowhere'", 2, "key flows: there is no folder"),
        ("database = 'flows'", 1, "flows"),
    ],
)
def test_what_cannot_be_used_is_one_sentence(home: Path, more: str, code: int, says: str) -> None:
    done = serve(configured(home, free_port(), more))
    assert done.returncode == code
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_without_settings(home: Path) -> None:
    done = serve(home)
    assert (done.returncode, done.stderr) == (
        2,
        "There is no file dundun.toml. Make one, or say where it is with --config.\n",
    )
