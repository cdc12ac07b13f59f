"""The pages of the codes of meaning: the wrong example gives its code and nothing else, the right one does not."""

from __future__ import annotations

import pytest

from grammar.diagnostics import codes, read_page
from grammar.loader import load_bytes

OF_MEANING = [code for code in codes() if code >= "W100" or "E200" <= code < "N"]


def found(data: bytes, code: str) -> set[str]:
    """The codes that a flow gives; what an example leaves out is no news."""
    loaded = load_bytes(data, "page.flow")
    return {finding.code for finding in loaded.findings} - ({"W290"} - {code})


@pytest.mark.parametrize("code", OF_MEANING)
def test_the_wrong_example_gives_its_code_and_no_other(code: str) -> None:
    assert found(read_page(code).wrong.data, code) == {code}


@pytest.mark.parametrize("code", OF_MEANING)
def test_the_right_example_gives_nothing(code: str) -> None:
    assert found(read_page(code).right.data, code) == set()
