"""The tables of buying, context by context."""

from jishi.trade.checkout.models import Cart, CartLine, Quote
from jishi.trade.handover.models import CodeRow, VoucherRow
from jishi.trade.orders.models import Order, OrderEvent, OrderLine, Trade
from jishi.trade.shipping.models import ForgedScan, FreightTemplate, Parcel, ParcelLine, Scan

__all__ = [
    "Cart",
    "CartLine",
    "CodeRow",
    "ForgedScan",
    "FreightTemplate",
    "Order",
    "OrderEvent",
    "OrderLine",
    "Parcel",
    "ParcelLine",
    "Quote",
    "Scan",
    "Trade",
    "VoucherRow",
]
