"""Who may call a channel."""

from __future__ import annotations

import pytest

from channels.allowlist import Allowlist
from channels.base import SettingsError


@pytest.mark.parametrize(
    ("entries", "peer", "allowed"),
    [
        ([], "203.0.113.9", True),
        ([], "", True),
        (["10.0.0.5"], "10.0.0.5", True),
        (["10.0.0.5"], "10.0.0.6", False),
        (["10.0.0.0/8", "192.168.1.1"], "10.200.3.4", True),
        (["10.0.0.0/8"], "::ffff:10.1.2.3", True),
        (["10.0.0.0/8"], "fd00::1", False),
        (["fd00::/8"], "fd00::1", True),
        (["10.0.0.5"], "", False),
        (["10.0.0.5"], "a name", False),
    ],
)
def test_the_list_holds_addresses_and_networks(entries: list[str], peer: str, allowed: bool) -> None:
    assert (peer in Allowlist(entries)) is allowed


@pytest.mark.parametrize("entry", ["somewhere", "10.0.0.5/8", "10.0.0"])
def test_what_is_no_address_is_refused_when_the_settings_are_read(entry: str) -> None:
    with pytest.raises(SettingsError, match="allow: Write addresses"):
        Allowlist([entry])
