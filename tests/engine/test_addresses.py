"""One number has one address, however it is written."""

from __future__ import annotations

import pytest

from engine.addresses import NAME, PHONE, Addresses, like
from engine.vault import Vault


@pytest.fixture
def addresses() -> Addresses:
    return Addresses(Vault(bytes(32)), "LR")


@pytest.mark.parametrize(
    "written",
    [
        "+231770000001",
        "231770000001",
        "00231770000001",
        "0770000001",
        "0770 000 001",
        "+231 77 000 0001",
        " 0770-000-001 ",
    ],
)
def test_a_number_is_the_same_however_it_is_written(addresses: Addresses, written: str) -> None:
    assert addresses.of(written) == addresses.of("+231770000001")
    assert addresses.of(written)[::2] == (PHONE, "+231770000001")


@pytest.mark.parametrize(("written", "text"), [("+250788123456", "+250788123456"), ("250788123456", "+250788123456")])
def test_a_number_of_another_country_is_a_number(addresses: Addresses, written: str, text: str) -> None:
    assert addresses.of(written).text == text


@pytest.mark.parametrize("written", ["MobileMoney", "2312", "", "1-800-FLOWERS", "+", "١٢"])
def test_what_no_phone_can_have_is_a_name(addresses: Addresses, written: str) -> None:
    assert addresses.of(written).kind == NAME
    assert addresses.phone(written) is None


def test_a_name_is_never_found_as_a_number(addresses: Addresses) -> None:
    assert addresses.of("2312").key != addresses.of("0770002312").key
    assert "2312" not in addresses.of("2312").key


@pytest.mark.parametrize(
    ("written", "known", "text"),
    [
        ("0770 000 077", "+231770000001", "+231770000077"),
        ("+233240000077", "+231770000001", "+233240000077"),
        ("0770000077", "", "0770000077"),
        ("somebody", "+231770000001", "somebody"),
    ],
)
def test_a_number_takes_the_form_of_the_one_that_is_known(written: str, known: str, text: str) -> None:
    assert like(written, known) == text
