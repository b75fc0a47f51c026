"""Before a promotion goes live: past orders priced with it, a price as a given buyer sees it, and what is whose."""

from datetime import timedelta
from uuid import UUID

import pytest

from jishi.flows.check_promotion import check_promotion
from jishi.flows.tests.shopping import NOW, make_goods, make_shopper
from jishi.identity.merchants.tests.factories import make_merchant
from jishi.kernel.errors import Invalid, NotFound
from jishi.kernel.ids import MerchantId, PromotionId, SkuId
from jishi.offering.catalog import queries_costs, services_costs
from jishi.offering.catalog.tests.factories import MadeProduct
from jishi.offering.catalog.types_costs import CostWish
from jishi.offering.pricing.tests.offers import off, spend
from jishi.offering.pricing.types import Funder, FunderShare, NotApplied
from jishi.offering.pricing.types_promotions import Audience, LowerPrice, PieceOff
from jishi.offering.promotions import queries_preview, services
from jishi.offering.promotions.tests.factories import make_promotion, promotion_wish
from jishi.offering.promotions.types import GoodsWish, PromotionStatus, PromotionWish
from jishi.offering.promotions.types_check import (
    CheckRequest,
    FindingCode,
    PreviewBuyer,
    PreviewLine,
    PricePreview,
    PricePreviewRequest,
    PromotionCheck,
    Severity,
)
from jishi.trade.orders.queries_past import past_carts

pytestmark = pytest.mark.django_db

TOMORROW = NOW + timedelta(days=1)
SPEND = spend((20_000, off(3_000)))
SHARED = (
    FunderShare(funder=Funder.PLATFORM, basis_points=6_000),
    FunderShare(funder=Funder.MERCHANT, basis_points=4_000),
)


def check(merchant_id: MerchantId | None, wish: PromotionWish, language: str = "en") -> PromotionCheck:
    return check_promotion(
        merchant_id=merchant_id, request=CheckRequest(wish=wish), language=language, now=TOMORROW
    )


def draft(merchant_id: MerchantId | None, wish: PromotionWish) -> PromotionId:
    return services.draft(merchant_id=merchant_id, wish=wish, staff_id=None, now=NOW)


def say_cost(made: MadeProduct, cost_minor: int | None) -> None:
    wish = CostWish(sku_id=made.sku_id, cost_minor=cost_minor)
    services_costs.set_costs(merchant_id=made.merchant_id, costs=[wish], now=NOW)


def preview(merchant_id: MerchantId | None, *pieces: tuple[SkuId, int], **also: object) -> PricePreview:
    lines = [PreviewLine(sku_id=sku_id, quantity=quantity) for sku_id, quantity in pieces]
    request = PricePreviewRequest(lines=lines, **also)  # type: ignore[arg-type]
    return queries_preview.preview(merchant_id, request, language="en", now=NOW)


# -- past carts ---------------------------------------------------------------------------------------------


def test_past_orders_are_priced_with_and_without_it() -> None:
    """One piece at 100, and three: 300 less 30. Goods cost 95 each, so the second order brings less than its cost."""
    me, tea = make_shopper(), make_goods(10_000)
    me.buy_and_pay((tea.sku_id, 1))
    me.buy_and_pay((tea.sku_id, 3))
    me.buy((tea.sku_id, 5))  # not paid: it does not count
    say_cost(tea, 9_500)

    found = check(tea.merchant_id, promotion_wish(SPEND)).simulation

    assert (found.orders_found, found.orders_sampled, found.orders_touched) == (2, 2, 1)
    assert (found.revenue_before.amount_minor, found.revenue_after.amount_minor) == (40_000, 37_000)
    assert (found.discount.amount_minor, found.average_discount.amount_minor) == (3_000, 3_000)
    assert [(one.funder, one.amount.amount_minor) for one in found.by_funder] == [(Funder.MERCHANT, 3_000)]
    assert found.breakeven_basis_points == 811  # 30 / 370 more orders, rounded up
    assert (found.orders_with_costs, found.orders_below_cost) == (2, 1)
    assert [(one.product_id, one.orders, one.discount.amount_minor) for one in found.products] == [
        (tea.id, 1, 3_000)
    ]
    assert not found.is_upper_bound


def test_what_is_live_already_is_in_both_prices() -> None:
    """A tenth off is live: 270 for three. What spend and save adds is 30 and no more."""
    me, tea = make_shopper(), make_goods(10_000)
    me.buy_and_pay((tea.sku_id, 3))
    live = make_promotion(tea.merchant_id)

    found = check(tea.merchant_id, promotion_wish(SPEND))

    assert found.simulation.revenue_before.amount_minor == 27_000
    assert found.simulation.revenue_after.amount_minor == 24_000
    (stacks,) = [one for one in found.findings if one.code is FindingCode.STACKS]
    assert [(one.id, one.name, one.is_own) for one in stacks.promotions] == [
        (str(live), "Winter offer", True)
    ]


def test_a_kept_promotion_does_not_stand_beside_itself() -> None:
    me, tea = make_shopper(), make_goods(10_000)
    me.buy_and_pay((tea.sku_id, 1))
    live = make_promotion(tea.merchant_id)

    found = check_promotion(
        merchant_id=tea.merchant_id,
        request=CheckRequest(promotion_id=live),
        language="zh",
        now=TOMORROW,
    )

    assert found.name == "冬季优惠"
    assert FindingCode.STACKS not in {one.code for one in found.findings}
    assert found.simulation.discount.amount_minor == 1_000


def test_the_platforms_is_tried_on_whole_trades_and_its_funders_share() -> None:
    """Two merchants' goods in one trade reach 200 together; 30 of it are borne 60 : 40."""
    me, tea, cup = make_shopper(), make_goods(10_000), make_goods(10_000)
    me.buy_and_pay((tea.sku_id, 1), (cup.sku_id, 1))

    found = check(None, promotion_wish(SPEND, funders=SHARED)).simulation

    assert (found.orders_found, found.orders_touched) == (1, 1)
    assert [(one.funder, one.amount.amount_minor) for one in found.by_funder] == [
        (Funder.PLATFORM, 1_800),
        (Funder.MERCHANT, 1_200),
    ]


def test_a_price_of_its_own_is_borne_by_the_merchant() -> None:
    me, tea = make_shopper(), make_goods(10_000)
    me.buy_and_pay((tea.sku_id, 2))

    found = check(tea.merchant_id, promotion_wish(LowerPrice(prices={tea.sku_id: 8_000}))).simulation

    assert [(one.funder, one.amount.amount_minor) for one in found.by_funder] == [(Funder.MERCHANT, 4_000)]


def test_buyers_count_as_those_it_is_for_and_the_answer_says_so() -> None:
    me, tea = make_shopper(), make_goods(10_000)
    me.buy_and_pay((tea.sku_id, 1))

    found = check(tea.merchant_id, promotion_wish(audience=Audience(is_new_only=True))).simulation

    assert (found.orders_touched, found.is_upper_bound) == (1, True)


def test_more_orders_than_are_wanted_are_sampled_the_same_way_each_time() -> None:
    me, tea = make_shopper(), make_goods(10_000)
    for pieces in (1, 2, 3):
        me.buy_and_pay((tea.sku_id, pieces))

    first, again = (
        past_carts(tea.merchant_id, since=NOW - timedelta(days=30), until=TOMORROW, at_most=2)
        for _ in range(2)
    )

    assert (first.count, first.days, len(first.carts)) == (3, 31, 2)
    assert first == again


def test_a_budget_for_less_than_a_day_is_found() -> None:
    """10 a piece, 30 pieces in 30 days: 10 a day."""
    me, tea = make_shopper(), make_goods(10_000, stock=30)
    me.buy_and_pay((tea.sku_id, 30))

    short = check(tea.merchant_id, promotion_wish(budget_minor=999))
    enough = check(tea.merchant_id, promotion_wish(budget_minor=1_000))

    assert FindingCode.SHORT_BUDGET in {one.code for one in short.findings}
    assert FindingCode.SHORT_BUDGET not in {one.code for one in enough.findings}


def test_without_orders_there_is_nothing_to_say() -> None:
    tea = make_goods(10_000)

    found = check(tea.merchant_id, promotion_wish()).simulation

    assert (found.orders_found, found.discount.amount_minor, found.breakeven_basis_points) == (0, 0, 0)


# -- findings about real goods ------------------------------------------------------------------------------


def test_goods_come_with_their_cost_their_lowest_price_and_the_worst() -> None:
    tea = make_goods(10_000)
    say_cost(tea, 9_500)

    found = check(tea.merchant_id, promotion_wish())

    (one,) = found.goods
    assert (one.price.amount_minor, one.worst.amount_minor) == (10_000, 9_000)
    assert one.cost is not None
    assert one.cost.amount_minor == 9_500
    (below,) = [one for one in found.findings if one.code is FindingCode.BELOW_COST]
    assert [one.sku_id for one in below.goods] == [tea.sku_id]


def test_categories_above_and_excluded_products_count_as_in_the_price() -> None:
    tea, shop = make_goods(10_000), make_merchant()
    wish = promotion_wish(goods=GoodsWish(category_ids=frozenset({tea.category_id})))

    assert check(tea.merchant_id, wish).skus_covered == 1
    assert check(shop, wish).skus_covered == 0
    without = GoodsWish(category_ids=frozenset({tea.category_id}), excluded_product_ids=frozenset({tea.id}))
    found = check(tea.merchant_id, promotion_wish(goods=without))
    assert (found.findings[0].code, found.findings[0].severity) == (
        FindingCode.EMPTY_SCOPE,
        Severity.BLOCKS,
    )


def test_what_covers_nothing_does_not_go_live() -> None:
    tea, strange = make_goods(10_000), make_goods(10_000)
    wish = promotion_wish(goods=GoodsWish(product_ids=frozenset({strange.id})))
    made = draft(tea.merchant_id, wish)

    with pytest.raises(Invalid) as refused:
        services.move(
            merchant_id=tea.merchant_id,
            promotion_id=made,
            to=PromotionStatus.LIVE,
            staff_id=None,
            now=NOW,
        )

    assert refused.value.data["field"] == "goods"


# -- a price explained --------------------------------------------------------------------------------------


def test_a_draft_counts_for_its_owner_and_says_that_it_is_one() -> None:
    tea = make_goods(10_000)
    made = draft(tea.merchant_id, promotion_wish(SPEND))

    found = preview(tea.merchant_id, (tea.sku_id, 2))

    assert (found.goods_amount.amount_minor, found.total.amount_minor) == (20_000, 17_000)
    (applied,) = found.applied
    assert (applied.rule.rule_id, applied.rule.status) == (str(made), PromotionStatus.DRAFT)
    assert str(made) in {step.rule_id for step in found.trace}


def test_it_says_what_does_not_count_why_and_what_is_missing() -> None:
    tea = make_goods(10_000)
    newcomers = make_promotion(tea.merchant_id, PieceOff(off=off(500)), audience=Audience(is_new_only=True))
    tiers = make_promotion(tea.merchant_id, SPEND)

    known = preview(tea.merchant_id, (tea.sku_id, 1))
    new = preview(tea.merchant_id, (tea.sku_id, 1), buyer=PreviewBuyer(is_new=True))

    assert {one.rule.rule_id: one.reason for one in known.passed} == {
        str(newcomers): NotApplied.OTHER_BUYERS,
        str(tiers): NotApplied.BELOW_THRESHOLD,
    }
    assert [(one.rule.rule_id, one.missing) for one in known.nexts] == [(str(tiers), 10_000)]
    assert new.total.amount_minor == 9_500


def test_what_is_being_written_joins_what_is_kept_at_the_instant_that_is_asked() -> None:
    tea = make_goods(10_000)
    make_promotion(tea.merchant_id, PieceOff(off=off(500)), ends_at=NOW + timedelta(days=2))

    now = preview(tea.merchant_id, (tea.sku_id, 2), wish=promotion_wish(SPEND))
    later = preview(tea.merchant_id, (tea.sku_id, 2), wish=promotion_wish(SPEND), at=NOW + timedelta(days=2))

    # With 5 off each piece 190 are left, and the threshold is not reached any more.
    assert (now.total.amount_minor, later.total.amount_minor) == (19_000, 17_000)


# -- what is whose ------------------------------------------------------------------------------------------


def test_a_neighbour_sees_neither_orders_nor_costs_nor_drafts() -> None:
    me, tea = make_shopper(), make_goods(10_000)
    me.buy_and_pay((tea.sku_id, 3))
    say_cost(tea, 9_500)
    made = draft(tea.merchant_id, promotion_wish())
    neighbour = make_goods(10_000)

    found = check(neighbour.merchant_id, promotion_wish())

    assert found.simulation.orders_found == 0
    assert [one.sku_id for one in found.goods] == [neighbour.sku_id]
    assert queries_costs.costs_of(neighbour.merchant_id, [tea.sku_id]) == {}
    with pytest.raises(NotFound):
        check_promotion(
            merchant_id=neighbour.merchant_id,
            request=CheckRequest(promotion_id=made),
            language="zh",
            now=TOMORROW,
        )
    with pytest.raises(NotFound):
        preview(neighbour.merchant_id, (tea.sku_id, 1))
    with pytest.raises(NotFound):
        services_costs.set_costs(
            merchant_id=neighbour.merchant_id,
            costs=[CostWish(sku_id=tea.sku_id, cost_minor=1)],
            now=NOW,
        )


def test_drafts_of_the_platform_are_not_the_merchants_to_see_nor_the_other_way() -> None:
    tea = make_goods(10_000)
    draft(None, promotion_wish(PieceOff(off=off(100)), funders=SHARED))
    draft(tea.merchant_id, promotion_wish(PieceOff(off=off(10))))

    mine, platforms = preview(tea.merchant_id, (tea.sku_id, 1)), preview(None, (tea.sku_id, 1))

    assert (mine.total.amount_minor, platforms.total.amount_minor) == (9_990, 9_900)
    assert (len(mine.rules), len(platforms.rules)) == (1, 1)


def test_costs_are_said_again_and_taken_back() -> None:
    tea = make_goods(10_000)
    say_cost(tea, 9_500)
    say_cost(tea, 9_600)
    assert queries_costs.costs_of(tea.merchant_id, [tea.sku_id]) == {tea.sku_id: 9_600}

    say_cost(tea, None)

    assert queries_costs.costs_of(tea.merchant_id, [tea.sku_id]) == {}
    twice = [CostWish(sku_id=tea.sku_id, cost_minor=one) for one in (1, 2)]
    with pytest.raises(Invalid):
        services_costs.set_costs(merchant_id=tea.merchant_id, costs=twice, now=NOW)


def test_steps_that_fall_are_found_and_hold_it_back() -> None:
    tea = make_goods(10_000)

    found = check(tea.merchant_id, promotion_wish(spend((20_000, off(3_000)), (30_000, off(2_000)))))

    assert found.findings[0].code is FindingCode.STEPS_FALL


@pytest.mark.parametrize(
    "request_",
    [
        CheckRequest(),
        CheckRequest(promotion_id=PromotionId(UUID(int=1)), wish=promotion_wish()),
        CheckRequest(wish=promotion_wish(starts_at=NOW.replace(tzinfo=None))),
    ],
)
def test_a_request_names_one_promotion_with_times_that_say_where(request_: CheckRequest) -> None:
    with pytest.raises(Invalid):
        check_promotion(merchant_id=make_merchant(), request=request_, language="zh", now=NOW)
