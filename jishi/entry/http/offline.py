"""The shop without a network: the worker that browsers run beside its pages, and the page that it shows then."""

import hashlib

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path

from jishi.entry.http.rendering import page_heads, shell
from jishi.entry.http.rendering.assets import Build, ready_build
from jishi.entry.http.rendering.head import LOCALES, localized


def offline(_: HttpRequest, locale: str) -> HttpResponse:
    """Say that there is no network; the link leads to the address that was wanted."""
    if (ready := ready_build()) is None:
        return HttpResponse(status=503)
    return HttpResponse(_page(ready, locale), content_type="text/html; charset=utf-8")


def worker(_: HttpRequest) -> HttpResponse:
    """The worker, with a version of all that it keeps: a change makes browsers take it anew."""
    if (ready := ready_build()) is None:
        return HttpResponse(status=503)
    kept = b"".join(_page(ready, locale) for locale in LOCALES)
    version = hashlib.blake2b(kept, digest_size=8).hexdigest()
    response = HttpResponse(
        f"/* {version} */\n".encode() + ready.worker, content_type="text/javascript; charset=utf-8"
    )
    response["Cache-Control"] = "no-cache"
    return response


def _page(ready: Build, locale: str) -> bytes:
    title, text, link_name = page_heads.OFFLINE[locale]
    assets = ready.assets("", locale)
    return shell.bare_document(
        title=title,
        text=text,
        link="",
        link_name=link_name,
        locale=locale,
        styles=assets.styles,
        boot=assets.boot,
        marks=" data-offline",
        drawing=shell.OFFLINE_DRAWING,
    )


offline_urls: list[URLPattern] = [
    path("service-worker.js", worker),
    *(path(localized("/offline", locale)[1:], offline, {"locale": locale}) for locale in LOCALES),
]
