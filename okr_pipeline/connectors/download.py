"""Fetches one https file: allowed hosts only, no redirect, one total deadline, a size cap.

The engine's own HTTP client follows redirects to any host, with the request's headers, and offers no way to
refuse them; that is why this is not left to it. The address is resolved once, judged, and exactly that
address is connected to.
"""

import http.client
import socket
import ssl
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from threading import Timer
from urllib.parse import urlsplit

from okr_pipeline.connectors.hosts import listed

_CHUNK_BYTES = 2**18
_TRANSIENT_STATUSES = {408, 425, 429, 500, 502, 503, 504}


class DownloadError(Exception):
    """A file could not be fetched; ``transient`` tells whether asking again may help."""

    def __init__(self, problem: str, *, transient: bool) -> None:
        """Keep the facts."""
        self.transient = transient
        super().__init__(problem)


@dataclass(frozen=True)
class Limits:
    """What a download may do: hosts (names, addresses, networks), seconds in total, bytes."""

    hosts: Sequence[str]
    deadline_seconds: float
    max_bytes: int


def download(url: str, target: Path, limits: Limits, token: str | None = None) -> None:
    """Fetch ``url`` into ``target``.

    Args:
        url: http(s) address.
        target: file to write; removed again on failure.
        limits: see `Limits`.
        token: sent as ``Authorization: Bearer``, to this one host.

    Raises:
        DownloadError: refused, failed, truncated, too large, too slow, or an HTML page instead of data.
    """
    expires = time.monotonic() + limits.deadline_seconds
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    if parts.username or parts.password:
        raise DownloadError("a login inside a URL is refused", transient=False)
    connection = _connect(parts.scheme, host, port, _allowed_address(host, port, limits.hosts), expires)
    watchdog = Timer(max(expires - time.monotonic(), 0), _cut, [connection])
    watchdog.daemon = True
    watchdog.start()
    failure: DownloadError | None = None
    try:
        headers = {"Accept-Encoding": "identity", **({"Authorization": f"Bearer {token}"} if token else {})}
        connection.request("GET", (parts.path or "/") + (f"?{parts.query}" if parts.query else ""), headers=headers)
        _receive(connection.getresponse(), target, limits.max_bytes)
    except DownloadError as error:
        failure = error
    except (OSError, http.client.HTTPException, ValueError) as error:
        failure = DownloadError(f"{host} broke off ({type(error).__name__})", transient=True)
    finally:
        watchdog.cancel()
        connection.close()
    if time.monotonic() >= expires:
        # A cut connection looks like the end of a body without a length: success is judged here too.
        failure = DownloadError(f"{host} took longer than {limits.deadline_seconds:g} s", transient=True)
    if failure is not None:
        target.unlink(missing_ok=True)
        raise failure


def _allowed_address(host: str, port: int, hosts: Sequence[str]) -> str:
    if host not in hosts and not listed(host, hosts):
        raise DownloadError(f"the host {host} is not in hosts", transient=False)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        found = []
    if not found:
        raise DownloadError(f"the host {host} has no address", transient=True)
    addresses = [str(entry[4][0]) for entry in found]
    if not all(ip_address(address).is_global or listed(address, hosts) for address in addresses):
        problem = f"the host {host} has a private address, and no network in hosts holds it"
        raise DownloadError(problem, transient=False)
    return addresses[0]


class _Pinned(http.client.HTTPConnection):
    """A connection over a socket that is already open to a judged address.

    ``opened`` stays when the base class has handed its ``sock`` to the response.
    """

    def __init__(self, host: str, port: int, opened: socket.socket) -> None:
        super().__init__(host, port)
        self.sock = self.opened = opened

    def connect(self) -> None:
        """Refuse a second connection: it would resolve the name anew."""
        raise http.client.NotConnected


def _connect(scheme: str, host: str, port: int, address: str, expires: float) -> _Pinned:
    left = max(expires - time.monotonic(), 0.1)
    permanent = transient = ""
    try:
        opened = socket.create_connection((address, port), timeout=left)
        if scheme == "https":
            opened = ssl.create_default_context().wrap_socket(opened, server_hostname=host)
        return _Pinned(host, port, opened)
    except ssl.SSLCertVerificationError:
        permanent = f"the certificate of {host} was not accepted"
    except OSError as error:
        transient = f"{host} cannot be reached ({type(error).__name__})"
    raise DownloadError(permanent or transient, transient=not permanent)


def _cut(connection: _Pinned) -> None:
    with suppress(OSError):
        connection.opened.shutdown(socket.SHUT_RDWR)


def _receive(response: http.client.HTTPResponse, target: Path, max_bytes: int) -> None:
    status = response.status
    if 300 <= status < 400:
        raise DownloadError(f"the server redirects (status {status}), which is refused", transient=False)
    if status != 200:
        later = response.getheader("Retry-After", "")
        hint = f", retry after {later} s" if status in {429, 503} and later.isdigit() and len(later) < 6 else ""
        raise DownloadError(f"the server answered {status}{hint}", transient=status in _TRANSIENT_STATUSES)
    if "html" in (response.getheader("Content-Type") or "").lower():
        raise DownloadError("the server answered with an HTML page instead of data", transient=False)
    announced = response.getheader("Content-Length")
    received = 0
    with target.open("wb") as file:
        while chunk := response.read1(_CHUNK_BYTES):
            if not received and chunk.lstrip()[:15].lower().startswith((b"<!doctype", b"<html")):
                raise DownloadError("the server answered with an HTML page instead of data", transient=False)
            received += len(chunk)
            if received > max_bytes:
                raise DownloadError(f"the file is larger than max_bytes = {max_bytes}", transient=False)
            file.write(chunk)
    if announced is not None and received != int(announced):
        raise DownloadError(f"the file broke off after {received} of {announced} bytes", transient=True)
