"""What SKUs were offered at, and the lowest of it: docs/algorithms/pricing.md."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from jishi.kernel.db import row, rows
from jishi.kernel.errors import NotFound
from jishi.kernel.ids import MerchantId, SkuId
from jishi.kernel.money import Money
from jishi.kernel.pagination import Page, Sort, page
from jishi.offering.catalog.types_prices import OfferedPrice

WINDOW = timedelta(days=30)  # Directive 98/6/EC, article 6a
_BY_TIME = Sort(("h.offered_from", "h.sku_id"), datetime)


def lowest_sql(columns: str, *, sku: str, moment: str) -> str:
    """Return the SELECT of the lowest offer of a SKU in the 30 days before a moment: one row, or none without one.

    What was offered when the 30 days began counts, whenever that offer was made. Hours, because a day of PostgreSQL's
    may have 23 of them.
    """
    begin = f"{moment} - interval '{WINDOW.days * 24} hours'"
    return (
        f"SELECT {columns} FROM catalog_price h "
        f"WHERE h.sku_id = {sku} AND h.offered_from < {moment} AND h.price_minor IS NOT NULL "
        "AND h.offered_from >= coalesce((SELECT max(first.offered_from) FROM catalog_price first "
        f"WHERE first.sku_id = {sku} AND first.offered_from <= {begin}), '-infinity') "
        "ORDER BY h.price_minor LIMIT 1"
    )


# Of a SKU `s`: the lowest in minor units of the 30 days before its present price began; NULL when it is the first
# one, or began before the one parameter, which is 30 days ago.
BEFORE_PRESENT_PRICE = (
    "SELECT h.lowest_before_minor FROM catalog_price h WHERE h.sku_id = s.id AND h.offered_from > %s "
    "ORDER BY h.offered_from DESC LIMIT 1"
)


def lowest_prices(sku_ids: Sequence[SkuId], *, before: datetime) -> dict[SkuId, Money]:
    """Return the lowest price of each SKU in the 30 days before an instant, in one statement.

    One that was not for sale in all that time is left out.
    """
    lowest = lowest_sql("h.price_minor, h.currency", sku="sku.id", moment="%(before)s::timestamptz")
    found = rows(
        "SELECT sku.id, lowest.price_minor, lowest.currency "
        f"FROM unnest(%(ids)s::uuid[]) AS sku (id), LATERAL ({lowest}) lowest",
        {"ids": list(sku_ids), "before": before},
    )
    return {SkuId(sku_id): Money(price_minor, currency) for sku_id, price_minor, currency in found}


def price_history(
    merchant_id: MerchantId, sku_id: SkuId, *, cursor: str | None, limit: int
) -> Page[OfferedPrice]:
    """Return what a merchant's SKU was offered at, the latest first, in two statements. Raises: NotFound, Invalid."""
    if row("SELECT FROM catalog_sku WHERE id = %s AND merchant_id = %s", [sku_id, merchant_id]) is None:
        raise NotFound
    after, values = _BY_TIME.after(cursor)
    found = rows(
        "SELECT h.offered_from, h.price_minor, h.currency FROM catalog_price h "
        f"WHERE h.sku_id = %s AND {after} {_BY_TIME.order} LIMIT %s",
        [sku_id, *values, limit + 1],
    )
    shown = page(found, limit=limit, key=lambda one: (one[0], sku_id))
    return Page(items=[_offered(*one) for one in shown.items], next_cursor=shown.next_cursor)


def _offered(offered_from: datetime, price_minor: int | None, currency: str) -> OfferedPrice:
    return OfferedPrice(
        offered_from=offered_from.isoformat(),
        price=None if price_minor is None else Money(price_minor, currency),
    )
