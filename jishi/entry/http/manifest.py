"""What a phone needs to know to put the shop among its apps (https://www.w3.org/TR/appmanifest/)."""

import msgspec
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path

from jishi.entry.http.rendering.head import ICON, ICONS, LANGUAGE_TAGS, SITE_NAMES, localized
from jishi.entry.http.rendering.page_heads import OWN_TITLES, SLOGAN
from jishi.entry.http.rendering.shell import THEME_COLOURS

KEPT_SECONDS = 3600
SHORTCUTS = (("OrdersPage", "/orders"), ("CartPage", "/cart"))
# Drawn by the front end's build (web/apps/storefront/build/icons.ts).
APP_ICONS = (
    {"src": f"{ICONS}app-192.png", "type": "image/png", "sizes": "192x192", "purpose": "any"},
    {"src": f"{ICONS}app-512.png", "type": "image/png", "sizes": "512x512", "purpose": "any"},
    {"src": f"{ICONS}mask-512.png", "type": "image/png", "sizes": "512x512", "purpose": "maskable"},
    {"src": ICON, "type": "image/svg+xml", "sizes": "any", "purpose": "any"},
)


def manifest(_: HttpRequest, locale: str) -> HttpResponse:
    """The shop as an app in one language."""
    colour = dict(THEME_COLOURS)["light"]
    described = {
        "id": localized("/", locale),
        "name": SITE_NAMES[locale],
        "short_name": SITE_NAMES[locale],
        "description": SLOGAN.of(locale),
        "lang": LANGUAGE_TAGS[locale],
        "start_url": localized("/", locale),
        "scope": "/",
        "display": "standalone",
        "background_color": colour,
        "theme_color": colour,
        "icons": APP_ICONS,
        "shortcuts": [
            {"name": OWN_TITLES[component].of(locale), "url": localized(place, locale)}
            for component, place in SHORTCUTS
        ],
    }
    response = HttpResponse(msgspec.json.encode(described), content_type="application/manifest+json")
    response["Cache-Control"] = f"public, max-age={KEPT_SECONDS}"
    return response


manifest_urls: list[URLPattern] = [
    path("manifest.webmanifest", manifest, {"locale": "zh"}),
    path("en/manifest.webmanifest", manifest, {"locale": "en"}),
]
