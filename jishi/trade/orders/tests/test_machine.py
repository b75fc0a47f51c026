"""Whatever happens to orders in whatever order: their columns, lines, sums and timelines tell one story."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import ClassVar

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from benchmarks.rows import Row
from jishi.identity.accounts.tests.factories import make_buyer
from jishi.identity.merchants.tests.factories import make_merchant
from jishi.kernel.db import rows
from jishi.kernel.errors import NotFound
from jishi.kernel.ids import MerchantId, OrderId, OrderLineId, TradeId, UserId, new_id
from jishi.kernel.money import Money
from jishi.kernel.tests.machines import LONG, SHORT, Verbs, outcome
from jishi.money.payments.types import PiecesToRefund, RefundLine
from jishi.offering.catalog.types_kinds import ProductKind
from jishi.trade.orders import services, services_moves, services_pieces, services_placing
from jishi.trade.orders.queries import order_at_sale
from jishi.trade.orders.rules import ORDER_MOVES, LinePieces, State, fulfilment_of, payment_after, summary
from jishi.trade.orders.services import PiecesGone
from jishi.trade.orders.tests.factories import NOW, PAYMENT_WINDOW, LineWish, OrderWish, make_draft
from jishi.trade.orders.tests.machine_deposits import Deposits
from jishi.trade.orders.tests.machine_sending import Sending, some_pieces
from jishi.trade.orders.types import (
    Actor,
    CloseReason,
    FulfilmentStatus,
    OrderPaymentStatus,
    OrderStatus,
)
from jishi.trade.orders.types_timeline import TimelineFact

INSIDE = {
    "move": "the statement behind every verb; each of them runs it",
    "tell": "the news of every verb; each of them publishes it",
}
ON_ITS_WAY = {OrderStatus.SHIPPED, OrderStatus.DELIVERED}
PAID = {OrderPaymentStatus.PAID, OrderPaymentStatus.PARTIALLY_REFUNDED}


PLACED = State(
    payment=OrderPaymentStatus.UNPAID,
    fulfilment=FulfilmentStatus.UNSHIPPED,
    close_reason=None,
    is_completed=False,
)


@dataclass(slots=True)
class KnownLine:
    """A line as it should be, in pieces and minor units."""

    id: OrderLineId
    pieces: LinePieces
    payable: int
    travels: bool = True
    refunding: int = 0
    refunded: int = 0
    refunded_minor: int = 0


@dataclass(slots=True)
class KnownOrder:
    """An order as it should be."""

    id: OrderId
    trade_id: TradeId
    total: int
    lines: list[KnownLine]
    state: State = PLACED
    refunded_minor: int = 0
    timeline: list[str] = field(default_factory=lambda: ["placed"])
    open_refunds: list[list[tuple[KnownLine, int]]] = field(default_factory=list)

    @property
    def status(self) -> OrderStatus:
        """The summary that people see."""
        return summary(self.state)

    def close(self, reason: CloseReason) -> None:
        """What was not sent never will be."""
        self.state = replace(self.state, close_reason=reason)
        for line in self.lines:
            line.pieces = replace(line.pieces, cancelled=line.pieces.quantity - line.pieces.shipped)


kinds = st.sampled_from([ProductKind.PHYSICAL, ProductKind.PHYSICAL, ProductKind.SERVICE])
line_wishes = st.builds(
    LineWish, unit_price_minor=st.integers(1, 900), quantity=st.integers(1, 4), kind=kinds
)
order_wishes = st.builds(
    OrderWish, lines=st.lists(line_wishes, min_size=1, max_size=2), freight_minor=st.integers(0, 99)
)


class Orders(Deposits, Sending):
    """What orders should be, verb by verb; a verb leaves alone what is not in a state it names."""

    verbs = Verbs(services, services_pieces, services_placing, services_moves, without=INSIDE)
    buyer: ClassVar[UserId]
    merchant: ClassVar[MerchantId]
    orders: list[KnownOrder]

    @initialize()
    def begin(self) -> None:
        self.orders = []
        self.statuses: dict[OrderId, OrderStatus] = {}

    @rule(wishes=st.lists(order_wishes, min_size=1, max_size=2))
    def place(self, wishes: list[OrderWish]) -> None:
        draft = make_draft([replace(one, merchant_id=self.merchant) for one in wishes], buyer=self.buyer)
        trade = self.verbs.draft_trade(draft, now=NOW, pay_before_at=NOW + PAYMENT_WINDOW)
        for placed, wish in zip(trade.orders, wishes, strict=True):
            sold = order_at_sale(placed.id)
            lines = [
                KnownLine(
                    one.id,
                    LinePieces(quantity=one.quantity, shipped=0, cancelled=0),
                    one.payable.amount_minor,
                    line.kind is ProductKind.PHYSICAL,
                )
                for one, line in zip(sold.lines, wish.lines, strict=True)
            ]
            self.orders.append(KnownOrder(placed.id, trade.id, placed.total.amount_minor, lines))

    def _some(self, data: st.DataObject) -> KnownOrder:
        order: KnownOrder = data.draw(st.sampled_from(self.orders))
        locked = self.verbs.lock_order_trade(order.id)
        assert locked == order.trade_id
        return order

    def _of_trade(self, trade_id: TradeId) -> list[KnownOrder]:
        return [order for order in self.orders if order.trade_id == trade_id]

    # -- payment and closing ---------------------------------------------------------------------------------

    @precondition(lambda self: self.orders)
    @rule(data=st.data())
    def mark_paid(self, data: st.DataObject) -> None:
        trade_id = self._some(data).trade_id
        assert self.verbs.lock_trade(trade_id).buyer_id == self.buyer
        waiting = [one for one in self._of_trade(trade_id) if one.status in services.NOT_ALL_PAID]
        assert set(self.verbs.mark_paid(trade_id=trade_id, now=NOW)) == {one.id for one in waiting}
        for order in waiting:
            order.state = replace(order.state, payment=OrderPaymentStatus.PAID)
            order.timeline.append("paid")

    @precondition(lambda self: self.orders)
    @rule(
        data=st.data(),
        reason=st.sampled_from([one for one in CloseReason if one is not CloseReason.REFUNDED]),
        whole=st.booleans(),
    )
    def close(self, data: st.DataObject, reason: CloseReason, whole: bool) -> None:
        order = self._some(data)
        asked = self._of_trade(order.trade_id) if whole else [order]
        closable = services.CLOSABLE[reason]
        closed = self.verbs.close(
            order_ids=[one.id for one in asked], reason=reason, actor=Actor.BUYER, now=NOW
        )
        assert set(closed) == {one.id for one in asked if one.status in closable}
        for one in asked:
            if one.id in closed:
                one.close(reason)
                one.timeline.append("closed_unpaid" if reason is CloseReason.UNPAID else "cancelled")

    @precondition(lambda self: self.orders)
    @rule(data=st.data())
    def reopen(self, data: st.DataObject) -> None:
        trade_id = self._some(data).trade_id
        unpaid = replace(PLACED, close_reason=CloseReason.UNPAID)
        closed = [one for one in self._of_trade(trade_id) if one.state == unpaid]
        assert set(self.verbs.reopen(trade_id=trade_id, now=NOW)) == {one.id for one in closed}
        for order in closed:
            order.state = replace(order.state, close_reason=None)
            order.timeline.append("reopened")
            for line in order.lines:
                line.pieces = replace(line.pieces, cancelled=0)

    # -- goods -----------------------------------------------------------------------------------------------

    @precondition(lambda self: self.orders)
    @rule(data=st.data(), step=st.sampled_from(["delivered", "received", "completed"]))
    def go_on(self, data: st.DataObject, step: str) -> None:
        """An order that is on its way, arrived or received goes one step on; any other stays."""
        order = self._some(data)
        match step:
            case "delivered":
                moved = self.verbs.mark_delivered(order_id=order.id, now=NOW)
                expected = order.status is OrderStatus.SHIPPED
            case "received":
                moved = self.verbs.mark_received(order_id=order.id, actor=Actor.CLOCK, actor_id=None, now=NOW)
                expected = order.status in ON_ITS_WAY
            case _:
                moved = self.verbs.mark_completed(order_id=order.id, now=NOW)
                expected = order.status is OrderStatus.RECEIVED
        assert moved == expected
        if moved:
            order.timeline.append(step)
            if step == "completed":
                order.state = replace(order.state, is_completed=True)
            else:
                self._fulfil(order, FulfilmentStatus(step))

    # -- refunds ---------------------------------------------------------------------------------------------

    @precondition(lambda self: any(one.state.payment in PAID for one in self.orders))
    @rule(data=st.data(), pieces=some_pieces)
    def reserve_refund_pieces(self, data: st.DataObject, pieces: list[int]) -> None:
        order = data.draw(st.sampled_from([one for one in self.orders if one.state.payment in PAID]))
        wanted = [(line, count) for line, count in zip(order.lines, pieces, strict=False) if count]
        wish = [PiecesToRefund(order_line_id=line.id, quantity=count) for line, count in wanted]
        unsent: list[int] = []

        def act() -> None:
            found = self.verbs.reserve_refund_pieces(order_id=order.id, lines=wish, now=NOW)
            unsent.append(sum(one.quantity for one in found))

        fits = all(count <= line.pieces.quantity - line.refunding - line.refunded for line, count in wanted)
        assert (outcome(act, PiecesGone) is None) == fits
        if fits:
            assert unsent == [sum(min(count, line.pieces.to_ship) for line, count in wanted)]
            self._keep_refund(order, wanted)

    def _keep_refund(self, order: KnownOrder, wanted: list[tuple[KnownLine, int]]) -> None:
        for line, count in wanted:
            cancelled = line.pieces.cancelled + min(count, line.pieces.to_ship)
            line.pieces = replace(line.pieces, cancelled=cancelled)
            line.refunding += count
        if order.state.fulfilment is FulfilmentStatus.PARTIALLY_SHIPPED:
            self._fulfil(order, fulfilment_of([line.pieces for line in order.lines], all_delivered=False))
        order.timeline.append("refund_opened")
        order.open_refunds.append(wanted)

    @precondition(lambda self: any(one.open_refunds for one in self.orders))
    @rule(data=st.data())
    def note_refund(self, data: st.DataObject) -> None:
        order = data.draw(st.sampled_from([one for one in self.orders if one.open_refunds]))
        pieces = order.open_refunds.pop(data.draw(st.integers(0, len(order.open_refunds) - 1)))
        lines = [
            (line, count, data.draw(st.integers(0, line.payable - line.refunded_minor)))
            for line, count in pieces
        ]
        self._refund(order, lines)

    @precondition(lambda self: any(one.state.payment in PAID for one in self.orders))
    @rule(data=st.data())
    def note_refund_of_an_amount(self, data: st.DataObject) -> None:
        order = data.draw(st.sampled_from([one for one in self.orders if one.state.payment in PAID]))
        line = data.draw(st.sampled_from(order.lines))
        self._refund(order, [(line, 0, data.draw(st.integers(0, line.payable - line.refunded_minor)))])

    def _refund(self, order: KnownOrder, lines: list[tuple[KnownLine, int, int]]) -> None:
        amount = sum(minor for _, _, minor in lines)
        status = self.verbs.note_refund(
            order_id=order.id,
            lines=[_refund_line(line, count, minor) for line, count, minor in lines],
            amount=Money(amount, "CNY"),
            now=NOW,
        )
        for line, count, minor in lines:
            line.refunding -= count
            line.refunded += count
            line.refunded_minor += minor
        order.refunded_minor += amount
        order.state = replace(order.state, payment=payment_after(order.refunded_minor, order.total))
        nothing_left = all(line.refunded == line.pieces.quantity for line in order.lines)
        nothing_sent = not any(line.pieces.shipped for line in order.lines)
        is_over = order.state.payment is OrderPaymentStatus.REFUNDED or (nothing_left and nothing_sent)
        if is_over and not order.state.is_completed and order.state.close_reason is None:
            order.close(CloseReason.REFUNDED)
        order.timeline.append("refunded")
        assert status is order.status

    # -- the rest --------------------------------------------------------------------------------------------

    @precondition(lambda self: self.orders)
    @rule(data=st.data())
    def add_timeline(self, data: st.DataObject) -> None:
        order = self._some(data)
        fact = TimelineFact(
            order_id=order.id, kind="note", actor=Actor.PLATFORM, actor_id=None, reason="", at=NOW
        )
        self.verbs.add_timeline([fact])
        order.timeline.append("note")

    @rule()
    def ask_for_what_is_not_there(self) -> None:
        assert outcome(lambda: self.verbs.lock_trade(TradeId(new_id())), NotFound)
        assert outcome(lambda: self.verbs.lock_order_trade(OrderId(new_id())), NotFound)

    @invariant()
    def every_order_is_as_it_should_be(self) -> None:
        shown = rows(
            "SELECT id, status, payment_status, fulfilment_status, close_reason, completed_at IS NOT NULL, "
            "refunded_minor, unsent_count FROM orders_order WHERE id = ANY(%s)",
            [[one.id for one in self.orders]],
        )
        known = {
            one.id: (
                one.status,
                one.state.payment,
                one.state.fulfilment,
                one.state.close_reason,
                one.state.is_completed,
                one.refunded_minor,
                0 if one.status is OrderStatus.CLOSED else sum(line.pieces.to_ship for line in one.lines),
            )
            for one in self.orders
        }
        assert {one[0]: one[1:] for one in shown} == known

    @invariant()
    def every_line_is_as_it_should_be(self) -> None:
        shown = rows(
            "SELECT id, quantity, shipped_quantity, cancelled_quantity, refunding_quantity, refunded_quantity, "
            "refunded_minor FROM orders_order_line WHERE order_id = ANY(%s)",
            [[one.id for one in self.orders]],
        )
        known = {
            line.id: (
                *(line.pieces.quantity, line.pieces.shipped, line.pieces.cancelled),
                *(line.refunding, line.refunded, line.refunded_minor),
            )
            for one in self.orders
            for line in one.lines
        }
        assert {one[0]: one[1:] for one in shown} == known
        assert all(line.pieces.to_ship >= 0 for one in self.orders for line in one.lines)

    @invariant()
    def every_move_is_allowed(self) -> None:
        for order in self.orders:
            before = self.statuses.get(order.id, OrderStatus.AWAITING_PAYMENT)
            assert order.status is before or order.status in ORDER_MOVES[before]
            self.statuses[order.id] = order.status

    @invariant()
    def every_timeline_tells_all_of_it(self) -> None:
        shown: dict[OrderId, list[str]] = {}
        for order_id, kind in rows(
            "SELECT order_id, kind FROM orders_event WHERE order_id = ANY(%s)",
            [[one.id for one in self.orders]],
        ):
            shown.setdefault(order_id, []).append(kind)
        assert {one: sorted(kinds) for one, kinds in shown.items()} == {
            one.id: sorted(one.timeline) for one in self.orders
        }


def _refund_line(line: KnownLine, quantity: int, payable: int) -> RefundLine:
    nothing = Money(0, "CNY")
    return RefundLine(
        order_line_id=line.id,
        quantity=quantity,
        payable=Money(payable, "CNY"),
        platform_discount=nothing,
        points_discount=nothing,
        commission=nothing,
        merchant_discount=nothing,
    )


@pytest.mark.django_db
@pytest.mark.parametrize("examples", [SHORT, pytest.param(LONG, marks=pytest.mark.proof)])
def test_orders_tell_one_story_in_any_sequence(examples: int, figures: Callable[[Row], None]) -> None:
    Orders.buyer, Orders.merchant = make_buyer(), make_merchant()
    Orders.prove("order machine", figures, examples=examples)
