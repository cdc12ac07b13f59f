"""A real PostgreSQL for tests: a server of its own in a folder of its own, on a port of its own, ended at the end.

Nothing has to run already; the programs have to be installed (`make real` sees to it).  Each test gets a database of
its own, copied from one that is empty.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from pathlib import Path

from tests.servers import free_port

PLACES = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
USER = "postgres"


def programs() -> Path | None:
    """The folder of PostgreSQL's programs, None where they are not installed."""
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    return next((place for place in PLACES if (place / "initdb").exists()), None)


class Postgres:
    """A server.  `durable`: it waits for the disk, as in earnest; tests that pull no plug need not."""

    def __init__(self, folder: Path, *, durable: bool = False) -> None:
        found = programs()
        if found is None:
            raise RuntimeError("PostgreSQL is not installed: run make real")
        self._bin = found
        self._folder = folder
        self._durable = durable
        self._count = 0
        self.port = free_port()
        self.log = folder / "postgres.log"
        self._prepare()
        self.start()

    def _prepare(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0:  # the server refuses to run as root
            for place in (self._folder, *self._folder.parents):
                if place.stat().st_mode & 0o001 == 0:
                    place.chmod(place.stat().st_mode | 0o011)
            shutil.chown(self._folder, USER)
        self._do("initdb", "-D", str(self._data), "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        settings = [
            "listen_addresses = '127.0.0.1'",
            f"unix_socket_directories = '{self._folder}'",
            "max_connections = 200",
            "log_lock_waits = on",
            "shared_buffers = '128MB'",
            "checkpoint_timeout = '30min'",
            "max_wal_size = '4GB'",
        ]
        if not self._durable:
            settings += ["fsync = off", "synchronous_commit = off", "full_page_writes = off"]
        lines = "\n".join(settings)
        self._do("sh", "-c", f'cat >> "{self._data}/postgresql.conf" <<END\n{lines}\nEND', program=False)

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    def start(self) -> None:
        """Start, and wait until it answers."""
        self._do("pg_ctl", "-D", str(self._data), "-l", str(self.log), "-o", f"-p {self.port}", "-w", "start")

    def stop(self, how: str = "fast") -> None:
        """fast: connections are cut; immediate: as if the power went."""
        self._do("pg_ctl", "-D", str(self._data), "-m", how, "-w", "stop")

    def kill(self) -> None:
        """The power goes."""
        os.kill(int((self._data / "postmaster.pid").read_text().split()[0]), signal.SIGQUIT)

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

    def _do(self, name: str, *arguments: str, program: bool = True) -> str:
        command = [str(self._bin / name) if program else name, *arguments]
        if os.geteuid() == 0:
            command = ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups", *command]
        done = subprocess.run(command, cwd="/", capture_output=True, text=True, check=False)
        if done.returncode:
            log = self.log.read_text()[-2000:] if self.log.exists() else ""
            raise RuntimeError(f"{name}: {done.stderr}{done.stdout}{log}")
        return done.stdout
