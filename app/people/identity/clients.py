"""Where a request comes from, and what is counted as one address."""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

_ONE_USER: Final = 64
"""Bits of an IPv6 address that one user has all of."""


@dataclass(frozen=True)
class Client:
    """Where a request comes from: the network address, and what the client calls itself."""

    address: str | None
    user_agent: str | None

    @property
    def network(self) -> str:
        """What is counted as one address."""
        return network_of(self.address)

    def is_among(self, addresses: Iterable[str]) -> bool:
        """Whether one of these counts as the same address."""
        return any(network_of(address) == self.network for address in addresses)


def network_of(address: str | None) -> str:
    """An IPv4 address, however it is written; of IPv6 the /64 it lies in."""
    try:
        found = ip_address((address or "").partition("%")[0])
    except ValueError:
        return address or "unknown"
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is None:
            return str(ip_network((found, _ONE_USER), strict=False))
        found = found.ipv4_mapped
    return str(found)
