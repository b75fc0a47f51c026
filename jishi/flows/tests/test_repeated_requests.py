"""A merchant's request whose answer was lost is sent again, with the same key, and does nothing twice."""

from uuid import UUID

import pytest

from jishi.flows.refund import request_refund
from jishi.flows.ship import ship_order
from jishi.flows.tests.shopping import LATER, make_goods, make_shopper, stock_of
from jishi.kernel.idempotency import KeyReused
from jishi.kernel.ids import MerchantId, OrderId, SkuId, UserId
from jishi.kernel.money import Money
from jishi.money.payments import queries as payments
from jishi.money.payments.types import Refund, RefundRequest
from jishi.trade.orders.queries import order_at_sale
from jishi.trade.orders.types import ParcelWish, PiecesWish
from jishi.trade.shipping import queries as shipping
from jishi.trade.shipping.types import Parcel

pytestmark = pytest.mark.django_db

STAFF = UserId(UUID(int=7))
KEY = "first-try-0001"


def sold(quantity: int = 3) -> tuple[OrderId, MerchantId, SkuId]:
    tea = make_goods(6_800)
    order_id = make_shopper().buy_and_pay((tea.sku_id, quantity)).orders[0].id
    return order_id, tea.merchant_id, tea.sku_id


def ship_one(order_id: OrderId, merchant_id: MerchantId, *, number: str = "SF0000000001") -> Parcel:
    line = order_at_sale(order_id).lines[0]
    wish = ParcelWish(
        carrier="shunfeng",
        tracking_number=number,
        lines=[PiecesWish(order_line_id=line.id, quantity=1)],
    )
    return ship_order(order_id=order_id, merchant_id=merchant_id, wish=wish, staff=STAFF, key=KEY, now=LATER)


def give_back(order_id: OrderId, merchant_id: MerchantId, amount_minor: int = 500) -> Refund:
    return request_refund(
        merchant_id=merchant_id,
        order_id=order_id,
        request=RefundRequest(amount=Money(amount_minor, "CNY"), reason="包装破损"),
        staff=STAFF,
        key=KEY,
        now=LATER,
    )


def test_a_refund_sent_again_is_the_same_refund() -> None:
    order_id, merchant_id, _ = sold()
    assert give_back(order_id, merchant_id).id == give_back(order_id, merchant_id).id
    assert len(payments.refunds_of([order_id])[order_id]) == 1


def test_another_amount_under_the_same_key_is_refused() -> None:
    order_id, merchant_id, _ = sold()
    give_back(order_id, merchant_id)
    with pytest.raises(KeyReused):
        give_back(order_id, merchant_id, 501)


def test_a_parcel_sent_again_is_the_same_parcel_and_leaves_stock_once() -> None:
    order_id, merchant_id, sku_id = sold()
    assert ship_one(order_id, merchant_id).id == ship_one(order_id, merchant_id).id
    assert shipping.parcel_count(order_id) == 1
    assert stock_of(sku_id) == (9, 2)  # on hand, reserved


def test_a_parcel_is_the_same_also_when_nothing_is_left_to_ship() -> None:
    order_id, merchant_id, _ = sold(1)
    assert ship_one(order_id, merchant_id).id == ship_one(order_id, merchant_id).id


def test_another_parcel_under_the_same_key_is_refused() -> None:
    order_id, merchant_id, _ = sold()
    ship_one(order_id, merchant_id)
    with pytest.raises(KeyReused):
        ship_one(order_id, merchant_id, number="SF0000000002")


def test_two_merchants_may_use_the_same_key() -> None:
    first, second = sold(), sold()
    assert give_back(*first[:2]).id != give_back(*second[:2]).id
