"""Fetching what strangers name by its address, without becoming their way into our network.

A name is resolved once; every address it stands for must be a public one, and that very address is connected to, so
that the name cannot mean something else a moment later. Redirects are followed a few times, each looked at anew.
What comes is counted while it comes, and all of it has to be there in time.
"""

import socket
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpcore
import httpx

from jishi.kernel.network import network
from jishi.kernel.words import Text

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Resolver = Callable[[str, int], Sequence[str]]

SCHEMES = {"http": 80, "https": 443}
URL_CHARACTERS_MAX = 2_000
REDIRECTS_MAX = 3
CONNECT_SECONDS = 5.0
SECONDS_MAX = 30.0  # for one address with all its redirects
MOVED = frozenset({301, 302, 303, 307, 308})
# Public by the registry, and yet ways to other addresses: NAT64 (RFC 6052, 8215), 6to4 and its relays, Teredo.
_TUNNELS: Sequence[Network] = [
    ip_network(one) for one in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "192.88.99.0/24", "2001::/32")
]

NOT_AN_ADDRESS = Text("不是 http 或 https 网址", "it is no http or https address")
NOT_PUBLIC = Text("网址不指向公网", "the address is not on the public internet")
NO_ANSWER = Text("对方没有响应", "no answer")
TOO_SLOW = Text("下载超时", "it takes too long")
TOO_LARGE = Text("文件太大", "it is too large")
TOO_MANY_REDIRECTS = Text("跳转次数过多", "too many redirects")


class CannotFetch(Exception):
    """What an address names cannot be had; `reason` is for whoever named it."""

    def __init__(self, reason: Text) -> None:
        super().__init__(reason.en)
        self.reason = reason


def is_web_address(text: str) -> bool:
    """Say whether a text is an address that may be fetched, as far as can be seen without asking anybody."""
    try:
        _taken_apart(text)
    except CannotFetch:
        return False
    return True


def is_public(address: Address) -> bool:
    """Say whether an address is one of the public internet, and none that leads back to ours in disguise."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if address.is_site_local or int(address) >> 32 == 0:  # the latter: IPv4-compatible, ::, ::1
            return False
    is_ordinary = address.is_global and not (
        address.is_multicast or address.is_reserved or address.is_private or address.is_link_local
    )
    return is_ordinary and not any(address in one for one in _TUNNELS)


def resolved(host: str, port: int) -> Sequence[str]:
    """Return the addresses that a name stands for. Raises: OSError."""
    return [str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetcher:
    """Fetches public addresses; `allowed` are networks that may be asked although they are not public (on any
    port), for a test's own server.
    """

    bytes_max: int
    allowed: Sequence[Network] = ()
    resolve: Resolver = resolved
    seconds_max: float = SECONDS_MAX

    def fetch(self, url: str) -> bytes:
        """Return what an address names. Raises: CannotFetch, ProgrammingError inside a transaction."""
        deadline = time.monotonic() + self.seconds_max
        backend = _PublicOnly(allowed=self.allowed, resolve=self.resolve, deadline=deadline)
        with network(), httpcore.ConnectionPool(network_backend=backend, max_connections=1) as pool:
            for _ in range(REDIRECTS_MAX + 1):
                answer = self._one(pool, url, deadline)
                if isinstance(answer, bytes):
                    return answer
                url = urljoin(url, answer)
        raise CannotFetch(TOO_MANY_REDIRECTS)

    def _one(self, pool: httpcore.ConnectionPool, url: str, deadline: float) -> bytes | str:
        """Return what came, or where it is instead."""
        _taken_apart(url)
        headers: Mapping[bytes | str, bytes | str] = {
            "User-Agent": "jishi",
            "Accept": "*/*",
            "Accept-Encoding": "identity",
        }
        patience = dict.fromkeys(("connect", "read", "write", "pool"), CONNECT_SECONDS)
        try:
            with pool.stream("GET", _ascii(url), headers=headers, extensions={"timeout": patience}) as answer:
                told = {name.lower(): value for name, value in answer.headers}
                if answer.status in MOVED and b"location" in told:
                    return told[b"location"].decode("latin-1")
                if answer.status != 200:
                    raise CannotFetch(Text(str(answer.status), str(answer.status)))
                return self._read(answer.iter_stream(), told, deadline)
        except httpcore.TimeoutException:
            raise CannotFetch(TOO_SLOW) from None
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.UnsupportedProtocol, OSError):
            raise CannotFetch(NO_ANSWER) from None
        except (ValueError, httpx.InvalidURL):  # a name that no resolver takes
            raise CannotFetch(NOT_AN_ADDRESS) from None

    def _read(self, parts: Iterable[bytes], told: Mapping[bytes, bytes], deadline: float) -> bytes:
        announced = told.get(b"content-length", b"")
        if announced.isdigit() and int(announced[:20]) > self.bytes_max:
            raise CannotFetch(TOO_LARGE)
        whole = bytearray()
        for part in parts:
            whole += part
            if len(whole) > self.bytes_max:
                raise CannotFetch(TOO_LARGE)
            if time.monotonic() > deadline:
                raise CannotFetch(TOO_SLOW)
        return bytes(whole)


def host_of(url: str) -> str:
    """Return whose address it is, '' where it is none."""
    try:
        return _taken_apart(url)
    except CannotFetch:
        return ""


def _taken_apart(url: str) -> str:
    """Return the host. Raises: CannotFetch for what is no plain address of the web."""
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname
    except ValueError:
        raise CannotFetch(NOT_AN_ADDRESS) from None
    is_plain = url.isprintable() and not any(one.isspace() or one == "\\" for one in url)
    has_secrets = parts.username is not None or parts.password is not None
    if parts.scheme not in SCHEMES or not host or not is_plain or has_secrets or port == 0:
        raise CannotFetch(NOT_AN_ADDRESS)
    if len(url) > URL_CHARACTERS_MAX:
        raise CannotFetch(NOT_AN_ADDRESS)
    return host


def _ascii(url: str) -> httpcore.URL:
    """Return an address as it is asked for: names and paths of other alphabets in ASCII."""
    plain = httpx.URL(url)
    return httpcore.URL(scheme=plain.raw_scheme, host=plain.raw_host, port=plain.port, target=plain.raw_path)


# -- underneath ------------------------------------------------------------------------------------


class _PublicOnly(httpcore.NetworkBackend):
    """Opens connections to public addresses on the ports of the web, until the time is over."""

    def __init__(self, *, allowed: Sequence[Network], resolve: Resolver, deadline: float) -> None:
        self._allowed, self._resolve, self._deadline = allowed, resolve, deadline
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first of the addresses a name stands for, if all of them may be asked."""
        found = [ip_address(one.partition("%")[0]) for one in self._resolve(host, port)]
        if not found or not all(self._may_be_asked(one, port) for one in found):
            raise CannotFetch(NOT_PUBLIC)
        patience = _left(self._deadline, timeout)
        stream = self._plain.connect_tcp(str(found[0]), port, patience, local_address, socket_options)
        return _InTime(stream, self._deadline)

    def _may_be_asked(self, address: Address, port: int) -> bool:
        is_ours_to_ask = any(address in one for one in self._allowed)
        return is_ours_to_ask or (port in SCHEMES.values() and is_public(address))


class _InTime(httpcore.NetworkStream):
    """A connection on which nothing waits beyond the deadline, however slowly the bytes drip."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self._stream, self._deadline = stream, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read what has come."""
        return self._stream.read(max_bytes, _left(self._deadline, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write all of it."""
        self._stream.write(buffer, _left(self._deadline, timeout))

    def close(self) -> None:
        """Hang up."""
        self._stream.close()

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """Go on encrypted; the certificate must be of the name, whatever its address."""
        patience = _left(self._deadline, timeout)
        return _InTime(self._stream.start_tls(ssl_context, server_hostname, patience), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        """Return what is known of the connection."""
        return self._stream.get_extra_info(info)


def _left(deadline: float, timeout: float | None) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise CannotFetch(TOO_SLOW)
    return min(left, timeout) if timeout else left
