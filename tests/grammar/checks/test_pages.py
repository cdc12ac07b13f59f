"""The pages of the codes of meaning: the wrong example gives its code and nothing else, the right one does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from grammar.deployment import of_text
from grammar.diagnostics import Example, codes, read_page
from grammar.folder import Folder
from grammar.loader import load_bytes

OF_MEANING = [code for code in codes() if code >= "W100" or "E200" <= code < "W000"]


def folder_beside(example: Example, home: Path) -> Folder:
    """With settings an example has a flows folder, too."""
    return Folder() if example.settings is None else Folder(home, of_text(example.settings, "dundun.toml"))


def found(example: Example, code: str, home: Path) -> set[str]:
    """The codes that a flow gives; what an example leaves out is no news."""
    loaded = load_bytes(example.data, "page.flow", folder_beside(example, home))
    return {finding.code for finding in loaded.findings} - ({"W290"} - {code})


@pytest.mark.parametrize("code", OF_MEANING)
def test_the_wrong_example_gives_its_code_and_no_other(code: str, tmp_path: Path) -> None:
    assert found(read_page(code).wrong, code, tmp_path) == {code}


@pytest.mark.parametrize("code", OF_MEANING)
def test_the_right_example_gives_nothing(code: str, tmp_path: Path) -> None:
    assert found(read_page(code).right, code, tmp_path) == set()
