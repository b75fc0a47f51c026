"""Codes are given at payment and vouchers used at the counter: once, to the right one, and the books agree."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest

from jishi.flows import hand_over, invariants
from jishi.flows.cancel import cancel_order
from jishi.flows.complete import complete_due
from jishi.flows.refund import request_refund
from jishi.flows.ship import NothingToShip
from jishi.flows.tests.factories import finish_refund
from jishi.flows.tests.parcelless import STAFF, add, make_codes, make_kind, make_service, quote_nowhere
from jishi.flows.tests.shopping import LATER, make_goods, make_shopper, pay, send, stock_of
from jishi.flows.track import record_scans
from jishi.kernel.db import execute, rows
from jishi.kernel.errors import NotFound
from jishi.kernel.ids import OrderId, RefundId, UserId
from jishi.money.payments import queries as payments
from jishi.money.payments.types import PiecesToRefund, RefundRequest
from jishi.offering.catalog.types_kinds import ProductKind
from jishi.offering.inventory.services import OutOfStock
from jishi.offering.inventory.services_merchant import StockIsCodes
from jishi.offering.inventory.tests.factories import make_stock, make_warehouse
from jishi.trade.checkout.services_quotes import AddressNeeded
from jishi.trade.handover import queries
from jishi.trade.handover.types import Handover, Redeemed, VoucherState
from jishi.trade.orders.queries import order_at_sale
from jishi.trade.orders.services import PiecesGone
from jishi.trade.orders.types import OrderStatus, PiecesWish
from jishi.trade.shipping.types import ParcelStatus, Scan

pytestmark = pytest.mark.django_db

AFTER_EXPIRY = LATER + timedelta(days=31)


@pytest.fixture(autouse=True)
def sound_books() -> Iterator[None]:
    """Whatever a test does, every promise holds afterwards."""
    yield
    assert invariants.check() == []


def mine(order_id: OrderId, buyer: UserId) -> Handover:
    return queries.handover_of(order_id=order_id, buyer=buyer, now=LATER)


def status(order_id: OrderId) -> OrderStatus:
    return order_at_sale(order_id).status


def settle_refunds(order_id: OrderId) -> None:
    for one in payments.refunds_of([order_id])[order_id]:
        finish_refund(RefundId(one.id), now=LATER)


def redeem(merchant_id: object, code: str, *, now: object = LATER) -> Redeemed:
    return hand_over.redeem(merchant_id=merchant_id, code=code, staff=STAFF, language="zh", now=now)  # type: ignore[arg-type]


# -- codes -----------------------------------------------------------------------------------------


def test_a_paid_code_is_delivered_without_an_address_and_opened_by_its_buyer() -> None:
    me = make_shopper()
    _, sku_id = make_codes("AAAA-1", "AAAA-2", "AAAA-3")
    quote = quote_nowhere(me, (sku_id, 2))
    assert not quote.needs_address
    assert quote.freight_amount.amount_minor == 0
    trade = me.place(quote)
    order_id = trade.orders[0].id
    assert mine(order_id, me.buyer).codes == []

    pay(trade.id)

    assert status(order_id) is OrderStatus.DELIVERED
    assert stock_of(sku_id) == (1, 0)
    given = mine(order_id, me.buyer)
    assert [one.text for one in given.codes] == ["", ""]
    hand_over.open_code(order_id=order_id, code_id=given.codes[0].id, buyer=me.buyer, now=LATER)
    opened = mine(order_id, me.buyer)
    assert {one.text for one in opened.codes} in ({"AAAA-1", ""}, {"AAAA-2", ""}, {"AAAA-3", ""})
    assert opened.unused_count == 1


def test_nobody_else_sees_or_opens_a_code() -> None:
    me, other = make_shopper(), make_shopper()
    _, sku_id = make_codes("MINE-1", "MINE-2")
    order_id = me.buy_and_pay((sku_id, 1)).orders[0].id
    code_id = mine(order_id, me.buyer).codes[0].id
    others_order = other.buy_and_pay((sku_id, 1)).orders[0].id
    with pytest.raises(NotFound):
        mine(order_id, other.buyer)
    for order in (order_id, others_order):
        with pytest.raises(NotFound):
            hand_over.open_code(order_id=order, code_id=code_id, buyer=other.buyer, now=LATER)
    with pytest.raises(NotFound):
        hand_over.return_unused(order_id=order_id, buyer=other.buyer, now=LATER)
    assert mine(order_id, me.buyer).codes[0].opened_at is None


def test_a_code_is_given_once_and_money_that_is_told_twice_gives_none_again() -> None:
    first, second = make_shopper(), make_shopper()
    _, sku_id = make_codes("ONE-1", "ONE-2")
    trades = [first.buy((sku_id, 1)), second.buy((sku_id, 1))]
    with pytest.raises(OutOfStock):
        first.buy((sku_id, 1))
    for trade in trades:
        pay(trade.id)
    pay(trades[0].id, transaction="again")
    given = rows("SELECT order_id FROM handover_code WHERE order_id IS NOT NULL")
    assert sorted(order_id for (order_id,) in given) == sorted(one.orders[0].id for one in trades)


def test_codes_are_sealed_and_repeated_ones_are_left_out() -> None:
    merchant_id, sku_id = make_codes("SEAL-1")
    again = add(merchant_id, sku_id, "SEAL-1", "SEAL-2", " seal-2 ")
    assert (again.added, again.repeated, again.left) == (1, 2, 2)
    assert stock_of(sku_id) == (2, 0)
    kept = b"".join(bytes(text) for (text,) in rows("SELECT text FROM handover_code"))
    assert b"SEAL" not in kept
    pool = queries.pools(merchant_id=merchant_id, cursor=None, limit=None, language="zh").items
    assert [(one.left, one.given, one.opened) for one in pool] == [(2, 0, 0)]


def test_codes_go_into_pools_of_ones_own_virtual_goods_alone() -> None:
    merchant_id, sku_id = make_codes("OWN-1")
    goods = make_goods(merchant_id=merchant_id)
    stranger, _ = make_codes("STRANGE-1")
    with pytest.raises(NotFound):
        add(stranger, sku_id, "X-1")
    with pytest.raises(NotFound):
        add(merchant_id, goods.sku_ids[0], "X-1")
    with pytest.raises(StockIsCodes):
        make_stock(sku_id, 5)


def test_a_merchant_without_a_warehouse_is_told_so() -> None:
    merchant_id, sku_id = make_kind(ProductKind.VIRTUAL)
    with pytest.raises(hand_over.NoWarehouse):
        add(merchant_id, sku_id, "X-1")
    make_warehouse(merchant_id)
    assert add(merchant_id, sku_id, "X-1").added == 1


def test_an_unopened_code_goes_back_and_is_sold_again_an_opened_one_does_not() -> None:
    me = make_shopper()
    _, sku_id = make_codes("BACK-1", "BACK-2")
    order_id = me.buy_and_pay((sku_id, 2)).orders[0].id
    codes = mine(order_id, me.buyer).codes
    hand_over.open_code(order_id=order_id, code_id=codes[0].id, buyer=me.buyer, now=LATER)

    hand_over.return_unused(order_id=order_id, buyer=me.buyer, now=LATER)

    (refund,) = payments.refunds_of([order_id])[order_id]
    assert refund.amount.amount_minor == 3_000
    assert stock_of(sku_id) == (1, 0)
    left = mine(order_id, me.buyer)
    assert [one.id for one in left.codes] == [codes[0].id]
    with pytest.raises(hand_over.NothingUnused):
        hand_over.return_unused(order_id=order_id, buyer=me.buyer, now=LATER)
    settle_refunds(order_id)
    other = make_shopper()
    sold_again = other.buy_and_pay((sku_id, 1)).orders[0].id
    assert mine(sold_again, other.buyer).codes[0].id == codes[1].id
    with pytest.raises(NotFound):
        hand_over.open_code(order_id=order_id, code_id=codes[1].id, buyer=me.buyer, now=LATER)


def test_a_merchant_may_refund_an_opened_code_which_stays_with_its_buyer() -> None:
    me = make_shopper()
    merchant_id, sku_id = make_codes("KIND-1")
    order_id = me.buy_and_pay((sku_id, 1)).orders[0].id
    code = mine(order_id, me.buyer).codes[0]
    hand_over.open_code(order_id=order_id, code_id=code.id, buyer=me.buyer, now=LATER)
    line = order_at_sale(order_id).lines[0]
    request_refund(
        merchant_id=merchant_id,
        order_id=order_id,
        request=RefundRequest(lines=[PiecesToRefund(order_line_id=line.id, quantity=1)]),
        staff=STAFF,
        now=LATER,
    )
    settle_refunds(order_id)
    assert status(order_id) is OrderStatus.CLOSED
    assert stock_of(sku_id) == (0, 0)
    assert rows("SELECT count(*) FROM handover_code WHERE opened_at IS NOT NULL") == [(1,)]


# -- with a parcel ----------------------------------------------------------------------------------


def test_goods_beside_a_code_need_an_address_and_travel_alone() -> None:
    me = make_shopper()
    merchant_id, sku_id = make_codes("MIX-1")
    goods = make_goods(merchant_id=merchant_id)
    with pytest.raises(AddressNeeded):
        me.place(quote_nowhere(me, (sku_id, 1), (goods.sku_ids[0], 1)))
    order_id = me.buy_and_pay((sku_id, 1), (goods.sku_ids[0], 2)).orders[0].id
    assert status(order_id) is OrderStatus.PARTIALLY_SHIPPED
    code_line = next(one for one in order_at_sale(order_id).lines if one.kind is ProductKind.VIRTUAL)
    with pytest.raises(PiecesGone):
        send(order_id, PiecesWish(order_line_id=code_line.id, quantity=1))

    parcel = send(order_id)

    assert [line.quantity for line in parcel.lines] == [2]
    assert status(order_id) is OrderStatus.SHIPPED
    scan = Scan(status=ParcelStatus.DELIVERED, description="", location="", at=LATER)
    record_scans(carrier=parcel.carrier, tracking_number=parcel.tracking_number, scans=[scan], now=LATER)
    assert status(order_id) is OrderStatus.DELIVERED


# -- services ---------------------------------------------------------------------------------------


def test_a_service_is_had_for_its_vouchers_and_completes_with_the_last() -> None:
    me = make_shopper()
    merchant_id, sku_id = make_service()
    trade = me.place(quote_nowhere(me, (sku_id, 2)))
    pay(trade.id)
    order_id = trade.orders[0].id
    vouchers = mine(order_id, me.buyer).vouchers
    assert [one.state for one in vouchers] == [VoucherState.UNUSED] * 2
    assert vouchers[0].expires_at == LATER + timedelta(days=30)
    with pytest.raises((NothingToShip, PiecesGone)):
        send(order_id)

    spaced = " ".join(vouchers[0].code[at : at + 4] for at in (0, 4, 8))
    assert redeem(merchant_id, spaced).unused_count == 1
    assert status(order_id) is OrderStatus.PARTIALLY_SHIPPED
    with pytest.raises(hand_over.CannotRedeem) as refused:
        redeem(merchant_id, vouchers[0].code)
    assert refused.value.data == {"state": VoucherState.USED}

    assert redeem(merchant_id, vouchers[1].code).unused_count == 0
    assert status(order_id) is OrderStatus.COMPLETED
    assert stock_of(sku_id) == (8, 0)


def test_another_merchant_finds_no_voucher() -> None:
    me = make_shopper()
    _, sku_id = make_service()
    stranger, _ = make_service()
    order_id = me.buy_and_pay((sku_id, 1)).orders[0].id
    (voucher,) = mine(order_id, me.buyer).vouchers
    with pytest.raises(NotFound):
        redeem(stranger, voucher.code)
    assert mine(order_id, me.buyer).vouchers[0].state is VoucherState.UNUSED


def test_cancelling_a_service_voids_its_vouchers_and_frees_its_pieces() -> None:
    me = make_shopper()
    merchant_id, sku_id = make_service()
    order_id = me.buy_and_pay((sku_id, 2)).orders[0].id
    vouchers = mine(order_id, me.buyer).vouchers
    cancel_order(order_id=order_id, buyer=me.buyer, reason="", now=LATER)
    assert {one.state for one in mine(order_id, me.buyer).vouchers} == {VoucherState.VOID}
    assert stock_of(sku_id) == (10, 0)
    with pytest.raises(hand_over.CannotRedeem):
        redeem(merchant_id, vouchers[0].code)


def test_what_was_not_used_goes_back_and_the_rest_completes() -> None:
    me = make_shopper()
    merchant_id, sku_id = make_service()
    order_id = me.buy_and_pay((sku_id, 3)).orders[0].id
    vouchers = mine(order_id, me.buyer).vouchers
    redeem(merchant_id, vouchers[0].code)
    hand_over.return_unused(order_id=order_id, buyer=me.buyer, now=LATER)
    (refund,) = payments.refunds_of([order_id])[order_id]
    assert refund.amount.amount_minor == 6_000
    with pytest.raises(hand_over.CannotRedeem):
        redeem(merchant_id, vouchers[1].code)
    settle_refunds(order_id)
    assert status(order_id) is OrderStatus.DELIVERED
    complete_due(LATER + timedelta(days=40))
    complete_due(LATER + timedelta(days=80))
    assert status(order_id) is OrderStatus.COMPLETED


def test_a_voucher_that_nobody_used_in_time_is_refunded_once() -> None:
    me = make_shopper()
    merchant_id, sku_id = make_service()
    order_id = me.buy_and_pay((sku_id, 2), now=LATER).orders[0].id
    vouchers = mine(order_id, me.buyer).vouchers
    assert hand_over.refund_expired(AFTER_EXPIRY - timedelta(days=2)) == 0
    with pytest.raises(hand_over.CannotRedeem) as refused:
        redeem(merchant_id, vouchers[0].code, now=AFTER_EXPIRY)
    assert refused.value.data == {"state": VoucherState.EXPIRED}
    assert hand_over.refund_expired(AFTER_EXPIRY) == 1
    assert hand_over.refund_expired(AFTER_EXPIRY) == 0
    (refund,) = payments.refunds_of([order_id])[order_id]
    assert refund.amount.amount_minor == 6_000
    settle_refunds(order_id)
    assert status(order_id) is OrderStatus.CLOSED
    assert stock_of(sku_id) == (10, 0)


# -- the promises ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("promise", "corruption", "mended"),
    [
        (
            "a pool holds a code for each virtual piece on hand",
            "UPDATE handover_code SET sku_id = merchant_id WHERE order_id IS NULL",
            "UPDATE handover_code SET sku_id = %s WHERE order_id IS NULL",
        ),
        (
            "codes given are pieces that were sent, and all that were not taken back",
            "UPDATE handover_code SET order_line_id = merchant_id WHERE order_id IS NOT NULL",
            "UPDATE handover_code SET order_line_id = %s WHERE order_id IS NOT NULL",
        ),
        (
            "a voucher stands for each piece of a service still to be had, and for each that was",
            "UPDATE handover_voucher SET void_at = now()",
            "UPDATE handover_voucher SET void_at = NULL",
        ),
    ],
)
def test_a_broken_promise_is_named(promise: str, corruption: str, mended: str) -> None:
    me = make_shopper()
    _, code_sku = make_codes("P-1", "P-2")
    _, service_sku = make_service()
    orders = me.buy_and_pay((code_sku, 1), (service_sku, 1)).orders
    lines = [line for order in orders for line in order_at_sale(order.id).lines]
    code_line = next(line.id for line in lines if line.kind is ProductKind.VIRTUAL)
    execute(corruption)
    assert promise in {one.promise for one in invariants.check()}
    values: dict[str, list[UUID]] = {"sku_id": [code_sku], "order_line_id": [code_line]}
    execute(mended, next((value for column, value in values.items() if f"{column} = %s" in mended), []))
