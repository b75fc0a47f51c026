"""The real edge of a running market: Caddy in front, files beside, our own processes behind."""

import http.client
import re
import socket
from urllib.parse import urlsplit

import pytest

from tests.market import Market

Answer = tuple[int, dict[str, str], bytes]


def ask(
    market: Market, path: str, *, method: str = "GET", body: bytes | None = None, **headers: str
) -> Answer:
    """Send a request as it is written, without tidying up its path."""
    connection = http.client.HTTPConnection(str(urlsplit(market.url).netloc), timeout=60)
    try:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body, named)
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        connection.close()


def say(market: Market, text: bytes) -> int:
    """Send bytes that no client would and return the status of the answer."""
    where = urlsplit(market.url)
    with socket.create_connection((where.hostname or "", where.port or 0), timeout=60) as line:
        line.sendall(text.replace(b"HOST", where.netloc.encode()))
        return int(line.recv(65_536).split(b" ", 2)[1])


@pytest.mark.parametrize(
    "path",
    [
        "/media/../secrets/secret_key",
        "/media/%2e%2e/secrets/secret_key",
        "/media/..%2fsecrets%2fsecret_key",
        "/media/%2e%2e%2f%2e%2e%2f%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "/static/..%2f..%2f.env",
        "/static/..%5c..%5csecrets",
        "/media//etc/passwd",
        "/media/",
        "/static/",
        "/static/storefront/",
        "/media/.%00./secrets",
    ],
)
def test_nothing_outside_of_the_files_folders_is_served_and_no_folder_listed(
    market: Market, path: str
) -> None:
    status, _, body = ask(market, path)
    assert status in (400, 404)
    assert b"root:" not in body


@pytest.mark.parametrize(
    "path", ["/media/00/nothing.webp", "/static/nothing.js", "/", "/healthz", "/api/v1/store/me"]
)
def test_every_answer_forbids_guessing_its_type_and_names_no_server(market: Market, path: str) -> None:
    _, headers, _ = ask(market, path)
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "server" not in headers


def test_an_uploaded_file_may_run_nothing(market: Market) -> None:
    picture = next((market.configuration.media_root).rglob("*.webp"))
    status, headers, _ = ask(market, f"/media/{picture.relative_to(market.configuration.media_root)}")
    assert (status, headers["content-type"]) == (200, "image/webp")
    assert "sandbox" in headers["content-security-policy"]
    assert "default-src 'none'" in headers["content-security-policy"]


@pytest.mark.parametrize("path", ["/", "/api/v1/store/me", "/admin/login/"])
def test_a_made_up_host_is_refused(market: Market, path: str) -> None:
    assert ask(market, path, Host="evil.example")[0] == 400
    status, _, body = ask(market, path, X_Forwarded_Host="evil.example")
    assert status in (200, 401)
    assert b"evil.example" not in body


@pytest.mark.parametrize("prefix", ["", "/en", "/admin", "/api/v1"])
def test_no_path_leads_to_another_site(market: Market, prefix: str) -> None:
    _, headers, _ = ask(market, f"{prefix}//evil.example")
    assert headers.get("location", "/admin/login/").startswith("/admin/login/")


POST = b"POST /api/v1/store/cart/lines HTTP/1.1\r\nHost: HOST\r\n"
TICKET = b"/live/order:0198f3a2-7c44-7b1e-9d3a-2f6c1c0a51aa?ticket=" + b"f" * 6_000 + b".AAAA"


@pytest.mark.parametrize(
    ("text", "status"),
    [
        (POST + b"Content-Length: 6\r\nContent-Length: 7\r\n\r\n0\r\n\r\n", 400),
        (POST + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n", 400),
        (POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 501),
        (b"GET / HTTP/1.1\r\nHost: HOST\r\nX: a\0b\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"GET http://evil.example/ HTTP/1.1\r\nHost: HOST\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: HOST\r\nX: " + b"a" * 900_000 + b"\r\n\r\n", 431),
        (b"GET " + TICKET + b" HTTP/1.1\r\nHost: HOST\r\n\r\n", 401),
    ],
    ids=["lengths", "blank", "coding", "nul", "no host", "other host", "large", "ticket"],
)
def test_requests_that_two_servers_might_read_in_two_ways_are_refused(
    market: Market, text: bytes, status: int
) -> None:
    assert say(market, text) == status


SMUGGLED = b"GET /admin/smuggled HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n"


@pytest.mark.parametrize(
    "text",
    [
        POST + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
        POST + b"Transfer-Encoding: chunked\r\nContent-Length: 200\r\n\r\n0\r\n\r\n" + SMUGGLED,
        POST + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" + SMUGGLED,
        POST + b"Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
        POST + b"Transfer-Encoding:\x0bchunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
        POST + b"Content-Length: +4\r\n\r\n{}  " + SMUGGLED,
        POST + b"Content-Length: 4, 4\r\n\r\n{}  " + SMUGGLED,
        POST + b"Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n" + SMUGGLED,
        POST + b"Transfer-Encoding: chunked\r\n\r\n" + b"f" * 40 + b"\r\n\r\n" + SMUGGLED,
    ],
    ids=["both", "both turned", "list", "two", "tab", "plus", "same twice", "negative", "huge"],
)
def test_no_request_hides_behind_another(market: Market, text: bytes) -> None:
    """The first is answered, and if the line stays open, the second is a request of its own for everybody to see.

    Both the edge and the web server behind it agree where the first ends: no answer comes more often than asked.
    """
    where = urlsplit(market.url)
    with socket.create_connection((where.hostname or "", where.port or 0), timeout=20) as line:
        line.sendall(text.replace(b"HOST", where.netloc.encode()))
        heard = b"".join(iter(lambda: line.recv(65_536), b""))
    statuses = [int(one) for one in re.findall(rb"HTTP/1\.1 (\d{3})", heard)]
    assert 1 <= len(statuses) <= 2
    assert statuses[0] in (400, 401, 403, 415, 422, 501, 502)  # 502: found broken while it was passed on
    assert statuses[1:] in ([], [302], [404])
    assert ask(market, "/healthz")[0] == 200


def test_a_body_without_an_end_is_cut_off(market: Market) -> None:
    """Chunk after chunk of what nobody asked for: refused long before a disk or a memory is full."""
    where = urlsplit(market.url)
    chunk = b"100000\r\n" + b" " * 0x100000 + b"\r\n"
    with socket.create_connection((where.hostname or "", where.port or 0), timeout=60) as line:
        line.sendall((POST + b"Transfer-Encoding: chunked\r\n\r\n").replace(b"HOST", where.netloc.encode()))
        sent = 0
        try:
            for _ in range(64):
                line.sendall(chunk)
                sent += 1
            line.sendall(b"0\r\n\r\n")
            status = line.recv(65_536)
        except OSError:
            status = b""
    assert sent < 64 or status.split(b" ")[1] in (b"400", b"413", b"422")
    assert ask(market, "/healthz")[0] == 200


def test_a_body_that_is_too_large_is_refused_with_a_reason(market: Market) -> None:
    status, headers, _ = ask(
        market,
        "/api/v1/store/cart/lines",
        method="POST",
        body=b"x" * 3_000_000,
        Content_Type="application/json",
    )
    assert (status, headers["content-type"]) == (413, "application/problem+json")


def test_an_address_that_the_client_makes_up_is_not_believed(market: Market) -> None:
    """All these guesses come from one address, whatever they say: the last ones are too many."""
    codes = [
        ask(
            market,
            "/_allauth/app/v1/auth/login",
            method="POST",
            body=b'{"email": "nobody@example.com", "password": "guessing-1"}',
            Content_Type="application/json",
            X_Forwarded_For=f"198.51.100.{number}",
            X_Real_IP=f"198.51.100.{number}",
            Forwarded=f"for=198.51.100.{number}",
        )[0]
        for number in range(8)
    ]
    assert codes[-1] == 429
