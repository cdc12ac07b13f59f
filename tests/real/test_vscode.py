"""The extension for Visual Studio Code: the engine that colours there, and the client as it is started there."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.real

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).with_name("vscode")
GRAMMAR = ROOT / "editors/vscode/syntaxes/dundun.tmLanguage.json"

Pieces = list[tuple[str, list[str]]]

FLOW = """\
# A comment about say: nothing
flow stock: Stock if needed
    languages: en, pt-br
    channels: sms, ivr
    start every Monday at 08:00 for group managers
table products:
    code | name
    #1   | if
ask why: If {worker.first_name} is late, why {{not}}?
    fr: Pourquoi ?
    1. lost: Lost if at all -> end
    answer: whole number from 0 to 5
    > and so on
if why is not empty and count(products) > 3:
    say: Wait for {each products: name}.
go to end
include common/part.flow
"""

SCOPES = [
    (1, "# A comment about say: nothing", "comment.line.number-sign.dundun"),
    (2, "flow", "keyword.control.dundun"),
    (2, "stock", "entity.name.function.dundun"),
    (2, " Stock if needed", "string.unquoted.text.dundun"),
    (3, "languages", "keyword.control.dundun"),
    (3, "pt-br", "entity.name.tag.dundun"),
    (4, "sms", "entity.name.tag.dundun"),
    (4, "ivr", "entity.name.tag.dundun"),
    (5, "08:00", "constant.other.moment.dundun"),
    (5, "managers", "variable.other.dundun"),
    (6, "products", "entity.name.function.dundun"),
    (7, "|", "punctuation.separator.cell.dundun"),
    (9, " If ", "string.unquoted.text.dundun"),
    (9, "worker", "variable.language.dundun"),
    (9, "first_name", "variable.other.member.dundun"),
    (9, " is late, why ", "string.unquoted.text.dundun"),
    (9, "{{", "constant.character.escape.dundun"),
    (10, "fr", "entity.name.tag.dundun"),
    (10, " Pourquoi ?", "string.unquoted.text.dundun"),
    (11, "1.", "constant.numeric.choice.dundun"),
    (11, "lost", "constant.other.code.dundun"),
    (11, " Lost if at all ", "string.unquoted.text.dundun"),
    (11, "end", "entity.name.function.dundun"),
    (12, "5", "constant.numeric.dundun"),
    (13, " and so on", "string.unquoted.text.dundun"),
    (14, "if", "keyword.control.dundun"),
    (14, "why", "variable.other.dundun"),
    (14, "count", "support.function.dundun"),
    (15, "each", "keyword.control.dundun"),
    (16, "end", "entity.name.function.dundun"),
    (17, "include", "keyword.control.dundun"),
    (17, "common/part.flow", "string.unquoted.path.dundun"),
]


@pytest.fixture(scope="module")
def engine() -> Path:
    """A folder with the engine, from npm; it stays in the virtual environment."""
    folder = ROOT / ".venv" / "vscode"
    folder.mkdir(exist_ok=True)
    for name in ("package.json", "tokens.js"):
        shutil.copy(HERE / name, folder / name)
    if not (folder / "node_modules").is_dir():
        command = ["npm", "install", "--no-audit", "--no-fund", "--silent"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"THE COLOURS ARE NOT TESTED: npm cannot fetch their engine. {done.stderr.strip()[-300:]}")
    return folder


def tokens(engine: Path, *files: Path) -> list[list[Pieces]]:
    command = ["node", str(engine / "tokens.js"), str(GRAMMAR), *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=engine)
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_the_scopes_of_a_flow(engine: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.flow"
    path.write_text(FLOW, encoding="utf-8")
    (rows,) = tokens(engine, path)
    for line, piece, scope in SCOPES:
        found = [scopes for text, scopes in rows[line - 1] if text == piece]
        assert found, (line, piece, rows[line - 1])
        assert scope in found[0], (line, piece, found)


def test_no_text_of_the_example_flows_is_taken_for_words_of_the_language(engine: Path) -> None:
    """Behind the colon of what workers read, nothing but braces is anything else than text."""
    files = sorted((ROOT / "flows").glob("*.flow"))
    assert files
    for path, rows in zip(files, tokens(engine, *files), strict=True):
        for number, row in enumerate(rows, 1):
            words = row[0][0].strip() or (row[1][0] if row[1:] else "")
            colons = [at for at, (text, _) in enumerate(row) if text == ":"]
            if words not in ("say", "fr", "tell", "ask", "expect", "reply", "test") or not colons:
                continue
            for text, scopes in row[colons[0] + 1 :]:
                assert any(scope.startswith(("string.unquoted", "meta.embedded")) for scope in scopes), (
                    path.name,
                    number,
                    text,
                )


def started(*said: str) -> list[list[Any]]:
    """What the client did when it was started, when its setting changed, and when it was put away."""
    command = ["node", str(HERE / "client.js"), str(ROOT / "editors/vscode/client.js"), *said]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return list(json.loads(done.stdout))


@pytest.mark.parametrize(
    ("said", "folder", "wanted"),
    [
        ("dundun", "/work", "dundun"),
        ("/opt/bin/dundun", "/work", "/opt/bin/dundun"),
        (".venv/bin/dundun", "/work", "/work/.venv/bin/dundun"),
        (".venv/bin/dundun", "", ".venv/bin/dundun"),
    ],
)
def test_the_client_starts_the_server_and_starts_it_anew_when_the_setting_changes(
    said: str, folder: str, wanted: str
) -> None:
    made = ["made", {"command": wanted, "args": ["lsp", "--stdio"]}, [{"language": "dundun-flow"}]]
    once = [made, ["started"], ["shown", "it crashed"], ["stopped"]]
    assert started(said, folder) == [*once, *once]


def test_a_command_that_is_not_there_is_told() -> None:
    """Once, in our words, and a click leads to the setting; the library's own words stay away."""
    told = [each for each in started("/no/dundun", "", "fails") if each[0] != "made"]
    assert [each[0] for each in told] == ["told", "did"] * 2
    assert "The command /no/dundun could not be started." in told[0][1]
    assert told[1][1:] == ["workbench.action.openSettings", "dundun.command"]
