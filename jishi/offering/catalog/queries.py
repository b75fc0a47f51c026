"""Reads of the catalogue. Values come straight from SQL; no row of the ORM is made on a hot path."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from jishi.kernel import hot
from jishi.kernel.db import ANY_ID, row, rows
from jishi.kernel.errors import NotFound
from jishi.kernel.ids import CategoryId, MerchantId, ProductId, SkuId
from jishi.kernel.money import Money
from jishi.kernel.pagination import Cursor, Page, decode, keyset_sql, page
from jishi.kernel.words import Text
from jishi.offering.catalog import (
    categories,
    queries_offers,
    queries_prices,
    rules_tiers,
    shown,
    shown_offers,
)
from jishi.offering.catalog.shown import CategoryShown
from jishi.offering.catalog.types import (
    CategoryAttribute,
    CategoryDetail,
    CategoryNode,
    ProductCard,
    ProductSort,
    SkuName,
)
from jishi.offering.catalog.types_for_sale import SkuForSale
from jishi.offering.catalog.types_kinds import ProductKind
from jishi.offering.media import queries as media

CATEGORY_SECONDS = 300
LIST_SECONDS = 10
FOUND_MAX = 2_000
LISTS_TAG = "catalog:lists"
CATEGORIES_TAG = "catalog:categories"

_SKUS_FOR_SALE = f"""
SELECT s.id, s.product_id, p.merchant_id, p.category_id, p.title_zh, p.title_en,
       s.choice_name_zh, s.choice_name_en, coalesce(nullif(s.image_key, ''), p.media -> 0 ->> 'key'),
       s.price_minor, s.currency, s.weight_grams,
       s.volume_cm3, p.freight_template_id, p.per_buyer_limit,
       p.status = 'live' AND s.is_active AND m.status = 'active', s.tiers, p.brand_id,
       ARRAY(WITH RECURSIVE up AS (
           SELECT id, parent_id FROM catalog_category WHERE id = p.category_id
           UNION ALL SELECT c.id, c.parent_id FROM catalog_category c JOIN up ON c.id = up.parent_id
       ) SELECT id FROM up), ARRAY(SELECT jsonb_array_elements_text(p.facts -> 'tags')), m.name_zh, m.name_en, m.logo,
       p.kind, p.voucher_days
FROM catalog_sku s JOIN catalog_product p ON p.id = s.product_id
JOIN merchants_merchant m ON m.id = p.merchant_id
WHERE s.id = {ANY_ID}
"""


def skus_for_sale(sku_ids: Sequence[SkuId]) -> dict[SkuId, SkuForSale]:
    """Return the SKUs as cart and quote need them, in one statement; an unknown id is left out."""
    return {
        SkuId(sku_id): SkuForSale(
            sku_id=SkuId(sku_id),
            product_id=product_id,
            merchant_id=merchant_id,
            category_id=category_id,
            title=Text(title_zh, title_en),
            choice_name=Text(choice_zh, choice_en),
            image=media.small_url(image_key) if image_key else None,
            price=Money(price_minor, currency),
            weight_grams=weight_grams,
            volume_cm3=volume_cm3,
            freight_template_id=freight_template_id,
            per_buyer_limit=per_buyer_limit,
            is_for_sale=is_for_sale,
            brand_id=brand_id,
            category_path=frozenset(category_path),
            tags=frozenset(tags),
            merchant_name=Text(name_zh, name_en),
            merchant_logo=logo,
            tiers=rules_tiers.priced(msgspec.json.decode(tiers), currency),
            kind=ProductKind(kind),
            voucher_days=voucher_days,
        )
        for (
            sku_id, product_id, merchant_id, category_id, title_zh, title_en, choice_zh, choice_en,
            image_key, price_minor, currency, weight_grams, volume_cm3, freight_template_id, per_buyer_limit,
            is_for_sale, tiers, brand_id, category_path, tags, name_zh, name_en, logo,
            kind, voucher_days,
        ) in rows(_SKUS_FOR_SALE, [list(sku_ids)])
    }  # fmt: skip


def skus_of_merchant(merchant_id: MerchantId, sku_ids: Sequence[SkuId]) -> set[SkuId]:
    """Return those of the SKUs that belong to the merchant, on sale or not."""
    found = rows(
        "SELECT id FROM catalog_sku WHERE merchant_id = %s AND id = ANY(%s::uuid[])",
        [merchant_id, list(sku_ids)],
    )
    return {SkuId(sku_id) for (sku_id,) in found}


def code_skus(sku_ids: Sequence[SkuId]) -> set[SkuId]:
    """Return those of the SKUs whose stock is a pool of codes: what is virtual."""
    found = rows(
        "SELECT s.id FROM catalog_sku s JOIN catalog_product p ON p.id = s.product_id "
        "WHERE p.kind = 'virtual' AND s.id = ANY(%s::uuid[])",
        [list(sku_ids)],
    )
    return {SkuId(sku_id) for (sku_id,) in found}


def skus_of_product(merchant_id: MerchantId, product_id: ProductId) -> list[SkuId]:
    """Return the SKUs that a merchant's product has now, in its order. Raises: NotFound when it is not his."""
    found = rows(
        "SELECT s.id FROM catalog_product p LEFT JOIN catalog_sku s ON s.product_id = p.id AND s.is_active "
        "WHERE p.merchant_id = %s AND p.id = %s ORDER BY s.position, s.id",
        [merchant_id, product_id],
    )
    if not found:
        raise NotFound
    return [SkuId(sku_id) for (sku_id,) in found if sku_id]


def sku_names(sku_ids: Sequence[SkuId], *, language: str) -> dict[SkuId, SkuName]:
    """Return what SKUs are called, on sale or not; one statement for any number."""
    return {
        SkuId(sku_id): SkuName(
            sku_id=SkuId(sku_id),
            code=code,
            title=Text(title_zh, title_en).of(language),
            choice_name=Text(choice_zh, choice_en).of(language),
        )
        for sku_id, code, title_zh, title_en, choice_zh, choice_en in rows(
            "SELECT s.id, s.code, p.title_zh, p.title_en, s.choice_name_zh, s.choice_name_en "
            "FROM catalog_sku s JOIN catalog_product p ON p.id = s.product_id WHERE s.id = ANY(%s::uuid[])",
            [list(sku_ids)],
        )
    }


def find_skus(merchant_id: MerchantId, words: str) -> list[SkuId]:
    """Return up to FOUND_MAX of a merchant's SKUs by part of a title or the start of their code."""
    pattern = words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    found = rows(
        "SELECT s.id FROM catalog_sku s JOIN catalog_product p ON p.id = s.product_id "
        "WHERE s.merchant_id = %s AND (p.title_zh ILIKE %s OR p.title_en ILIKE %s OR s.code ILIKE %s) "
        "ORDER BY s.id DESC LIMIT %s",
        [merchant_id, f"%{pattern}%", f"%{pattern}%", f"{pattern}%", FOUND_MAX],
    )
    return [SkuId(sku_id) for (sku_id,) in found]


# -- cards and lists -------------------------------------------------------------------------------

# Ids as text: making a UUID of each, only to write it down again, costs more than reading it.
CARD = (
    "p.id::text AS shown_id, p.title_zh, p.title_en, p.price_from_minor, p.list_price_minor, p.currency, "
    "p.media -> 0, p.merchant_id::text, m.name_zh AS seller_zh, m.name_en AS seller_en, m.logo, p.in_stock, "
    "p.sold_count, p.rating_hundredths, p.review_count, p.merchant_count"
)
_ON_SALE = (
    "FROM catalog_product p JOIN merchants_merchant m ON m.id = p.merchant_id AND m.status = 'active' "
    "WHERE p.status = 'live'"
)
_PLACE = 16  # where a row's own place in the list stands behind the columns of its card
# The sort key of each order as SQL, the type of its value in a cursor, and whether it falls.
_SORTS: Mapping[ProductSort, tuple[str, type[Any], bool]] = {
    ProductSort.NEWEST: ("p.published_at", datetime, True),
    ProductSort.SALES: ("p.sold_count", int, True),
    ProductSort.PRICE_UP: ("p.price_from_minor", int, False),
    ProductSort.PRICE_DOWN: ("p.price_from_minor", int, True),
}


def product_cards(product_ids: Sequence[ProductId], *, language: str) -> list[ProductCard]:
    """Return the cards of those products that are on sale, in the given order: one statement."""
    found = rows(f"SELECT {CARD} {_ON_SALE} AND p.id = ANY(%s::uuid[])", [list(product_ids)])
    by_id = {one[0]: one for one in found}
    cards = [shown.card(by_id[one], language) for one in map(str, product_ids) if one in by_id]
    return msgspec.convert(cards, list[ProductCard])


def categories_of(product_ids: Sequence[ProductId]) -> dict[ProductId, CategoryId]:
    """Return the category that each product stands in: one statement."""
    found = rows(
        "SELECT id, category_id FROM catalog_product WHERE id = ANY(%s::uuid[])", [list(product_ids)]
    )
    return {ProductId(product_id): CategoryId(category_id) for product_id, category_id in found}


def products(
    *,
    category_id: CategoryId | None = None,
    merchant_id: MerchantId | None = None,
    sort: ProductSort = ProductSort.NEWEST,
    cursor: str | None = None,
    limit: int = 24,
    language: str,
) -> Page[ProductCard]:
    """Return a page of products on sale, of a category with all below it, of a merchant, or of everything.

    Raises: Invalid for a malformed cursor.
    """
    found = _products(category_id, merchant_id, sort, cursor, limit, language)
    cards = msgspec.convert(found.items, list[ProductCard])
    return Page(items=cards, next_cursor=found.next_cursor)


def _products(
    category_id: CategoryId | None,
    merchant_id: MerchantId | None,
    sort: ProductSort,
    cursor: str | None,
    limit: int,
    language: str,
) -> Page[shown.Plain]:
    """Return a page of cards as plain values.

    One statement. Each leaf category is read from its own index up to the page's length,
    so the cost follows the number of leaves, not of products.
    """
    key, value_type, falls = _SORTS[sort]
    after: Cursor[Any] | None = decode(cursor, value_type)
    condition, parameters = keyset_sql(value=key, row_id="p.id", cursor=after, descending=falls)
    order = f"{key} DESC, p.id DESC" if falls else f"{key}, p.id"
    # The place of a row as JSON, as its cursor needs it: only the last one's is read.
    columns = f"{CARD}, to_jsonb({key})::text"
    if category_id:
        columns = f"{columns}, {key} AS sort_key, p.id"
    # Written out: of a length that it does not see PostgreSQL expects a tenth of the table, and plans anew each time.
    most = limit + 1
    leaf = f"SELECT {columns} {_ON_SALE} AND {condition}"
    if merchant_id:
        leaf, parameters = f"{leaf} AND p.merchant_id = %s", [*parameters, merchant_id]
    else:
        leaf = f"{leaf} AND p.is_front"
    if category_id:
        outer = "sort_key DESC, id DESC" if falls else "sort_key, id"
        sql = (
            f"{categories.SUBTREE} SELECT one.* FROM tree, LATERAL ({leaf} AND p.category_id = tree.id "
            f"ORDER BY {order} LIMIT {most}) one ORDER BY {outer} LIMIT {most}"
        )
        found = rows(sql, [category_id, *parameters])
    else:
        found = rows(f"{leaf} ORDER BY {order} LIMIT {most}", parameters)
    these = page(found, limit=limit, key=lambda one: (msgspec.json.decode(one[_PLACE]), one[0]))
    return Page(
        items=[shown.card(one[:_PLACE], language) for one in these.items], next_cursor=these.next_cursor
    )


# -- one product -----------------------------------------------------------------------------------

_DETAIL = f"""
SELECT p.title_zh, p.title_en, p.subtitle_zh, p.subtitle_en, p.description_zh, p.description_en,
       p.category_id, b.name_zh, b.name_en, p.merchant_id, m.name_zh, m.name_en, m.logo, p.media, p.axes,
       p.attributes, p.currency, p.price_from_minor, p.price_to_minor, p.in_stock, p.sold_count,
       p.rating_hundredths, p.review_count, p.version, p.facts,
       (SELECT jsonb_agg(jsonb_build_array(s.id, s.code, s.choice, s.price_minor, s.list_price_minor,
                                           s.in_stock, ({queries_prices.BEFORE_PRESENT_PRICE}),
                                           s.gtin, s.model, s.weight_grams, s.tiers)
                         ORDER BY s.position, s.id)
        FROM catalog_sku s WHERE s.product_id = p.id AND s.is_active), p.shared_product_id, p.id,
       p.kind, p.voucher_days
FROM catalog_product p JOIN merchants_merchant m ON m.id = p.merchant_id AND m.status = 'active'
LEFT JOIN catalog_brand b ON b.id = p.brand_id
WHERE p.id = %s AND p.status = 'live'
"""
_CATEGORY = 6  # where the category stands in it


def product_json(product_id: ProductId, *, language: str, now: datetime) -> bytes:
    """Return the `ProductDetail` of a product on sale as JSON, in two statements (three where others offer it
    too): for what will itself be kept.

    Raises: NotFound.
    """
    found = _row_of(product_id, now)
    category = _category_shown(found[_CATEGORY], language)
    return msgspec.json.encode(_detail(found, category, language))


def _row_of(product_id: ProductId, now: datetime) -> tuple[Any, ...]:
    """Return the row of a product on sale; the address of a shared product leads to its best offer."""
    window = now - queries_prices.WINDOW
    found = row(_DETAIL, [window, product_id])
    if found is None:
        found = row(_DETAIL, [window, queries_offers.led_to(product_id).product_id])
    if found is None:
        raise NotFound
    return found


def _detail(found: tuple[Any, ...], category: CategoryShown, language: str) -> shown.Plain:
    detail = shown.detail(found, category, language)
    shared_id = detail["shared_id"]
    if shared_id is not None:
        standings, offers = queries_offers.shown_rows(shared_id)
        detail["shared"] = shown_offers.shared(shared_id, standings, offers, language)
    return detail


def _category_shown(category_id: CategoryId, language: str) -> CategoryShown:
    return CategoryShown(categories.path(category_id), language)


# -- categories ------------------------------------------------------------------------------------


def category_tree(*, language: str) -> list[CategoryNode]:
    """Return the active categories as a tree, in one statement."""
    return categories.tree(language=language)


def category_detail(category_id: CategoryId, *, language: str) -> CategoryDetail:
    """Return an active category as its page shows it, in two statements. Raises: NotFound."""
    node = categories.node(category_id, language=language)
    steps = categories.path(category_id)
    in_force = categories.as_types(categories.effective(steps), language)
    return CategoryDetail(
        id=category_id,
        name=node.name,
        breadcrumbs=categories.crumbs(steps, language),
        children=node.children,
        filters=[attribute for attribute in in_force if attribute.is_filterable],
    )


def category_attributes(category_id: CategoryId, *, language: str) -> list[CategoryAttribute]:
    """Return the attributes products of a category have, inherited ones first. Raises: NotFound."""
    return categories.attributes_of(category_id, language=language)


# -- as bytes --------------------------------------------------------------------------------------


def product_tag(product_id: ProductId) -> str:
    """Return the cache tag under which everything made from one product is kept."""
    return f"product:{product_id}"


def product_answer(product_id: ProductId, *, language: str, now: datetime) -> hot.Answer:
    """Return a `ProductDetail` as JSON, kept in this process: one statement costs hardly more than asking Valkey.

    What it shows of the category is kept beside it. Raises: NotFound.
    """
    tag = product_tag(product_id)
    kept = hot.here(tag, language, now=now)
    if kept is not None:
        return kept
    found = _row_of(product_id, now)
    category_id = found[_CATEGORY]
    category = hot.part(
        CATEGORIES_TAG,
        f"shown|{category_id}|{language}",
        now=now,
        make=lambda: _category_shown(category_id, language),
    )
    body = msgspec.json.encode(_detail(found, category.value, language))
    return hot.keep(tag, language, body, until=category.until)


def categories_answer(*, language: str, now: datetime) -> hot.Answer:
    """Return `category_tree` as a page in JSON, cached until a category changes."""
    return hot.answer(
        CATEGORIES_TAG,
        language,
        now=now,
        seconds=CATEGORY_SECONDS,
        make=lambda: msgspec.json.encode(Page(items=category_tree(language=language))),
    )


def category_answer(category_id: CategoryId, *, language: str, now: datetime) -> hot.Answer:
    """Return `category_detail` as JSON, cached until a category changes. Raises: NotFound."""
    return hot.answer(
        CATEGORIES_TAG,
        f"{category_id}|{language}",
        now=now,
        seconds=CATEGORY_SECONDS,
        make=lambda: msgspec.json.encode(category_detail(category_id, language=language)),
    )


def products_answer(
    *,
    category_id: CategoryId | None,
    merchant_id: MerchantId | None,
    sort: ProductSort,
    cursor: str | None,
    limit: int,
    language: str,
    now: datetime,
) -> hot.Answer:
    """Return `products` as JSON. Raises: Invalid for a malformed cursor.

    Of a category, whose many leaves may make it dear, it is cached for `LIST_SECONDS` or until a listing goes on or
    off the shelf; any other list is read from one index, and kept in this process.
    """

    def make() -> bytes:
        return msgspec.json.encode(_products(category_id, merchant_id, sort, cursor, limit, language))

    name = f"{category_id}|{merchant_id}|{sort}|{cursor}|{limit}|{language}"
    if category_id is None:
        return hot.answer_here(LISTS_TAG, name, now=now, make=make)
    return hot.answer(LISTS_TAG, name, now=now, seconds=LIST_SECONDS, make=make)
