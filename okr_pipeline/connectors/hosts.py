"""The hosts a remote file may come from: names, and addresses or networks for what is private."""

import re
from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

_NAME = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?", re.ASCII)


def network_of(entry: str) -> IPv4Network | IPv6Network | None:
    """Give the network that ``entry`` writes, e.g. ``10.0.0.0/8`` or ``127.0.0.1``, or None for a name."""
    try:
        return ip_network(entry, strict=False)
    except ValueError:
        return None


def checked_host(entry: str) -> str:
    """Give ``entry`` back.

    Raises:
        ValueError: it is neither a lower-case host name nor an address nor a network.
    """
    if network_of(entry) is None and not _NAME.fullmatch(entry):
        raise ValueError(f"{entry!r} is neither a lower-case host name nor an address or network")
    return entry


def listed(address: str, hosts: Sequence[str]) -> bool:
    """Tell whether ``address`` lies in one of the networks among ``hosts``; a name lies in none."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in map(network_of, hosts) if network is not None)
