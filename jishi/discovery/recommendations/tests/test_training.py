"""The training from end to end: from purchases, behaviour and the catalogue to what is shown."""

from datetime import timedelta

import pytest

from jishi.discovery.recommendations import queries, services, similarity, together
from jishi.discovery.recommendations.models import ListRow
from jishi.discovery.recommendations.tests.factories import NOW, make_goods, make_person
from jishi.discovery.recommendations.types import Asked, ListKind, Place
from jishi.identity.accounts.tests.factories import make_buyer
from jishi.kernel.ids import CategoryId, ProductId, new_id
from jishi.kernel.words import Text
from jishi.offering.catalog.tests.factories import MadeProduct, make_category, make_product
from jishi.trade.orders import queries_baskets
from jishi.trade.orders.tests.factories import LineWish, OrderWish, make_paid_trade, make_trade

A, B, C = sorted(ProductId(new_id()) for _ in range(3))


def buy(*goods: MadeProduct, buyers: int = 1, days_ago: int = 1) -> None:
    for _ in range(buyers):
        orders = [OrderWish(lines=[LineWish(product_id=one.id)]) for one in goods]
        make_paid_trade(orders, buyer=make_buyer(), now=NOW - timedelta(days=days_ago))


def ranked(kind: ListKind, subject: MadeProduct) -> list[ProductId]:
    row = ListRow.objects.filter(version__is_serving=True, kind=kind, subject_id=subject.id).first()
    return [ProductId(one) for one in row.product_ids] if row else []


# -- pairs and words ------------------------------------------------------------------------------------------------


def test_pairs_are_mutual_need_two_buyers_and_favour_what_is_rarely_bought_alone() -> None:
    one, two, three, four = (new_id() for _ in range(4))
    found = dict(
        together.pairs([(one, [A, B, C]), (two, [B, A]), (one, [A, C]), (three, [C, A]), (four, [C])])
    )
    assert [other for other, _ in found[A]] == [B, C]
    assert [score for _, score in found[A]] == pytest.approx([2 / 6**0.5, 2 / 9**0.5])
    assert found[B] == [(A, found[A][0][1])]
    assert B not in [other for other, _ in found[C]]  # one buyer's basket stays his own


def test_words_are_cut_by_script() -> None:
    assert similarity.terms("无线 降噪耳机 Sony WH-1000XM5 茶") == [
        "无线", "降噪", "噪耳", "耳机", "sony", "wh", "1000xm5", "茶",
    ]  # fmt: skip


# -- the database ------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_baskets_hold_what_was_paid_once_per_trade() -> None:
    first, second = make_goods(2)
    buy(first, second, first)
    make_trade([OrderWish(lines=[LineWish(product_id=first.id)])], now=NOW)
    (basket,) = queries_baskets.baskets(since=NOW - timedelta(days=3), at_most=10)
    assert sorted(basket.product_ids) == sorted([first.id, second.id])
    assert list(queries_baskets.baskets(since=NOW, at_most=10)) == []


@pytest.mark.django_db(transaction=True)
def test_what_is_bought_and_looked_at_together_is_recommended_together() -> None:
    camping, tea = make_category(), make_category()
    tent, stove, lamp = make_goods(3, category_id=camping)
    teapot, cup = make_goods(2, category_id=tea)
    buy(tent, stove, buyers=8)
    buy(teapot, cup, buyers=8)
    for _ in range(12):
        make_person(tent.id, lamp.id)
    version = services.retrain(now=NOW)
    assert ranked(ListKind.TOGETHER, tent) == [stove.id]
    assert set(ranked(ListKind.ALSO, tent)[:2]) == {stove.id, lamp.id}
    assert ranked(ListKind.ALSO, cup)[0] == teapot.id
    assert version.counts["people"] == 28
    camper = make_person(tent.id)
    asked = Asked(place=Place.HOME, owner_id=camper, buyer=None, product_ids=[], language="zh", now=NOW)
    shown = [one.product.id for one in queries.recommended(asked).items]
    assert set(shown[:2]) == {stove.id, lamp.id}
    assert tent.id not in shown[:2]


@pytest.mark.django_db(transaction=True)
def test_a_new_product_that_nobody_knows_has_what_is_like_it() -> None:
    audio, kitchen = make_category(), make_category()

    def make(title: str, category: CategoryId, price_minor: int = 10_000) -> MadeProduct:
        return make_product(title=Text(title, ""), category_id=category, prices_minor=(price_minor,))

    headphones = make("无线降噪耳机 黑色", audio)
    others = [make("无线降噪耳机 白色", audio), make("有线耳机", audio), make("铸铁炒锅", kitchen)]
    dear = make("无线降噪耳机 白色", audio, 900_000)
    services.retrain(now=NOW)
    found = ranked(ListKind.SIMILAR, headphones)
    assert found[0] == others[0].id
    assert found.index(others[0].id) < found.index(dear.id) < found.index(others[2].id)


@pytest.mark.django_db(transaction=True)
def test_what_was_popular_long_ago_falls_behind() -> None:
    category = make_category()
    old, new = make_goods(2, category_id=category)
    buy(old, buyers=4, days_ago=150)
    buy(new, buyers=2, days_ago=1)
    services.retrain(now=NOW)
    row = ListRow.objects.get(kind=ListKind.POPULAR, subject_id=category)
    assert row.product_ids == [new.id, old.id]


@pytest.mark.django_db(transaction=True)
def test_an_empty_market_can_be_trained() -> None:
    version = services.retrain(now=NOW)
    assert (version.counts["products"], version.figures) == (0, {})
