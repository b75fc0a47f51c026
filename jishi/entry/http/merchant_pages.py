"""The merchant centre's one page: a shell that loads the built application, which does the rest."""

from functools import cache
from html import escape
from pathlib import Path
from typing import cast

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import re_path

from jishi.kernel.http import ShopRequest

BASE = "/static/merchant/"
ENTRY = "src/main.ts"
TITLES = {"zh": "商家中心 · Jishi 集市", "en": "Merchant centre · Jishi"}


def merchant_centre(request: HttpRequest) -> HttpResponse:
    """Answer the shell; the same for every address below /merchant/."""
    page = _document(cast(ShopRequest, request).language)
    if page is None:
        text = "The front end has not been built: run `make run`, or `npm run build` in web/."
        return HttpResponse(text, status=503, content_type="text/plain; charset=utf-8")
    return HttpResponse(page, headers={"Cache-Control": "no-cache"})


@cache
def _document(language: str) -> bytes | None:
    manifest_file = _manifest()
    if manifest_file is None:
        return None
    entry = msgspec.json.decode(manifest_file.read_bytes())[ENTRY]
    styles = "".join(f'<link rel="stylesheet" href="{BASE}{escape(name)}">' for name in entry.get("css", ()))
    return (
        f'<!doctype html>\n<html lang="{"en" if language == "en" else "zh-CN"}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{escape(TITLES[language])}</title><meta name="robots" content="noindex">'
        f'<link rel="icon" type="image/svg+xml" href="/static/storefront/icon.svg">{styles}'
        f'<script type="module" src="{BASE}{escape(entry["file"])}"></script></head>'
        '<body><div id="app"></div></body></html>\n'
    ).encode()


def _manifest() -> Path | None:
    folders = (settings.ENV.static_root, settings.BASE_DIR / "web" / "dist")
    found = (folder / "merchant" / ".vite" / "manifest.json" for folder in folders)
    return next((file for file in found if file.is_file()), None)


merchant_urls = [re_path(r"^merchant(?:/.*)?$", merchant_centre)]
