"""Pairs of calls that touch the same rows, and what must be true whoever comes first: the shelf under the buyers."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

from jishi.flows.close_unpaid import close_unpaid
from jishi.flows.take_payment import learn
from jishi.flows.tests.shopping import (
    DEADLINE,
    LATER,
    NOW,
    capture_of,
    make_goods,
    make_shopper,
    send,
    stock_of,
)
from jishi.kernel.ids import MerchantId, ProductId, SkuId, new_id
from jishi.money.payments.types import Learnt
from jishi.money.payments.types import Outcome as Learning
from jishi.offering.catalog import queries as catalog
from jishi.offering.catalog import queries_merchant as listings
from jishi.offering.catalog import services as listing_services
from jishi.offering.catalog.tests.factories import MadeProduct
from jishi.offering.inventory import services_merchant as shelves
from jishi.offering.inventory.tests.factories import line
from jishi.offering.inventory.types import CountLine, CountWish, ReceiptLine, ReceiptWish
from jishi.trade.orders import queries as orders
from jishi.trade.orders.types import OrderStatus, Trade
from tests.races.interleaving import Call, Outcome
from tests.races.scenes import Scene, Scenes, give_back, reserve, warehouse_of


def _count(goods: MadeProduct, found: int, *, expected: int | None = None) -> Call:
    """Let a clerk find so many pieces of the goods on their shelf."""
    counted = CountLine(sku_id=goods.sku_id, on_hand=found, expected=expected)
    wish = CountWish(warehouse_id=warehouse_of(goods.sku_id), lines=[counted])
    return partial(shelves.count, merchant_id=goods.merchant_id, wish=wish, staff_id=None, now=LATER)


def count_reserve() -> Scene:
    """A clerk finds fewer pieces than somebody asks for: either the claim stands, or what was found does."""
    goods = make_goods(100, stock=3)
    wish = line(new_id(), goods.sku_id, warehouse_of(goods.sku_id), 2)

    def check(outcomes: list[Outcome]) -> None:
        counted, reserved = outcomes
        if reserved.refusal is None:
            assert counted.refusal == "fewer_than_reserved"
            assert stock_of(goods.sku_id) == (3, 2)
        else:
            assert (counted.refusal, reserved.refusal) == (None, "out_of_stock")
            assert stock_of(goods.sku_id) == (1, 0)
        give_back(goods.sku_id)

    return Scene([_count(goods, 1), partial(reserve, wish)], check)


def receive_reserve() -> Scene:
    """The missing piece arrives while somebody asks for it."""
    goods = make_goods(100, stock=1)
    place = warehouse_of(goods.sku_id)
    arrived = ReceiptWish(warehouse_id=place, lines=[ReceiptLine(sku_id=goods.sku_id, quantity=1)])

    def check(outcomes: list[Outcome]) -> None:
        received, reserved = outcomes
        assert received.refusal is None
        assert reserved.refusal in {None, "out_of_stock"}
        assert stock_of(goods.sku_id) == (2, 0 if reserved.refusal else 2)
        give_back(goods.sku_id)

    receive = partial(shelves.receive, merchant_id=goods.merchant_id, wish=arrived, staff_id=None, now=LATER)
    return Scene([receive, partial(reserve, line(new_id(), goods.sku_id, place, 2))], check)


def count_ship() -> Scene:
    """A clerk counts what another sends: a count of what lay there before they left is not believed."""
    me, goods = make_shopper(), make_goods(6_800, stock=10)
    order_id = me.buy_and_pay((goods.sku_id, 2)).orders[0].id

    def check(outcomes: list[Outcome]) -> None:
        counted, sent = outcomes
        assert sent.refusal is None
        assert counted.refusal in {None, "stock_changed"}
        assert stock_of(goods.sku_id) == ((8, 0) if counted.refusal else (7, 0))

    return Scene([_count(goods, 9, expected=10), partial(send, order_id)], check)


def approve_submit() -> Scene:
    """A dearer version is approved while a checkout at the old price arrives: nobody pays what he did not see."""
    me, goods = make_shopper(), make_goods(6_800, stock=10)
    _propose(goods.merchant_id, goods.id, 8_800)
    quote = me.quote((goods.sku_id, 1))
    approve = partial(listing_services.approve, product_id=goods.id, reviewer_id=None, now=LATER)

    def check(outcomes: list[Outcome]) -> None:
        bought, approved = outcomes
        assert approved.refusal is None
        assert bought.refusal in {None, "cart_changed"}
        if isinstance(bought.value, Trade):
            assert bought.value.total == quote.total
        assert stock_of(goods.sku_id) == (10, 0 if bought.refusal else 1)
        assert _price(goods.sku_id) == 8_800

    return Scene([partial(me.place, quote), approve], check)


def _propose(merchant_id: MerchantId, product_id: ProductId, price_minor: int) -> None:
    """Let a merchant ask for another price; his version waits for approval."""
    _save(merchant_id, product_id, price_minor)
    _submit(merchant_id, product_id)


def _save(merchant_id: MerchantId, product_id: ProductId, price_minor: int) -> None:
    known = listings.product_for_merchant(merchant_id, product_id)
    wish = replace(known.wish, skus=[replace(one, price_minor=price_minor) for one in known.wish.skus])
    listing_services.save_product(
        merchant_id=merchant_id, wish=wish, product_id=product_id, staff_id=None, now=NOW
    )


def _submit(merchant_id: MerchantId, product_id: ProductId) -> None:
    listing_services.submit(merchant_id=merchant_id, product_id=product_id, staff_id=None, now=LATER)


def _price(sku_id: SkuId) -> int:
    return catalog.skus_for_sale([sku_id])[sku_id].price.amount_minor


def revive_submit() -> Scene:
    """Money comes after the deadline while another buyer wants the pieces that this has freed: one has them."""
    me, other, last = make_shopper(), make_shopper(), make_goods(6_800, stock=2)
    trade = me.buy((last.sku_id, 2))
    late = capture_of(trade.id, at=LATER)
    close_unpaid(trade_id=trade.id, now=DEADLINE)
    afterwards = DEADLINE + timedelta(minutes=1)
    quote = other.quote((last.sku_id, 1), now=afterwards)

    def check(outcomes: list[Outcome]) -> None:
        learnt, bought = outcomes
        assert isinstance(learnt.value, Learnt)
        status = orders.order_at_sale(trade.orders[0].id).status
        if bought.refusal is None:
            assert (learnt.value.outcome, status) == (Learning.LATE_RETURNED, OrderStatus.CLOSED)
            assert stock_of(last.sku_id) == (2, 1)
        else:
            assert bought.refusal == "out_of_stock"
            assert (learnt.value.outcome, status) == (Learning.LATE_REVIVED, OrderStatus.AWAITING_SHIPMENT)
            assert stock_of(last.sku_id) == (2, 2)

    return Scene([partial(learn, late, now=afterwards), partial(other.place, quote, now=afterwards)], check)


def submit_submit() -> Scene:
    """Two colleagues ask for the same version: one is heard, and a price that moves little is asked once."""
    goods = make_goods(6_800, stock=10)
    _save(goods.merchant_id, goods.id, 6_900)
    calls = [partial(_submit, goods.merchant_id, goods.id) for _ in range(2)]

    def check(outcomes: list[Outcome]) -> None:
        assert sorted(str(one.refusal) for one in outcomes) == ["None", "nothing_to_review"]
        assert _price(goods.sku_id) == 6_900

    return Scene(calls, check)


def approve_save() -> Scene:
    """A version is approved while its merchant saves the next: what was looked at goes on sale, nothing later."""
    goods = make_goods(6_800, stock=10)
    _propose(goods.merchant_id, goods.id, 8_800)
    approve = partial(listing_services.approve, product_id=goods.id, reviewer_id=None, now=LATER)

    def check(outcomes: list[Outcome]) -> None:
        approved, saved = outcomes
        assert approved.refusal is None
        assert saved.refusal in {None, "under_review"}
        assert _price(goods.sku_id) == 8_800
        known = listings.product_for_merchant(goods.merchant_id, goods.id)
        assert (known.proposal == "draft") is (saved.refusal is None)

    return Scene([approve, partial(_save, goods.merchant_id, goods.id, 9_900)], check)


SCENES: Scenes = {
    count_reserve: 3,
    receive_reserve: 3,
    count_ship: 3,
    approve_submit: 2,
    submit_submit: 2,
    approve_save: 2,
    revive_submit: 2,
}
