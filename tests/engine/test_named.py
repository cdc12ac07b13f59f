"""An index of facilities finds what a look at each of them would find."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.facts import Record
from engine.letters import fold
from engine.named import MOST, Named, fitting
from engine.spelling import near

PLACES = {
    "lr-01": "Ganta United Methodist Hospital",
    "lr-02": "Ganta Clinic",
    "lr-03": "Saclepea Health Centre",
    "lr-04": "Saclepea Clinic",
    "lr-05": "Clinic 12",
    "lr-06": "Clinic 21",
    "lr-07": "Hôpital de Zorzor",
    "lr-08": "",
    "LR 01": "Karnplay",
}


@pytest.mark.parametrize(
    ("said", "codes"),
    [
        ("lr-02", ["lr-02"]),
        ("LR-01", ["lr-01", "LR 01"]),
        ("ganta clinic", ["lr-02"]),
        ("ganta", ["lr-02", "lr-01"]),
        ("gan", ["lr-02", "lr-01"]),
        ("ga", []),
        ("de", ["lr-07"]),
        ("hopital zor", ["lr-07"]),
        ("clinic gan", ["lr-02"]),
        ("karnpaly", ["LR 01"]),
        ("saclepea helth centr", ["lr-03"]),
        ("clinic 13", []),
        ("clinic 12", ["lr-05"]),
        ("clinci 12", ["lr-05"]),
        ("anything", []),
        ("   ", ["lr-08"]),
    ],
)
def test_which_is_meant(said: str, codes: list[str]) -> None:
    assert Named(PLACES.items()).codes(fold(said)) == codes


def test_at_most_so_many_of_one_name_are_listed_but_all_of_one_code() -> None:
    places = [(f"c{number}", "Clinic") for number in range(9)] + [(" " * number + "X1", "") for number in range(7)]
    assert Named(places).codes("clinic") == [f"c{number}" for number in range(5)]
    assert len(Named(places).codes("x1")) == 7


def looked_at_one_by_one(said: str, places: dict[str, str]) -> set[str]:
    names = {code: fold(name) for code, name in places.items()}

    def has(words: list[str], name: str) -> bool:
        own = name.split()
        return all(any(part == word or (len(word) > 2 and part.startswith(word)) for part in own) for word in words)

    coded = {code for code in places if fold(code) == said}
    ways = [
        {code for code, name in names.items() if name == said},
        {code for code, name in names.items() if said.split() and has(said.split(), name)},
        {code for code, name in names.items() if near(said, name)},
    ]
    found = next((way for way in ways if way), set())
    return coded or set(sorted(found, key=lambda code: (names[code], code))[:MOST])


SIGNS = st.text("abcé 1", max_size=9)
WORDS = st.sampled_from(["ganta", "gantaa", "gnata", "health", "post", "clinic", "1", "12", "de", "Ganta"])
NAME = SIGNS | st.lists(WORDS, max_size=3).map(lambda words: " ".join(words))


@given(st.dictionaries(SIGNS, NAME, max_size=12), NAME)
def test_the_index_finds_what_a_look_at_each_finds(places: dict[str, str], said: str) -> None:
    assert set(Named(places.items()).codes(fold(said))) == looked_at_one_by_one(fold(said), places)


def test_codes_that_are_known_are_taken_as_they_are() -> None:
    places: dict[str, Record] = {code: {"code": code, "name": name} for code, name in PLACES.items()}
    assert fitting({"kind": "facilities", "codes": "lr-02 nowhere lr-01"}, places).keys() == {"lr-02", "lr-01"}
    assert fitting({"kind": "facilities", "named": "karnplay"}, places).keys() == {"LR 01"}
