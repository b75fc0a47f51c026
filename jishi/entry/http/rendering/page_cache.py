"""Whole pages as bytes: kept in Valkey under the tag of what they show, and for a moment in this process.

A purge of the tag (a product changed) drops the pages with the JSON made from the same thing.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified

from jishi.kernel import cache

PROCESS_SECONDS = 0.5
ENTRIES_MAX = 256  # pages are tens of kilobytes: this bounds a process to some tens of megabytes


@dataclass(frozen=True, slots=True)
class Kept:
    """A page and the strong ETag made from it."""

    body: bytes
    etag: str


class NotWorthKeeping(Exception):
    """A page that must be answered and not kept, such as one that could not be rendered."""

    def __init__(self, body: bytes) -> None:
        super().__init__("not kept")
        self.body = body


_pages: dict[tuple[str, str], tuple[datetime, Kept]] = {}


def kept(tag: str, name: str, *, now: datetime, seconds: int, make: Callable[[], bytes]) -> Kept:
    """Return the page `name` of `tag`, from this process, from Valkey (kept `seconds`) or from `make`."""
    found = _pages.get((tag, name))
    if found is not None and found[0] > now:
        return found[1]
    try:
        page = with_etag(cache.cached(tag, name, seconds=seconds, make=make))
    except NotWorthKeeping as refusal:
        return with_etag(refusal.body)
    if len(_pages) >= ENTRIES_MAX:
        _pages.clear()
    _pages[(tag, name)] = (now + timedelta(seconds=PROCESS_SECONDS), page)
    return page


def made_now(make: Callable[[], bytes]) -> Kept:
    """Return a page that is made for this request alone."""
    try:
        return with_etag(make())
    except NotWorthKeeping as refusal:
        return with_etag(refusal.body)


def with_etag(body: bytes) -> Kept:
    """Return the page with the ETag of its bytes."""
    return Kept(body, f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"')


def forget() -> None:
    """Drop this process's copies."""
    _pages.clear()


def respond(request: HttpRequest, page: Kept, *, status: int = 200, tag: str | None = None) -> HttpResponse:
    """Answer with the page, or 304 when the browser holds it already. It is the same for everybody.

    `tag` is told as surrogate key to a cache in front of the shop, which may purge by it.
    """
    if status == 200 and page.etag in request.headers.get("If-None-Match", ""):
        response: HttpResponse = HttpResponseNotModified()
    else:
        response = HttpResponse(page.body, content_type="text/html; charset=utf-8", status=status)
    response.headers["ETag"] = page.etag
    response.headers["Cache-Control"] = "public, max-age=0, must-revalidate" if status == 200 else "no-store"
    if tag:
        response.headers["Surrogate-Key"] = tag
    return response
