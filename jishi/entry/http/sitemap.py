"""What crawlers are told: robots.txt and the sitemaps, an index with parts of at most URLS_MAX addresses."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from html import escape
from typing import cast
from uuid import UUID

import msgspec
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path

from jishi.entry.http.rendering import page_heads
from jishi.entry.http.rendering.head import LOCALES, absolute, localized
from jishi.identity.merchants import queries as merchants
from jishi.identity.merchants.types import MerchantStatus
from jishi.kernel import hot
from jishi.kernel.http import ShopRequest
from jishi.kernel.ids import ProductId
from jishi.offering.catalog import queries as catalog
from jishi.offering.catalog import queries_crawl
from jishi.offering.catalog.types import CategoryNode
from jishi.offering.events import queries as events

URLS_MAX = 50_000  # of the protocol (https://www.sitemaps.org/protocol.html)
KEPT_SECONDS = 3_600
TAG = "sitemap"
NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
XML = "application/xml; charset=utf-8"

Entry = tuple[str, datetime | None]


def robots(_: HttpRequest) -> HttpResponse:
    """Tell crawlers what is not theirs, and where all that is theirs is listed."""
    lines = [
        "User-agent: *",
        *(f"Disallow: {prefix}" for prefix in page_heads.NOT_FOR_CRAWLERS),
        f"Sitemap: {absolute(settings.ENV.public_url, '/sitemap.xml')}",
        "",
    ]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


def index(request: HttpRequest) -> HttpResponse:
    """Name the parts: pages with categories, stores, products."""
    size = _size()
    parts = ["/sitemap-pages.xml"]
    parts += [f"/sitemap-stores-{number}.xml" for number in range(-(-len(_stores()) // size))]
    parts += [f"/sitemap-products-{first}.xml" for first in _starts(cast(ShopRequest, request).now, size)]
    return _answer("sitemapindex", "sitemap", [(part, None) for part in parts], languages=("zh",))


def pages(request: HttpRequest) -> HttpResponse:
    """The pages that always stand, the sale events that run, and every category."""
    running = events.running_slugs(now=cast(ShopRequest, request).now)
    categories = _below(catalog.category_tree(language="zh"))
    paths = ["/", "/c", "/s", "/help", "/terms", "/privacy", *(f"/c/{one.id}" for one in categories)]
    paths += [f"/event/{slug}" for slug in running]
    return _answer("urlset", "url", [(one, None) for one in paths])


def stores(_: HttpRequest, number: int) -> HttpResponse:
    """The stores of one part. Raises: Http404."""
    found = _stores()[number * _size() : (number + 1) * _size()]
    if not found:
        raise Http404
    return _answer("urlset", "url", [(f"/store/{one}", None) for one in found])


def products(_: HttpRequest, first: UUID) -> HttpResponse:
    """The products of one part, which begins with a product on sale. Raises: Http404.

    Nothing is kept: a part has megabytes, and crawlers come seldom.
    """
    found = queries_crawl.products_on_sale_from(ProductId(first), limit=_size())
    if not found or found[0][0] != first:
        raise Http404
    return _answer("urlset", "url", [(f"/p/{address}", changed) for _, address, changed in found])


def _size() -> int:
    """Every page stands in each language."""
    return URLS_MAX // len(LOCALES)


def _starts(now: datetime, size: int) -> list[str]:
    """Counting a million products takes a while: the starts are kept for an hour."""
    kept = hot.answer(
        TAG,
        f"products|{size}",
        now=now,
        seconds=KEPT_SECONDS,
        make=lambda: msgspec.json.encode(queries_crawl.products_on_sale_starts(size=size)),
    )
    return msgspec.json.decode(kept.body, type=list[str])


def _stores() -> Sequence[object]:
    return merchants.all_ids(statuses=[MerchantStatus.ACTIVE])


def _below(nodes: Iterable[CategoryNode]) -> Iterator[CategoryNode]:
    for node in nodes:
        yield node
        yield from _below(node.children)


def _answer(
    root: str, element: str, entries: Iterable[Entry], *, languages: Sequence[str] = LOCALES
) -> HttpResponse:
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f'<{root} xmlns="{NAMESPACE}">']
    for address, changed_at in entries:
        changed = f"<lastmod>{changed_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}</lastmod>" if changed_at else ""
        for language in languages:
            location = escape(absolute(settings.ENV.public_url, localized(address, language)))
            lines.append(f"<{element}><loc>{location}</loc>{changed}</{element}>")
    lines.append(f"</{root}>\n")
    return HttpResponse("\n".join(lines), content_type=XML, headers={"Cache-Control": "public, max-age=3600"})


sitemap_urls: list[URLPattern] = [
    path("robots.txt", robots),
    path("sitemap.xml", index),
    path("sitemap-pages.xml", pages),
    path("sitemap-stores-<int:number>.xml", stores),
    path("sitemap-products-<uuid:first>.xml", products),
]
