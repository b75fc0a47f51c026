"""The home page, read and cached."""

from datetime import datetime
from typing import Any

import msgspec

from jishi.discovery.content.types import Banner, Home, Shelf, ShelfKind
from jishi.kernel import hot
from jishi.kernel.db import rows
from jishi.kernel.ids import CategoryId
from jishi.kernel.words import Text
from jishi.offering.catalog import queries as catalog
from jishi.offering.catalog.types import ProductCard, ProductSort
from jishi.offering.media import queries as media

TAG = "content:home"
HOME_SECONDS = 30
SHELF_LENGTH = 10  # two full rows of the widest page


def home(*, language: str) -> Home:
    """Return the home page: two statements, and two for each shelf."""
    return Home(
        banners=_banners(language),
        categories=catalog.category_tree(language=language),
        shelves=[shelf for shelf in _shelves(language) if shelf.products],
    )


def home_answer(*, language: str, now: datetime) -> hot.Answer:
    """Return `home` as JSON, cached for `HOME_SECONDS` or until somebody changes a banner or a shelf."""
    return hot.answer(
        TAG,
        language,
        now=now,
        seconds=HOME_SECONDS,
        make=lambda: msgspec.json.encode(home(language=language)),
    )


def _banners(language: str) -> list[Banner]:
    found = rows(
        "SELECT title_zh, title_en, subtitle_zh, subtitle_en, picture, link FROM content_banner "
        "WHERE is_active ORDER BY sort, id LIMIT 8"
    )
    return [
        Banner(
            title=(title := Text(title_zh, title_en).of(language)),
            subtitle=Text(subtitle_zh, subtitle_en).of(language),
            image=media.image(msgspec.json.decode(picture), alt=title) if picture else None,
            link=link,
        )
        for title_zh, title_en, subtitle_zh, subtitle_en, picture, link in found
    ]


def _shelves(language: str) -> list[Shelf]:
    found = rows(
        "SELECT code, title_zh, title_en, kind, category_id FROM content_shelf "
        "WHERE is_active ORDER BY sort, id LIMIT 20"
    )
    return [
        Shelf(
            code=code,
            title=Text(title_zh, title_en).of(language),
            products=_products(ShelfKind(kind), category_id, language),
            link=_link(ShelfKind(kind), category_id),
        )
        for code, title_zh, title_en, kind, category_id in found
    ]


def _products(kind: ShelfKind, category_id: CategoryId | None, language: str) -> list[ProductCard]:
    sort = ProductSort.NEWEST if kind is ShelfKind.NEWEST else ProductSort.SALES
    shown = catalog.products(category_id=category_id, sort=sort, limit=SHELF_LENGTH, language=language)
    return shown.items


def _link(kind: ShelfKind, category_id: Any) -> str:
    if kind is ShelfKind.CATEGORY:
        return f"/c/{category_id}"
    return f"/s?sort={'newest' if kind is ShelfKind.NEWEST else 'sales'}"
