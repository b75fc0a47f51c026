"""The living page of the design system at /ui: only in a demo, and only where `make dev` has built it."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path


def living_page(_: HttpRequest) -> HttpResponse:
    """Answer the built page. Raises: Http404 where there is none."""
    page = settings.STATIC_ROOT / "ui" / "index.html"
    if not settings.ENV.demo or not page.is_file():
        raise Http404
    return HttpResponse(page.read_bytes(), headers={"Cache-Control": "no-store"})


living_page_urls = [path("ui", living_page)]
