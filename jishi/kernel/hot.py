"""Public answers as bytes: encoded once, kept for a moment in this process, and what is dear to make under a tag in
Valkey.

A hit costs a dictionary look-up; a purge reaches every process within `PROCESS_SECONDS`.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified

from jishi.kernel import cache

PROCESS_SECONDS = 0.5
PROCESS_TIME = timedelta(seconds=PROCESS_SECONDS)
ENTRIES_MAX = 5_000


@dataclass(frozen=True, slots=True)
class Answer:
    """A JSON body and the strong ETag made from it."""

    body: bytes
    etag: str


@dataclass(frozen=True, slots=True)
class Part:
    """What many answers are made from, and the moment until which it and they are good."""

    value: Any
    until: datetime


_answers: dict[tuple[str, str], tuple[datetime, Answer]] = {}
_parts: dict[tuple[str, str], Part] = {}


def answer(tag: str, name: str, *, now: datetime, seconds: int, make: Callable[[], bytes]) -> Answer:
    """Return the answer `name` under `tag`, from this process, from Valkey (kept `seconds` there) or from
    `make`.
    """
    return here(tag, name, now=now) or keep(
        tag, name, cache.cached(tag, name, seconds=seconds, make=make), until=now + PROCESS_TIME
    )


def answer_here(tag: str, name: str, *, now: datetime, make: Callable[[], bytes]) -> Answer:
    """Return the answer kept by this process only: for what costs less to make than to fetch."""
    return here(tag, name, now=now) or keep(tag, name, make(), until=now + PROCESS_TIME)


def here(tag: str, name: str, *, now: datetime) -> Answer | None:
    """Return the answer that this process keeps, if it is still good."""
    kept = _answers.get((tag, name))
    return kept[1] if kept is not None and kept[0] > now else None


def keep(tag: str, name: str, body: bytes, *, until: datetime) -> Answer:
    """Keep an answer in this process; one made from a part no longer than the part."""
    made = Answer(body, f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"')
    if len(_answers) >= ENTRIES_MAX:
        _answers.clear()
    _answers[(tag, name)] = (until, made)
    return made


def part(tag: str, name: str, *, now: datetime, make: Callable[[], Any]) -> Part:
    """Return a value that many answers are made from, kept by this process for `PROCESS_SECONDS`."""
    kept = _parts.get((tag, name))
    if kept is not None and kept.until > now:
        return kept
    if len(_parts) >= ENTRIES_MAX:
        _parts.clear()
    kept = _parts[(tag, name)] = Part(make(), now + PROCESS_TIME)
    return kept


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
    for kept in (_answers, _parts):
        if not tags:
            kept.clear()
        for key in [key for key in list(kept) if key[0] in tags]:
            kept.pop(key, None)
