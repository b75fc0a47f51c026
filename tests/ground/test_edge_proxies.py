"""The edge believes only proxies that it was told of: a real Caddy between a client and a server that listens."""

import threading
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from jishi.config.environment import load
from jishi.entry.cli.children import spawn
from jishi.entry.cli.market import Market, edge_service, explicit_environment, proxies_before_the_edge
from tests.engines import free_port, wait_until
from tests.ground.test_environment import COMPLETE

CLIENT = "203.0.113.9"
Told = dict[str, str]
Ask = Callable[..., Told]


@pytest.fixture
def heard() -> Iterator[tuple[int, list[Told]]]:
    """Run what stands behind the edge: a server that keeps the headers of what it is asked."""
    told: list[Told] = []

    class Listener(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            told.append({name.lower(): value for name, value in self.headers.items()})
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as its base names it
            """Say nothing: what was heard is in the list."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Listener)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_port, told
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def through_the_edge(heard: tuple[int, list[Told]], tmp_path: Path) -> Iterator[Ask]:
    """Start a real Caddy as the market does, ask through it, and return what was heard behind it."""
    started = []

    def ask(proxies: str, **environment: str) -> Told:
        port = free_port()
        values = COMPLETE | {
            "JISHI_HOME": str(tmp_path),
            "JISHI_PORT": str(port),
            "JISHI_WEB_PORT": str(heard[0]),
            "JISHI_TRUSTED_PROXIES": proxies,
        }
        checked = load(values)
        service = edge_service(Market(checked=checked, environment=explicit_environment(checked, values)))
        with (tmp_path / "edge.log").open("wb") as log:
            told = {**service.environment, **environment}
            started.append(spawn(service.command, environment=told, output=log.fileno()))
        wait_until(service.ready, what="the start of Caddy")
        connection = HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request("GET", "/", headers={"X-Forwarded-For": CLIENT, "X-Forwarded-Proto": "https"})
        assert connection.getresponse().status == 204
        connection.close()
        return heard[1][-1]

    yield ask
    for child in started:
        child.kill()
        child.wait()


def test_a_stranger_cannot_say_who_he_is(through_the_edge: Ask) -> None:
    told = through_the_edge(
        "127.0.0.1, 10.0.0.0/8"
    )  # this machine is our own edge's address, never a client's word
    assert (told["x-forwarded-for"], told["x-forwarded-proto"]) == ("127.0.0.1", "http")


def test_a_load_balancer_is_believed(through_the_edge: Ask) -> None:
    told = through_the_edge("127.0.0.1", JISHI_EDGE_PROXIES="127.0.0.0/8")
    assert (told["x-forwarded-for"], told["x-forwarded-proto"]) == (f"{CLIENT}, 127.0.0.1", "https")


def test_the_edge_is_told_of_the_proxies_before_it_and_never_of_this_machine() -> None:
    checked = load(COMPLETE | {"JISHI_TRUSTED_PROXIES": "127.0.0.1, ::1, 10.0.0.7/8, 192.0.2.1"})
    assert proxies_before_the_edge(checked) == ["10.0.0.7/8", "192.0.2.1"]
