"""How the price of an order came about: its merchant's share of the quote that was bought."""

from dataclasses import dataclass, replace

import msgspec

from jishi.kernel.db import row
from jishi.kernel.ids import OrderId, UserId
from jishi.kernel.money import total
from jishi.offering.pricing.types import PriceStep, TraceStep
from jishi.trade.checkout import rules_replay
from jishi.trade.checkout.types_explained import OrderPrice
from jishi.trade.orders.queries_priced import PricedBy, priced_by


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    trace: list[TraceStep]


def order_price(order_id: OrderId, *, buyer: UserId, language: str) -> OrderPrice:
    """Return how the price of a buyer's order came about; two statements. Raises: NotFound."""
    order = priced_by(order_id, buyer=buyer)
    found = row(
        "SELECT priced, inputs::text FROM checkout_quote WHERE id = %s AND inputs IS NOT NULL",
        [order.quote_id],
    )
    trace = _share(msgspec.json.decode(found[0], type=_Kept).trace, order) if found else []
    if found is None or not trace:
        return OrderPrice(trace=[], rules={})
    inputs = rules_replay.read(found[1])
    return OrderPrice(
        trace=trace,
        rules={rule.id: rule.name.of(language) for rule in [*inputs.promotions, *inputs.coupons]},
    )


def _share(trace: list[TraceStep], order: PricedBy) -> list[TraceStep]:
    """Return a merchant's steps and their sum; nothing when it is not what the order came to: a quote is sold at the
    same total only, which promotions that changed in between may have divided otherwise.
    """
    mine = [replace(step, funders=[]) for step in trace if step.merchant_id == order.merchant_id]
    amount = total([step.amount for step in mine], order.total.currency)
    if amount != order.total:
        return []
    return [*mine, TraceStep(step=PriceStep.TOTAL, rule_id="total", rule_version=1, amount=amount)]
