"""Orders of the whole market that a promotion took something off: what each merchant sold, and who bears it."""

from collections import Counter, defaultdict
from datetime import datetime
from typing import Any

import msgspec

from jishi.kernel.db import rows
from jishi.kernel.ids import MerchantId
from jishi.kernel.money import Money, split
from jishi.kernel.tables import id_floor
from jishi.kernel.words import CURRENCY
from jishi.offering.pricing.types import Funder, FunderShare
from jishi.offering.promotions.types_check import FunderAmount
from jishi.trade.orders.types_promotions import MarketSales, SoldByMerchant

# Orders that a rule took the same amount off, borne alike, are divided once. The sums stand beside them, because a
# buyer who comes twice is one buyer.
_SOLD = """
WITH sold AS MATERIALIZED (
    SELECT o.merchant_id, o.buyer_id, o.total_minor, (d -> 'amount' ->> 'amount_minor')::bigint AS taken_off,
           d ->> 'funders' AS funders
    FROM orders_order o CROSS JOIN LATERAL jsonb_array_elements(o.discounts) d
    WHERE o.id >= %(floor)s AND o.placed_at >= %(since)s AND o.placed_at < %(until)s
      AND o.currency = %(currency)s AND o.payment_status <> 'unpaid' AND o.discounts @> %(named)s::jsonb
      AND d ->> 'rule_id' = %(rule)s
)
SELECT merchant_id, NULL, NULL::bigint, count(*), count(DISTINCT buyer_id), sum(taken_off)::bigint,
       sum(total_minor)::bigint
FROM sold GROUP BY GROUPING SETS ((merchant_id), ())
UNION ALL
SELECT merchant_id, funders, taken_off, count(*), 0, 0, 0 FROM sold GROUP BY merchant_id, funders, taken_off
"""


def market_sales(rule_id: str, *, since: datetime, until: datetime) -> MarketSales:
    """Return what the market sold with a rule in orders of since ≤ placed < until that were paid, the merchant
    with the largest discount first. Each order's discount is divided by the shares it was sold at, so that the parts
    add up to it.

    One statement over the orders of that time. Refunds are not taken off.
    """
    found = rows(
        _SOLD,
        {
            "rule": rule_id,
            "named": msgspec.json.encode([{"rule_id": rule_id}]).decode(),
            "floor": id_floor(since),
            "since": since,
            "until": until,
            "currency": CURRENCY,
        },
    )
    borne: defaultdict[MerchantId | None, Counter[Funder]] = defaultdict(Counter)
    for merchant_id, stored, taken_off, count, *_ in found:
        if stored is not None:
            for funder, part in _divided(stored, taken_off).items():
                for whose in (merchant_id, None):
                    borne[whose][funder] += part * count
    sums = [one for one in found if one[1] is None]
    whole = [_sold(one, borne[None]) for one in sums if one[0] is None]
    return MarketSales(
        whole=whole[0],
        merchants=sorted(
            (_sold(one, borne[one[0]]) for one in sums if one[0] is not None),
            key=lambda one: (-one.discount.amount_minor, str(one.merchant_id)),
        ),
    )


def _divided(stored: str, amount_minor: int) -> Counter[Funder]:
    shares = msgspec.json.decode(stored, type=list[FunderShare])
    parts = split(amount_minor, [share.basis_points for share in shares])
    divided: Counter[Funder] = Counter()
    for share, part in zip(shares, parts, strict=True):
        divided[share.funder] += part
    return divided


def _sold(found: tuple[Any, ...], borne: Counter[Funder]) -> SoldByMerchant:
    merchant_id, _, _, orders, buyers, taken_off, sales = found
    return SoldByMerchant(
        merchant_id=merchant_id,
        orders=orders,
        buyers=buyers,
        discount=Money(taken_off or 0, CURRENCY),
        sales=Money(sales or 0, CURRENCY),
        by_funder=[
            FunderAmount(funder=one, amount=Money(borne[one], CURRENCY)) for one in Funder if borne[one]
        ],
    )
