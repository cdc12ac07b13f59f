"""Where answers go in DHIS2."""

from __future__ import annotations

import pytest

from tests.grammar.checks.conftest import Found

A, B = "fbfJHSPpUQD", "cYeuwXTCPkU"


def ask(name: str, element: str, margin: str = "") -> str:
    lines = (f"ask {name}: How many?", "    answer: number", f"    dhis2: {element}")
    return "".join(f"{margin}{line}\n" for line in lines)


def table(first: str, second: str) -> str:
    return f"table t:\n    code | el\n    a | {first}\n    b | {second}\nfor each r in t:\n" + ask(
        "n", "{r.el}", "    "
    )


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        (ask("n", A), []),
        (ask("n", f"{A}.{B}"), []),
        (ask("n", A[:-1]), [(3, "W340")]),
        (ask("n", f"1{A[1:]}"), [(3, "W340")]),
        (ask("n", f"{A}.x"), [(3, "W340")]),
        (table(A, B), []),
        (table(A, "-"), []),
        (table(A, "short"), [(8, "W340")]),
        (f'submit to dhis2 with dataset = "{A}", period = last_week', []),
        ('submit to dhis2 with dataset = "Malaria", period = last_week', [(1, "W340")]),
        ('submit to dhis2 with dataset = worker.dataset, comment = "ok"', []),
        ('submit to elmis with dataset = "Malaria"', []),
        ("ask n: How many?\n    answer: number\n    fhir: x", []),
    ],
)
def test_ids_have_eleven_characters(found: Found, text: str, codes: list[tuple[int, str]]) -> None:
    assert [each for each in found(text) if each[1] != "W201"] == codes


YES = "ask go: Go?\n    answer: yes or no\n"


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        (ask("n", A) + ask("m", B), []),
        (ask("n", A) + ask("m", A), [(6, "W341")]),
        (ask("n", f"{A}.{A}") + ask("m", f"{A}.{B}"), []),
        (table(A, A), [(8, "W341")]),
        (YES + "if go is yes:\n" + ask("n", A, "    ") + "otherwise:\n" + ask("m", A, "    "), []),
        (YES + "if go is yes:\n" + ask("n", A, "    ") + ask("m", A, "    "), [(9, "W341")]),
        (YES + "if go is yes:\n" + ask("n", A, "    ") + ask("m", A), [(9, "W341")]),
        (table(A, B).replace("{r.el}", A), [(8, "W342")]),
    ],
)
def test_a_data_element_gets_one_answer(found: Found, text: str, codes: list[tuple[int, str]]) -> None:
    assert found(text) == codes
