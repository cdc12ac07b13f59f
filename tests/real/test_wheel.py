"""What is installed is whole: the wheel works in a folder of its own, where no source lies."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from engine.schema import VERSION
from tests.migration.released import file_of

pytestmark = pytest.mark.real

ROOT = Path(__file__).parents[2]
CLI = ("-c", "import cli; cli.main()")
LIBRARIES = sysconfig.get_path("purelib")
"""What Dundun depends on; on PYTHONPATH, where the link to the source tree has no effect."""
FLOW = """\
flow hello: Hello
    languages: en
    channels: sms
    start on word HELLO

say: Hello, {worker.first_name}.

test: It greets
    start
    expect: Hello, Moses.
"""

Dundun = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty folder with a flow in it, and settings."""
    home = tmp_path_factory.mktemp("home")
    (home / "flows").mkdir(parents=True)
    (home / "flows/hello.flow").write_text(FLOW, encoding="utf-8")
    (home / "dundun.toml").write_text('country = "LR"\ndatabase = "line.sqlite"\n', encoding="utf-8")
    return home


@pytest.fixture(scope="module")
def dundun(tmp_path_factory: pytest.TempPathFactory, home: Path) -> Dundun:
    """Python with the wheel, called in the home."""
    place = tmp_path_factory.mktemp("wheel")
    wheel_of = (sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps")
    subprocess.run((*wheel_of, "--wheel-dir", str(place), str(ROOT)), check=True, cwd=place)
    [wheel] = place.glob("dundun-*.whl")
    venv.create(place / "venv", with_pip=False)
    python = place / "venv/bin/python"
    target = subprocess.run(
        (str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"),
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    install = (sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", target, str(wheel))
    subprocess.run(install, check=True, cwd=place)

    def call(*words: str) -> subprocess.CompletedProcess[str]:
        command = (str(python), *words)
        return subprocess.run(
            command,
            check=False,
            cwd=home,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": f"{target}{os.pathsep}{LIBRARIES}", "HOME": str(home)},
            capture_output=True,
            text=True,
        )

    return call


def test_nothing_comes_from_the_source_tree(dundun: Dundun) -> None:
    done = dundun("-c", "import cli, engine, grammar; print(cli.__file__, engine.__file__, grammar.__file__)")
    assert done.stderr == ""
    assert str(ROOT) not in done.stdout
    assert done.stdout.count("site-packages") == 3


def test_it_checks_and_plays_a_flow(dundun: Dundun, home: Path) -> None:
    """The grammar, the pages of mistakes, and the engine's own words are there."""
    done = dundun(*CLI, "check", "flows")
    assert (done.returncode, done.stderr) == (0, "")
    done = dundun(*CLI, "test", "flows")
    assert (done.returncode, "1 passed, 0 failed" in done.stdout) == (0, True), done.stderr
    (home / "mistaken.flow").write_text(FLOW.replace("say:", "sai:"), encoding="utf-8")
    done = dundun(*CLI, "check", "mistaken.flow")
    assert (done.returncode, "[E" in done.stdout) == (1, True), done.stderr


def test_it_serves(dundun: Dundun) -> None:
    assert "--config" in dundun(*CLI, "serve", "--help").stdout


def test_it_migrates_a_database_of_an_older_version(dundun: Dundun, home: Path) -> None:
    file_of(1, home)
    done = dundun(*CLI, "migrate")
    assert (done.returncode, done.stderr) == (0, "")
    with closing(sqlite3.connect(home / "line.sqlite")) as connection:
        assert connection.execute("SELECT value FROM meta WHERE name = 'schema'").fetchall() == [(str(VERSION),)]
