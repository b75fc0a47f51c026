"""The fast lane: an answer that is the same for everybody is given from memory, before Django sees the request.

Most of what such an answer costs is the way through the middleware, whatever is answered. An answer enters
only when it says itself that it is public, and only for strangers: who sends a cookie or a token takes the
usual way. It stays for `KEPT_SECONDS`.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from jishi.kernel import metrics

KEPT_SECONDS = 0.5
ENTRIES_MAX = 128  # pages are up to a hundred kilobytes: this bounds a process to some megabytes
BODY_BYTES_MAX = 512 * 1024
ROUTE = "jishi.route"  # where the application notes what it counted the request as
KEPT_STATUSES = ("200 ", "304 ")
PERSONAL = frozenset({"HTTP_COOKIE", "HTTP_X_SESSION_TOKEN", "HTTP_AUTHORIZATION", "HTTP_RANGE"})
# All that the application may make a public answer from.
TELLING = (
    "wsgi.url_scheme",
    "HTTP_HOST",
    "HTTP_X_FORWARDED_PROTO",
    "PATH_INFO",
    "QUERY_STRING",
    "HTTP_ACCEPT_LANGUAGE",
    "HTTP_IF_NONE_MATCH",
)
VARY_KNOWN = frozenset({"accept-language"})

Environ = dict[str, Any]
Headers = Sequence[tuple[str, str]]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer, the route it is counted under, and the moment (monotonic) until which it is good."""

    status: str
    headers: list[tuple[str, str]]
    body: bytes
    route: str
    until: float


class FastLane:
    """A WSGI application around another one; answers from memory what the other one said a moment ago."""

    def __init__(self, application: Application, *, seconds: float = KEPT_SECONDS) -> None:
        self._application = application
        self._seconds = seconds
        self._kept: dict[tuple[Any, ...], Kept] = {}

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request."""
        if not is_strangers(environ):
            return self._application(environ, start_response)
        began = time.monotonic()
        name = tuple([environ.get(one) for one in TELLING])
        kept = self._kept.get(name)
        if kept is None or kept.until < began:
            return self._asked(name, environ, start_response)
        start_response(kept.status, list(kept.headers))
        metrics.request_answered("GET", kept.route, int(kept.status[:3]), time.monotonic() - began)
        return [kept.body]

    def _asked(
        self, name: tuple[Any, ...], environ: Environ, start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """Ask the application and keep what it says, if it may be kept."""
        said: list[tuple[str, list[tuple[str, str]]]] = []

        def note(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            said.append((status, headers))
            return start_response(status, headers, *rest)

        answer = self._application(environ, note)
        if not (said and _is_for_everybody(*said[-1])):
            return answer
        try:
            body = b"".join(answer)
        finally:
            getattr(answer, "close", _nothing)()
        if len(body) <= BODY_BYTES_MAX:
            self._keep(
                name, Kept(*said[-1], body, environ.get(ROUTE, "none"), time.monotonic() + self._seconds)
            )
        return [body]

    def _keep(self, name: tuple[Any, ...], answer: Kept) -> None:
        if len(self._kept) >= ENTRIES_MAX:
            self._kept.clear()
        self._kept[name] = answer


def is_strangers(environ: Environ) -> bool:
    """Say whether somebody only reads, and shows nothing that could tell who he is."""
    return environ["REQUEST_METHOD"] == "GET" and PERSONAL.isdisjoint(environ)


def _is_for_everybody(status: str, headers: Headers) -> bool:
    """Say whether an answer may be given to anybody who asks the same."""
    found = {name.lower(): value for name, value in headers}
    varies = {one.strip().lower() for one in found.get("vary", "").split(",") if one.strip()}
    return (
        status.startswith(KEPT_STATUSES)
        and found.get("cache-control", "").lower().startswith("public")
        and "set-cookie" not in found
        and varies <= VARY_KNOWN
    )


def _nothing() -> None:
    """Close what has nothing to close."""
