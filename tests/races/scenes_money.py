"""Pairs of calls that touch the same rows, and what must be true whoever comes first: money, parcels, refunds."""

from functools import partial

from jishi.flows.cancel import cancel_order
from jishi.flows.close_unpaid import close_unpaid
from jishi.flows.refund import learn_refund, request_refund
from jishi.flows.take_payment import learn
from jishi.flows.tests.shopping import (
    DEADLINE,
    LATER,
    Shopper,
    capture_of,
    make_goods,
    make_shopper,
    send,
    stock_of,
)
from jishi.kernel.db import rows
from jishi.kernel.ids import OrderId, SkuId, UserId, new_id
from jishi.kernel.money import Money
from jishi.money.payments import queries as payments
from jishi.money.payments.services_channels import RefundNotice, RefundProgress, RefundState
from jishi.money.payments.types import PaymentStatus, PiecesToRefund, RefundRequest
from jishi.trade.orders import queries as orders
from jishi.trade.orders.types import OrderStatus, Trade
from tests.races.interleaving import Call, Outcome
from tests.races.scenes import Scene, Scenes, refusals

CLERK = UserId(new_id())


# -- money ---------------------------------------------------------------------------------------------------


def bought() -> tuple[Shopper, SkuId, Trade]:
    """Return a buyer, a SKU with ten pieces and his trade of two of them, not paid yet."""
    me, tea = make_shopper(), make_goods(6_800, stock=10)
    return me, tea.sku_id, me.buy((tea.sku_id, 2))


def paid() -> tuple[Shopper, SkuId, Trade]:
    """Return the same, paid."""
    me, sku_id, trade = bought()
    learn(capture_of(trade.id, at=LATER), now=LATER)
    return me, sku_id, trade


def money_of(trade: Trade) -> tuple[int, int, int]:
    """Return what was taken, what is held for the order, and what goes back or went, in minor units."""
    ((taken, held, back),) = rows(
        "SELECT (SELECT coalesce(sum(c.amount_minor), 0) FROM payments_capture c WHERE c.payment_id = p.id)::int, "
        "(SELECT sum(escrow_minor) FROM payments_part WHERE payment_id = p.id)::int, "
        "(SELECT coalesce(sum(r.amount_minor), 0) FROM payments_refund r WHERE r.payment_id = p.id)::int "
        "FROM payments_payment p WHERE p.trade_id = %s",
        [trade.id],
    )
    return taken, held, back


def _check_paid_or_closed(sku_id: SkuId, trade: Trade) -> None:
    """Either the goods are his, or his money goes back: to the cent."""
    status = orders.order_at_sale(trade.orders[0].id).status
    taken, held, back = money_of(trade)
    whole = trade.total.amount_minor
    if status is OrderStatus.AWAITING_SHIPMENT:
        assert (taken, held, back) == (whole, whole, 0)
        assert stock_of(sku_id) == (10, 2)
    else:
        assert status is OrderStatus.CLOSED
        assert (taken, back) == (whole, whole)
        assert stock_of(sku_id) == (10, 0)


def capture_capture_same() -> Scene:
    """One transaction is told of twice: by the callback and by the page."""
    _, sku_id, trade = bought()
    captured = capture_of(trade.id, at=LATER)

    def check(outcomes: list[Outcome]) -> None:
        assert refusals(outcomes) == {None: 2}
        assert money_of(trade) == (trade.total.amount_minor, trade.total.amount_minor, 0)
        assert stock_of(sku_id) == (10, 2)

    return Scene([partial(learn, captured, now=LATER)] * 2, check)


def capture_capture_other() -> Scene:
    """The money is taken twice: one pays, the other goes back."""
    _, sku_id, trade = bought()
    calls = [partial(learn, capture_of(trade.id, at=LATER), now=LATER) for _ in range(2)]

    def check(outcomes: list[Outcome]) -> None:
        whole = trade.total.amount_minor
        assert refusals(outcomes) == {None: 2}
        assert money_of(trade) == (2 * whole, whole, whole)
        assert payments.summary(trade.id).status is PaymentStatus.PAID
        assert stock_of(sku_id) == (10, 2)

    return Scene(calls, check)


def capture_cancel() -> Scene:
    """The buyer cancels while his money arrives."""
    me, sku_id, trade = bought()
    cancel = partial(cancel_order, order_id=trade.orders[0].id, buyer=me.buyer, reason="", now=LATER)

    def check(outcomes: list[Outcome]) -> None:
        assert refusals(outcomes) == {None: 2}
        assert orders.order_at_sale(trade.orders[0].id).status is OrderStatus.CLOSED
        _check_paid_or_closed(sku_id, trade)

    return Scene([partial(learn, capture_of(trade.id, at=LATER), now=LATER), cancel], check)


def capture_deadline() -> Scene:
    """The money arrives at the very deadline; late, it revives what still can be had."""
    _, sku_id, trade = bought()
    captured = capture_of(trade.id, at=DEADLINE)

    def check(outcomes: list[Outcome]) -> None:
        assert refusals(outcomes) == {None: 2}
        _check_paid_or_closed(sku_id, trade)

    return Scene(
        [partial(learn, captured, now=DEADLINE), partial(close_unpaid, trade_id=trade.id, now=DEADLINE)],
        check,
    )


def cancel_deadline() -> Scene:
    """The buyer cancels at the very deadline: pieces come back once."""
    me, sku_id, trade = bought()
    cancel = partial(cancel_order, order_id=trade.orders[0].id, buyer=me.buyer, reason="", now=DEADLINE)

    def check(outcomes: list[Outcome]) -> None:
        assert outcomes[0].refusal in {None, "cannot_cancel"}
        assert outcomes[1].refusal is None
        assert stock_of(sku_id) == (10, 0)
        assert money_of(trade) == (0, 0, 0)

    return Scene([cancel, partial(close_unpaid, trade_id=trade.id, now=DEADLINE)], check)


# -- goods that leave, money that goes back ------------------------------------------------------------------


def _refund_all(order_id: OrderId) -> Call:
    order = orders.order_at_sale(order_id)
    wish = [PiecesToRefund(order_line_id=one.id, quantity=one.quantity) for one in order.lines]
    return partial(
        request_refund,
        merchant_id=order.merchant_id,
        order_id=order_id,
        request=RefundRequest(lines=wish),
        staff=CLERK,
        now=LATER,
    )


def ship_refund() -> Scene:
    """A clerk sends what another refunds: refunded pieces stay, or sent ones are refunded all the same."""
    _, sku_id, trade = paid()
    order_id = trade.orders[0].id

    def check(outcomes: list[Outcome]) -> None:
        sent, refunded = outcomes
        assert refunded.refusal is None
        assert sent.refusal in {None, "pieces_gone", "nothing_to_ship"}
        assert stock_of(sku_id) == ((10, 0) if sent.refusal else (8, 0))
        taken, held, back = money_of(trade)
        assert (taken, held) == (trade.total.amount_minor,) * 2
        assert 2 * 6_800 <= back <= taken  # freight stays once the goods are on their way

    return Scene([partial(send, order_id), _refund_all(order_id)], check)


def ship_cancel() -> Scene:
    """A clerk sends what its buyer cancels: one of the two."""
    me, sku_id, trade = paid()
    order_id = trade.orders[0].id
    cancel = partial(cancel_order, order_id=order_id, buyer=me.buyer, reason="", now=LATER)

    def check(outcomes: list[Outcome]) -> None:
        assert [one.refusal for one in outcomes].count(None) == 1
        sent = outcomes[0].refusal is None
        assert stock_of(sku_id) == ((8, 0) if sent else (10, 0))
        assert money_of(trade)[2] == (0 if sent else trade.total.amount_minor)

    return Scene([partial(send, order_id), cancel], check)


def ship_ship() -> Scene:
    """Two clerks send one order."""
    _, sku_id, trade = paid()
    order_id = trade.orders[0].id

    def check(outcomes: list[Outcome]) -> None:
        assert [one.refusal for one in outcomes].count(None) == 1
        assert stock_of(sku_id) == (8, 0)

    return Scene([partial(send, order_id), partial(send, order_id)], check)


def refund_refund() -> Scene:
    """Two clerks refund all of one line: one does, and not a cent more goes back."""
    _, sku_id, trade = paid()
    order_id = trade.orders[0].id

    def check(outcomes: list[Outcome]) -> None:
        assert [one.refusal for one in outcomes].count(None) == 1
        assert money_of(trade)[2] == trade.total.amount_minor
        assert stock_of(sku_id) == (10, 0)

    return Scene([_refund_all(order_id), _refund_all(order_id)], check)


def refund_cancel() -> Scene:
    """A clerk refunds what its buyer cancels: the money goes back once."""
    me, sku_id, trade = paid()
    order_id = trade.orders[0].id
    cancel = partial(cancel_order, order_id=order_id, buyer=me.buyer, reason="", now=LATER)

    def check(outcomes: list[Outcome]) -> None:
        assert None in [one.refusal for one in outcomes]
        assert money_of(trade)[2] == trade.total.amount_minor
        assert stock_of(sku_id) == (10, 0)

    return Scene([_refund_all(order_id), cancel], check)


def refund_goodwill_refund() -> Scene:
    """One clerk refunds all pieces, another all of the money: together not more than was paid."""
    _, _, trade = paid()
    order = orders.order_at_sale(trade.orders[0].id)
    goods = Money(2 * 6_800, "CNY")
    by_amount = partial(
        request_refund,
        merchant_id=order.merchant_id,
        order_id=order.id,
        request=RefundRequest(amount=goods),
        staff=CLERK,
        now=LATER,
    )

    def check(outcomes: list[Outcome]) -> None:
        assert None in [one.refusal for one in outcomes]
        assert goods.amount_minor <= money_of(trade)[2] <= trade.total.amount_minor

    return Scene([_refund_all(order.id), by_amount], check)


def done_notice(order_id: OrderId) -> RefundNotice:
    """Return the channel's word that the one refund of an order is done."""
    ((number, transaction, account),) = rows(
        "SELECT r.out_refund_no, cp.channel_transaction_id, a.merchant_account FROM payments_refund r "
        "JOIN payments_capture_part cp ON cp.id = r.capture_part_id JOIN payments_capture c ON c.id = cp.capture_id "
        "JOIN payments_attempt a ON a.id = c.attempt_id WHERE r.order_id = %s",
        [order_id],
    )
    state = RefundState(out_refund_no=number, status=RefundProgress.DONE, refunded_at=LATER)
    return RefundNotice(
        channel_transaction_id=transaction, merchant_account=account, refund=state, event_id="one"
    )


def refund_done_twice() -> Scene:
    """The channel tells twice that a refund is done: it is booked once."""
    _, sku_id, trade = paid()
    order_id = trade.orders[0].id
    _refund_all(order_id)()
    notice = done_notice(order_id)

    def check(outcomes: list[Outcome]) -> None:
        assert refusals(outcomes) == {None: 2}
        assert money_of(trade) == (trade.total.amount_minor, 0, trade.total.amount_minor)
        assert payments.summary(trade.id).refunded == trade.total
        assert stock_of(sku_id) == (10, 0)

    return Scene([partial(learn_refund, notice, now=LATER)] * 2, check)


SCENES: Scenes = {
    capture_capture_same: 2,
    capture_capture_other: 2,
    capture_cancel: 2,
    capture_deadline: 2,
    cancel_deadline: 2,
    ship_ship: 2,
    ship_cancel: 2,
    ship_refund: 2,
    refund_refund: 2,
    refund_cancel: 2,
    refund_goodwill_refund: 2,
    refund_done_twice: 2,
}
