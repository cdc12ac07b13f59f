"""The same commands with a database server: one setting, and everything works as with a file."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import PIPE

import pytest

from engine import dumping
from engine.vault import make_key_file
from tests.commands.conftest import FLOW, Dundun
from tests.postgres import Postgres, programs
from tests.servers import DUNDUN, PATIENCE, free_port, running

pytestmark = pytest.mark.real

WORKERS = "id,name,phone\nmoses,Moses Flomo,+231770000001\n"


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    made = Postgres()
    yield made
    made.close()


@pytest.fixture
def home(dundun: Dundun, server: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which `dundun` is called, with the address of an empty database in its settings."""
    found = programs()
    assert found is not None
    monkeypatch.setenv("PATH", f"{found}:{os.environ['PATH']}")
    configure(tmp_path, server.database())
    (tmp_path / "workers.csv").write_text(WORKERS, encoding="utf-8")
    flow = FLOW.replace("    languages: en\n", "    languages: en\n    start on word SURVEY\n")
    (tmp_path / "flows/survey.flow").write_text(flow, encoding="utf-8")
    return tmp_path


def configure(home: Path, database: str, port: int = 0) -> None:
    text = f'database = "{database}"\n[listen]\nport = {port or free_port()}\n[channels.phone]\ntype = "sandbox"\n'
    (home / "dundun.toml").write_text(text, encoding="utf-8")


def url_in(home: Path) -> str:
    return (home / "dundun.toml").read_text(encoding="utf-8").split('"')[1]


def test_workers_come_in_and_the_doctor_is_content(dundun: Dundun, home: Path) -> None:
    assert dundun("workers", "import", "workers.csv").out.endswith("1 of 1 workers were taken in.\n")
    assert (home / "dundun.key").exists()
    assert "Moses Flomo" in dundun("workers", "list").out
    assert "import 1 worker" in " ".join(dundun("audit", "list").out.split())
    for words in (("audit", "verify"), ("doctor",), ("dead", "list"), ("purge", "--dry-run"), ("resume",)):
        assert dundun(*words).code == 0, words


def test_a_server_runs_on_it_and_commands_need_no_server(dundun: Dundun, home: Path) -> None:
    port = free_port()
    configure(home, url_in(home), port)
    with running("serve", port=port, cwd=home):
        assert dundun("workers", "import", "workers.csv").code == 0
        assert dundun("export", "survey").out.endswith("0 conversations, 0 answers.\n")
        assert "publish" in dundun("audit", "list").out
        sent = dundun("send", "--text", "Come.", "--to", "everybody")
        assert "1 of 1 worker: their messages are on their way." in sent.out, "the servers are seen in the database"
    assert "No server runs here" in dundun("send", "--text", "Come.", "--to", "everybody").out
    said = (home / "server.log").read_text(encoding="utf-8")
    assert "Database    The database test_" in said
    assert "stopped: everything is stored" in said


def test_a_backup_by_postgresql_s_own_programs_and_the_way_back(dundun: Dundun, home: Path, server: Postgres) -> None:
    assert dundun("workers", "import", "workers.csv").code == 0
    done = dundun("backup", "monday.dump")
    assert (done.code, done.err) == (0, "")
    assert (home / "monday.dump").stat().st_mode & 0o777 == 0o600
    assert "is not empty. Make a new database" in dundun("restore", "monday.dump").err
    configure(home, server.database())
    done = dundun("restore", "monday.dump")
    assert (done.code, done.err) == (0, "")
    assert "Moses Flomo" in dundun("workers", "list").out
    assert "On hold: This database was restored from monday.dump." in dundun("doctor").out
    assert dundun("resume", "--yes").out.endswith("It goes on now.\n")


def test_a_backup_of_another_key_sends_nothing_and_opens_with_its_own(
    dundun: Dundun, home: Path, server: Postgres
) -> None:
    assert dundun("workers", "import", "workers.csv").code == 0
    assert dundun("backup", "monday.dump").code == 0
    whole = (home / "monday.dump").read_bytes()
    (home / "torn.dump").write_bytes(whole[: len(whole) // 2])
    own = (home / "dundun.key").read_text(encoding="ascii")
    make_key_file(home / "other.key")
    configure(home, server.database())
    assert dundun("restore", "torn.dump").code == 1
    (home / "dundun.key").write_bytes((home / "other.key").read_bytes())
    done = dundun("restore", "monday.dump")
    assert (done.code, "was written with another key than the one in" in done.err) == (1, True)
    (home / "dundun.key").write_text(own, encoding="ascii")
    assert "On hold: This database was restored from monday.dump." in dundun("doctor").out


def test_a_restore_that_is_killed_before_its_last_word_sends_nothing(
    dundun: Dundun, home: Path, server: Postgres
) -> None:
    assert dundun("workers", "import", "workers.csv").code == 0
    assert dundun("backup", "monday.dump").code == 0
    assert dundun("resume").out == "Nothing is on hold.\n"
    fresh = server.database()
    subprocess.run(dumping.restore_command(fresh, home / "monday.dump"), check=True)  # so far it came, no further
    port = free_port()
    configure(home, fresh, port)
    with running("serve", port=port, cwd=home):
        assert "On hold: It stands on another server, or in another database," in dundun("doctor").out
    assert dundun("resume", "--yes").out.endswith("It goes on now.\n")
    assert dundun("resume").out == "Nothing is on hold.\n", "it is at home now"


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("postgresql://u@127.0.0.1:1/none", "cannot be opened: nothing listens at that address."),
        ("postgresql://u@no.such.machine.invalid/none", "cannot be opened: there is no machine of that name."),
    ],
)
def test_a_server_that_is_not_there_is_said_in_words(dundun: Dundun, home: Path, address: str, says: str) -> None:
    configure(home, address)
    for words in (("doctor",), ("pause", "all"), ("migrate",)):
        done = dundun(*words)
        assert (done.code, says in done.err) == (1, True), done


def test_a_pause_makes_no_tables_in_an_empty_database(dundun: Dundun, home: Path) -> None:
    done = dundun("pause", "all")
    assert (done.code, "is not a database of Dundun, or it is empty" in done.err) == (1, True)
    assert dundun("workers", "list").code == 1


def test_from_a_file_to_the_server(dundun: Dundun, home: Path) -> None:
    target = url_in(home)
    configure(home, "dundun.sqlite")
    assert dundun("workers", "import", "workers.csv").code == 0
    done = dundun("copy", "--to", target)
    assert done.code == 0, done.err
    assert "Each table was read back and is the same." in done.out
    configure(home, target)
    assert "Moses Flomo" in dundun("workers", "list").out
    assert "This is a copy of" in dundun("resume").out


def test_how_the_line_is_secured_stands_in_the_address(dundun: Dundun, home: Path) -> None:
    plain = url_in(home)
    configure(home, f"{plain}?ssl=disable")
    assert dundun("workers", "import", "workers.csv").code == 0
    assert dundun("backup", "monday.dump").code == 0
    configure(home, f"{plain}?ssl=require")  # this server has no certificate
    assert "cannot be opened" in dundun("workers", "list").err


def test_without_its_programs_it_says_what_to_run(dundun: Dundun, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert dundun("workers", "import", "workers.csv").code == 0
    monkeypatch.setenv("PATH", "/nowhere")
    said = dundun("backup", "monday.dump").err
    assert "pg_dump is not installed here" in said
    assert "pg_dump --format=custom --no-owner" in said


def test_a_password_stands_nowhere(home: Path) -> None:
    configure(home, "postgresql://dundun:very-secret@127.0.0.1:1/nothing")
    for words in (("serve",), ("doctor",), ("backup", "x.dump"), ("migrate",)):
        done = subprocess.run([DUNDUN, *words], cwd=home, capture_output=True, text=True, timeout=PATIENCE, check=False)
        assert done.returncode == 1, words
        assert "The database nothing on 127.0.0.1 cannot be opened" in done.stderr
        assert "very-secret" not in done.stdout + done.stderr


def test_what_keeps_it_from_opening_is_said_with_what_to_do(dundun: Dundun, home: Path, server: Postgres) -> None:
    assert dundun("workers", "import", "workers.csv").code == 0
    own = url_in(home)
    name = own.rpartition("/")[2]
    server.sql("CREATE ROLE guest LOGIN")
    guest = own.replace("postgres@", "guest@")

    def tell(address: str, says: str) -> None:
        configure(home, address)
        for words in (("doctor",), ("workers", "import", "workers.csv"), ("pause", "all")):
            done = dundun(*words)
            assert (done.code, says in done.err, done.err.count("\n")) == (1, True, 1), (words, done)

    tell(own.replace(name, "nowhere"), 'database "nowhere" does not exist. Make it there: createdb --owner USER NAME\n')
    serving = subprocess.run([DUNDUN, "serve"], cwd=home, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert "Make it there: createdb --owner USER NAME" in serving.stderr
    tell(own.replace("postgres@", "nobody@"), 'role "nobody" does not exist. Does this user exist there, and does its')
    tell(guest, "permission denied for table meta. Let this user own that database and its tables.\n")
    server.sql(f"ALTER DATABASE {name} CONNECTION LIMIT 0")
    tell(guest, "too many connections for database")
    tell(guest, "Each Dundun takes up to 16 of them: allow more there (max_connections), or stop others.\n")
    server.sql(f"ALTER DATABASE {name} CONNECTION LIMIT -1")
    server.sql(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    configure(home, own)
    said = dundun("workers", "import", "workers.csv").err
    assert "Nobody may write there just now: is the disk mounted read-only" in said
    assert said.count("\n") == 1


def test_a_wrong_password_is_told_with_what_to_do(dundun: Dundun, home: Path, server: Postgres) -> None:
    server.ask_for_passwords("secretive")
    configure(home, url_in(home).replace("postgres@", "secretive:wrong@"))
    for words in (("doctor",), ("workers", "import", "workers.csv")):
        said = dundun(*words).err
        assert 'for user "secretive". Put the right password into the settings, or into the environment that' in said
        assert "wrong" not in said


def test_the_doctor_says_that_nothing_can_be_stored(dundun: Dundun, home: Path, server: Postgres) -> None:
    assert dundun("workers", "import", "workers.csv").code == 0
    database = url_in(home).rpartition("/")[2]
    server.sql(f'ALTER DATABASE "{database}" SET default_transaction_read_only = on')
    done = dundun("doctor")
    assert (done.code, done.out.splitlines()[0]) == (
        1,
        "The database is set to read only: the server can store nothing.",
    )
    server.sql(f'ALTER DATABASE "{database}" SET default_transaction_read_only = off')
    assert dundun("doctor").out == "All is well.\n"


@pytest.mark.parametrize(
    "words",
    [("workers", "import", "workers.csv"), ("workers", "list"), ("backup", "monday.dump"), ("doctor",)],
    ids=lambda words: words[0],
)
def test_a_server_that_falls_silent_in_the_middle_keeps_no_command_waiting(
    dundun: Dundun, home: Path, server: Postgres, words: tuple[str, ...]
) -> None:
    assert dundun("workers", "import", "workers.csv").code == 0
    database = url_in(home).rpartition("/")[2]
    with holding(server, database, "worker, session"):
        command = subprocess.Popen([DUNDUN, *words], cwd=home, stdout=PIPE, stderr=PIPE, text=True)
        while not int(server.sql("SELECT count(*) FROM pg_locks WHERE NOT granted")):
            assert command.poll() is None
            time.sleep(0.05)
        server.hang()
        try:
            said = command.communicate(timeout=30)
        finally:
            server.go_on()
            command.kill()
    assert (command.returncode, said[0]) == (1, "")
    assert said[1].startswith(f"The database {database} on 127.0.0.1 does not answer any more. What was stored until")
    assert said[1].count("\n") == 1, said
    assert not list(home.glob("*.part"))


@contextmanager
def holding(server: Postgres, database: str, tables: str) -> Iterator[None]:
    """Somebody has these tables for himself as long as the block runs, so that whoever comes has to wait."""
    words = ["psql", "-qAt", server.url(database)]
    with subprocess.Popen(words, stdin=PIPE, stdout=PIPE, text=True) as other:
        assert other.stdin is not None
        assert other.stdout is not None
        other.stdin.write(f"BEGIN; LOCK TABLE {tables} IN ACCESS EXCLUSIVE MODE; SELECT 'mine';\n")
        other.stdin.flush()
        assert other.stdout.readline() == "mine\n"
        yield
        other.terminate()
