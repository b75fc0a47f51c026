"""What a refund takes back of codes and vouchers: apart, because refunds are below all other flows."""

from datetime import datetime

from jishi.offering.catalog.types_kinds import ProductKind
from jishi.offering.inventory import services as inventory
from jishi.offering.inventory.types import StockLine
from jishi.trade.handover import services as handover
from jishi.trade.orders.types import OrderAtSale


def take_back_codes(order: OrderAtSale, *, now: datetime) -> None:
    """Void unused vouchers and put unopened codes back on sale, as far as an order's refunds reach.

    Inside the caller's transaction, the trade locked; nothing is asked for an order of which all travels.
    """
    if all(line.kind is ProductKind.PHYSICAL for line in order.lines):
        return
    back = handover.withdraw(order.id, now=now)
    if back:
        inventory.take_back(
            [
                StockLine(
                    owner_id=order.id,
                    sku_id=one.sku_id,
                    warehouse_id=one.warehouse_id,
                    quantity=one.quantity,
                )
                for one in back
            ],
            restock=True,
            reference=order.number,
            now=now,
        )
