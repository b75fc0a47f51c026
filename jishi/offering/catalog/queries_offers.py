"""Reads of shared products: which address leads to which offer, and what each merchant offers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec

from jishi.kernel.db import row, rows
from jishi.kernel.errors import NotFound
from jishi.kernel.ids import CategoryId, MerchantId, ProductId, SharedProductId, SkuId
from jishi.kernel.money import Money
from jishi.offering.catalog.types_offers import CategoryMode, OfferToRank

# Merges make a tree: `root` is the one shared product that an address leads to, however often it was merged.
ROOT = """
WITH RECURSIVE up AS (
    SELECT id, merged_into_id FROM catalog_shared_product WHERE id = %s
    UNION ALL SELECT s.id, s.merged_into_id FROM catalog_shared_product s JOIN up ON s.id = up.merged_into_id
), root AS (SELECT id FROM up WHERE merged_into_id IS NULL)
"""
LIVE_OFFERS = (
    "FROM catalog_product p JOIN merchants_merchant m ON m.id = p.merchant_id AND m.status = 'active' "
    "WHERE p.status = 'live' AND p.shared_product_id ="
)
_MODE = """
WITH RECURSIVE up AS (
    SELECT parent_id, mode, 0 AS height FROM catalog_category WHERE id = %s
    UNION ALL SELECT c.parent_id, c.mode, up.height + 1 FROM catalog_category c JOIN up ON c.id = up.parent_id
)
SELECT mode FROM up WHERE mode <> '' ORDER BY height LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Led:
    """Where the address of a shared product leads: the one that was kept, and its best offer."""

    shared_id: SharedProductId
    product_id: ProductId


def mode_of(category_id: CategoryId) -> CategoryMode:
    """Return whose the products of a category are: as the nearest category upwards says, `own` where none does."""
    found = row(_MODE, [category_id])
    return CategoryMode(found[0]) if found else CategoryMode.OWN


def modes() -> dict[CategoryId, CategoryMode]:
    """Return whose the products of every category are; one statement."""
    found = {
        one: (parent, mode)
        for one, parent, mode in rows("SELECT id, parent_id, mode FROM catalog_category ORDER BY id")
    }

    def said(category_id: UUID | None) -> CategoryMode:
        while category_id is not None:
            category_id, mode = found[category_id]
            if mode:
                return CategoryMode(mode)
        return CategoryMode.OWN

    return {CategoryId(one): said(one) for one in found}


def led_to(any_id: UUID) -> Led:
    """Return where the address of a shared product leads, after any number of merges; one statement.

    Raises: NotFound when it is none, or nobody sells it now.
    """
    found = row(
        f"{ROOT} SELECT root.id, best.id FROM root, LATERAL (SELECT p.id {LIVE_OFFERS} root.id "
        "ORDER BY p.is_front DESC, p.id LIMIT 1) best",
        [any_id],
    )
    if found is None:
        raise NotFound
    return Led(SharedProductId(found[0]), ProductId(found[1]))


def shared_of(product_id: ProductId) -> SharedProductId | None:
    """Return the shared product that a product is an offer of, if it is one."""
    found = row("SELECT shared_product_id FROM catalog_product WHERE id = %s", [product_id])
    return SharedProductId(found[0]) if found and found[0] else None


def siblings(product_id: ProductId) -> list[ProductId]:
    """Return a product with all offers of the same thing, live or not, in order of id; itself alone when it is no
    offer; one statement. Of the address of a shared product: its offers, in a second one.
    """
    found = rows(
        "SELECT coalesce(s.id, p.id) FROM catalog_product p LEFT JOIN catalog_product s "
        "ON s.shared_product_id = p.shared_product_id WHERE p.id = %s ORDER BY 1",
        [product_id],
    )
    if not found:
        found = rows(
            f"{ROOT} SELECT p.id FROM root JOIN catalog_product p ON p.shared_product_id = root.id ORDER BY p.id",
            [product_id],
        )
    return [ProductId(one) for (one,) in found] or [product_id]


def siblings_of(product_ids: Sequence[ProductId]) -> dict[ProductId, list[ProductId]]:
    """Return every offer of the same things as some products, each with those of the products that it is the same as;
    what is no offer is the same as itself; one statement.
    """
    found: dict[ProductId, list[ProductId]] = {}
    for sibling, asked in rows(
        "SELECT coalesce(s.id, asked.id), asked.id FROM unnest(%s::uuid[]) AS asked (id) "
        "LEFT JOIN catalog_product p ON p.id = asked.id "
        "LEFT JOIN catalog_product s ON s.shared_product_id = p.shared_product_id ORDER BY 1, 2",
        [list(dict.fromkeys(product_ids))],
    ):
        found.setdefault(ProductId(sibling), []).append(ProductId(asked))
    return found


def offers_of(shared_id: SharedProductId) -> list[ProductId]:
    """Return the offers of a shared product, live or not, in order of id."""
    found = rows("SELECT id FROM catalog_product WHERE shared_product_id = %s ORDER BY id", [shared_id])
    return [ProductId(one) for (one,) in found]


_TO_RANK = """
SELECT p.id, p.merchant_id, sku.id, sku.price_minor, p.currency, p.in_stock, p.freight_template_id,
       sku.weight_grams, sku.volume_cm3
FROM catalog_product p JOIN merchants_merchant m ON m.id = p.merchant_id AND m.status = 'active'
CROSS JOIN LATERAL (
    SELECT s.id, s.price_minor, s.weight_grams, s.volume_cm3 FROM catalog_sku s
    WHERE s.product_id = p.id AND s.is_active ORDER BY s.in_stock DESC, s.price_minor, s.id LIMIT 1
) sku
WHERE p.status = 'live' AND p.shared_product_id = %s ORDER BY p.id
"""


def offers_to_rank(shared_id: SharedProductId) -> list[OfferToRank]:
    """Return the live offers of a shared product as the choice of the best one needs them; one statement."""
    return [
        OfferToRank(
            product_id=ProductId(product_id),
            merchant_id=MerchantId(merchant_id),
            sku_id=SkuId(sku_id),
            price=Money(price_minor, currency),
            in_stock=in_stock,
            freight_template_id=template_id,
            weight_grams=weight,
            volume_cm3=volume,
        )
        for (
            product_id, merchant_id, sku_id, price_minor, currency, in_stock, template_id, weight, volume,
        ) in rows(_TO_RANK, [shared_id])
    ]  # fmt: skip


def groups(*, after: SharedProductId | None, limit: int) -> list[SharedProductId]:
    """Return the next shared products that anything is an offer of, in order of id."""
    found = rows(
        "SELECT s.id FROM catalog_shared_product s WHERE s.id > %s AND EXISTS (SELECT FROM catalog_product p "
        "WHERE p.shared_product_id = s.id AND p.status = 'live') ORDER BY s.id LIMIT %s",
        [after or UUID(int=0), limit],
    )
    return [SharedProductId(one) for (one,) in found]


# -- what a page shows -----------------------------------------------------------------------------

_SHOWN = f"""
SELECT s.offers, (
    SELECT jsonb_agg(jsonb_build_array(
        p.id, p.merchant_id, m.name_zh, m.name_en, m.logo, p.price_from_minor, p.currency, p.in_stock,
        (SELECT jsonb_agg(jsonb_build_array(k.id, k.choice, k.price_minor, k.in_stock) ORDER BY k.position, k.id)
         FROM catalog_sku k WHERE k.product_id = p.id AND k.is_active)) ORDER BY p.price_from_minor, p.id)
    {LIVE_OFFERS} s.id)
FROM catalog_shared_product s WHERE s.id = %s
"""


def shown_rows(shared_id: SharedProductId) -> tuple[list[Mapping[str, Any]], list[Sequence[Any]]]:
    """Return the kept standings and the live offers of a shared product, as `shown_offers` reads them: one
    statement.
    """
    found = row(_SHOWN, [shared_id])
    standings, offers = found or ("[]", None)
    return msgspec.json.decode(standings), msgspec.json.decode(offers or "[]")
