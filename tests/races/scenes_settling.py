"""Pairs of calls that touch the same rows, and what must be true whoever comes first: ends, statements, payouts."""

from collections import Counter
from datetime import timedelta
from functools import partial

from jishi.flows import pay_out, settle
from jishi.flows.close_unpaid import close_unpaid
from jishi.flows.complete import complete_order
from jishi.flows.receive import confirm_receipt
from jishi.flows.refund import learn_refund, request_refund
from jishi.flows.tests.shopping import DEADLINE, LATER, send, stock_of
from jishi.kernel.db import execute, rows
from jishi.kernel.ids import MerchantId, OrderId, UserId, new_id
from jishi.money.payments.types import PiecesToRefund, RefundRequest
from jishi.money.settlement import transactions
from jishi.trade.orders import queries as orders
from jishi.trade.orders.types import OrderStatus, Trade
from tests.races.interleaving import Call, Outcome
from tests.races.scenes import Scene, Scenes, refusals
from tests.races.scenes_money import CLERK, bought, done_notice, money_of, paid

DAY = timedelta(days=1)
ANNE, BEN, CARL = (UserId(new_id()) for _ in range(3))


# -- completion ----------------------------------------------------------------------------------------------


def _received() -> Trade:
    """A trade of two pieces that are with their buyer."""
    me, _, trade = paid()
    send(trade.orders[0].id)
    confirm_receipt(order_id=trade.orders[0].id, buyer=me.buyer, now=LATER)
    return trade


def _refund_one_piece(order_id: OrderId) -> Call:
    order = orders.order_at_sale(order_id)
    wish = RefundRequest(lines=[PiecesToRefund(order_line_id=order.lines[0].id, quantity=1)])
    return partial(
        request_refund,
        merchant_id=order.merchant_id, order_id=order_id, request=wish, staff=CLERK, now=LATER,
    )  # fmt: skip


def _check_completed(trade: Trade, completed: Outcome) -> None:
    """Either the merchant has his share, or it is still held; in the end he has it, and the buyer his piece's."""
    order_id, whole = trade.orders[0].id, trade.total.amount_minor
    assert completed.refusal in {None, "refund_under_way"}
    is_done = orders.order_at_sale(order_id).status is OrderStatus.COMPLETED
    assert is_done == (completed.refusal is None)
    taken, held, back = money_of(trade)
    assert (taken, back) == (whole, 6_800)
    assert (held == 0) == is_done
    learn_refund(done_notice(order_id), now=LATER)
    if not is_done:
        assert complete_order(order_id, LATER)
    assert money_of(trade) == (whole, 0, 6_800)


def complete_refund_done() -> Scene:
    """An order is completed at the moment when its refund arrives."""
    trade = _received()
    order_id = trade.orders[0].id
    _refund_one_piece(order_id)()

    def check(outcomes: list[Outcome]) -> None:
        assert outcomes[1].refusal is None
        _check_completed(trade, outcomes[0])

    return Scene(
        [partial(complete_order, order_id, LATER), partial(learn_refund, done_notice(order_id), now=LATER)],
        check,
    )


def complete_refund() -> Scene:
    """An order is completed while a clerk asks for a refund: out of the escrow, or from the merchant's share."""
    trade = _received()
    order_id = trade.orders[0].id

    def check(outcomes: list[Outcome]) -> None:
        assert outcomes[1].refusal is None
        _check_completed(trade, outcomes[0])

    return Scene([partial(complete_order, order_id, LATER), _refund_one_piece(order_id)], check)


def close_close() -> Scene:
    """The deadline rings twice: the trade closes once."""
    _, sku_id, trade = bought()

    def check(outcomes: list[Outcome]) -> None:
        assert refusals(outcomes) == {None: 2}
        found = rows("SELECT kind FROM orders_event WHERE order_id = %s", [trade.orders[0].id])
        assert Counter(kind for (kind,) in found) == {"placed": 1, "closed_unpaid": 1}
        assert stock_of(sku_id) == (10, 0)
        assert money_of(trade) == (0, 0, 0)

    return Scene([partial(close_unpaid, trade_id=trade.id, now=DEADLINE)] * 2, check)


# -- statements and payouts ----------------------------------------------------------------------------------


def _completed() -> tuple[MerchantId, Trade]:
    """A completed trade of a merchant with a statement every day."""
    trade = _received()
    merchant_id = orders.order_at_sale(trade.orders[0].id).merchant_id
    execute("UPDATE merchants_merchant SET statement_cycle = 't1' WHERE id = %s", [merchant_id])
    complete_order(trade.orders[0].id, LATER)
    return merchant_id, trade


def _statements(merchant_id: MerchantId) -> list[tuple[int, int]]:
    """Return for each statement of a merchant what he sold and what went back, in minor units."""
    return [
        (sold, back)
        for sold, back in rows(
            "SELECT sales_minor, refunds_minor FROM settlement_statement WHERE merchant_id = %s ORDER BY to_date",
            [merchant_id],
        )
    ]


def settle_settle() -> Scene:
    """Two runs of the nightly job meet: one statement."""
    merchant_id, trade = _completed()

    def check(outcomes: list[Outcome]) -> None:
        assert refusals(outcomes) == {None: 2}
        assert sorted(len(one.value) for one in outcomes if isinstance(one.value, list)) == [0, 1]
        assert _statements(merchant_id) == [(trade.total.amount_minor, 0)]

    return Scene([partial(settle.run_cycle, LATER + DAY)] * 2, check)


def settle_refund_done() -> Scene:
    """A refund arrives while statements are made: it stands on this one or on the next, and on one of them."""
    merchant_id, trade = _completed()
    order_id, sold = trade.orders[0].id, trade.total.amount_minor
    _refund_one_piece(order_id)()

    def check(outcomes: list[Outcome]) -> None:
        assert refusals(outcomes) == {None: 2}
        settle.run_cycle(LATER + 2 * DAY)
        assert _statements(merchant_id) in ([(sold, -6_800)], [(sold, 0), (0, -6_800)])

    return Scene(
        [partial(settle.run_cycle, LATER + DAY), partial(learn_refund, done_notice(order_id), now=LATER)],
        check,
    )


def approve_approve() -> Scene:
    """Two people release one payout: the money is sent once."""
    merchant_id, _ = _completed()
    (statement_id,) = settle.run_cycle(LATER + DAY)
    transactions.confirm(statement_id=statement_id, merchant_id=merchant_id, by=ANNE, now=LATER + DAY)
    payout = pay_out.prepare(statement_id=statement_id, by=ANNE, now=LATER + DAY)

    def check(outcomes: list[Outcome]) -> None:
        assert refusals(outcomes) == {None: 1, "payout_moved": 1}
        started = rows("SELECT kind FROM ledger_journal WHERE reference_id = %s", [payout.id])
        assert started == [("payout_started",)]

    return Scene(
        [partial(pay_out.approve, payout_id=payout.id, by=by, now=LATER + DAY) for by in (BEN, CARL)], check
    )


SCENES: Scenes = {
    complete_refund_done: 2,
    complete_refund: 2,
    close_close: 2,
    settle_settle: 2,
    settle_refund_done: 2,
    approve_approve: 2,
}
