"""A bad day: a damaged file, a full disk, no database, a server that hangs or dies: one sentence, and no traceback."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from commands import backup, neighbour
from commands.faults import TRACE
from engine import attending
from engine.backup import Progress
from engine.clock import END, SystemClock
from tests.commands.conftest import Dundun
from tests.servers import DUNDUN, PATIENCE

PAGE = 4096
WORKERS = "id,name,phone,groups\n" + "".join(f"w{n},Worker {n},+23177{n:07},nurses\n" for n in range(300))


@pytest.fixture
def home(dundun: Dundun, tmp_path: Path) -> Path:
    (tmp_path / "dundun.toml").write_text("", encoding="utf-8")
    (tmp_path / "workers.csv").write_text(WORKERS, encoding="utf-8")
    assert dundun("workers", "import", "workers.csv").code == 0
    return tmp_path


def spoil(home: Path) -> None:
    """All of the file but its first pages: the tables are known, and their rows are not."""
    file = home / "dundun.sqlite"
    whole = file.read_bytes()
    first = 24 * PAGE
    file.write_bytes(whole[:first] + os.urandom(len(whole) - first))


READING = [
    ("doctor",),
    ("backup", "copy.sqlite"),
    ("workers", "list"),
    ("workers", "import", "workers.csv"),
    ("workers", "import", "workers.csv", "--dry-run"),
    ("send", "--text", "Hello", "--to", "everybody"),
]


@pytest.mark.parametrize("words", READING)
def test_a_damaged_file_is_said_in_a_sentence(dundun: Dundun, home: Path, words: tuple[str, ...]) -> None:
    spoil(home)
    done = dundun(*words)
    assert done.code == 1
    assert "damaged" in done.err + done.out
    assert "put the last backup in its place: dundun restore FILE" in done.err + done.out
    assert not list(home.glob("copy.sqlite*"))


@pytest.mark.parametrize(
    "words",
    [
        ("pause", "all"),
        ("unpause", "all"),
        ("resume", "--yes"),
        ("purge", "--older-than", "9", "--yes"),
        ("dead", "drop", "1.2", "--yes"),
        ("rollback", "survey"),
        ("send", "--text", "Hello", "--to", "everybody"),
    ],
)
def test_only_a_list_of_workers_makes_a_database(dundun: Dundun, tmp_path: Path, words: tuple[str, ...]) -> None:
    (tmp_path / "dundun.toml").write_text("", encoding="utf-8")
    done = dundun(*words)
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith(f"There is no database {tmp_path}/dundun.sqlite.")
    assert not (tmp_path / "dundun.sqlite").exists()


@contextmanager
def listening(home: Path, answer: Callable[[socket.socket], Any]) -> Iterator[None]:
    """Something that stands where the server's socket is, and does `answer` with whoever comes."""
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(str(home / "dundun.sock"))
        door.listen()
        threading.Thread(target=_serve, args=(door, answer), daemon=True).start()
        yield
        door.shutdown(socket.SHUT_RDWR)


def _serve(door: socket.socket, answer: Callable[[socket.socket], Any]) -> None:
    while True:
        try:
            guest = door.accept()[0]
        except OSError:
            return
        with guest, suppress(OSError):  # whoever asked may be gone by now
            answer(guest)


def test_a_server_that_hangs_is_not_waited_for(dundun: Dundun, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neighbour, "ANSWERS_WITHIN", 0.05)
    over = threading.Event()
    with listening(home, lambda _: over.wait()):
        done = dundun("pause", "all")
        over.set()
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("A server runs here, and does not answer.")


def test_a_server_that_hangs_in_the_middle_is_not_waited_for(
    dundun: Dundun, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attending, "EVERY", 0.01)
    monkeypatch.setattr(attending, "_SECOND", 0.02)
    over = threading.Event()

    def answer(guest: socket.socket) -> None:
        if over.is_set() or guest.recv(9).startswith(b"POST"):
            over.wait()
        else:
            guest.recv(9999)
            guest.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

    with listening(home, answer):
        done = dundun("pause", "all")
        over.set()
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("The server does not answer any more. What it did until then is stored, and what it was")


def test_a_server_that_dies_meanwhile_is_said(dundun: Dundun, home: Path) -> None:
    def answer(guest: socket.socket) -> None:
        if guest.recv(9).startswith(b"GET"):
            guest.recv(9999)
            guest.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

    with listening(home, answer):
        done = dundun("workers", "import", "workers.csv")
    assert (done.code, done.out) == (1, "")
    assert done.err == f"{neighbour._GONE}\n"


def test_a_fault_of_ours_says_where_it_is_and_nothing_of_any_person(
    dundun: Dundun, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise LookupError("+231770000001")

    monkeypatch.delenv(TRACE)
    monkeypatch.setattr("commands.costs._ledger", fail)
    done = dundun("costs")
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith(
        "This is a fault in Dundun, or the database is damaged: LookupError in tests/commands/test_broken.py,"
    )
    assert "+231" not in done.err


def test_ctrl_c_breaks_off_a_copy_and_leaves_nothing_of_it(
    dundun: Dundun, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bar = backup._bar

    @contextmanager
    def interrupted(title: str, stop: threading.Event) -> Iterator[Progress]:
        with bar(title, stop) as progress:
            os.kill(os.getpid(), signal.SIGINT)
            assert stop.wait(PATIENCE)
            yield progress

    monkeypatch.setattr(backup, "_bar", interrupted)
    for words in (("backup", "copy.sqlite"), ("restore", "dundun.sqlite")):
        done = dundun(*words)
        says = "Stopped. What it had done stands; give the command again for the rest.\n"
        assert (done.code, done.out, done.err) == (130, "", says)
    assert [each.name for each in home.iterdir() if re.search("copy|part|restored|replaced", each.name)] == []


def test_a_name_that_is_too_long_is_said(dundun: Dundun, home: Path) -> None:
    done = dundun("restore", "a" * 300)
    assert (done.code, "File name too long" in done.err) == (1, True)


def called(home: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command as a process, with a terminal of its own kind."""
    everything = {**os.environ, "LC_ALL": "C", **environment}
    with Path("/dev/full" if "full" in environment else os.devnull).open("w") as nowhere:
        out = nowhere if "full" in environment else subprocess.PIPE
        command = [DUNDUN, *words]
        return subprocess.run(
            command, cwd=home, env=everything, stdout=out, stderr=subprocess.PIPE, text=True, check=False
        )


@pytest.mark.skipif(sys.platform != "linux", reason="/dev/full is Linux's")
def test_what_cannot_be_written_is_said(home: Path) -> None:
    done = called(home, "workers", "list", full="1")
    assert (done.returncode, done.stderr) == (1, "What it writes to cannot be used: No space left on device.\n")


def test_a_terminal_without_a_letter_shows_another(dundun: Dundun, home: Path) -> None:
    (home / "one.csv").write_text("id,name\nabebe,አበበ Ngô\n", encoding="utf-8")
    assert dundun("workers", "import", "one.csv").code == 0
    done = called(home, "workers", "list", PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert "abebe  ??? Ng?" in done.stdout


@pytest.mark.parametrize(
    ("now", "says"),
    [
        (5_266_000_000_000, r"says 15 November 2136 at \d\d:\d\d UTC: that cannot be right\. Set it"),
        (900_000_000_000_000, r"says a time that no calendar has: that cannot be right\. Set it"),
        (-1_000, "that cannot be right"),
    ],
)
def test_a_clock_that_is_a_century_off_is_told(
    dundun: Dundun, home: Path, monkeypatch: pytest.MonkeyPatch, now: int, says: str
) -> None:
    monkeypatch.setattr(SystemClock, "now", lambda _: now)
    before = (home / "dundun.sqlite").read_bytes()
    for words in (
        ("send", "--text", "Come.", "--to", "everybody"),
        ("workers", "import", "workers.csv"),
        ("backup", "monday.sqlite"),
        ("audit", "list"),
        ("doctor",),
        ("serve",),
    ):
        done = dundun(*words)
        assert (done.code, re.search(says, done.err) is not None, done.err.count("\n")) == (1, True, 1), (words, done)
    assert (home / "dundun.sqlite").read_bytes() == before
    monkeypatch.setattr(SystemClock, "now", lambda _: END - 1)
    assert dundun("send", "--text", "Come.", "--to", "everybody").code == 0, "the last moment there is"
