"""Calls to other systems over lines that misbehave: real sockets, real threads."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest

from jishi.kernel.outgoing import SILENT_CALLS_MAX, Lines, NotAsked, Outgoing
from tests.bad_line import BadLine, Mode, bad_line
from tests.engines import wait_until

REST_SECONDS = 0.3
SECONDS = 0.5
TIMEOUT = httpx.Timeout(SECONDS, connect=SECONDS)
THREADS = 8
NAME = "partner.test"
RESOLVER = socket.getaddrinfo


class Partner(BaseHTTPRequestHandler):
    """Another system that answers at once."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@pytest.fixture
def line() -> Iterator[BadLine]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Partner)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    with bad_line(target_port=server.server_port) as found:
        yield found
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def ask(line: BadLine) -> Iterator[Callable[..., str]]:
    http = httpx.Client(
        trust_env=False,
        transport=Outgoing(Lines(threads=THREADS, rest_seconds=REST_SECONDS)),
        timeout=TIMEOUT,
    )
    yield lambda host="127.0.0.1": http.get(f"http://{host}:{line.port}").text
    http.close()


def test_an_answer_that_drips_ends_at_the_deadline(line: BadLine, ask: Callable[[], str]) -> None:
    line.mode = "drip"
    began = time.monotonic()
    with pytest.raises(httpx.TimeoutException):
        ask()
    assert time.monotonic() - began < 4 * SECONDS  # not the minute that so many bytes take


@pytest.mark.parametrize("mode", ["silent", "reset"])
def test_a_silent_line_rests_and_comes_back(line: BadLine, ask: Callable[[], str], mode: Mode) -> None:
    assert ask() == "ok"
    line.mode = mode
    for _ in range(SILENT_CALLS_MAX):
        with pytest.raises(httpx.TransportError) as heard:
            ask()
        assert not isinstance(heard.value, NotAsked)
    asked = line.connections
    with pytest.raises(NotAsked, match="resting"):
        ask()
    assert line.connections == asked

    line.mode = "good"
    wait_until(lambda: _answers(ask), what="the end of the rest", seconds_max=5)
    assert ask() == "ok"


def test_after_a_rest_one_call_goes_ahead(line: BadLine, ask: Callable[[], str]) -> None:
    line.mode = "silent"
    for _ in range(SILENT_CALLS_MAX):
        with pytest.raises(httpx.TransportError):
            ask()
    asked = line.connections
    time.sleep(REST_SECONDS)  # the rest itself is what is waited for
    outcomes = _together(ask, THREADS)
    assert line.connections == asked + 1
    assert [one for one in outcomes if not isinstance(one, NotAsked)] != []
    assert sum(isinstance(one, NotAsked) for one in outcomes) == THREADS - 1


def test_calls_never_hold_all_threads(line: BadLine, ask: Callable[[], str]) -> None:
    line.mode = "silent"
    began = time.monotonic()
    with ThreadPoolExecutor(THREADS) as pool:
        calls = [pool.submit(_seconds_until_refused, ask) for _ in range(THREADS)]
        at_once = [one for one in calls if one.result() < SECONDS / 2]
    assert len(at_once) == THREADS // 4  # who found no place at all
    assert time.monotonic() - began < 4 * SECONDS


def test_a_line_that_answers_has_places_for_everybody_in_turn(line: BadLine, ask: Callable[[], str]) -> None:
    assert _together(ask, THREADS * 3 // 4) == ["ok"] * (THREADS * 3 // 4)


def _seconds_until_refused(ask: Callable[[], str]) -> float:
    began = time.monotonic()
    with pytest.raises(httpx.TransportError):
        ask()
    return time.monotonic() - began


def _answers(ask: Callable[[], str]) -> bool:
    try:
        return ask() == "ok"
    except httpx.TransportError:
        return False


def _together(ask: Callable[[], str], threads: int) -> list[str | httpx.TransportError]:
    barrier = threading.Barrier(threads)

    def one(_: int) -> str | httpx.TransportError:
        barrier.wait(timeout=10)
        try:
            return ask()
        except httpx.TransportError as error:
            return error

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(one, range(threads)))


def test_all_addresses_of_a_name_are_tried(
    line: BadLine, ask: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _resolve(monkeypatch, lambda: ["127.0.0.2", "127.0.0.3"])
    with pytest.raises(httpx.ConnectError):
        ask(NAME)
    assert line.connections == 0
    _resolve(monkeypatch, lambda: ["127.0.0.2", "127.0.0.1"])
    assert ask(NAME) == "ok"


def test_a_name_that_nobody_resolves_ends_at_the_deadline_and_holds_up_no_other(
    ask: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    released = threading.Event()
    _resolve(monkeypatch, lambda: [] if released.wait(60) else ["127.0.0.1"])
    began = time.monotonic()
    for _ in range(SILENT_CALLS_MAX):
        with pytest.raises(httpx.ConnectTimeout):
            ask(NAME)
    assert time.monotonic() - began < SILENT_CALLS_MAX * 3 * SECONDS
    assert ask() == "ok"
    assert sum(thread.name == "look-up" for thread in threading.enumerate()) == 1
    released.set()


def test_a_name_keeps_its_addresses_while_the_resolver_is_away(
    line: BadLine, ask: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _resolve(monkeypatch, lambda: ["127.0.0.1"])
    assert ask(NAME) == "ok"
    line.mode = "reset"
    with pytest.raises(httpx.TransportError):
        ask(NAME)  # ends the connection that is kept

    def away() -> list[str]:
        raise socket.gaierror(socket.EAI_AGAIN, "try again")

    _resolve(monkeypatch, away)
    line.mode = "good"
    assert ask(NAME) == "ok"


@pytest.mark.parametrize("name", ["a" * 64 + ".test", "a..test"])
def test_a_name_that_cannot_be_one_has_no_address(ask: Callable[..., str], name: str) -> None:
    for _ in range(2):
        with pytest.raises(httpx.ConnectError):
            ask(name)


def test_a_look_up_that_breaks_ends_and_the_next_call_asks_again(
    line: BadLine, ask: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> list[str]:
        raise MemoryError

    _resolve(monkeypatch, broken)
    with pytest.raises(MemoryError):
        ask(NAME)
    _resolve(monkeypatch, lambda: ["127.0.0.1"])
    assert ask(NAME) == "ok"


def test_a_look_up_for_which_there_is_no_thread_is_not_waited_for(
    line: BadLine, ask: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _resolve(monkeypatch, lambda: ["127.0.0.1"])
    with monkeypatch.context() as without_threads:
        without_threads.setattr(threading.Thread, "start", _no_thread)
        with pytest.raises(httpx.ConnectError):
            ask(NAME)
    assert ask(NAME) == "ok"


def _no_thread(_: threading.Thread) -> None:
    raise RuntimeError("can't start new thread")


def _resolve(monkeypatch: pytest.MonkeyPatch, addresses: Callable[[], list[str]]) -> None:
    """Let the system's resolver find these addresses of NAME."""

    def look_up(host: str, port: int, *rest: int, **named: int) -> list[Any]:
        if host != NAME:
            return RESOLVER(host, port, *rest, **named)
        return [found for address in addresses() for found in RESOLVER(address, port, *rest, **named)]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
