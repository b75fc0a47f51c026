"""Which offer lists and addresses lead to, and what follows when price, stock, freight or rating change."""

from collections.abc import Callable
from dataclasses import replace

import msgspec
import pytest

from jishi.community.reviews import queries as reviews
from jishi.community.reviews import services as reviewing
from jishi.community.reviews.types import ReviewWish
from jishi.flows.best_offer import choose_all, choose_best, follow_offers
from jishi.flows.receive import confirm_receipt
from jishi.flows.tests.shopping import LATER, make_shopper, send
from jishi.kernel.db import atomic, rows
from jishi.kernel.ids import MerchantId, ProductId
from jishi.kernel.outbox.handlers import decode
from jishi.offering.catalog import queries, queries_merchant, services, services_merge
from jishi.offering.catalog.events import OffersChanged
from jishi.offering.catalog.tests.factories import NOW, MadeProduct, product_detail, put_on_sale
from jishi.offering.catalog.tests.factories_offers import OPERATOR, make_offers, shared
from jishi.offering.catalog.types import ProductCard
from jishi.trade.orders.queries import order_at_sale
from jishi.trade.shipping.tests.factories import make_template

pytestmark = pytest.mark.django_db


def follow_news() -> None:
    """Hear what the outbox keeps of offers, as the worker does."""
    told = rows(
        "SELECT body::text FROM kernel_outbox WHERE name = 'catalog.offers_changed' ORDER BY sequence"
    )
    assert told
    with atomic():
        for body in dict.fromkeys(told):
            event = decode("catalog.offers_changed", msgspec.json.decode(body[0]))
            assert isinstance(event, OffersChanged)
            follow_offers(event, now=NOW)


def listed(product: MadeProduct, merchant_id: MerchantId | None = None) -> list[ProductCard]:
    category = None if merchant_id else product.category_id
    return queries.products(category_id=category, merchant_id=merchant_id, language="zh").items


def fronts(product: MadeProduct) -> list[ProductId]:
    return [card.id for card in listed(product)]


def reprice(product: MadeProduct, price_minor: int) -> None:
    read = queries_merchant.product_for_merchant(product.merchant_id, product.id)
    cheaper = replace(read.wish.skus[0], price_minor=price_minor, list_price_minor=None)
    services.save_product(
        merchant_id=product.merchant_id,
        product_id=product.id,
        wish=replace(read.wish, skus=[cheaper]),
        staff_id=None,
        now=NOW,
    )
    put_on_sale(product.merchant_id, product.id)


def test_lists_show_the_best_offer_once_and_stores_their_own() -> None:
    dear, cheap = make_offers([10_000, 9_000])
    follow_news()
    (card,) = listed(dear)
    assert (card.id, card.merchants, card.price.amount_minor) == (cheap.id, 2, 9_000)
    assert [one.id for one in listed(dear, dear.merchant_id)] == [dear.id]
    page = product_detail(ProductId(shared(dear.id)), language="zh")
    assert page.id == cheap.id and page.shared is not None
    assert [one.product_id for one in page.shared.offers] == [cheap.id, dear.id]


def test_whoever_becomes_cheaper_takes_the_place() -> None:
    dear, cheap = make_offers([10_000, 9_000])
    follow_news()
    reprice(dear, 8_000)
    follow_news()
    assert fronts(dear) == [dear.id]
    (card,) = listed(dear)
    assert card.price.amount_minor == 8_000 and cheap.id != card.id


def test_freight_counts_and_is_looked_at_every_hour() -> None:
    dear, cheap = make_offers([10_000, 9_800])
    follow_news()
    assert fronts(dear) == [cheap.id]
    make_template(cheap.merchant_id)
    choose_all(now=NOW)
    assert fronts(dear) == [dear.id]
    page = product_detail(dear.id, language="zh")
    assert page.shared is not None
    freights = {one.product_id: one.freight and one.freight.amount_minor for one in page.shared.offers}
    assert freights == {dear.id: 0, cheap.id: 800}


@pytest.mark.parametrize(
    "leave",
    [
        lambda one: services.ban(product_id=one.id, reason="假货", reviewer_id=None, now=NOW),
        lambda one: services.take_off_shelf(
            merchant_id=one.merchant_id, product_id=one.id, staff_id=None, now=NOW
        ),
        lambda one: services_merge.split(product_id=one.id, reason="不同款", actor=OPERATOR, now=NOW),
    ],
    ids=["banned", "off_shelf", "split"],
)
def test_who_leaves_is_followed_by_the_next(leave: Callable[[MadeProduct], object]) -> None:
    dear, cheap = make_offers([10_000, 9_000])
    follow_news()
    leave(cheap)
    follow_news()
    assert dear.id in fronts(dear)
    assert {card.merchants for card in listed(dear)} == {1}


def test_the_same_choice_again_changes_nothing() -> None:
    dear, _ = make_offers()
    follow_news()
    before = rows("SELECT count(*) FROM catalog_change")
    with atomic():
        choose_best(shared(dear.id), now=NOW)
    assert rows("SELECT count(*) FROM catalog_change") == before


# -- what buyers say ------------------------------------------------------------------------------------------


def review(product: MadeProduct, stars: int) -> None:
    order = order_at_sale(make_shopper().buy_and_pay((product.sku_id, 1)).orders[0].id)
    send(order.id)
    confirm_receipt(order_id=order.id, buyer=order.buyer_id, now=LATER)
    wish = ReviewWish(stars=stars, text="好用", media_ids=[])
    reviewing.write(
        buyer=order.buyer_id, order_line_id=order.lines[0].id, wish=wish, language="zh", now=LATER
    )


def test_reviews_are_shown_together_and_part_with_the_offers() -> None:
    first, second = make_offers([10_000, 10_000])
    review(first, 5)
    review(second, 2)
    with atomic():
        choose_best(shared(first.id), now=NOW)
    for one in (first, second):
        shown = reviews.of_product(one.id, language="zh").items
        assert sorted(item.stars for item in shown) == [2, 5]
        assert len({item.merchant for item in shown}) == 2
        rating = product_detail(one.id, language="zh").rating
        assert rating is not None and (rating.average_hundredths, rating.count) == (350, 2)
        assert reviews.summary(one.id).rating == rating
    page = product_detail(first.id, language="zh")
    assert page.shared is not None
    assert [one.product_id for one in page.shared.offers] == [first.id, second.id]  # five stars before two
    services_merge.split(product_id=second.id, reason="不同款", actor=OPERATOR, now=NOW)
    follow_news()
    assert [item.stars for item in reviews.of_product(second.id, language="zh").items] == [2]
    alone = product_detail(second.id, language="zh").rating
    assert alone is not None and (alone.average_hundredths, alone.count) == (200, 1)
