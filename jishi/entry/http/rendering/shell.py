"""The HTML document around a page: no inline script or style, and the same bytes for everybody."""

from collections.abc import Iterator
from html import escape

import msgspec

from jishi.entry.http.rendering.assets import Assets
from jishi.entry.http.rendering.head import (
    ICON,
    LANGUAGE_TAGS,
    LOCALES,
    SITE_NAMES,
    TOUCH_ICON,
    Head,
    absolute,
    decimal_amount,
    full_title,
    localized,
)

OPEN_GRAPH_LOCALES = {"zh": "zh_CN", "en": "en_GB"}
# Classes that the storefront's own components use, so that its styles hold them.
BARE_PAGE = (
    "mx-auto flex min-h-[70vh] max-w-md flex-col items-center justify-center gap-3 px-6 py-14 text-center"
)
# As the empty states of the pages are drawn: a stall, and no waves reach it. In the page itself: nothing is fetched.
OFFLINE_DRAWING = (
    '<span class="mb-2 flex size-24 items-center justify-center rounded-round bg-accent-soft text-price">'
    '<svg viewBox="0 0 64 64" width="60" height="60" fill="none" stroke="currentColor" stroke-width="2" '
    'stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">'
    '<path d="M10 24 15 12h34l5 12M10 24c0 4 3 6.5 5.5 6.5S21 28 21 24c0 4 3 6.5 5.5 6.5S32 28 32 24'
    'c0 4 3 6.5 5.5 6.5S43 28 43 24c0 4 3 6.5 5.5 6.5S54 28 54 24ZM21 24l2-12M32 24V12M43 24l-2-12"/>'
    '<path d="M14 31v21h36V31"/>'
    '<path d="M25.5 40.5a9.5 9.5 0 0 1 13 0M28.7 44a5 5 0 0 1 6.6 0M32 47.5v.01M24 35.5l16 13.5"/>'
    "</svg></span>"
)
BARE_LINK = "inline-flex min-h-touch items-center rounded-card bg-accent px-5 font-semibold text-on-accent"
# The page colour of both themes, for the browser's own frame; the tokens in web/packages/ui are the source.
THEME_COLOURS = (("light", "#faf8f5"), ("dark", "#14161a"))


def document(
    *,
    head: Head,
    body: str,
    state: str,
    assets: Assets,
    locale: str,
    public_url: str,
    is_complete: bool = False,
) -> bytes:
    """Return the whole page. `body` is HTML from our own components; `state` is JSON for the browser. What
    `is_complete` can be read before any script runs, so its scripts leave the line to styles and pictures.
    """
    lines = [
        "<!doctype html>",
        f'<html lang="{LANGUAGE_TAGS[locale]}">',
        "<head>",
        *_head_lines(head, locale, public_url),
        *_asset_lines(assets, is_complete=is_complete),
        *(_data_block(msgspec.json.encode(value).decode(), "application/ld+json") for value in head.json_ld),
        "</head>",
        "<body>",
        f'<div id="app">{body}</div>',
        _data_block(state, "application/json", ' id="state"'),
        "</body>",
        "</html>",
    ]
    return "\n".join(lines).encode()


def bare_document(
    *,
    title: str,
    text: str,
    link: str,
    link_name: str,
    locale: str,
    styles: tuple[str, ...] = (),
    boot: str = "",
    marks: str = "",
    drawing: str = "",
) -> bytes:
    """Return a page that needs no data and lives without script: for when something of ours is broken, or away."""
    sheets = "".join(f'<link rel="stylesheet" href="{name}">' for name in styles)
    sheets += f'<script src="{boot}"></script>' if boot else ""
    return (
        f'<!doctype html>\n<html lang="{LANGUAGE_TAGS[locale]}"{marks}><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{escape(title)}</title>'
        f'<meta name="robots" content="noindex"><link rel="icon" type="image/svg+xml" href="{ICON}">'
        f"{sheets}</head><body>"
        f'<main class="{BARE_PAGE}">{drawing}'
        f'<h1 class="text-lg font-semibold">{escape(title)}</h1><p class="text-ink-soft">{escape(text)}</p>'
        f'<p class="mt-3"><a class="{BARE_LINK}" href="{escape(link)}">{escape(link_name)}</a></p>'
        "</main></body></html>\n"
    ).encode()


def _head_lines(head: Head, locale: str, public_url: str) -> Iterator[str]:
    title = full_title(head.title, locale)
    address = absolute(public_url, localized(head.path, locale))
    yield '<meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">'
    yield f"<title>{escape(title)}</title>"
    yield f'<meta name="description" content="{escape(head.description)}">'
    yield f'<link rel="icon" type="image/svg+xml" href="{ICON}">'
    yield f'<link rel="apple-touch-icon" href="{TOUCH_ICON}">'
    yield f'<link rel="manifest" href="{localized("/manifest.webmanifest", locale)}">'
    for scheme, colour in THEME_COLOURS:
        yield f'<meta name="theme-color" media="(prefers-color-scheme: {scheme})" content="{colour}">'
    if not head.is_indexed:
        yield '<meta name="robots" content="noindex">'
        return
    yield f'<link rel="canonical" href="{escape(address)}">'
    for other in LOCALES:
        href = escape(absolute(public_url, localized(head.path, other)))
        yield f'<link rel="alternate" hreflang="{LANGUAGE_TAGS[other]}" href="{href}">'
    yield f'<link rel="alternate" hreflang="x-default" href="{escape(absolute(public_url, head.path))}">'
    yield from _open_graph_lines(head, title, address, locale, public_url)


def _open_graph_lines(head: Head, title: str, address: str, locale: str, public_url: str) -> Iterator[str]:
    properties = {
        "og:site_name": SITE_NAMES[locale],
        "og:type": head.kind,
        "og:title": title,
        "og:description": head.description,
        "og:url": address,
        "og:locale": OPEN_GRAPH_LOCALES[locale],
        "og:locale:alternate": next(OPEN_GRAPH_LOCALES[other] for other in LOCALES if other != locale),
        "og:image": absolute(public_url, head.image) if head.image else "",
        "og:image:alt": head.title if head.image else "",
        "product:price:amount": decimal_amount(head.price) if head.price else "",
        "product:price:currency": head.price.currency if head.price else "",
    }
    for name, value in properties.items():
        if value:
            yield f'<meta property="{name}" content="{escape(value)}">'
    yield f'<meta name="twitter:card" content="{"summary_large_image" if head.image else "summary"}">'


def _asset_lines(assets: Assets, *, is_complete: bool) -> Iterator[str]:
    priority = ' fetchpriority="low"' if is_complete else ""
    yield f'<script src="{assets.boot}"></script>'
    for name in assets.styles:
        yield f'<link rel="stylesheet" href="{name}">'
    for name in assets.preloads:
        yield f'<link rel="modulepreload"{priority} href="{name}">'
    yield f'<script type="module"{priority} src="{assets.entry}"></script>'


def _data_block(json_text: str, kind: str, attributes: str = "") -> str:
    # `<` is written as an escape, so that nothing in the data can end the block or open a comment.
    safe = json_text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    return f'<script type="{kind}"{attributes}>{safe}</script>'
