"""Promotions as buyers see them: beside a product, on its card, and on a page of their own."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from jishi.identity.merchants.tests.factories import make_merchant
from jishi.kernel import clock, hot
from jishi.kernel.errors import NotFound
from jishi.kernel.ids import MerchantId, ProductId, PromotionId, SkuId, new_id
from jishi.kernel.money import Money
from jishi.kernel.words import Text
from jishi.offering.catalog import services as catalog
from jishi.offering.catalog.tests.factories import (
    MadeProduct,
    make_category,
    make_product,
    put_on_sale,
    wish_of,
)
from jishi.offering.catalog.types_kinds import ProductKind
from jishi.offering.pricing.tests.offers import off, spend
from jishi.offering.pricing.types import Off, PriceStep
from jishi.offering.pricing.types_promotions import Audience, Effect, EveryPieces, LowerPrice, PieceOff
from jishi.offering.promotions import queries_shown, services
from jishi.offering.promotions.tests.factories import make_promotion
from jishi.offering.promotions.types import GoodsWish, PromotionStatus

pytestmark = pytest.mark.django_db
NOW = clock.now()
HALF = EveryPieces(every=2, reduced=1, basis_points=5_000)


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    hot.forget()
    yield
    hot.forget()


def run(merchant_id: MerchantId | None, effect: Effect, **also: object) -> PromotionId:
    made = make_promotion(
        merchant_id,
        effect,
        **{"starts_at": NOW - timedelta(days=1), "ends_at": NOW + timedelta(days=1), **also},
    )
    hot.forget()
    return made


def sold() -> MadeProduct:
    return make_product(merchant_id=make_merchant(), category_id=make_category())


def sold_as(kind: ProductKind, *, days: int | None = None) -> MadeProduct:
    """Put a product on sale that travels in no parcel."""
    merchant_id, category_id = make_merchant(), make_category()
    wish = replace(wish_of(merchant_id, category_id), kind=kind, voucher_days=days)
    saved = catalog.save_product(merchant_id=merchant_id, wish=wish, staff_id=None, now=NOW)
    put_on_sale(merchant_id, saved.id, now=NOW)
    sku_ids = [sku.id for sku in saved.wish.skus if sku.id]
    return MadeProduct(id=saved.id, merchant_id=merchant_id, category_id=category_id, sku_ids=sku_ids)


def shown(product_id: ProductId, *, quantity: int = 1, language: str = "zh") -> Any:
    return queries_shown.of_product(product_id, quantity=quantity, language=language, now=NOW)


def test_a_product_says_what_runs_and_what_one_piece_comes_to() -> None:
    tea = sold()
    discount = run(tea.merchant_id, PieceOff(off=Off(basis_points=2_000)))
    run(tea.merchant_id, spend((20_000, off(3_000))))

    found = shown(tea.id)

    assert {one.sentence for one in found.items} == {"限时 8 折", "满 ¥200 减 ¥30"}
    (price,) = found.prices
    assert (price.before.amount_minor, price.payable.amount_minor, price.each.amount_minor) == (
        10_000,
        8_000,
        8_000,
    )
    step = next(one for one in price.trace if one.step is PriceStep.ITEM_PROMOTION)
    assert (step.rule_id, step.amount) == (str(discount), Money(-2_000, "CNY"))
    assert [(one.missing, one.gain) for one in price.nexts] == [(12_000, "减 ¥30")]


def test_a_second_piece_is_hinted_at_until_it_is_there() -> None:
    tea = sold()
    run(tea.merchant_id, HALF)
    (alone,), (pair,), (three,) = (shown(tea.id, quantity=pieces).prices for pieces in (1, 2, 3))

    assert [(one.missing, one.gain) for one in alone.nexts] == [(1, "第 2 件半价")]
    assert (pair.payable.amount_minor, pair.nexts) == (15_000, [])
    assert (three.payable.amount_minor, three.each.amount_minor) == (25_000, 8_334)


def test_what_is_for_others_is_said_with_whom_it_is_for_and_lowers_nothing() -> None:
    tea = sold()
    run(tea.merchant_id, PieceOff(off=off(1_000)), audience=Audience(is_new_only=True))

    found = shown(tea.id, language="en")

    assert [one.audience for one in found.items] == ["New customers only"]
    assert found.prices[0].payable == found.prices[0].before
    assert queries_shown.labels([tea.id], language="en", now=NOW) == []


def test_what_is_over_or_has_not_begun_or_covers_others_is_not_shown() -> None:
    tea, other = sold(), sold()
    tenth = PieceOff(off=off(1_000))
    run(tea.merchant_id, tenth, starts_at=NOW + timedelta(hours=1))
    run(tea.merchant_id, tenth, starts_at=NOW - timedelta(days=2), ends_at=NOW)
    run(other.merchant_id, tenth)
    paused = run(tea.merchant_id, tenth)
    services.move(
        merchant_id=tea.merchant_id, promotion_id=paused, to=PromotionStatus.PAUSED, staff_id=None, now=NOW
    )
    hot.forget()

    assert shown(tea.id).items == []


def test_labels_are_two_at_most_the_winning_ones_first(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    tea, plain = sold(), sold()
    run(tea.merchant_id, HALF, priority=1)
    run(tea.merchant_id, PieceOff(off=Off(basis_points=2_000)), priority=3)
    run(tea.merchant_id, LowerPrice(prices={SkuId(tea.sku_id): 9_900}), priority=2)
    queries_shown.labels([tea.id], language="zh", now=NOW)  # what is in force is learnt once

    with django_assert_num_queries(1):
        found = queries_shown.labels([plain.id, tea.id], language="zh", now=NOW)

    assert [(one.product_id, one.labels) for one in found] == [(tea.id, ["限时8折", "特价99"])]


def test_what_travels_in_no_parcel_says_so_before_what_lowers_its_price() -> None:
    code, care = sold_as(ProductKind.VIRTUAL), sold_as(ProductKind.SERVICE, days=30)
    found = queries_shown.labels([code.id, care.id], language="en", now=NOW)
    assert [one.labels for one in found] == [["Virtual"], ["Service"]]
    run(care.merchant_id, HALF, priority=1)
    run(care.merchant_id, LowerPrice(prices={SkuId(care.sku_id): 9_900}), priority=2)
    (found_with,) = queries_shown.labels([care.id], language="zh", now=NOW)
    assert found_with.labels == ["服务", "特价99"]


def test_a_page_names_its_goods_or_the_filters_that_find_them() -> None:
    tea = sold()
    named = run(tea.merchant_id, HALF, goods=GoodsWish(product_ids=frozenset({tea.id})))
    whole = run(tea.merchant_id, HALF, goods=GoodsWish(category_ids=frozenset({tea.category_id})))
    priced = run(tea.merchant_id, LowerPrice(prices={SkuId(tea.sku_id): 9_900}))

    pages = {one: queries_shown.promotion_page(one, language="zh", now=NOW) for one in (named, whole, priced)}

    assert [[card.id for card in pages[one].products] for one in (named, whole, priced)] == [
        [tea.id],
        [],
        [tea.id],
    ]
    assert [one.id for one in pages[whole].categories] == [tea.category_id]
    merchant = pages[whole].merchant
    assert merchant is not None
    assert merchant.id == tea.merchant_id
    with pytest.raises(NotFound):
        queries_shown.promotion_page(PromotionId(new_id()), language="zh", now=NOW)


def test_over_http_a_change_is_seen_though_the_product_did_not_change() -> None:
    tea = sold()
    made = run(tea.merchant_id, HALF)
    address = f"/api/v1/store/products/{tea.id}/promotions"
    first = Client().get(f"{address}?quantity=2", headers={"accept-language": "zh"})
    assert [one["sentence"] for one in first.json()["items"]] == ["第 2 件半价"]

    services.move(
        merchant_id=tea.merchant_id, promotion_id=made, to=PromotionStatus.ENDED, staff_id=None, now=NOW
    )
    hot.forget()  # half a second goes by

    assert Client().get(f"{address}?quantity=2").json()["items"] == []
    assert Client().get(f"/api/v1/store/promotions/{made}").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "products/{id}/promotions?quantity=0",
        "promotion-labels?product_id=x",
        "promotions/x",
    ],
)
def test_bad_questions_are_refused(path: str) -> None:
    assert Client().get(f"/api/v1/store/{path.format(id=UUID(int=0))}").status_code == 422


def test_names_are_in_the_asked_language() -> None:
    tea = sold()
    run(tea.merchant_id, HALF, name=Text("双件价", "Two for less"))
    labels = Client().get(
        f"/api/v1/store/promotion-labels?product_id={tea.id}", headers={"accept-language": "en"}
    )
    assert labels.json()["items"] == [{"product_id": str(tea.id), "labels": ["2nd piece half price"]}]
