"""The fast lane answers strangers from memory, and nobody else; what it says is what Django said."""

import io
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from django.core.wsgi import get_wsgi_application

from jishi.entry.http.fast_lane import FastLane

PUBLIC = [("Cache-Control", "public, max-age=5"), ("Vary", "Accept-Language"), ("ETag", '"1"')]
Answer = tuple[str, dict[str, str], bytes]


class Counting:
    """A small application that says how often it was asked."""

    def __init__(self, status: str = "200 OK", headers: list[tuple[str, str]] | None = None) -> None:
        self.status, self.headers = status, PUBLIC if headers is None else headers
        self.asked = 0

    def __call__(self, _: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        self.asked += 1
        start_response(self.status, list(self.headers))
        return [f"answer {self.asked}".encode()]


def ask(application: Callable[..., Iterable[bytes]], path: str = "/", **environ: str) -> Answer:
    """Send one request of a stranger, unless `environ` says more."""
    said: list[tuple[str, list[tuple[str, str]]]] = []
    whole = {
        "REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": "", "HTTP_HOST": "127.0.0.1",
        "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "80", "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(), **environ,
    }  # fmt: skip
    body = b"".join(application(whole, lambda status, headers: said.append((status, headers))))
    status, headers = said[-1]
    return status, dict(headers), body


def test_strangers_get_the_same_bytes_without_asking_again() -> None:
    behind = Counting()
    lane = FastLane(behind, seconds=60)
    assert ask(lane) == ask(lane) == ("200 OK", dict(PUBLIC), b"answer 1")
    assert behind.asked == 1


def test_it_does_not_last() -> None:
    behind = Counting()
    lane = FastLane(behind, seconds=0)
    assert [ask(lane)[2], ask(lane)[2]] == [b"answer 1", b"answer 2"]


@pytest.mark.parametrize(
    "other",
    [
        {"HTTP_HOST": "shop.example"},
        {"QUERY_STRING": "cursor=2"},
        {"HTTP_ACCEPT_LANGUAGE": "en"},
        {"HTTP_IF_NONE_MATCH": '"1"'},
        {"HTTP_X_FORWARDED_PROTO": "https"},
        {"PATH_INFO": "/p/1"},
        {"HTTP_COOKIE": "jishi_session=1"},
        {"HTTP_X_SESSION_TOKEN": "1"},
        {"HTTP_AUTHORIZATION": "Bearer 1"},
        {"REQUEST_METHOD": "POST"},
        {"REQUEST_METHOD": "HEAD"},
    ],
)
def test_another_question_or_somebody_we_know_is_not_answered_from_memory(other: dict[str, str]) -> None:
    behind = Counting()
    lane = FastLane(behind, seconds=60)
    ask(lane)
    assert ask(lane, **other)[2] == b"answer 2"
    assert ask(lane)[2] == b"answer 1", "what was answered to others is given to nobody else"


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        ("200 OK", []),
        ("200 OK", [("Cache-Control", "no-store")]),
        ("200 OK", [("Cache-Control", "private, max-age=5")]),
        ("200 OK", [*PUBLIC, ("Set-Cookie", "jishi_visitor=1")]),
        ("200 OK", [("Cache-Control", "public"), ("Vary", "Accept-Language, Cookie")]),
        ("404 Not Found", PUBLIC),
        ("500 Internal Server Error", PUBLIC),
    ],
)
def test_what_is_not_for_everybody_is_not_kept(status: str, headers: list[tuple[str, str]]) -> None:
    behind = Counting(status, headers)
    lane = FastLane(behind, seconds=60)
    assert [ask(lane)[2], ask(lane)[2]] == [b"answer 1", b"answer 2"]


@pytest.mark.django_db(transaction=True)
def test_the_real_shop_says_the_same_from_memory_headers_and_all() -> None:
    asked = []
    django = get_wsgi_application()

    def counted(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        asked.append(environ["PATH_INFO"])
        return django(environ, start_response)

    lane = FastLane(counted, seconds=60)
    path = "/api/v1/store/categories"
    first = ask(lane, path)
    assert first[0] == "200 OK"
    assert "Content-Security-Policy" in first[1]
    assert ask(lane, path) == first
    unchanged = ask(lane, path, HTTP_IF_NONE_MATCH=first[1]["ETag"])
    assert (unchanged[0][:3], unchanged[2]) == ("304", b"")
    assert ask(lane, path, HTTP_IF_NONE_MATCH=first[1]["ETag"]) == unchanged
    assert asked == [path, path]
    assert ask(lane, "/api/v1/store/cart/lines")[1]["Cache-Control"] == "no-store"
