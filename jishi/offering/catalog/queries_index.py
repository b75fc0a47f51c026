"""What search reads: the sequence of changes, and whole products to index."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from jishi.identity.merchants import queries as merchants
from jishi.kernel.db import row, rows
from jishi.kernel.gtin import gtin_forms
from jishi.kernel.ids import ProductId
from jishi.kernel.words import Text
from jishi.offering.catalog import categories
from jishi.offering.catalog.types import AttributeKind, Rating
from jishi.offering.catalog.types_facts import ProductFacts
from jishi.offering.catalog.types_index import Changes, IndexDocument, IndexedAttribute, Named

BEHIND_MAX = 10_000
_LAST_ENTRY = 2**63 - 1
_FIRST_ID, _LAST_ID = UUID(int=0), UUID(int=2**128 - 1)
_FINISHED = "pg_snapshot_xmin(pg_current_snapshot())::text::bigint"


def present_cursor() -> str:
    """Return the cursor behind everything committed so far; take it before reading all products."""
    found = row(f"SELECT {_FINISHED}")
    return f"{found[0] - 1}:{_LAST_ENTRY}" if found else "0:0"


def changes_after(cursor: str, limit: int) -> Changes | None:
    """Return the products touched after `cursor`, oldest first, each once; None when the cursor is of no use
    here.

    Entries are read up to the oldest transaction still running: what commits later sorts behind what was
    read. A cursor ahead of that comes from another database (one that was since restored): start anew from
    `present_cursor`.
    """
    transaction, entry = (int(part) for part in cursor.split(":"))
    finished = row(f"SELECT {_FINISHED}")
    if finished is None or transaction >= finished[0]:
        return None
    found = rows(
        f"SELECT transaction, id, product_id FROM catalog_change WHERE (transaction, id) > (%s, %s) "
        f"AND transaction < {_FINISHED} ORDER BY transaction, id LIMIT %s",
        [transaction, entry, limit],
    )
    last = f"{found[-1][0]}:{found[-1][1]}" if found else cursor
    return Changes(
        product_ids=list(dict.fromkeys(ProductId(product_id) for *_, product_id in found)),
        cursor=last,
        is_all=len(found) < limit,
    )


def behind(cursor: str) -> tuple[int, datetime | None]:
    """Return how many changes (at most `BEHIND_MAX`) lie after `cursor`, and the instant of the oldest."""
    transaction, entry = (int(part) for part in cursor.split(":"))
    found = row(
        "SELECT count(*), min(changed_at) FROM (SELECT changed_at FROM catalog_change "
        "WHERE (transaction, id) > (%s, %s) ORDER BY transaction, id LIMIT %s) later",
        [transaction, entry, BEHIND_MAX],
    )
    return (found[0], found[1]) if found else (0, None)


def live_product_ids(
    *, after: ProductId | None, until: ProductId | None = None, limit: int
) -> list[ProductId]:
    """Return the next ids of products on sale up to `until`, in order of id, for building an index anew."""
    found = rows(
        "SELECT id FROM catalog_product WHERE status = 'live' AND id > %s AND id <= %s ORDER BY id LIMIT %s",
        [after or _FIRST_ID, until or _LAST_ID, limit],
    )
    return [ProductId(product_id) for (product_id,) in found]


def live_products_cut(parts: int) -> tuple[int, list[ProductId]]:
    """Return how many products are on sale, and the ids that cut them into so many equal parts: each the last of
    its part, the last part open; no ids where there are no products.
    """
    found = row(
        "SELECT count(*), percentile_disc(%s::float8[]) WITHIN GROUP (ORDER BY id) "
        "FROM catalog_product WHERE status = 'live'",
        [[part / parts for part in range(1, parts)]],
    )
    count, last_ids = found or (0, None)
    return count, [ProductId(one) for one in last_ids or [] if one]


_DOCUMENTS = """
SELECT p.id, p.title_zh, p.title_en, p.subtitle_zh, p.subtitle_en, p.description_zh, p.description_en,
       p.category_id, b.id, b.name_zh, b.name_en, p.merchant_id, p.axes, p.attributes,
       p.price_from_minor, p.price_to_minor,
       p.in_stock, p.sold_count, p.published_at, p.rating_hundredths, p.review_count,
       ARRAY(SELECT s.id FROM catalog_sku s WHERE s.product_id = p.id AND s.is_active ORDER BY s.id),
       ARRAY(SELECT DISTINCT one.id FROM catalog_store_category_product h
             JOIN catalog_store_category c ON c.id = h.store_category_id,
             LATERAL (VALUES (c.id), (c.parent_id)) AS one (id)
             WHERE h.product_id = p.id AND one.id IS NOT NULL),
       p.is_front,
       p.facts, ARRAY(SELECT s.gtin || '|' || s.model FROM catalog_sku s
                      WHERE s.product_id = p.id AND s.is_active AND (s.gtin, s.model) <> ('', '') ORDER BY s.id)
FROM catalog_product p JOIN merchants_merchant m ON m.id = p.merchant_id AND m.status = 'active'
LEFT JOIN catalog_brand b ON b.id = p.brand_id
WHERE p.status = 'live' AND p.id = ANY(%s::uuid[])
"""


def index_documents(product_ids: Sequence[ProductId]) -> list[IndexDocument]:
    """Return those of the products that are on sale, whole, in five statements for any number of them."""
    found = rows(_DOCUMENTS, [list(product_ids)])
    paths = categories.all_paths() if found else {}
    seller_ids = {one[11] for one in found}
    names_zh = merchants.cards(seller_ids, language="zh") if found else {}
    names_en = merchants.cards(seller_ids, language="en") if found else {}
    sellers = {one: Named(id=str(one), name=Text(names_zh[one].name, names_en[one].name)) for one in names_zh}
    shelves = {one: _Shelf(steps) for one, steps in paths.items()}
    nowhere = _Shelf([])
    return [
        _document(one, shelves.get(one[7], nowhere), sellers[one[11]]) for one in found if one[11] in sellers
    ]


class _Value(msgspec.Struct):
    """What is read of a value of a sale axis."""

    code: str
    zh: str
    en: str


class _Axis(msgspec.Struct):
    """What is read of a sale axis."""

    code: str
    values: list[_Value]


_axes = msgspec.json.Decoder(list[_Axis])
_facts = msgspec.json.Decoder(ProductFacts)
_given = msgspec.json.Decoder(dict[str, str])


class _Shelf:
    """A category as its products are indexed: what many of them share is made once."""

    def __init__(self, steps: Sequence[categories.Step]) -> None:
        self.categories = [Named(id=str(step.id), name=step.name) for step in steps]
        effective = categories.effective(steps)
        self._filterable = {code: one for code, one in effective.items() if one["is_filterable"]}
        self._texts = [code for code, one in effective.items() if one["kind"] == AttributeKind.TEXT]
        self._known: dict[tuple[str, str], IndexedAttribute] = {}

    def attributes(self, values: Mapping[str, str], axes: Sequence[_Axis]) -> list[IndexedAttribute]:
        """Return the filterable facts of a product: its attribute values, and every value of its sale axes."""
        return [
            *(
                self._fact(code, value)
                for code, one in self._filterable.items()
                if values.get(code)
                for value in categories.values_of(one, values[code])
            ),
            *(
                self._fact(axis.code, value.code, Text(value.zh, value.en))
                for axis in axes
                if axis.code in self._filterable
                for value in axis.values
            ),
        ]

    def remarks(self, values: Mapping[str, str]) -> list[str]:
        """Return what the attributes of free text say of a product."""
        return [values[code] for code in self._texts if values.get(code)]

    def _fact(self, code: str, value: str, name: Text | None = None) -> IndexedAttribute:
        known = self._known.get((code, value))
        if known is None or (name is not None and known.value_name != name):
            one = self._filterable[code]
            known = self._known[code, value] = IndexedAttribute(
                code=code,
                name=Text(one["zh"], one["en"]),
                value=value,
                value_name=name or categories.value_name(one, value),
            )
        return known


def _document(found: tuple[Any, ...], shelf: _Shelf, seller: Named) -> IndexDocument:
    (
        product_id, title_zh, title_en, subtitle_zh, subtitle_en, description_zh, description_en, _, brand_id,
        brand_zh, brand_en, _, axes, attributes, price_from, price_to, in_stock, sold_count, published_at,
        rating_hundredths, review_count, sku_ids, store_category_ids, is_front, facts, numbers,
    ) = found  # fmt: skip
    sale_axes, given = _axes.decode(axes), _given.decode(attributes)
    return IndexDocument(
        product_id=product_id,
        title=Text(title_zh, title_en),
        subtitle=Text(subtitle_zh, subtitle_en),
        description=Text(description_zh, description_en),
        categories=shelf.categories,
        brand=Named(id=str(brand_id), name=Text(brand_zh, brand_en)) if brand_id else None,
        merchant=seller,
        attributes=shelf.attributes(given, sale_axes),
        choices=[Text(value.zh, value.en) for axis in sale_axes for value in axis.values],
        remarks=shelf.remarks(given),
        codes=_codes(numbers),
        tags=_facts.decode(facts).tags,
        price_from_minor=price_from,
        price_to_minor=price_to,
        in_stock=in_stock,
        sold_count=sold_count,
        published_at=published_at,
        rating=Rating(average_hundredths=rating_hundredths, count=review_count) if review_count else None,
        sku_ids=sku_ids,
        store_category_ids=store_category_ids,
        is_front=is_front,
    )


def _codes(numbers: Sequence[str]) -> list[str]:
    """Return what bar codes and makers call the goods: each GTIN in every length, and the models."""
    pairs = [number.split("|", 1) for number in numbers]
    return list(
        dict.fromkeys(
            [*(form for gtin, _ in pairs for form in gtin_forms(gtin)), *(m for _, m in pairs if m)]
        )
    )


def names_to_keep_whole() -> list[str]:
    """Return the Chinese names of brands and categories in use, which a segmenter must not cut."""
    found = rows(
        "SELECT name_zh FROM catalog_brand WHERE is_active UNION "
        "SELECT name_zh FROM catalog_category WHERE is_active ORDER BY 1"
    )
    return [name for (name,) in found]
