"""The rules of the house: how large things are, what is documented, and which floor may know which."""

from __future__ import annotations

import ast
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FLOORS = ("grammar", "engine", "channels", "exchange", "console", "editor", "study", "commands")
ROOF = ("settings.py", "server.py", "cli.py")

SOURCES = [
    *(ROOT / name for name in ROOF),
    *(file for floor in FLOORS for file in sorted((ROOT / floor).rglob("*.py"))),
]
TESTS = sorted((ROOT / "tests").rglob("*.py"))
CLOCKS_AND_DOORS = {"open", "print", "input", "datetime.now", "datetime.today", "datetime.utcnow", "date.today"}


def name_of(file: Path) -> str:
    return str(file.relative_to(ROOT))


def parsed(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def imported(tree: ast.AST) -> set[str]:
    """What it imports, in full, wherever in the file."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def called(tree: ast.AST) -> set[str]:
    """Everything that it calls, as it is written: `open`, `datetime.now`."""
    return {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}


@pytest.mark.parametrize("file", [*SOURCES, *TESTS], ids=name_of)
def test_a_file_stays_small_and_says_what_it_is(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert text.count("\n") <= 500
    assert (ast.get_docstring(ast.parse(text)) or "").strip()


def test_files_and_functions_are_of_the_size_that_reads_well() -> None:
    lines = [file.read_text(encoding="utf-8").count("\n") for file in SOURCES if file.name != "__init__.py"]
    lengths = sorted(length(function) for file in SOURCES for function in functions(parsed(file)))
    assert statistics.median(lines) <= 150
    assert statistics.median(lengths) <= 9
    assert lengths[len(lengths) * 9 // 10] <= 35


def test_nearly_everything_says_what_it_takes_and_gives() -> None:
    known = [function for file in SOURCES for function in functions(parsed(file))]
    silent = [function.name for function in known if function.returns is None]
    assert len(silent) <= len(known) * 0.03, silent


def test_the_arrows_between_the_floors_only_go_down() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("file", "unknown"),
    [
        ("settings.py", (*FLOORS, "server", "cli")),
        ("server.py", ("commands", "cli")),
        ("cli.py", (*FLOORS[:-1], "server")),
    ],
)
def test_the_roof_keeps_to_the_same_arrows(file: str, unknown: tuple[str, ...]) -> None:
    assert not {name.partition(".")[0] for name in imported(parsed(ROOT / file))} & set(unknown)


@pytest.mark.parametrize("file", sorted((ROOT / "engine").rglob("*.py")), ids=name_of)
def test_the_engine_knows_programs_and_nothing_else_of_the_language(file: Path) -> None:
    grammar = {name for name in imported(parsed(file)) if name.split(".")[0] == "grammar"}
    assert all(name.split(".")[1] == "program" for name in grammar), grammar


def pure_modules() -> list[Path]:
    """What .importlinter's contract about the pure floor names."""
    text = (ROOT / ".importlinter").read_text(encoding="utf-8")
    contract = text.partition("[importlinter:contract:pure]")[2].partition("forbidden_modules")[0]
    names = [line.strip() for line in contract.partition("source_modules =")[2].splitlines() if line.strip()]
    paths = [ROOT / (name.replace(".", "/")) for name in names]
    return [
        file for path in paths for file in (sorted(path.rglob("*.py")) if path.is_dir() else [path.with_suffix(".py")])
    ]


@pytest.mark.parametrize("file", pure_modules(), ids=name_of)
def test_the_pure_floor_asks_no_clock_and_touches_nothing(file: Path) -> None:
    assert not called(parsed(file)) & CLOCKS_AND_DOORS


def test_these_rules_can_be_broken() -> None:
    tree = ast.parse("from datetime import datetime\nimport grammar.parser\ndef f(x):\n    return datetime.now()\n")
    assert imported(tree) == {"datetime.datetime", "grammar.parser"}
    assert called(tree) & CLOCKS_AND_DOORS == {"datetime.now"}
    assert [length(function) for function in functions(tree)] == [2]
    assert pure_modules()
