"""Orders that a promotion took something off, in figures."""

from datetime import datetime

import msgspec

from jishi.kernel.db import rows
from jishi.kernel.ids import MerchantId
from jishi.kernel.money import Money
from jishi.kernel.words import CURRENCY
from jishi.trade.orders.types_promotions import DayWithPromotion, PromotionSales

# The whole stands beside the days: a buyer who comes on two of them is one buyer.
_SALES = """
SELECT day, count(*), count(DISTINCT buyer_id), sum(taken_off)::bigint, sum(total_minor)::bigint
FROM (
    SELECT (o.placed_at AT TIME ZONE 'Asia/Shanghai')::date AS day, o.buyer_id, o.total_minor,
           (SELECT sum((d -> 'amount' ->> 'amount_minor')::bigint) FROM jsonb_array_elements(o.discounts) d
            WHERE d ->> 'rule_id' = %(rule)s) AS taken_off
    FROM orders_order o
    WHERE o.merchant_id = %(merchant)s AND o.placed_at >= %(since)s AND o.placed_at < %(until)s
      AND o.currency = %(currency)s AND o.payment_status NOT IN ('unpaid', 'deposit_paid')
      AND o.discounts @> %(named)s::jsonb
) sold
GROUP BY GROUPING SETS ((day), ()) ORDER BY day NULLS FIRST
"""


def sales_with(merchant_id: MerchantId, rule_id: str, *, since: datetime, until: datetime) -> PromotionSales:
    """Return what a merchant sold with a rule in orders of since ≤ placed < until that were paid.

    One statement over a range of an index. Refunds are not taken off. Days are China's; those without are left out.
    """
    found = rows(
        _SALES,
        {
            "rule": rule_id,
            "named": msgspec.json.encode([{"rule_id": rule_id}]).decode(),
            "merchant": merchant_id,
            "since": since,
            "until": until,
            "currency": CURRENCY,
        },
    )
    (_, orders, buyers, taken_off, sales), *days = found
    return PromotionSales(
        orders=orders,
        buyers=buyers,
        discount=Money(taken_off or 0, CURRENCY),
        sales=Money(sales or 0, CURRENCY),
        days=[
            DayWithPromotion(
                day=day,
                orders=count,
                buyers=people,
                discount=Money(less, CURRENCY),
                sales=Money(amount, CURRENCY),
            )
            for day, count, people, less, amount in days
        ],
    )
