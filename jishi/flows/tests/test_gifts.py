"""A gift comes with what earns it: from the cart to the order, its stock, and what becomes of it on a refund."""

import pytest

from jishi.flows import invariants
from jishi.flows.invariants_sql import STOCK
from jishi.flows.place_order import CartChanged
from jishi.flows.tests import factories
from jishi.flows.tests.shopping import NOW, Shopper, make_goods, make_shopper, pay, send, stock_of
from jishi.kernel.channels import Channel
from jishi.kernel.db import execute
from jishi.kernel.errors import NotFound
from jishi.kernel.ids import MerchantId, OrderId, PromotionId, SkuId
from jishi.money.payments.types import PiecesToRefund
from jishi.offering.pricing.types import Measure
from jishi.offering.pricing.types_promotions import Gift, GiftPart, Refunding
from jishi.offering.promotions.tests.factories import make_promotion
from jishi.trade.checkout import queries, services_gifts
from jishi.trade.checkout.queries_replay import replay_quote
from jishi.trade.checkout.types import CartGroup
from jishi.trade.checkout.types_gifts import GiftChoice
from jishi.trade.orders.queries import order_at_sale
from jishi.trade.orders.queries_pages import order_of_buyer

pytestmark = pytest.mark.django_db


def sold_out(sku_id: SkuId) -> None:
    """Let others hold all pieces of a SKU."""
    execute("UPDATE inventory_stock SET reserved = on_hand WHERE sku_id = %s", [sku_id])


class Shop:
    """Tea at 100.00; for two of it one of two gifts, a cup at 19.00 or a spoon at 9.00."""

    def __init__(self, *, cups: int = 5, refunding: Refunding = Refunding.CLAW_BACK, is_chosen: bool = True):
        tea = make_goods(10_000)
        self.merchant: MerchantId = tea.merchant_id
        self.tea: SkuId = tea.sku_id
        self.cup: SkuId = make_goods(1_900, stock=max(cups, 1), merchant_id=tea.merchant_id).sku_id
        if not cups:
            sold_out(self.cup)
        self.spoon: SkuId = make_goods(900, merchant_id=tea.merchant_id).sku_id
        effect = Gift(
            measure=Measure.PIECES,
            threshold=2,
            gifts=(GiftPart(sku_id=self.cup), GiftPart(sku_id=self.spoon)),
            is_chosen=is_chosen,
        )
        self.promotion: PromotionId = make_promotion(tea.merchant_id, effect, refunding=refunding)
        self.me: Shopper = make_shopper()

    def choose(self, sku_id: SkuId) -> None:
        services_gifts.choose_gift(
            owner_id=self.me.buyer,
            promotion_id=self.promotion,
            choice=GiftChoice(sku_id=sku_id),
            channel=Channel.WEB,
            language="zh",
            now=NOW,
        )

    def group(self) -> CartGroup:
        (group,) = queries.cart(self.me.buyer, language="zh", now=NOW).groups
        return group

    def given(self) -> dict[SkuId, int]:
        return {one.sku_id: one.given for offer in self.group().gifts for one in offer.options}

    def bought(self) -> OrderId:
        return self.me.buy_and_pay((self.tea, 2)).orders[0].id


def test_the_cart_says_what_is_missing_then_gives_and_lets_choose() -> None:
    shop = Shop()
    shop.me.put(shop.tea)
    assert [(one.missing, one.gain) for one in shop.group().hints] == [(1, "送赠品(2 选 1)")]
    assert shop.group().gifts == []

    shop.me.put(shop.tea)
    assert shop.given() == {shop.cup: 1, shop.spoon: 0}
    shop.choose(shop.spoon)
    assert shop.given() == {shop.cup: 0, shop.spoon: 1}
    assert queries.cart(shop.me.buyer, language="zh", now=NOW).total.amount_minor == 20_000
    with pytest.raises(NotFound):
        shop.choose(shop.tea)


def test_the_order_holds_the_gift_and_its_stock_and_the_price_replays() -> None:
    shop = Shop()
    shop.choose(shop.spoon)
    quote = shop.me.quote((shop.tea, 2))

    trade = shop.me.place(quote)

    order = order_of_buyer(order_id=trade.orders[0].id, buyer=shop.me.buyer, language="zh", now=NOW)
    assert [(line.sku_id, line.is_gift, line.payable.amount_minor) for line in order.lines] == [
        (shop.tea, False, 20_000),
        (shop.spoon, True, 0),
    ]
    assert [(one.name, one.amount.amount_minor) for one in order.discounts] == [("冬季优惠", 900)]
    assert order.total == quote.total
    assert stock_of(shop.spoon) == (10, 1)
    assert replay_quote(quote.id).is_same
    pay(trade.id)
    send(order.id)
    assert stock_of(shop.spoon) == (9, 0)


def test_all_gifts_come_and_what_is_out_of_stock_stands_in_nobodys_way() -> None:
    shop = Shop(cups=0, is_chosen=False)

    quote = shop.me.quote((shop.tea, 2))

    (offer,) = quote.orders[0].gifts
    assert [(one.sku_id, one.given, one.is_there) for one in offer.options] == [
        (shop.cup, 0, False),
        (shop.spoon, 1, True),
    ]
    assert [line.sku_id for line in quote.orders[0].lines if line.is_gift] == [shop.spoon]
    assert shop.me.place(quote).total == quote.total


def test_a_chosen_gift_that_is_gone_is_not_given_until_another_is_chosen() -> None:
    shop = Shop(cups=0)
    shop.choose(shop.cup)
    assert [line.sku_id for line in shop.me.quote((shop.tea, 2)).orders[0].lines] == [shop.tea]

    shop.choose(shop.spoon)
    assert [line.sku_id for line in shop.me.quote((shop.tea, 2)).orders[0].lines] == [shop.tea, shop.spoon]


def test_a_gift_that_runs_out_after_the_quote_is_asked_about_again() -> None:
    shop = Shop(cups=1)
    quote = shop.me.quote((shop.tea, 2))
    sold_out(shop.cup)

    with pytest.raises(CartChanged) as changed:
        shop.me.place(quote)

    again = changed.value.data["quote"]
    assert again.total == quote.total
    assert [line.sku_id for line in again.orders[0].lines if line.is_gift] == [shop.spoon]
    assert shop.me.place(again).total == quote.total


def test_the_pieces_that_are_bought_are_not_given_away_too() -> None:
    shop = Shop(cups=1)

    quote = shop.me.quote((shop.tea, 2), (shop.cup, 1))

    assert [line.sku_id for line in quote.orders[0].lines if line.is_gift] == [shop.spoon]


def back(order_id: OrderId, *pieces: tuple[int, int]) -> int:
    """Refund pieces of the lines at these places, goods only; return what went back, in minor units."""
    lines = order_at_sale(order_id).lines
    wish = [PiecesToRefund(order_line_id=lines[place].id, quantity=count) for place, count in pieces]
    opened = factories.ask_refund(order_id, lines=wish, freight=False)
    factories.finish_refund(opened.id)
    return opened.amount.amount_minor


@pytest.mark.parametrize(
    ("refunding", "steps", "amounts"),
    [
        (Refunding.KEEP, [[(0, 1)], [(0, 1)]], [10_000, 10_000]),
        (Refunding.KEEP, [[(1, 1)], [(0, 2)]], [0, 20_000]),
        (Refunding.CLAW_BACK, [[(0, 1)], [(1, 1)], [(0, 1)]], [8_100, 1_900, 10_000]),
        (Refunding.CLAW_BACK, [[(0, 1)], [(0, 1)], [(1, 1)]], [8_100, 10_000, 1_900]),
        (Refunding.CLAW_BACK, [[(0, 1), (1, 1)], [(0, 1)]], [10_000, 10_000]),
        (Refunding.CLAW_BACK, [[(1, 1)], [(0, 1)], [(0, 1)]], [0, 10_000, 10_000]),
        (Refunding.CLAW_BACK, [[(0, 2)], [(1, 1)]], [18_100, 1_900]),
        (Refunding.CLAW_BACK, [[(0, 2), (1, 1)]], [20_000]),
    ],
)
def test_whichever_way_goods_and_gift_come_back_the_sums_are_right(
    refunding: Refunding, steps: list[list[tuple[int, int]]], amounts: list[int]
) -> None:
    shop = Shop(refunding=refunding)
    order_id = shop.bought()
    send(order_id)

    assert [back(order_id, *step) for step in steps] == amounts
    assert sum(amounts) <= 20_000
    assert [one for one in invariants.check() if one.promise not in STOCK] == []


def test_a_gift_dearer_than_what_goes_back_never_costs_the_buyer_more() -> None:
    shop = Shop()
    execute("UPDATE catalog_sku SET price_minor = 15000, list_price_minor = NULL WHERE id = %s", [shop.cup])
    order_id = shop.bought()
    send(order_id)

    assert back(order_id, (0, 1)) == 0
    assert back(order_id, (1, 1)) == 10_000


def test_a_completed_order_with_a_gift_leaves_the_books_balanced() -> None:
    shop = Shop()
    order_id = shop.bought()

    factories.complete(order_id)

    assert [one for one in invariants.check() if one.promise not in STOCK] == []
    assert order_at_sale(order_id).lines[1].payable.amount_minor == 0
