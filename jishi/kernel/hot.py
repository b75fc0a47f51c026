"""Public answers as bytes: encoded once, kept in Valkey under a tag, and for a moment in this process.

A hit costs a dictionary look-up; a purge reaches every process within `PROCESS_SECONDS`.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified

from jishi.kernel import cache

PROCESS_SECONDS = 0.5
ENTRIES_MAX = 5_000


@dataclass(frozen=True, slots=True)
class Answer:
    """A JSON body and the strong ETag made from it."""

    body: bytes
    etag: str


_answers: dict[tuple[str, str], tuple[datetime, Answer]] = {}


def answer(tag: str, name: str, *, now: datetime, seconds: int, make: Callable[[], bytes]) -> Answer:
    """Return the answer `name` under `tag`, from this process, from Valkey (kept `seconds` there) or from
    `make`.
    """
    kept = _answers.get((tag, name))
    if kept is not None and kept[0] > now:
        return kept[1]
    body = cache.cached(tag, name, seconds=seconds, make=make)
    return _keep(tag, name, body, now)


def _keep(tag: str, name: str, body: bytes, now: datetime) -> Answer:
    made = Answer(body, f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"')
    if len(_answers) >= ENTRIES_MAX:
        _answers.clear()
    _answers[(tag, name)] = (now + timedelta(seconds=PROCESS_SECONDS), made)
    return made


def answer_here(tag: str, name: str, *, now: datetime, make: Callable[[], bytes]) -> Answer:
    """Return the answer kept by this process only: for what costs less to make than to fetch."""
    kept = _answers.get((tag, name))
    if kept is not None and kept[0] > now:
        return kept[1]
    return _keep(tag, name, make(), now)


def respond(request: HttpRequest, found: Answer, *, max_age_seconds: int = 0) -> HttpResponse:
    """Answer with the bytes, or 304 when the client holds them already."""
    if found.etag in request.META.get("HTTP_IF_NONE_MATCH", ""):
        response: HttpResponse = HttpResponseNotModified()
    else:
        response = HttpResponse(found.body, content_type="application/json")
    response.headers["ETag"] = found.etag
    response.headers["Cache-Control"] = f"public, max-age={max_age_seconds}, must-revalidate"
    response.headers["Vary"] = "Accept-Language"
    return response


def forget(*tags: str) -> None:
    """Drop this process's copies of the tags, or of everything."""
    if not tags:
        _answers.clear()
    for key in [key for key in list(_answers) if key[0] in tags]:
        _answers.pop(key, None)
