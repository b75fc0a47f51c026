"""Reading how stores are decorated."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from jishi.discovery.content.types_decoration import (
    PRODUCTS_MAX,
    Block,
    BlockKind,
    Decoration,
    DecorationVersionRow,
    LinkedPicture,
    ProductRule,
    StoreBlock,
    StoreFront,
    StorePicture,
)
from jishi.kernel import hot
from jishi.kernel.db import row, rows
from jishi.kernel.ids import MediaId, MerchantId, ProductId
from jishi.offering.catalog import queries as catalog
from jishi.offering.catalog import queries_merchant as own_catalog
from jishi.offering.catalog import queries_store_categories as store_categories
from jishi.offering.catalog.types import ProductCard, ProductSort
from jishi.offering.media import queries as media

FRONT_SECONDS = 30
_Entries = dict[MediaId, dict[str, Any]]
_LIVE = (
    "SELECT v.blocks FROM content_store_decoration d JOIN content_decoration_version v "
    "ON v.merchant_id = d.merchant_id AND v.number = d.live_number WHERE d.merchant_id = %s"
)


def read(stored: str) -> list[Block]:
    """Return blocks as they are kept."""
    return msgspec.json.decode(stored, type=list[Block])


def decoration(merchant_id: MerchantId) -> Decoration:
    """Return a store's decoration as its merchant edits it; one that nobody began is empty, at version 0."""
    found = row(
        "SELECT d.draft, d.version, d.live_number, coalesce(v.blocks, '[]'::jsonb) = d.draft "
        "FROM content_store_decoration d LEFT JOIN content_decoration_version v "
        "ON v.merchant_id = d.merchant_id AND v.number = d.live_number WHERE d.merchant_id = %s",
        [merchant_id],
    )
    stored, version, live_number, is_published = found or ("[]", 0, None, True)
    blocks = read(stored)
    entries = media.entries(merchant_id, _pictures_of(blocks))
    shown = {str(one): media.image(entry, alt="") for one, entry in entries.items()}
    titles = own_catalog.own_products(merchant_id, _products_of(blocks))
    return Decoration(
        blocks=blocks,
        version=version,
        live_number=live_number,
        is_published=is_published,
        pictures={one: image for one, image in shown.items() if image},
        product_titles={str(one): title for one, title in titles.items()},
    )


def versions(merchant_id: MerchantId) -> list[DecorationVersionRow]:
    """Return the versions that were published last, the latest first."""
    return [
        DecorationVersionRow(
            number=number, published_at=published_at.isoformat(), block_count=count, is_live=is_live
        )
        for number, published_at, count, is_live in rows(
            "SELECT v.number, v.published_at, jsonb_array_length(v.blocks), v.number = d.live_number "
            "FROM content_decoration_version v JOIN content_store_decoration d ON d.merchant_id = v.merchant_id "
            "WHERE v.merchant_id = %s ORDER BY v.number DESC",
            [merchant_id],
        )
    ]


# -- as buyers see it ------------------------------------------------------------------------------


def front(merchant_id: MerchantId, *, language: str) -> StoreFront:
    """Return the front of a store as it was published."""
    found = row(_LIVE, [merchant_id])
    return StoreFront(blocks=_shown(merchant_id, read(found[0]), language) if found else [])


def draft_answer(merchant_id: MerchantId, *, language: str, now: datetime) -> hot.Answer:
    """Return the front of a store as it is being drafted, in JSON: for its own staff."""
    found = row("SELECT draft, version FROM content_store_decoration WHERE merchant_id = %s", [merchant_id])
    stored, version = found or ("[]", 0)
    return hot.answer_here(
        f"store_draft|{merchant_id}",
        f"{version}|{language}",
        now=now,
        make=lambda: msgspec.json.encode(StoreFront(blocks=_shown(merchant_id, read(stored), language))),
    )


def front_answer(merchant_id: MerchantId, *, language: str, now: datetime) -> hot.Answer:
    """Return `front` as JSON, kept until it is published anew or a listing goes on or off the shelf."""
    return hot.answer(
        catalog.LISTS_TAG,
        f"store_front|{merchant_id}|{language}",
        now=now,
        seconds=FRONT_SECONDS,
        make=lambda: msgspec.json.encode(front(merchant_id, language=language)),
    )


def _shown(merchant_id: MerchantId, blocks: Sequence[Block], language: str) -> list[StoreBlock]:
    """Return blocks with their pictures and products; what is gone since is left out, and a block left empty, too."""
    entries = media.entries(merchant_id, _pictures_of(blocks))
    chosen = [one for block in blocks for one in block.product_ids]
    cards = {card.id: card for card in catalog.product_cards(chosen, language=language)} if chosen else {}
    found = [_block(merchant_id, block, entries, cards, language) for block in blocks]
    return [one for one in found if one.pictures or one.products or one.kind is BlockKind.NOTICE]


def _block(
    merchant_id: MerchantId,
    block: Block,
    entries: _Entries,
    cards: dict[ProductId, ProductCard],
    language: str,
) -> StoreBlock:
    pictures = [_picture(merchant_id, one, entries, language) for one in block.pictures]
    products = [cards[one] for one in block.product_ids if one in cards]
    return StoreBlock(
        kind=block.kind,
        title=block.title.of(language),
        text=block.text.of(language),
        pictures=[one for one in pictures if one],
        products=products if block.rule is None else _by_rule(merchant_id, block, language),
        link=_more(merchant_id, block),
    )


def _picture(
    merchant_id: MerchantId, one: LinkedPicture, entries: _Entries, language: str
) -> StorePicture | None:
    image = media.image(entries.get(one.media_id), alt=one.alt.of(language))
    if image is None:
        return None
    link = f"/p/{one.product_id}" if one.product_id else None
    if one.store_category_id:
        link = f"/store/{merchant_id}?f=store_category:{one.store_category_id}"
    return StorePicture(image=image, link=link)


def _by_rule(merchant_id: MerchantId, block: Block, language: str) -> list[ProductCard]:
    if block.rule is ProductRule.STORE_CATEGORY and block.store_category_id:
        ids = store_categories.best_sellers_in(merchant_id, block.store_category_id, limit=PRODUCTS_MAX)
        return catalog.product_cards(ids, language=language)
    sort = ProductSort.NEWEST if block.rule is ProductRule.NEWEST else ProductSort.SALES
    return catalog.products(merchant_id=merchant_id, sort=sort, limit=PRODUCTS_MAX, language=language).items


def _more(merchant_id: MerchantId, block: Block) -> str | None:
    if block.rule is None:
        return None
    if block.rule is ProductRule.STORE_CATEGORY:
        return f"/store/{merchant_id}?f=store_category:{block.store_category_id}"
    return f"/store/{merchant_id}?sort={'newest' if block.rule is ProductRule.NEWEST else 'sales'}"


def _pictures_of(blocks: Sequence[Block]) -> list[MediaId]:
    return [one.media_id for block in blocks for one in block.pictures]


def _products_of(blocks: Sequence[Block]) -> list[ProductId]:
    linked = [one.product_id for block in blocks for one in block.pictures if one.product_id]
    return [*linked, *(one for block in blocks for one in block.product_ids)]
