"""Sending money back: to the cent, exactly once, through a channel that may be down."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections

from jishi.flows import refund, refund_preview
from jishi.flows.payment_tasks import sweep_refunds
from jishi.flows.refund import RefundNotSent
from jishi.flows.tests.money import BOTH_CHANNELS, Cash, cny
from jishi.identity.accounts.tests.factories import make_buyer
from jishi.kernel.db import atomic, rows
from jishi.kernel.errors import Invalid, NotFound
from jishi.kernel.ids import MerchantId, RefundId, UserId, new_id
from jishi.money.payments.services_plan import NothingToRefund, RefundTooMuch
from jishi.money.payments.services_refund import RefundNotStuck
from jishi.money.payments.types import (
    ChannelName,
    PaymentStatus,
    PiecesToRefund,
    Refund,
    RefundReason,
    RefundRequest,
    RefundStatus,
)
from jishi.offering.catalog.tests.factories import make_product
from jishi.offering.inventory import services as inventory
from jishi.offering.inventory.tests.factories import make_stock
from jishi.trade.orders import services as order_services
from jishi.trade.orders.queries import order_at_sale, stock_lines
from jishi.trade.orders.services import PiecesGone
from jishi.trade.orders.tests.factories import WORKED_EXAMPLE, LineWish, OrderWish, make_trade
from jishi.trade.orders.types import OrderAtSale, OrderPaymentStatus, OrderStatus, PiecesWish

pytestmark = pytest.mark.django_db(transaction=True)
each_channel = pytest.mark.parametrize("channel", BOTH_CHANNELS)
STAFF = UserId(new_id())


def whole(order: OrderAtSale, cash: Cash) -> Refund:
    """Refund all that is left of an order, as a cancellation does."""
    with atomic():
        order_services.lock_order_trade(order.id)
        return refund.open_refund(
            order=order_at_sale(order.id), reason=RefundReason.CANCELLED, note="不想要了", now=cash.now()
        )


def ask(order: OrderAtSale, cash: Cash, request: RefundRequest) -> Refund:
    return refund.request_refund(
        merchant_id=order.merchant_id, order_id=order.id, request=request, staff=STAFF, now=cash.now()
    )


def pieces(order: OrderAtSale, quantity: int) -> RefundRequest:
    return RefundRequest(lines=[PiecesToRefund(order_line_id=order.lines[0].id, quantity=quantity)])


def send(cash: Cash, refund_id: RefundId) -> None:
    """Run the refund's job until the channel has said that it is done."""
    for _ in range(3):
        refund.execute(refund_id=refund_id, now=cash.now())


def one(refund_id: RefundId) -> tuple[str, str | None]:
    found = rows("SELECT status, failure FROM payments_refund WHERE id = %s", [refund_id])
    status, failure = found[0]
    return status, failure


def stocked(cash: Cash, quantity: int = 3) -> OrderAtSale:
    """A paid order whose goods are reserved in stock, with freight."""
    product = make_product(prices_minor=(1_000,))
    warehouse = make_stock(product.sku_id, quantity)
    wish = OrderWish(
        merchant_id=product.merchant_id,
        lines=(
            LineWish(
                unit_price_minor=1_000, quantity=quantity, sku_id=product.sku_id, warehouse_id=warehouse
            ),
        ),
        freight_minor=800,
    )
    (order,) = cash.paid(wish)
    with atomic():
        inventory.reserve(stock_lines([order.id]), now=cash.now())
    return order


# -- to the cent ---------------------------------------------------------------------------------------------


@each_channel
def test_a_cancelled_order_gets_all_its_money_back(cash: Cash, channel: ChannelName) -> None:
    first, second = cash.paid(channel=channel)
    opened = whole(first, cash)
    assert (opened.amount, opened.status) == (first.total, RefundStatus.REQUESTED)
    cash.run_jobs()
    (done,) = cash.refunds(first.id)
    assert (done.status, done.amount) == (RefundStatus.DONE, first.total)
    assert order_at_sale(first.id).payment_status is OrderPaymentStatus.REFUNDED
    assert order_at_sale(second.id).payment_status is OrderPaymentStatus.PAID
    assert cash.status(first.trade_id) is PaymentStatus.PARTIALLY_REFUNDED
    left = second.total.amount_minor
    assert cash.books() == {f"channel_clearing:{channel}": left, "order_escrow": left}
    (at_channel,) = cash.control.refunds(cash.attempt_number(first.trade_id))
    assert at_channel["amount_minor"] == first.total.amount_minor
    whole(second, cash)
    cash.run_jobs()
    assert cash.status(first.trade_id) is PaymentStatus.REFUNDED
    assert cash.books() == {}


def test_the_worked_example_through_the_real_flows(cash: Cash) -> None:
    (order,) = cash.paid(WORKED_EXAMPLE)
    assert cash.books() == {
        "channel_clearing:alipay": 7_500,
        "points_liability": -300,
        "order_escrow": 7_800,
    }
    cash.complete(order.id)
    assert cash.books() == {
        "channel_clearing:alipay": 7_500,
        "points_liability": -300,
        "promotion_expense": 2_000,
        "merchant_payable": 9_350,
        "commission_revenue": 450,
    }
    ask(order, cash, pieces(order, 1))
    cash.run_jobs()
    assert cash.books() == {
        "channel_clearing:alipay": 7_500 - 3_350,
        "points_liability": -150,
        "promotion_expense": 1_000,
        "merchant_payable": 9_350 - 4_275,
        "commission_revenue": 225,
    }
    assert cash.broken_promises() == []


def test_the_worked_example_refunded_before_completion(cash: Cash) -> None:
    (order,) = cash.paid(WORKED_EXAMPLE)
    with atomic():
        order_services.lock_order_trade(order.id)
        refund.open_refund(
            order=order,
            lines=[PiecesToRefund(order_line_id=order.lines[0].id, quantity=1)],
            reason=RefundReason.PARTIAL,
            now=cash.now(),
        )
    cash.run_jobs()
    assert cash.books() == {
        "channel_clearing:alipay": 7_500 - 3_350,
        "points_liability": -150,
        "order_escrow": 4_300,
    }
    cash.complete(order.id)
    assert cash.books() == {
        "channel_clearing:alipay": 4_150,
        "points_liability": -150,
        "promotion_expense": 1_000,
        "merchant_payable": 5_075,
        "commission_revenue": 225,
    }
    assert cash.broken_promises() == []


@each_channel
def test_pieces_then_an_amount_then_the_rest(cash: Cash, channel: ChannelName) -> None:
    wish = OrderWish(
        lines=(LineWish(unit_price_minor=1_000, quantity=3), LineWish(unit_price_minor=777)),
        freight_minor=800,
    )
    order, _ = cash.paid(wish, OrderWish(), channel=channel)
    cash.complete(order.id)
    ask(order, cash, pieces(order, 1))
    ask(order, cash, RefundRequest(amount=cny(500), reason="包装破损"))
    with pytest.raises(RefundTooMuch):
        ask(order, cash, RefundRequest(amount=cny(2_278)))
    cash.run_jobs()
    assert sum(done.amount.amount_minor for done in cash.refunds(order.id)) == 1_500
    whole(order, cash)
    cash.run_jobs()
    assert sum(done.amount.amount_minor for done in cash.refunds(order.id)) == 4_577
    with pytest.raises(NothingToRefund):
        whole(order, cash)
    assert cash.broken_promises() == []


def test_unsent_pieces_go_back_on_sale_and_are_never_sent(cash: Cash) -> None:
    order = stocked(cash)
    ask(order, cash, pieces(order, 2))
    assert [line.quantity for line in stock_lines([order.id])] == [1]
    assert rows("SELECT sum(quantity) FROM inventory_reservation") == [(1,)]
    too_many = [PiecesWish(order_line_id=order.lines[0].id, quantity=2)]
    with pytest.raises(PiecesGone), atomic():
        order_services.note_shipped(order_id=order.id, wanted=too_many, staff_id=STAFF, now=cash.now())
    ask(order, cash, pieces(order, 1))
    cash.run_jobs()
    # Nothing was sent and nothing will be: the freight went back with the last piece.
    assert [done.amount for done in cash.refunds(order.id)] == [cny(2_000), cny(1_800)]
    assert order_at_sale(order.id).status is OrderStatus.CLOSED
    assert cash.broken_promises() == []


def test_a_preview_says_what_the_refund_will_be_and_changes_nothing(cash: Cash) -> None:
    order = stocked(cash)
    request = pieces(order, 3)
    seen = refund_preview.preview_refund(
        merchant_id=order.merchant_id, order_id=order.id, request=request, language="zh"
    )
    assert (seen.amount, seen.freight) == (cny(3_800), cny(800))
    assert cash.refunds(order.id) == []
    assert ask(order, cash, request).amount == seen.amount


def test_who_may_refund_and_what(cash: Cash) -> None:
    order = stocked(cash)
    with pytest.raises(NotFound):
        refund.request_refund(
            merchant_id=MerchantId(new_id()),
            order_id=order.id,
            request=pieces(order, 1),
            staff=STAFF,
            now=cash.now(),
        )
    for malformed in (RefundRequest(), RefundRequest(lines=[], amount=cny(1)), RefundRequest(lines=[])):
        with pytest.raises(Invalid):
            ask(order, cash, malformed)
    with pytest.raises(RefundTooMuch):
        ask(order, cash, pieces(order, 4))
    unpaid = cash.place(OrderWish())
    with pytest.raises(NothingToRefund):
        ask(order_at_sale(unpaid.orders[0].id), cash, RefundRequest(amount=cny(1)))
    assert cash.refunds(order.id) == []


# -- exactly once, whatever the channel does -----------------------------------------------------------------


@each_channel
@pytest.mark.parametrize("how", ["unavailable", "refused", "lost_answer", "bad_signature"])
def test_a_channel_in_trouble_sends_the_money_once(cash: Cash, channel: ChannelName, how: str) -> None:
    order, _ = cash.paid(channel=channel)
    cash.control.fail_next("refund", how, count=2)
    opened = whole(order, cash)
    with pytest.raises(RefundNotSent):
        refund.execute(refund_id=opened.id, now=cash.now())
    status, failure = one(opened.id)
    if how in {"unavailable", "refused"}:  # else the channel did it, and may tell us by itself at any moment
        assert (status, bool(failure)) == ("failed", True)
        assert order_at_sale(order.id).payment_status is OrderPaymentStatus.PAID
    cash.control.clear_faults()
    send(cash, opened.id)
    assert one(opened.id) == ("done", None)
    at_channel = cash.control.refunds(cash.attempt_number(order.trade_id))
    assert [made["amount_minor"] for made in at_channel] == [order.total.amount_minor]
    assert rows("SELECT count(*) FROM ledger_journal WHERE kind = 'refunded'") == [(1,)]
    assert cash.broken_promises() == []


def test_a_refund_that_got_stuck_waits_for_a_person_and_never_goes_twice(cash: Cash) -> None:
    order, _ = cash.paid(channel=ChannelName.WECHAT)
    cash.control.fail_next("refund", "abnormal")
    opened = whole(order, cash)
    refund.execute(refund_id=opened.id, now=cash.now())  # accepted …
    for _ in range(3):
        with pytest.raises(RefundNotSent):  # … and stuck, however often we ask
            refund.execute(refund_id=opened.id, now=cash.now())
    assert one(opened.id) == ("failed", refund.STUCK)
    assert rows("SELECT count(*) FROM kernel_outbox WHERE name = 'payments.refund_failed'") == [(1,)]
    assert len(cash.control.refunds(cash.attempt_number(order.trade_id))) == 1
    refund.begin_anew(refund_id=opened.id, by=STAFF, now=cash.now())
    number = rows("SELECT out_refund_no FROM payments_refund WHERE id = %s", [opened.id])[0][0]
    assert number.endswith("R1")
    with pytest.raises(RefundNotSent):  # the channel still counts the stuck one, and refuses a second
        refund.execute(refund_id=opened.id, now=cash.now())
    with pytest.raises(RefundNotStuck):
        refund.begin_anew(refund_id=opened.id, by=STAFF, now=cash.now())


def test_two_workers_at_once_book_a_refund_once(cash: Cash) -> None:
    order, _ = cash.paid()
    opened = whole(order, cash)

    def run(_: int) -> None:
        refund.execute(refund_id=opened.id, now=cash.now())
        connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(run, range(4)))
    assert one(opened.id) == ("done", None)
    assert rows("SELECT count(*) FROM ledger_journal WHERE kind = 'refunded'") == [(1,)]
    assert len(cash.control.refunds(cash.attempt_number(order.trade_id))) == 1
    assert cash.broken_promises() == []


def test_two_clerks_at_once_never_refund_more_than_was_paid(cash: Cash) -> None:
    order, _ = cash.paid()
    cash.complete(order.id)

    def run(_: int) -> bool:
        try:
            ask(order, cash, RefundRequest(amount=cny(6_000)))
        except RefundTooMuch:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(run, range(4))) == [False, False, False, True]
    cash.run_jobs()
    assert cash.broken_promises() == []


def test_a_refund_nobody_works_on_is_taken_up_again(cash: Cash) -> None:
    order, _ = cash.paid()
    opened = whole(order, cash)
    rows("DELETE FROM procrastinate_jobs RETURNING id")  # the job is lost
    sweep_refunds(now=cash.now() + timedelta(hours=3))
    cash.run_jobs()
    assert one(opened.id)[0] == "done"


@each_channel
def test_the_channels_own_word_about_a_refund_is_taken_in_once(cash: Cash, channel: ChannelName) -> None:
    order, _ = cash.paid(channel=channel)
    opened = whole(order, cash)
    cash.run_jobs()
    number = rows("SELECT out_refund_no FROM payments_refund WHERE id = %s", [opened.id])[0][0]
    told = cash.attempt_number(order.trade_id) if channel is ChannelName.ALIPAY else number
    cash.control.settle(told)
    outcomes = [outcome for outcome, _ in cash.callbacks()]
    assert outcomes[0] == "applied"
    assert set(outcomes[1:]) <= {"repeated", "refund_noted"}
    assert len(outcomes) >= 2
    assert rows("SELECT count(*) FROM ledger_journal WHERE kind = 'refunded'") == [(1,)]


def test_an_order_does_not_complete_while_money_is_on_its_way_back(cash: Cash) -> None:
    from jishi.flows.release import RefundUnderWay

    order, _ = cash.paid(OrderWish(lines=(LineWish(quantity=2),)), OrderWish())
    ask(order, cash, RefundRequest(amount=cny(100)))
    with pytest.raises(RefundUnderWay):
        cash.complete(order.id)
    cash.run_jobs()
    cash.complete(order.id)
    assert cash.broken_promises() == []


# -- who hears of it -----------------------------------------------------------------------------------------


def test_the_buyer_is_written_to_when_his_money_is_on_its_way(cash: Cash) -> None:
    buyer = make_buyer(email="refunded@example.com")
    trade = make_trade([OrderWish()], buyer=buyer, now=cash.now())
    cash.open_payment(trade.id)
    cash.act(cash.start(trade.id))
    order = order_at_sale(trade.orders[0].id)
    whole(order, cash)
    cash.run_jobs()
    (mail,) = cash.control.messages("refunded@example.com")
    assert order.number in str(mail)
    assert "100.00" in str(mail)


def test_the_buyer_is_written_to_when_money_taken_twice_goes_back(cash: Cash) -> None:
    buyer = make_buyer(email="twice@example.com")
    trade = make_trade([OrderWish()], buyer=buyer, now=cash.now())
    cash.open_payment(trade.id)
    cash.act(cash.start(trade.id), "pay-twice")
    cash.control.settle(cash.attempt_number(trade.id))
    cash.run_jobs()
    (mail,) = cash.control.messages("twice@example.com")
    assert order_at_sale(trade.orders[0].id).number in str(mail)
