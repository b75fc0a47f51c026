"""HTTP to other systems, so that one that is slow, half open or gone can neither hold us up nor be hammered.

Three bounds for every process; docs/decisions/0057 says why these:
- a call ends after its connect and read time together, however slowly the other side drips its bytes;
- a system that left several calls in a row without an answer is not asked for a moment, then by one call alone;
- calls never hold more than a part of the threads, so that the others go on serving pages.
Whoever is turned away gets an `httpx.TransportError` at once and nothing was sent.
"""

import socket
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpcore
import httpx
import structlog
from django.conf import settings

from jishi.kernel import metrics, trace

log = structlog.get_logger(__name__)

SILENT_CALLS_MAX = 4  # in a row; then the line rests
REST_SECONDS = 2.0
PLACE_SECONDS_MAX = 1.0  # how long a call waits for others of its line to end
DEFAULT_SECONDS = 10.0
KEEPALIVE_SECONDS = 5.0  # what lies idle longer may have been dropped on the way
STATUS = "jishi.status"  # where a request notes how it was answered


class NotAsked(httpx.TransportError):
    """The call was not sent: its line rests, or too many of our threads wait for the outside already."""


@cache
def client() -> httpx.Client:
    """Return this process's client; a proxy of the environment is not for our partners."""
    return httpx.Client(trust_env=False, transport=Outgoing(lines()))


@cache
def lines() -> "Lines":
    """Return this process's lines, for those who ask otherwise than over HTTP."""
    return Lines(threads=settings.ENV.web_threads)


@dataclass(slots=True)
class Line:
    """What we know of one other system, named by its origin."""

    silent: int = 0  # calls in a row that got no answer
    rests_until: float = 0.0
    calling: int = 0
    waiting: int = 0


class Lines:
    """All lines of a process of so many threads: who may call now."""

    def __init__(self, *, threads: int, rest_seconds: float = REST_SECONDS) -> None:
        self._line_max = max(1, threads // 2)
        self._all_max = max(1, threads * 3 // 4)
        self._rest_seconds = rest_seconds
        self._lines: defaultdict[str, Line] = defaultdict(Line)
        self._changed = threading.Condition()

    @contextmanager
    def call(self, origin: str) -> Iterator[None]:
        """Hold a place on a line; a `TransportError` in the block counts as silence. Raises: NotAsked."""
        with self._changed:
            line = self._lines[origin]
            self._take_place(origin, line)
        is_silent = False
        try:
            yield
        except httpx.TransportError:
            is_silent = True
            raise
        finally:
            with self._changed:
                line.calling -= 1
                self._note(origin, line, is_silent=is_silent)
                self._changed.notify_all()

    def _take_place(self, origin: str, line: Line) -> None:
        self._refuse_while_resting(origin, line)
        if sum(one.calling + one.waiting for one in self._lines.values()) >= self._all_max:
            raise _turned_away(origin, "busy")
        line.waiting += 1
        try:
            has_place = self._changed.wait_for(lambda: line.calling < self._line_max, PLACE_SECONDS_MAX)
        finally:
            line.waiting -= 1
        self._refuse_while_resting(origin, line)
        if not has_place:
            raise _turned_away(origin, "busy")
        line.calling += 1

    def _refuse_while_resting(self, origin: str, line: Line) -> None:
        # After the rest one call goes ahead; the others wait for what becomes of it.
        is_resting = line.silent >= SILENT_CALLS_MAX and (
            time.monotonic() < line.rests_until or line.calling > 0
        )
        if is_resting:
            raise _turned_away(origin, "resting")

    def _note(self, origin: str, line: Line, *, is_silent: bool) -> None:
        metrics.OUTGOING_CALLS.labels(origin=origin, outcome="silent" if is_silent else "answered").inc()
        if is_silent:
            line.silent += 1
            if line.silent >= SILENT_CALLS_MAX:
                line.rests_until = time.monotonic() + self._rest_seconds
                log.warning("line_rests", origin=origin, silent_calls=line.silent)
        else:
            if line.silent >= SILENT_CALLS_MAX:
                log.warning("line_is_back", origin=origin, silent_calls=line.silent)
            line.silent = 0


def _turned_away(origin: str, outcome: str) -> NotAsked:
    metrics.OUTGOING_CALLS.labels(origin=origin, outcome=outcome).inc()
    return NotAsked(f"{origin} is not asked now: {outcome}")


class Outgoing(httpx.HTTPTransport):
    """A transport whose calls are bounded as a whole, answer included."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._clock = _Hourglass()
        # Instead of the pool that httpx would make: the same, its steps bounded by our clock.
        self._pool = httpcore.ConnectionPool(
            ssl_context=httpx.create_ssl_context(trust_env=False),
            network_backend=self._clock,
            max_connections=None,  # Lines bounds them
            keepalive_expiry=KEEPALIVE_SECONDS,
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request and read the whole answer. Raises: httpx.TransportError, NotAsked among them."""
        patience: dict[str, float | None] = request.extensions.get("timeout", {})
        seconds = sum(patience.get(name) or DEFAULT_SECONDS for name in ("connect", "read"))
        origin = f"{request.url.scheme}://{request.url.netloc.decode('ascii')}"
        with _watched(request, origin), self._lines.call(origin), self._clock.turned(seconds):
            response = super().handle_request(request)
            try:
                response.read()
            finally:
                response.close()
            request.extensions[STATUS] = response.status_code
            return response


@contextmanager
def _watched(request: httpx.Request, origin: str) -> Iterator[None]:
    """Time and trace a call, and tell the other system its trace; of the address only the origin is kept."""
    began = time.perf_counter()
    with trace.Span(f"{request.method} {origin}", trace.CALL) as span:
        request.headers["traceparent"] = span.traceparent
        span.attributes |= {"http.request.method": request.method, "server.address": request.url.host}
        try:
            yield
        finally:
            status = request.extensions.get(STATUS)
            if status:
                span.attributes["http.response.status_code"] = status
            kind = f"{status // 100}xx" if status else "none"
            metrics.called(origin, kind, time.perf_counter() - began)


class _Hourglass(httpcore.SyncBackend):
    """Network reads and writes that end together at the deadline of this thread's call."""

    def __init__(self) -> None:
        self._of_thread = threading.local()
        self._names = Names()

    @contextmanager
    def turned(self, seconds: float) -> Iterator[None]:
        """Let whatever this thread does in the block end within so many seconds."""
        self._of_thread.deadline = time.monotonic() + seconds
        yield

    def left(self, timeout: float | None) -> float:
        """Return the seconds that the next step may take; next to nothing when time is up."""
        left: float = max(self._of_thread.deadline - time.monotonic(), 0.001)
        return left if timeout is None else min(timeout, left)

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> "_Stream":
        """Find the name's addresses and connect to the first that answers, all within the time that is left."""
        try:
            addresses = self._names.addresses(host, port, self.left(timeout))
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(f"no address of {host}: {error}") from error
        except OSError as error:
            raise httpcore.ConnectError(f"no address of {host}: {error}") from error
        for address in addresses:
            try:
                stream = super().connect_tcp(address, port, self.left(timeout), local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if address == addresses[-1]:
                    raise
            else:
                return _Stream(stream, self)
        raise httpcore.ConnectError(f"{host} has no address")


class Names:
    """Finds addresses in threads, since the system's resolver knows no deadline: one at a time for each name."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, int], list[str]] = {}
        self._looking: dict[tuple[str, int], Future[list[str]]] = {}
        self._lock = threading.Lock()

    def addresses(self, host: str, port: int, seconds: float) -> list[str]:
        """Return the addresses of a name; those that it had, when nobody says in time.

        Raises: OSError, which a TimeoutError is.
        """
        try:
            found = self._look_up(host, port).result(seconds)
        except OSError:
            known = self._known.get((host, port))
            if known:
                return known
            raise
        self._known[host, port] = found
        return found

    def _look_up(self, host: str, port: int) -> Future[list[str]]:
        with self._lock:
            looking = self._looking.get((host, port))
            if looking is None or looking.done():
                looking = Future()
                finder = threading.Thread(
                    target=_find, args=(looking, host, port), name="look-up", daemon=True
                )
                try:
                    finder.start()
                except RuntimeError as error:  # the system has no thread left
                    raise OSError(str(error)) from error
                self._looking[host, port] = looking
            return looking


def _find(told: Future[list[str]], host: str, port: int) -> None:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError as error:  # it is too long for a name
        told.set_exception(socket.gaierror(socket.EAI_NONAME, str(error)))
    except Exception as error:  # noqa: BLE001 - whoever waits must hear of it, whatever it is
        told.set_exception(error)
    else:
        told.set_result(list(dict.fromkeys(str(one[4][0]) for one in found)))


class _Stream(httpcore.NetworkStream):
    """A connection whose every step ends at the deadline."""

    def __init__(self, stream: httpcore.NetworkStream, clock: _Hourglass) -> None:
        self._stream = stream
        self._clock = clock

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._clock.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._clock.left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> "_Stream":
        return _Stream(
            self._stream.start_tls(ssl_context, server_hostname, self._clock.left(timeout)), self._clock
        )

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
