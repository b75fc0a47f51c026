"""Promotions from the draft to the end, and what a price knows of them."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from jishi.identity.merchants.tests.factories import make_merchant
from jishi.kernel.db import atomic, execute
from jishi.kernel.errors import Invalid, NotFound
from jishi.kernel.ids import MerchantId, PromotionId, SkuId, new_id
from jishi.kernel.words import Text
from jishi.offering.catalog.tests.factories import make_product
from jishi.offering.pricing.tests.offers import line, off, rule, spend
from jishi.offering.pricing.types import Funder, FunderShare, Off, PriceLine
from jishi.offering.pricing.types_promotions import (
    ALL,
    Bundle,
    BundlePart,
    Effect,
    EveryPieces,
    LowerPrice,
    PieceOff,
    Promotion,
)
from jishi.offering.promotions import queries, services
from jishi.offering.promotions.rules import PromotionMoveNotAllowed
from jishi.offering.promotions.tests.factories import NOW, TEN_PERCENT, make_promotion, promotion_wish
from jishi.offering.promotions.types import GoodsWish, PromotionStatus, PromotionWish

pytestmark = pytest.mark.django_db

ONE_PIECE = BundlePart(sku_ids=frozenset({line().sku_id}), pieces=1)
PLATFORM = (FunderShare(funder=Funder.PLATFORM, basis_points=10_000),)


def covering(merchant_id: MerchantId) -> list[Promotion]:
    bought = replace(line(), merchant_id=merchant_id)
    return [one for one, _ in queries.in_force(queries.edition()).covering([bought])]


def move(merchant_id: MerchantId | None, promotion_id: PromotionId, to: PromotionStatus) -> None:
    services.move(merchant_id=merchant_id, promotion_id=promotion_id, to=to, staff_id=None, now=NOW)


def test_only_what_is_live_counts() -> None:
    merchant = make_merchant()
    made = services.draft(merchant_id=merchant, wish=promotion_wish(), staff_id=None, now=NOW)
    assert covering(merchant) == []

    move(merchant, made, PromotionStatus.LIVE)
    (found,) = covering(merchant)
    assert (found.id, found.version, found.effect) == (str(made), 1, TEN_PERCENT)

    move(merchant, made, PromotionStatus.PAUSED)
    assert covering(merchant) == []
    move(merchant, made, PromotionStatus.LIVE)
    move(merchant, made, PromotionStatus.ENDED)
    assert covering(merchant) == []
    with pytest.raises(PromotionMoveNotAllowed):
        move(merchant, made, PromotionStatus.LIVE)


def test_a_change_is_a_new_version_and_the_old_one_can_be_read() -> None:
    merchant = make_merchant()
    made = make_promotion(merchant)
    half = PieceOff(off=Off(basis_points=5_000))

    services.change(
        merchant_id=merchant, promotion_id=made, wish=promotion_wish(half), staff_id=None, now=NOW
    )

    assert [(one.version, one.effect) for one in covering(merchant)] == [(2, half)]
    assert queries.at_version(made, 1).effect == TEN_PERCENT
    assert queries.at_version(made, 2).effect == half
    with pytest.raises(NotFound):
        queries.at_version(made, 3)


def test_what_was_written_is_never_changed() -> None:
    make_promotion(make_merchant())
    with pytest.raises(Exception, match="append"), atomic():
        execute("UPDATE promotions_promotion_version SET version = 9")


def test_an_ended_promotion_is_not_changed() -> None:
    merchant = make_merchant()
    made = make_promotion(merchant)
    move(merchant, made, PromotionStatus.ENDED)
    with pytest.raises(PromotionMoveNotAllowed):
        services.change(
            merchant_id=merchant, promotion_id=made, wish=promotion_wish(), staff_id=None, now=NOW
        )


def test_a_promotion_whose_time_is_over_cannot_be_put_in_force() -> None:
    over = promotion_wish(starts_at=NOW - timedelta(days=2), ends_at=NOW)
    made = services.draft(merchant_id=None, wish=replace(over, funders=PLATFORM), staff_id=None, now=NOW)
    with pytest.raises(Invalid):
        move(None, made, PromotionStatus.LIVE)


def test_nobody_sees_or_moves_what_is_anothers() -> None:
    mine, others = make_merchant(), make_merchant()
    made = make_promotion(mine)
    for stranger in (others, None):
        assert queries.promotions_of(stranger) == []
        with pytest.raises(NotFound):
            queries.promotion(stranger, made)
        with pytest.raises(NotFound):
            move(stranger, made, PromotionStatus.ENDED)
    assert covering(others) == []


def test_an_owner_sees_his_promotions_the_newest_first() -> None:
    merchant = make_merchant()
    made = [make_promotion(merchant) for _ in range(3)]
    move(merchant, made[0], PromotionStatus.PAUSED)

    assert [one.id for one in queries.promotions_of(merchant)] == made[::-1]
    assert [one.id for one in queries.promotions_of(merchant, status=PromotionStatus.PAUSED)] == made[:1]
    assert [one.id for one in queries.promotions_of(merchant, before=made[1])] == made[:1]
    assert queries.promotion(merchant, made[0]).wish == promotion_wish()


def test_a_process_reads_only_what_changed_and_only_once(django_assert_num_queries: Any) -> None:
    merchant = make_merchant()
    make_promotion(merchant)
    number = queries.edition()
    queries.in_force(number)
    with django_assert_num_queries(0):
        queries.in_force(number)

    make_promotion(merchant)
    number = queries.edition()
    with django_assert_num_queries(1):
        queries.in_force(number)
    assert len(covering(merchant)) == 2


def test_prices_and_bundles_name_skus_of_their_merchant() -> None:
    made, foreign = make_product(), make_product()
    prices = LowerPrice(prices={made.sku_id: 500})
    make_promotion(made.merchant_id, prices)
    bundle = Bundle(parts=(BundlePart(sku_ids=frozenset({made.sku_id}), pieces=2),), price_minor=100)
    make_promotion(made.merchant_id, bundle)

    for sku_id in (foreign.sku_id, SkuId(new_id())):
        with pytest.raises(Invalid):
            make_promotion(made.merchant_id, LowerPrice(prices={sku_id: 500}))
    bought = PriceLine(
        sku_id=made.sku_id,
        merchant_id=made.merchant_id,
        warehouse_id=line().warehouse_id,
        quantity=2,
        unit_price=line().unit_price,
    )
    found = queries.in_force(queries.edition()).covering([bought])
    assert [one.effect for one, _ in found] == [prices, bundle]


def test_goods_become_marks() -> None:
    merchant = make_merchant()
    product, excluded = make_product(merchant_id=merchant).id, make_product(merchant_id=merchant).id
    goods = GoodsWish(
        product_ids=frozenset({product}), tags=frozenset({"新品"}), excluded_product_ids=frozenset({excluded})
    )
    made = make_promotion(merchant, goods=goods)

    scope = queries.at_version(made, 1).scope
    assert scope.marks == {("product", str(product)), ("tag", "新品")}
    assert scope.excluded == {("product", str(excluded))}
    assert queries.at_version(make_promotion(merchant), 1).scope.marks == {ALL}


@pytest.mark.parametrize(
    ("also", "field"),
    [
        ({"name": Text(" ", "x")}, "name"),
        ({"name": Text("夏" * 61, "")}, "name"),
        ({"ends_at": NOW - timedelta(days=1)}, "ends_at"),
        ({"ends_at": NOW + timedelta(days=400)}, "ends_at"),
        ({"funders": PLATFORM}, "funders"),
        ({"effect": PieceOff(off=off())}, "effect"),
        ({"effect": PieceOff(off=off(100, 100))}, "effect"),
        ({"effect": EveryPieces(every=2, reduced=2, basis_points=5_000)}, "effect"),
        ({"effect": spend((100, off(50)), (200, off(40)))}, "effect"),
        ({"effect": spend((100, off(50)), (100, off(60)))}, "effect"),
        ({"effect": spend((100, off(0, 100)), is_each=True)}, "effect"),
        (
            {
                "effect": Bundle(
                    parts=(BundlePart(sku_ids=frozenset({line().sku_id}), pieces=1),), price_minor=1
                )
            },
            "effect",
        ),
    ],
)
def test_what_cannot_be_a_promotion_names_the_field(also: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        make_promotion(make_merchant(), **also)  # type: ignore[arg-type]
    assert refused.value.data["field"] == field


@pytest.mark.parametrize(
    "funders",
    [
        (),
        (FunderShare(funder=Funder.PLATFORM, basis_points=9_999),),
        (*PLATFORM, FunderShare(funder=Funder.PLATFORM, basis_points=0)),
    ],
)
def test_the_platform_says_who_pays_all_of_it(funders: tuple[FunderShare, ...]) -> None:
    with pytest.raises(Invalid) as refused:
        make_promotion(None, spend((100, off(10))), funders=funders)
    assert refused.value.data["field"] == "funders"


def test_a_budget_below_what_was_spent_is_refused() -> None:
    merchant = make_merchant()
    made = make_promotion(merchant, budget_minor=1_000)
    execute("UPDATE promotions_promotion SET spent_minor = 500 WHERE id = %s", [made])
    with pytest.raises(Invalid):
        services.change(
            merchant_id=merchant,
            promotion_id=made,
            wish=promotion_wish(budget_minor=499),
            staff_id=None,
            now=NOW,
        )


@pytest.mark.parametrize(
    "effect",
    [
        TEN_PERCENT,
        EveryPieces(every=3, reduced=1, basis_points=10_000, is_same_sku=True),
        spend((100, off(10)), (200, off(0, 2_000, 500))),
        LowerPrice(prices={line().sku_id: 5}, from_pieces=3),
        Bundle(parts=(BundlePart(sku_ids=frozenset({line().sku_id}), pieces=2),), price_minor=100),
    ],
)
def test_every_kind_of_effect_is_kept_and_read_as_it_was(effect: Effect) -> None:
    wish: PromotionWish = promotion_wish(effect)
    assert queries.read_wish(queries.written(wish)) == wish
    assert rule(effect).effect == effect
