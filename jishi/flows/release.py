"""Release an order's escrow when it completes: the merchant's share to him, the commission to the
platform.
"""

from datetime import datetime

from jishi.flows import sides
from jishi.kernel.db import require_transaction
from jishi.kernel.errors import Conflict
from jishi.kernel.words import Text
from jishi.money.ledger import rules as ledger_rules
from jishi.money.ledger import services as ledger
from jishi.money.payments import services_refund as refunds
from jishi.money.settlement import services as settlement
from jishi.trade.orders.types import OrderAtSale


class RefundUnderWay(Conflict):
    """A refund of the order is on its way; it completes when that is done."""

    code = "refund_under_way"
    message = Text(zh="订单有退款正在处理", en="A refund of this order is under way")


def release_escrow(order: OrderAtSale, *, now: datetime) -> bool:
    """Release what the refunds so far have left of an order, inside the caller's transaction, the trade
    locked.

    Safe to call again: False when it was released before. Raises: RefundUnderWay (409).
    """
    require_transaction("releasing an escrow")
    if refunds.has_open_refunds(order.id):
        raise RefundUnderWay
    done = refunds.done_refunds(order.id, order.total.currency)
    left = sides.order_sides(order)
    for refund in done:
        left -= sides.refund_sides(refund.lines, refund.freight)
    if not refunds.release_part(order_id=order.id, held=left.escrow, now=now):
        return False
    ledger.post(ledger_rules.completed(order_id=order.id, merchant_id=order.merchant_id, sides=left, at=now))
    refund_entries = [
        entry
        for refund in done
        for entry in sides.refund_entries(order, refund.id, refund.lines, refund.freight)
    ]
    settlement.add_entries([*sides.sale_entries(order), *refund_entries], now=now)
    return True
