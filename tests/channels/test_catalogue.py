"""Kinds of channels are found by their entry points and made with their settings."""

from __future__ import annotations

import pytest

from channels import catalogue
from channels.base import Adapter, Context, Settings, SettingsError

GOOD = {"send_url": "http://127.0.0.1:9/", "username": "u", "password": "secret-password", "token": "t" * 16}


def test_the_kinds_that_come_with_it_are_found() -> None:
    assert {"kannel", "http", "sandbox"} <= set(catalogue.types())
    assert all(issubclass(catalogue.load(name).Settings, Settings) for name in catalogue.types())


def test_a_channel_is_made_with_its_settings() -> None:
    made = catalogue.make("kannel", Context("lr", "https://sms.example.org", GOOD))
    assert isinstance(made, Adapter)
    assert made.type == "kannel"


@pytest.mark.parametrize(
    ("kind", "settings", "key", "words"),
    [
        ("fax", {}, "type", "there is no kind of channel “fax”. There are: http, kannel, sandbox."),
        ("kannel", {}, "send_url", "it is missing."),
        ("kannel", {**GOOD, "zend": 1}, "zend", "there is no such key."),
        ("kannel", {**GOOD, "timeout": "3"}, "timeout", "expected float, got str."),
        ("kannel", {**GOOD, "token": "short"}, "token", "expected str of length >= 16."),
        ("kannel", {**GOOD, "allow": ["10.0.0.1", 3]}, "allow[1]", "expected str, got int."),
        ("http", {"send_url": "http://x/", "fields": {"idd": "i"}}, "fields.idd", "there is no such key."),
        ("sandbox", {"colour": "red"}, "colour", "there is no such key."),
    ],
)
def test_a_wrong_setting_is_named_by_its_key(kind: str, settings: dict[str, object], key: str, words: str) -> None:
    with pytest.raises(SettingsError) as fault:
        catalogue.make(kind, Context("lr", "https://sms.example.org", settings))
    assert (fault.value.key, fault.value.sentence) == (key, words)


def test_settings_show_no_values() -> None:
    kind = catalogue.load("kannel")
    assert "secret-password" not in repr(kind.Settings(**GOOD))
