"""The pages of the storefront: what each shows comes from the contexts' queries, its HTML from the renderer.

Pages are the same for everybody, so they are kept as bytes; who asks is learnt by the browser afterwards.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import cast
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect, HttpResponseRedirect
from django.urls import URLPattern, path

from jishi.community.reviews import queries as reviews
from jishi.discovery.content import queries as shop_window
from jishi.discovery.content import queries_decoration as decorations
from jishi.discovery.content import queries_texts as texts
from jishi.discovery.content import services_decoration as decoration
from jishi.discovery.content.types import TextCode
from jishi.discovery.search import queries as discovery
from jishi.discovery.search.queries import SearchWarmingUp
from jishi.discovery.search.types import SearchWish
from jishi.entry.http import samples
from jishi.entry.http.page_filters import wish_of
from jishi.entry.http.pages_own import OWN
from jishi.entry.http.rendering import engine, page_cache, page_data, page_heads, shell
from jishi.entry.http.rendering.assets import Build, ready_build
from jishi.entry.http.rendering.head import Head, localized
from jishi.identity.merchants import queries as merchants
from jishi.kernel.errors import NotFound
from jishi.kernel.http import ShopRequest
from jishi.kernel.ids import CategoryId, MerchantId, ProductId
from jishi.offering.catalog import queries as catalog
from jishi.offering.catalog import queries_store_categories as store_categories
from jishi.offering.catalog.types import ProductSort
from jishi.offering.events import queries as events
from jishi.offering.events.services import is_preview

CONSOLE = "/admin/"  # its addresses name no language: whoever looks has chosen one
KEPT_SECONDS = 300
LIST_SECONDS = 10
# What a buyer of the demo opens instead of scanning; the code follows.
DEMO_SCANNER = "/_sim/wechat/cashier?code_url="
NULL = b"null"
HELP_TAG = "help"
LISTS = (catalog.LISTS_TAG, shop_window.TAG, events.TAG)
# What of an address changes a page; anything else (campaign tags …) makes no page of its own.
LIST_PARAMETERS = (
    "q", "sort", "stock", "from", "to", "f", "any", "none", "phrase", "title", "days", "range",
)  # fmt: skip
PRODUCT_PARAMETERS = ("sku",)


@dataclass(frozen=True, slots=True)
class Content:
    """What one page shows: its head, and the JSON its component starts from."""

    head: Head
    data: bytes = NULL
    status: int = 200


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page stands: component, language, and its path with the parameters that matter."""

    component: str
    locale: str
    path: str
    query: str = ""

    @property
    def url(self) -> str:
        """The path with its query, without the language prefix."""
        return f"{self.path}?{self.query}" if self.query else self.path


class Moved(Exception):
    """The page stands at another path, for ever."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


def home(request: HttpRequest, locale: str) -> HttpResponse:
    """The home page."""
    now = cast(ShopRequest, request).now

    def content() -> Content:
        window = shop_window.home_answer(language=locale, now=now)
        feed = catalog.products_answer(
            category_id=None,
            merchant_id=None,
            sort=ProductSort.NEWEST,
            cursor=None,
            limit=page_data.FEED_BROUGHT,
            language=locale,
            now=now,
        )
        shown = msgspec.json.decode(window.body, type=page_heads.Home)
        head = page_heads.home(shown, locale, settings.ENV.public_url)
        brought = msgspec.json.encode(page_data.first_of_home(shown))
        return Content(head, _joined(brought, home=brought, feed=feed.body))

    return _answer(request, Place("HomePage", locale, "/"), content, shop_window.TAG)


def categories(request: HttpRequest, locale: str) -> HttpResponse:
    """All categories."""
    now = cast(ShopRequest, request).now

    def content() -> Content:
        found = catalog.categories_answer(language=locale, now=now)
        tree = msgspec.json.decode(found.body, type=page_heads.Tree)
        head = page_heads.categories(locale, settings.ENV.public_url)
        return Content(head, msgspec.json.encode(tree.items))

    return _answer(request, Place("CategoriesPage", locale, "/c"), content, catalog.CATEGORIES_TAG)


def product(request: HttpRequest, locale: str, product_id: UUID) -> HttpResponse:
    """One product; the address of a shared one shows its best offer, that of a merged one leads on for ever."""
    now = cast(ShopRequest, request).now
    place = Place("ProductPage", locale, f"/p/{product_id}", _query(request, PRODUCT_PARAMETERS))

    def content() -> Content:
        found = catalog.product_json(ProductId(product_id), language=locale, now=now)
        detail = msgspec.json.decode(found, type=page_heads.ProductDetail)
        if product_id not in (detail.id, detail.shared_id):
            raise Moved(f"/p/{detail.shared_id}")
        first, summary = reviews.beginning(detail.id, language=locale)
        head = page_heads.product(detail, locale, settings.ENV.public_url)
        return Content(head, _joined(found, product=found, reviews=first, summary=summary))

    return _answer(request, place, content, catalog.product_tag(ProductId(product_id)))


def category(request: HttpRequest, locale: str, category_id: UUID) -> HttpResponse:
    """The products of a category."""
    now = cast(ShopRequest, request).now
    place = Place("CategoryPage", locale, f"/c/{category_id}", _query(request, LIST_PARAMETERS))

    def content() -> Content:
        found = catalog.category_answer(CategoryId(category_id), language=locale, now=now)
        detail = msgspec.json.decode(found.body, type=page_heads.CategoryDetail)
        result = _found(wish_of(request.GET, now=now, category_id=detail.id), locale, now)
        head = page_heads.category(detail, locale, settings.ENV.public_url, is_filtered=bool(place.query))
        return Content(head, _joined(result, category=found.body, result=result))

    return _answer(request, place, content, catalog.LISTS_TAG)


def search(request: HttpRequest, locale: str) -> HttpResponse:
    """The results of a search, or all products; of some words the page that the platform shows for them."""
    elsewhere = discovery.leads_to(request.GET.get("q", ""))
    if elsewhere:
        return HttpResponseRedirect(elsewhere)
    now = cast(ShopRequest, request).now
    place = Place("SearchPage", locale, "/s", _query(request, LIST_PARAMETERS))

    def content() -> Content:
        wish = wish_of(request.GET, now=now)
        is_filtered = any(request.GET.getlist(name) for name in LIST_PARAMETERS if name != "q")
        head = page_heads.search(wish.words, locale, is_filtered=is_filtered)
        return Content(head, _found(wish, locale, now) or NULL)

    return _answer(request, place, content, catalog.LISTS_TAG)


def store(request: HttpRequest, locale: str, merchant_id: UUID) -> HttpResponse:
    """A merchant's store; with the token of a preview as it is being drafted."""
    now, store_id = cast(ShopRequest, request).now, MerchantId(merchant_id)
    is_draft = decoration.is_preview(request.GET.get("preview", ""), merchant_id=store_id, now=now)
    parameters = (*LIST_PARAMETERS, "preview") if is_draft else LIST_PARAMETERS
    place = Place("StorePage", locale, f"/store/{merchant_id}", _query(request, parameters))

    def content() -> Content:
        found = msgspec.json.encode(store := merchants.store(store_id, language=locale))
        front = decorations.draft_answer if is_draft else decorations.front_answer
        blocks = front(store_id, language=locale, now=now).body
        tree = store_categories.shown_answer(store_id, language=locale, now=now).body
        result = _found(wish_of(request.GET, now=now, merchant_id=store_id), locale, now)
        head = page_heads.store(store, locale, settings.ENV.public_url, is_filtered=bool(place.query))
        return Content(head, _joined(result, store=found, front=blocks, categories=tree, result=result))

    page = _answer(request, place, content, None if is_draft else catalog.LISTS_TAG)
    if is_draft:  # for whoever has its address only
        page.headers["Cache-Control"] = "private, no-store"
    return page


def event(request: HttpRequest, locale: str, slug: str) -> HttpResponse:
    """A sale event; before it runs with the token of a preview only."""
    now = cast(ShopRequest, request).now
    is_draft = is_preview(request.GET.get("preview", ""), slug=slug, now=now)
    place = Place("EventPage", locale, f"/event/{slug}", _query(request, ("preview",) if is_draft else ()))

    def content() -> Content:
        found = events.event_page(slug, language=locale, now=now, is_preview=is_draft)
        head = page_heads.event(found, locale, settings.ENV.public_url, is_indexed=not is_draft)
        return Content(head, events.page_json(found))

    page = _answer(request, place, content, None if is_draft else events.TAG)
    if is_draft:  # for whoever has its address only
        page.headers["Cache-Control"] = "private, no-store"
    return page


def terms(request: HttpRequest, locale: str) -> HttpResponse:
    """The terms of service."""
    return _text(request, locale, TextCode.TERMS)


def privacy(request: HttpRequest, locale: str) -> HttpResponse:
    """The privacy policy."""
    return _text(request, locale, TextCode.PRIVACY)


def _text(request: HttpRequest, locale: str, code: TextCode) -> HttpResponse:
    now = cast(ShopRequest, request).now

    def content() -> Content:
        found = texts.shop_text_answer(code, language=locale, now=now)
        shown = msgspec.json.decode(found.body, type=page_heads.ShopText)
        return Content(page_heads.text(shown, locale), found.body)

    return _answer(request, Place("TextPage", locale, f"/{code}"), content, texts.TAG)


def help_page(request: HttpRequest, locale: str) -> HttpResponse:
    """The buyer's questions; what it says is part of the build."""
    head = page_heads.help_page(locale)
    return _answer(request, Place("HelpPage", locale, "/help"), lambda: Content(head), HELP_TAG)


def own(request: HttpRequest, locale: str, component: str, **_: object) -> HttpResponse:
    """A page that shows only what belongs to whoever asks: its outline, which the browser fills."""
    place = Place(component, locale, _path(request, locale), request.GET.urlencode())
    return _answer(request, place, lambda: Content(page_heads.own(component, place.path, locale)), None)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's handler of 404: the storefront's own page."""
    del exception
    locale = "en" if request.path == "/en" or request.path.startswith("/en/") else "zh"
    return _missing(request, Place("NotFoundPage", locale, _path(request, locale)))


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler of 500: a page that needs nothing of what may be broken."""
    if request.path.startswith(CONSOLE):
        return _broken(cast(ShopRequest, request).language, CONSOLE)
    locale = "en" if request.path.startswith("/en/") else "zh"
    return _broken(locale, localized("/", locale))


def _broken(locale: str, way_out: str) -> HttpResponse:
    title, text, link = page_heads.BROKEN[locale]
    ready = ready_build()
    body = shell.bare_document(
        title=title,
        text=text,
        link=way_out,
        link_name=link,
        locale=locale,
        styles=ready.assets("", locale).styles if ready else (),
    )
    return HttpResponse(body, status=500, content_type="text/html; charset=utf-8")


def _found(wish: SearchWish, locale: str, now: datetime) -> bytes | None:
    """Return the first page of a search, or None while the index warms up: then the browser asks."""
    try:
        return discovery.search_answer(wish, language=locale, now=now).body
    except SearchWarmingUp:
        return None


def _joined(needed: bytes | None, **parts: bytes | None) -> bytes:
    """Return one JSON object of JSON parts, or null when the one that is needed is missing."""
    if needed is None:
        return NULL
    return msgspec.json.encode({name: msgspec.Raw(part) for name, part in parts.items() if part is not None})


# -- from content to bytes ------------------------------------------------------------------------


def _answer(
    request: HttpRequest, place: Place, content: Callable[[], Content], tag: str | None
) -> HttpResponse:
    """Answer a page, from the cache when it has a tag and no parameters: those make too many to keep."""
    if (ready := ready_build()) is None:
        return _unbuilt()
    make = partial(_made, ready, place, content)
    try:
        if tag is None or place.query:
            return page_cache.respond(request, page_cache.made_now(make), tag=tag)
        seconds = LIST_SECONDS if tag in LISTS else KEPT_SECONDS
        name = f"{ready.key}|{place.locale}|{place.path}"
        now = cast(ShopRequest, request).now
        page = page_cache.kept(tag, name, now=now, seconds=seconds, make=make)
        return page_cache.respond(request, page, tag=tag)
    except Moved as moved:
        to = localized(moved.path, place.locale)
        return HttpResponsePermanentRedirect(f"{to}?{place.query}" if place.query else to)
    except NotFound:
        return _missing(request, place)


def _missing(request: HttpRequest, place: Place) -> HttpResponse:
    if (ready := ready_build()) is None:
        return _unbuilt()
    content = Content(page_heads.missing(place.locale), status=404)
    page = page_cache.made_now(partial(_made, ready, place, lambda: content))
    return page_cache.respond(request, page, status=404)


def _made(ready: Build, place: Place, content: Callable[[], Content]) -> bytes:
    """Render a page. Raises: NotFound; NotWorthKeeping with the unrendered page when rendering failed."""
    found = content()
    html = engine.rendered(
        engine.engine(ready.server_bundle), place.component, _state(place, found, is_rendered=True)
    )
    body = shell.document(
        head=found.head,
        body=html or "",
        state=_state(place, found, is_rendered=html is not None),
        assets=ready.assets(f"src/pages/{place.component}.vue", place.locale),
        locale=place.locale,
        public_url=settings.ENV.public_url,
        is_complete=html is not None and found.data != NULL,
    )
    if html is None:
        raise page_cache.NotWorthKeeping(body)
    return body


def _state(place: Place, content: Content, *, is_rendered: bool) -> str:
    state = {
        "locale": place.locale,
        "url": place.url,
        "data": msgspec.Raw(page_data.without_source_sets(content.data)),
        "status": content.status,
        "is_rendered": is_rendered,
        "scanner": DEMO_SCANNER if settings.ENV.simulators else None,
        "demo": samples.demo() if settings.ENV.demo else None,
    }
    return msgspec.json.encode(state).decode()


def _unbuilt() -> HttpResponse:
    return HttpResponse(
        "The front end has not been built yet: make build\n", status=503, content_type="text/plain"
    )


def _path(request: HttpRequest, locale: str) -> str:
    """Return the path without its language prefix, escaped as browsers write it."""
    escaped = request.get_full_path_info().partition("?")[0]
    return (escaped.removeprefix("/en") or "/") if locale == "en" else escaped


def _query(request: HttpRequest, names: tuple[str, ...]) -> str:
    pairs = [(name, value) for name in names for value in request.GET.getlist(name) if value]
    return urlencode(pairs)


# -- addresses ------------------------------------------------------------------------------------

_PUBLIC: tuple[tuple[str, Callable[..., HttpResponse]], ...] = (
    ("", home),
    ("c", categories),
    ("c/<uuid:category_id>", category),
    ("s", search),
    ("p/<uuid:product_id>", product),
    ("store/<uuid:merchant_id>", store),
    ("event/<slug:slug>", event),
    ("terms", terms),
    ("privacy", privacy),
    ("help", help_page),
)


def _urls(prefix: str, locale: str) -> list[URLPattern]:
    public = [path(prefix + route, view, {"locale": locale}) for route, view in _PUBLIC]
    return public + [
        path(prefix + route, own, {"locale": locale, "component": component}) for route, component in OWN
    ]


page_urls: list[URLPattern] = [*_urls("", "zh"), *_urls("en/", "en")]
