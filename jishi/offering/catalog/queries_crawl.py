"""Reads for those who visit every product on sale once, in the order of their ids."""

from datetime import datetime
from uuid import UUID

from jishi.kernel.db import rows
from jishi.kernel.ids import ProductId

_LIVE = (
    "FROM catalog_product p JOIN merchants_merchant m ON m.id = p.merchant_id AND m.status = 'active' "
    "WHERE p.status = 'live' AND p.is_front"
)


def products_on_sale_starts(*, size: int) -> list[ProductId]:
    """Return the first id of every `size` products on sale: where the parts of a long list begin."""
    found = rows(
        f"SELECT id FROM (SELECT p.id, row_number() OVER (ORDER BY p.id) AS number {_LIVE}) numbered "
        "WHERE (number - 1) %% %s = 0 ORDER BY id",
        [size],
    )
    return [ProductId(product_id) for (product_id,) in found]


def products_on_sale_from(first: ProductId, *, limit: int) -> list[tuple[ProductId, UUID, datetime]]:
    """Return up to `limit` products on sale from an id on, the id of their lasting address (of what several merchants
    offer the shared one), and when they last changed.
    """
    found = rows(
        f"SELECT p.id, coalesce(p.shared_product_id, p.id), p.updated_at {_LIVE} AND p.id >= %s "
        "ORDER BY p.id LIMIT %s",
        [first, limit],
    )
    return [(ProductId(product_id), address, updated_at) for product_id, address, updated_at in found]
