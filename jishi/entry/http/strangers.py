"""The strangers' way: who reads what is the same for everybody needs no session, no account and no CSRF check.

Most of what a small answer costs is Django's middleware, which finds out who asks. A GET without cookie or token of
an operation that takes a `PublicRequest` goes straight to it: the same parameters, read by ninja, the same view, the
same errors. Everything else takes the usual way.
"""

import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from inspect import signature
from time import perf_counter
from typing import Any, cast

from django.core.exceptions import DisallowedHost, SuspiciousOperation
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.core.signals import request_started
from django.http import HttpResponse
from django.middleware.security import SecurityMiddleware
from django.urls import URLPattern, URLResolver
from django.utils.log import log_response
from ninja.operation import Operation

from jishi.entry.http.api import api
from jishi.entry.http.fast_lane import ROUTE, Application, Environ, is_strangers
from jishi.entry.http.middleware import API, language_of
from jishi.entry.http.security import headers
from jishi.entry.http.urls import urlpatterns
from jishi.kernel import clock, metrics, trace
from jishi.kernel.http import PublicRequest

STORE = "store/"
BASE = API + STORE
HOSTS_REMEMBERED = 64


@dataclass(frozen=True, slots=True)
class Public:
    """An operation that asks for nobody, and the address it is found at."""

    pattern: URLPattern
    operation: Operation
    route: str


def public_operations() -> list[Public]:
    """Return the store's reads that take a `PublicRequest`."""
    patterns = _patterns()
    return [
        Public(pattern := patterns[operation.view_func.__name__], operation, f"{API[1:]}{pattern.pattern}")
        for router in api._get_bound_routers()  # noqa: SLF001 - ninja lists its operations nowhere else
        for view in router.path_operations.values()
        for operation in view.operations
        if operation.methods == ["GET"] and _asks_for_nobody(operation.view_func)
    ]


def _patterns() -> dict[str, URLPattern]:
    """Return the addresses of the store's operations, by the names of their views."""
    found = next(one for one in urlpatterns if isinstance(one, URLResolver) and f"/{one.pattern}" == API)
    return {
        str(one.name): one
        for one in found.url_patterns
        if isinstance(one, URLPattern) and str(one.pattern).startswith(STORE)
    }


def _asks_for_nobody(view: Callable[..., Any]) -> bool:
    first = next(iter(signature(view).parameters.values()))
    return first.annotation is PublicRequest


class Strangers:
    """A WSGI application beside the usual one; answers strangers what is public, and asks the other for the rest."""

    def __init__(self, usual: Application) -> None:
        self._usual = usual
        self._by_word: dict[str, list[Public]] = {}
        for one in public_operations():
            word = str(one.pattern.pattern).removeprefix(STORE).partition("/")[0]
            self._by_word.setdefault(word, []).append(one)

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request."""
        found = self._found(environ)
        request = _request(environ) if found else None
        if found is None or request is None:
            return self._usual(environ, start_response)
        request_started.send(sender=WSGIHandler, environ=environ)
        response = _answer(request, *found)
        cast(Any, response)._handler_class = WSGIHandler  # noqa: SLF001 - its `close` tells Django that the request is over
        start_response(f"{response.status_code} {response.reason_phrase}", _headers(request, response))
        return response

    def _found(self, environ: Environ) -> tuple[Public, dict[str, Any]] | None:
        """Return the operation that a stranger asks for, and what his path names."""
        path = environ["PATH_INFO"]
        if not path.startswith(BASE) or not is_strangers(environ) or environ.get("SCRIPT_NAME"):
            return None
        if not path.isascii():  # the server hands it over undecoded
            return None
        rest = path[len(BASE) :]
        for one in self._by_word.get(rest.partition("/")[0], ()):
            matched = one.pattern.pattern.match(STORE + rest)
            if matched:
                return one, matched[2]
        return None


def _request(environ: Environ) -> PublicRequest | None:
    """Return the request with all that a public operation may know of it; None when it is to be refused."""
    request = cast(PublicRequest, WSGIRequest(environ))
    if not _is_our_host(environ.get("HTTP_HOST", "")):
        return None
    try:
        request.language = language_of(request)
    except SuspiciousOperation:
        return None
    request.now = clock.now()
    return request


@lru_cache(HOSTS_REMEMBERED)
def _is_our_host(host: str) -> bool:
    try:
        return bool(host) and bool(WSGIRequest(_environ(host, "http")).get_host())
    except DisallowedHost:
        return False


def _answer(request: PublicRequest, public: Public, named: dict[str, Any]) -> HttpResponse:
    """Ask the operation, counted, traced and logged like any other."""
    began = perf_counter()
    with trace.Span(f"GET {public.route}", trace.WEB) as span:
        response = _asked(request, public.operation, named)
        span.attributes["http.response.status_code"] = response.status_code
    request.META[ROUTE] = public.route
    metrics.request_answered("GET", public.route, response.status_code, perf_counter() - began)
    if response.status_code >= 400:
        log_response("%s: %s", response.reason_phrase, request.path, response=response, request=request)
    return response


def _asked(request: PublicRequest, operation: Operation, named: dict[str, Any]) -> HttpResponse:
    try:
        values = operation._get_values(request, named, cast(Any, None))  # noqa: SLF001 - as its own `run` does
        return cast(HttpResponse, operation.view_func(request, **values))
    except Exception as error:  # noqa: BLE001 - the API has a word for each, and logs what nobody foresaw
        return api.on_exception(request, error)


def _headers(request: PublicRequest, response: HttpResponse) -> list[tuple[str, str]]:
    said = dict(response.items())
    said["Content-Length"] = str(len(response.content))
    for name, value in _guards(request.is_secure()):
        said.setdefault(name, value)
    said.setdefault("Content-Language", request.language)
    return list(said.items())


@lru_cache(2)
def _guards(is_secure: bool) -> tuple[tuple[str, str], ...]:
    """Return what Django's middleware and ours put on an answer of the API: they are asked once."""
    request = WSGIRequest(_environ("localhost", "https" if is_secure else "http"))
    guarded = cast(HttpResponse, SecurityMiddleware(headers(lambda _: HttpResponse()))(request))
    return tuple((name, value) for name, value in guarded.items() if name != "Content-Type")


def _environ(host: str, scheme: str) -> Environ:
    return {
        "REQUEST_METHOD": "GET", "PATH_INFO": BASE, "HTTP_HOST": host, "SERVER_NAME": host, "SERVER_PORT": "80",
        "wsgi.url_scheme": scheme, "wsgi.input": io.BytesIO(),
    }  # fmt: skip
