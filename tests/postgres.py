"""A real PostgreSQL for tests: a server of its own in a folder of its own, on a port of its own, gone at the end.

Nothing has to run already; the programs have to be installed (`make real` sees to it).  Each test gets a database of
its own, copied from one that is empty.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from tests.servers import PATIENCE, free_port

PLACES = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
USER = "postgres"
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "200",
    "deadlock_timeout": "200ms",
    "log_lock_waits": "on",
    "shared_buffers": "128MB",
    "checkpoint_timeout": "30min",
    "max_wal_size": "4GB",
}
CARELESS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def programs() -> Path | None:
    """The folder of PostgreSQL's programs, None where they are not installed."""
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    return next((place for place in PLACES if (place / "initdb").exists()), None)


class Postgres:
    """A server.  `durable`: it waits for the disk, as in earnest; tests that pull no plug need not."""

    def __init__(self, *, durable: bool = False) -> None:
        found = programs()
        if found is None:
            raise RuntimeError("PostgreSQL is not installed: run make real")
        self._bin = found
        # Not below the tests' own folders, which only root may enter: the server refuses to be root.
        self._folder = Path(tempfile.mkdtemp(prefix="dundun-postgres-"))
        self._data = self._folder / "data"
        self.log = self._folder / "server.log"
        self.port = free_port()
        self._count = 0
        self._process: subprocess.Popen[bytes] | None = None
        if os.geteuid() == 0:
            shutil.chown(self._folder, USER)
        self._do("initdb", "-D", str(self._data), "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        settings = {**SETTINGS, **({} if durable else CARELESS), "unix_socket_directories": str(self._folder)}
        self._options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        self.start()

    def start(self) -> None:
        """Start, and wait until it answers."""
        with self.log.open("ab") as log:
            command = [str(self._bin / "postgres"), "-D", str(self._data), "-p", str(self.port), *self._options]
            self._process = subprocess.Popen(self._as_user(command, dies=True), cwd="/", stdout=log, stderr=log)
        end = time.monotonic() + PATIENCE
        while self._run("pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)).returncode:
            if time.monotonic() > end or self._process.poll() is not None:
                raise RuntimeError(self.log.read_text()[-2000:])
            time.sleep(0.05)

    def stop(self, how: str = "fast") -> None:
        """fast: connections are cut; immediate: as if the power went."""
        self._do("pg_ctl", "-D", str(self._data), "-m", how, "-w", "stop")
        if self._process is not None:
            self._process.wait(PATIENCE)

    def hang(self) -> None:
        """It keeps its connections, takes new ones, and says nothing, as on a machine whose disk is gone."""
        self._tell(signal.SIGSTOP)

    def go_on(self) -> None:
        """Where it hung."""
        self._tell(signal.SIGCONT)

    def close(self) -> None:
        """Stop, and away with everything."""
        if self._process is not None and self._process.poll() is None:
            self.go_on()
            self.stop("immediate")
        shutil.rmtree(self._folder)

    def database(self, template: str = "template1") -> str:
        """The address of a new database, a copy of `template`."""
        self._count += 1
        name = f"test_{self._count}"
        self.sql(f'CREATE DATABASE {name} TEMPLATE "{template}" STRATEGY FILE_COPY')
        return self.url(name)

    def drop(self, url: str) -> None:
        """Away with it, whoever is connected."""
        self.sql(f"DROP DATABASE {url.rpartition('/')[2]} WITH (FORCE)")

    def url(self, name: str) -> str:
        """The address of a database."""
        return f"postgresql://{USER}@127.0.0.1:{self.port}/{name}"

    def sql(self, statement: str, database: str = "postgres") -> str:
        """What the database says to it."""
        return self._do("psql", "-qAt", "-v", "ON_ERROR_STOP=1", "-c", statement, self.url(database))

    def ask_for_passwords(self, user: str) -> None:
        """A new user of that name is asked for his password, which is `right`."""
        self.sql(f"CREATE ROLE {user} LOGIN PASSWORD 'right'")
        rules = self._data / "pg_hba.conf"
        others = rules.read_text(encoding="ascii")
        rules.write_text(f"host all {user} 127.0.0.1/32 scram-sha-256\n{others}", encoding="ascii")
        self._do("pg_ctl", "-D", str(self._data), "reload")
        end = time.monotonic() + PATIENCE
        while self.sql(f"SELECT count(*) FROM pg_hba_file_rules WHERE '{user}' = ANY(user_name)") != "1\n":
            assert time.monotonic() < end
            time.sleep(0.05)

    def _tell(self, what: signal.Signals) -> None:
        assert self._process is not None
        first = self._process.pid
        others = Path(f"/proc/{first}/task/{first}/children")
        os.kill(first, what)  # it first: so it starts no other meanwhile
        for pid in map(int, others.read_text(encoding="ascii").split()):
            with suppress(ProcessLookupError):  # whoever lost its connection ends
                os.kill(pid, what)

    def _do(self, name: str, *arguments: str) -> str:
        done = self._run(name, *arguments)
        if done.returncode:
            log = self.log.read_text()[-2000:] if self.log.exists() else ""
            raise RuntimeError(f"{name}: {done.stderr}{done.stdout}{log}")
        return done.stdout

    def _run(self, name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = self._as_user([str(self._bin / name), *arguments])
        return subprocess.run(command, cwd="/", capture_output=True, text=True, check=False)

    @staticmethod
    def _as_user(command: list[str], *, dies: bool = False) -> list[str]:
        """The command, not as root; `dies`: with whoever started it, however that ends."""
        words = ["--pdeathsig", "QUIT"] if dies else []
        if os.geteuid() == 0:
            words += [f"--reuid={USER}", f"--regid={USER}", "--clear-groups"]
        return ["setpriv", *words, *command] if words else command
