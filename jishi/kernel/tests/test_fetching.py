"""Fetching for strangers: only from the public internet, whatever an address looks like, and never too much."""

import socketserver
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from ipaddress import ip_address, ip_network

import pytest

from jishi.kernel import fetching
from jishi.kernel.fetching import CannotFetch, Fetcher, is_public, is_web_address

HOME = [ip_network("127.0.0.1/32")]
PICTURE = b"\xff\xd8\xff" + bytes(5_000)


class Site(BaseHTTPRequestHandler):
    """A web site that does what its visitors must bear."""

    def do_GET(self) -> None:
        """Answer by the path."""
        turns: dict[str, Callable[[], None]] = {
            "/picture": lambda: self.say(200, {}, PICTURE),
            "/%E5%9B%BE.jpg?a=%E4%B8%80": lambda: self.say(200, {}, b"named"),
            "/moved": lambda: self.say(302, {"Location": "/picture"}),
            "/inwards": lambda: self.say(302, {"Location": "http://169.254.169.254/latest/meta-data/"}),
            "/file": lambda: self.say(302, {"Location": "file:///etc/passwd"}),
            "/round": lambda: self.say(302, {"Location": "/round"}),
            "/announced": lambda: self.say(200, {"Content-Length": "999999999"}),
            "/endless": self.endless,
            "/drip": self.drip,
            "/nonsense": self.babble,
        }
        turns.get(self.path, lambda: self.say(404, {}))()

    def say(self, status: int, headers: dict[str, str], body: bytes = b"") -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def endless(self) -> None:
        self.say(200, {})
        self.pour(bytes(65_536))

    def babble(self) -> None:
        self.wfile.write(b"SSH-2.0-OpenSSH\r\n")

    def drip(self) -> None:
        self.say(200, {})
        self.pour(b"x", threading.Event())

    def pour(self, part: bytes, pause: threading.Event | None = None) -> None:
        try:
            while True:
                self.wfile.write(part)
                if pause:
                    pause.wait(0.05)
        except OSError:
            return

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with Server(("127.0.0.1", 0), Site) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def fetcher(**options: object) -> Fetcher:
    return Fetcher(**{"bytes_max": 10_000, "allowed": HOME, "seconds_max": 10.0, **options})  # type: ignore[arg-type]


def refusal(one: Fetcher, url: str) -> str:
    with pytest.raises(CannotFetch) as refused:
        one.fetch(url)
    return refused.value.reason.en


def test_what_is_there_comes_as_it_is_also_after_a_redirect(site: str) -> None:
    assert fetcher().fetch(f"{site}/picture") == PICTURE
    assert fetcher().fetch(f"{site}/moved") == PICTURE
    assert fetcher().fetch(f"{site}/图.jpg?a=一") == b"named"


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/nothing", "404"),
        ("/inwards", fetching.NOT_PUBLIC.en),
        ("/file", fetching.NOT_AN_ADDRESS.en),
        ("/round", fetching.TOO_MANY_REDIRECTS.en),
        ("/announced", fetching.TOO_LARGE.en),
        ("/endless", fetching.TOO_LARGE.en),
        ("/nonsense", fetching.NO_ANSWER.en),
    ],
)
def test_what_cannot_be_had_is_told(site: str, path: str, reason: str) -> None:
    assert refusal(fetcher(), f"{site}{path}") == reason


def test_what_drips_is_given_up_in_time(site: str) -> None:
    assert refusal(fetcher(seconds_max=0.5), f"{site}/drip") == fetching.TOO_SLOW.en


def test_our_own_network_is_not_asked_unless_it_is_allowed(site: str) -> None:
    assert refusal(fetcher(allowed=[]), f"{site}/picture") == fetching.NOT_PUBLIC.en


def test_nobody_listens(site: str) -> None:
    assert refusal(fetcher(), "http://127.0.0.1:1/") == fetching.NO_ANSWER.en


NOT_PUBLIC = (
    "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.1", "192.168.1.1",
    "169.254.169.254", "169.254.0.1", "100.64.0.1", "192.0.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.1",
    "203.0.113.1", "224.0.0.1", "239.1.2.3", "240.0.0.1", "255.255.255.255", "192.88.99.1", "::", "::1", "::7f00:1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "64:ff9b::a00:1",
    "64:ff9b:1::1", "2002:7f00:1::", "2001:0:1::1", "fe80::1", "fec0::1", "fc00::1", "fd12:3456::1", "ff02::1",
    "2001:db8::1", "100::1", "5f00::1",
)  # fmt: skip


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_addresses_that_are_not_public(address: str) -> None:
    assert not is_public(ip_address(address))
    # Nor by a name that stands for it, alone or beside a public one; nothing is connected to.
    for found in ([address], ["93.184.215.14", address], [address, "93.184.215.14"]):
        one = fetcher(allowed=[], resolve=lambda host, port, found=found: found)
        assert refusal(one, "https://pictures.example/a.jpg") == fetching.NOT_PUBLIC.en


@pytest.mark.parametrize(
    "address", ["93.184.215.14", "8.8.8.8", "::ffff:8.8.8.8", "2606:4700::1111", "223.5.5.5"]
)
def test_addresses_that_are_public(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "host", ["2130706433", "0x7f000001", "0177.0.0.1", "127.1", "localhost", "[::1]", "[::ffff:7f00:1]", "0"]
)
def test_other_ways_to_write_our_own_address(host: str) -> None:
    refused = refusal(fetcher(allowed=[]), f"http://{host}/")
    assert refused in (fetching.NOT_PUBLIC.en, fetching.NOT_AN_ADDRESS.en)


@pytest.mark.parametrize("port", [22, 25, 5432, 6379, 8080])
def test_only_the_ports_of_the_web(port: int) -> None:
    one = fetcher(allowed=[], resolve=lambda host, port: ["93.184.215.14"])
    assert refusal(one, f"http://pictures.example:{port}/") == fetching.NOT_PUBLIC.en


def test_a_name_is_asked_once_and_what_it_said_is_connected_to(site: str) -> None:
    """A name that says something else the second time (DNS rebinding) gets no second time."""
    said = iter([["127.0.0.1"], ["10.0.0.1"]])
    port = site.rpartition(":")[2]
    one = fetcher(resolve=lambda host, port: next(said))
    assert one.fetch(f"http://rebinding.example:{port}/picture") == PICTURE
    assert next(said) == ["10.0.0.1"]


@pytest.mark.parametrize(
    "url",
    [
        "", "picture.jpg", "ftp://a.example/b", "file:///etc/passwd", "gopher://a.example/", "http://", "http:///x",
        "http://user:secret@a.example/", "http://a.example\\@b.example/", "http://a.example/ b", "http://a.example:0/",
        "http://a.example:99999/", "http://[::1/", "//a.example/", "data:image/png;base64,AA", "http://a\n.example/",
        "https://a.example/" + "x" * 2_000,
    ],
)  # fmt: skip
def test_what_is_no_address_of_the_web(url: str) -> None:
    assert not is_web_address(url)
    assert refusal(fetcher(), url) == fetching.NOT_AN_ADDRESS.en


def test_names_that_no_resolver_takes() -> None:
    assert refusal(fetcher(), f"http://{'x' * 70}.example/") in (
        fetching.NOT_AN_ADDRESS.en,
        fetching.NO_ANSWER.en,
    )
    assert is_web_address("https://图片.example/一.jpg")
