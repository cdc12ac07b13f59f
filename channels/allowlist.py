"""The addresses that may call a channel; an empty list lets everybody in."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from channels.base import SettingsError


class Allowlist:
    """`peer in allowlist`, for the addresses and networks of the setting `allow`; SettingsError for what is neither."""

    def __init__(self, entries: Iterable[str]) -> None:
        try:
            self._networks: list[IPv4Network | IPv6Network] = [ip_network(entry) for entry in entries]
        except ValueError as fault:
            raise SettingsError("allow", "Write addresses like 10.0.0.5, or networks like 10.0.0.0/8.") from fault
        self._allowed = lru_cache(maxsize=256)(self._look)

    def __contains__(self, peer: str) -> bool:
        return not self._networks or self._allowed(peer)

    def _look(self, peer: str) -> bool:
        try:
            address = ip_address(peer)
        except ValueError:
            return False
        if isinstance(address, IPv6Address) and address.ipv4_mapped:
            address = address.ipv4_mapped
        return any(address in network for network in self._networks)
