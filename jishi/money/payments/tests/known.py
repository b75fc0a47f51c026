"""Payments as they should be, by the simplest reckoning, and what they may be of."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from hypothesis import strategies as st

from jishi.kernel.ids import MerchantId, OrderId, OrderLineId, RefundId, TradeId, UserId, new_id
from jishi.kernel.money import Money
from jishi.money.payments.types import (
    Attempt,
    Captured,
    Disposition,
    PaymentPart,
    PaymentStatus,
    RefundLine,
    RefundReason,
    RefundStatus,
    Shares,
    SoldLine,
    SoldOrder,
)

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
ACCOUNT = "an-account"
STUCK = "given up"
BUYER, CLERK = UserId(new_id()), UserId(new_id())
MERCHANT = MerchantId(new_id())
OPEN = ("created", "pending", "failed")
REFUNDABLE = {PaymentStatus.PAID, PaymentStatus.PARTIALLY_REFUNDED}


def cny(amount_minor: int) -> Money:
    return Money(amount_minor, "CNY")


@dataclass(slots=True)
class KnownRefund:
    """Money on its way back; of an order, or (None) of nobody's."""

    id: RefundId
    order: "KnownOrder | None"
    amount: int
    reason: RefundReason
    lines: tuple[RefundLine, ...] = ()
    status: RefundStatus = RefundStatus.REQUESTED
    failure: str | None = None
    round_number: int = 0
    tries: int = 0


@dataclass(slots=True)
class KnownOrder:
    """One order's part of a payment."""

    sold: SoldOrder
    amount: int
    part: PaymentPart | None = field(default=None, repr=False)
    escrow: int = 0
    refunded: int = 0
    is_released: bool = False

    @property
    def id(self) -> OrderId:
        """The order's id."""
        return self.sold.order_id

    @property
    def held(self) -> int:
        """What the escrow holds for it at first: its price, and what points were worth."""
        return self.amount + sum(line.sold.points_discount for line in self.sold.lines)


@dataclass(slots=True)
class KnownTrade:
    """A payment with its orders and all that came of it."""

    id: TradeId
    orders: list[KnownOrder]
    status: PaymentStatus = PaymentStatus.CREATED
    attempts: dict[str, str] = field(default_factory=dict)
    known: dict[str, Attempt] = field(default_factory=dict, repr=False)
    captures: list[tuple[Captured, Disposition]] = field(default_factory=list)
    refunds: list[KnownRefund] = field(default_factory=list)
    refunded: int = 0
    asked_at: datetime | None = None

    @property
    def amount(self) -> int:
        """What it costs in all."""
        return sum(order.amount for order in self.orders)

    @property
    def is_applied(self) -> bool:
        """Whether its money is the orders' own."""
        return any(kind is Disposition.APPLIED for _, kind in self.captures)


@st.composite
def sold_lines(draw: st.DrawFn, is_gift: bool) -> SoldLine:
    payable, points = 0 if is_gift else draw(st.integers(0, 900)), draw(st.integers(0, 90))
    return SoldLine(
        order_line_id=OrderLineId(new_id()),
        pieces=draw(st.integers(1, 4)),
        sold=Shares(
            payable=payable,
            points_discount=points,
            platform_discount=draw(st.integers(0, 90)),
            commission=draw(st.integers(0, 45)),
        ),
    )


@st.composite
def sold_orders(draw: st.DrawFn) -> KnownOrder:
    is_gift = draw(st.sampled_from([True, False, False, False]))  # costs nothing
    lines = tuple(draw(st.lists(sold_lines(is_gift), min_size=1, max_size=2)))
    freight = 0 if is_gift else draw(st.integers(0, 50))
    sold = SoldOrder(
        order_id=OrderId(new_id()), lines=lines, freight=cny(freight), nothing_sent=draw(st.booleans())
    )
    return KnownOrder(sold, freight + sum(line.sold.payable for line in lines))


some_orders = st.lists(sold_orders(), min_size=1, max_size=2)
