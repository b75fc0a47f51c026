"""What is found wrong with a promotion: each finding where it belongs, and not where it does not."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from jishi.kernel.ids import CategoryId, ProductId, PromotionId
from jishi.kernel.money import Money
from jishi.kernel.words import CURRENCY, Text
from jishi.offering.catalog.types_for_sale import SkuForSale
from jishi.offering.pricing.tests.offers import MERCHANTS, off, sku, spend
from jishi.offering.pricing.types import Measure
from jishi.offering.pricing.types_promotions import (
    Audience,
    Bundle,
    BundlePart,
    Effect,
    EveryPieces,
    Gift,
    GiftPart,
    LowerPrice,
    PieceOff,
    Promotion,
)
from jishi.offering.promotions.rules import promotion_of
from jishi.offering.promotions.rules_lint import Subject, lint, yuan
from jishi.offering.promotions.rules_worst import worst_prices
from jishi.offering.promotions.tests.factories import NOW, promotion_wish
from jishi.offering.promotions.types_check import (
    Finding,
    FindingCode,
    GiftFacts,
    Limits,
    Severity,
    SkuFacts,
)

DAY = timedelta(days=1)
TENTH = PieceOff(off=off(basis_points=1_000))
HALF_AND_MORE = PieceOff(off=off(basis_points=6_000))


def goods(number: int = 1, cents: int = 10_000, *, is_for_sale: bool = True) -> SkuForSale:
    return SkuForSale(
        sku_id=sku(number),
        product_id=ProductId(UUID(int=100 + number)),
        merchant_id=MERCHANTS[0],
        category_id=CategoryId(UUID(int=9)),
        title=Text("茶", "Tea"),
        choice_name=Text("", ""),
        image=None,
        price=Money(cents, CURRENCY),
        weight_grams=0,
        volume_cm3=0,
        freight_template_id=None,
        per_buyer_limit=None,
        is_for_sale=is_for_sale,
        brand_id=None,
        merchant_name=Text("店", "Store"),
        merchant_logo="",
        category_path=frozenset({CategoryId(UUID(int=9))}),
    )


def promotion(
    effect: Effect = TENTH, number: int = 1, *, platform: bool = False, **also: object
) -> Promotion:
    fields = {"starts_at": NOW + DAY, "ends_at": NOW + 8 * DAY, **also}
    return promotion_of(
        PromotionId(UUID(int=number)),
        1,
        None if platform else MERCHANTS[0],
        promotion_wish(effect, **fields),
        CURRENCY,
    )


def found(
    candidate: Promotion,
    *others: Promotion,
    facts: Sequence[SkuFacts] = (SkuFacts(sku=goods()),),
    limits: Limits | None = None,
    **also: Any,
) -> dict[FindingCode, Finding]:
    subject = Subject(
        candidate=candidate,
        others=others,
        facts=facts,
        worst=worst_prices(candidate, others, facts),
        limits=limits or Limits(),
        now=NOW,
        **also,
    )
    return {one.code: one for one in lint(subject)}


def test_a_plain_promotion_has_nothing_wrong() -> None:
    assert found(promotion()) == {}


Case = tuple[FindingCode, Severity, dict[FindingCode, Finding], dict[FindingCode, Finding]]
OTHER_GROUP = promotion(TENTH, 2, stack_group="other")
SPEND = spend((15_000, off(1_000)))
B, W, N = Severity.BLOCKS, Severity.WARNS, Severity.NOTES
ON_SALE, GONE = SkuFacts(sku=goods()), SkuFacts(sku=goods(2, is_for_sale=False))
GIVEN = Gift(measure=Measure.AMOUNT, threshold=10_000, gifts=(GiftPart(sku_id=sku(5), pieces=2),))
ALONE = promotion(TENTH, 2, is_exclusive=True, priority=9)
CASES: dict[str, Case] = {
    "covers no goods": (FindingCode.EMPTY_SCOPE, B, found(promotion(), facts=()), found(promotion())),
    "covers what is off the shelf": (
        FindingCode.OFF_SHELF,
        W,
        found(promotion(), facts=[ON_SALE, GONE]),
        found(promotion(), facts=[ON_SALE]),
    ),
    "is over": (
        FindingCode.OVER,
        B,
        found(promotion(starts_at=NOW - 2 * DAY, ends_at=NOW)),
        found(promotion(starts_at=NOW - 2 * DAY, ends_at=NOW + DAY)),
    ),
    "should have begun": (
        FindingCode.STARTED,
        N,
        found(promotion(starts_at=NOW - DAY)),
        found(promotion(starts_at=NOW)),
    ),
    "lasts long": (
        FindingCode.LASTS_LONG,
        W,
        found(promotion(ends_at=NOW + 92 * DAY)),
        found(promotion(ends_at=NOW + 91 * DAY)),
    ),
    "is for buyers whom nobody is": (
        FindingCode.UNKNOWN_BUYERS,
        W,
        found(promotion(audience=Audience(levels=frozenset({"gold"})))),
        found(
            promotion(audience=Audience(levels=frozenset({"gold"}))),
            limits=Limits(levels=frozenset({"gold"})),
        ),
    ),
    "is for a segment that is empty": (
        FindingCode.UNKNOWN_BUYERS,
        W,
        found(promotion(audience=Audience(segments=frozenset({"vip"})))),
        found(promotion(audience=Audience(is_new_only=True))),
    ),
    "is for a channel that does not exist": (
        FindingCode.UNKNOWN_CHANNEL,
        W,
        found(promotion(channels=frozenset({"fax"}))),
        found(promotion(channels=frozenset({"fax", "web"}))),
    ),
    "takes less off further up": (
        FindingCode.STEPS_FALL,
        B,
        found(promotion(spend((20_000, off(3_000)), (30_000, off(2_000))))),
        found(promotion(spend((20_000, off(2_000)), (30_000, off(3_000))))),
    ),
    "makes buyers split their order": (
        FindingCode.SPLITTING_PAYS,
        W,
        found(promotion(spend((20_000, off(3_000)), (40_000, off(5_000))))),
        found(promotion(spend((20_000, off(3_000)), (40_000, off(6_000))))),
    ),
    "makes buyers split their pieces": (
        FindingCode.SPLITTING_PAYS,
        W,
        found(promotion(spend((2, off(3_000)), (4, off(5_000)), measure=Measure.PIECES))),
        found(promotion(spend((2, off(3_000)), (3, off(5_000)), measure=Measure.PIECES))),
    ),
    "has a threshold that one piece reaches": (
        FindingCode.EVERYBODY_GETS_IT,
        W,
        found(promotion(spend((10_000, off(1_000))))),
        found(promotion(spend((10_001, off(1_000))))),
    ),
    "lowers nothing": (
        FindingCode.TAKES_NOTHING,
        W,
        found(promotion(LowerPrice(prices={sku(1): 10_001}))),
        found(promotion(LowerPrice(prices={sku(1): 9_999}))),
    ),
    "stacks with one of another group": (
        FindingCode.STACKS,
        W,
        found(promotion(), OTHER_GROUP),
        found(promotion(stack_group="other"), OTHER_GROUP),
    ),
    "stacks with one of another step": (
        FindingCode.STACKS,
        W,
        found(promotion(), promotion(SPEND, 2)),
        found(
            promotion(),
            promotion(SPEND, 2, is_exclusive=True, starts_at=NOW + 8 * DAY, ends_at=NOW + 9 * DAY),
        ),
    ),
    "stacks with the platform's": (
        FindingCode.STACKS,
        W,
        found(promotion(), promotion(SPEND, 2, platform=True)),
        found(
            promotion(channels=frozenset({"web"})),
            promotion(SPEND, 2, platform=True, channels=frozenset({"app"})),
        ),
    ),
    "never counts": (
        FindingCode.NEVER_APPLIES,
        W,
        found(promotion(), promotion(HALF_AND_MORE, 2)),
        found(promotion(), promotion(HALF_AND_MORE, 2, ends_at=NOW + 2 * DAY)),
    ),
    "never counts beside one that stands alone": (
        FindingCode.NEVER_APPLIES,
        W,
        found(promotion(), ALONE),
        found(promotion(priority=10), ALONE),
    ),
    "pushes another out": (
        FindingCode.PUSHES_OUT,
        N,
        found(promotion(priority=1), promotion(HALF_AND_MORE, 2)),
        found(promotion(), promotion(HALF_AND_MORE, 2)),
    ),
    "goes deep": (
        FindingCode.DEEP,
        W,
        found(promotion(HALF_AND_MORE)),
        found(promotion(HALF_AND_MORE), limits=Limits(deep_basis_points=6_000)),
    ),
    "goes deep in a bundle": (
        FindingCode.DEEP,
        W,
        found(
            promotion(
                Bundle(parts=(BundlePart(sku_ids=frozenset({sku(1)}), pieces=2),), price_minor=9_000),
            )
        ),
        found(
            promotion(
                Bundle(parts=(BundlePart(sku_ids=frozenset({sku(1)}), pieces=2),), price_minor=11_000),
            )
        ),
    ),
    "sells below cost": (
        FindingCode.BELOW_COST,
        W,
        found(promotion(), facts=[SkuFacts(sku=goods(), cost_minor=9_001)]),
        found(promotion(), facts=[SkuFacts(sku=goods(), cost_minor=9_000)]),
    ),
    "sells below cost with another": (
        FindingCode.BELOW_COST,
        W,
        found(promotion(), OTHER_GROUP, facts=[SkuFacts(sku=goods(), cost_minor=8_500)]),
        found(promotion(), facts=[SkuFacts(sku=goods(), cost_minor=8_500)]),
    ),
    "sells below the lowest price of 30 days": (
        FindingCode.BELOW_LOWEST,
        N,
        found(promotion(), facts=[SkuFacts(sku=goods(), lowest_minor=9_500)]),
        found(promotion(), facts=[SkuFacts(sku=goods(), lowest_minor=9_000)]),
    ),
    "is no cheaper than it was": (
        FindingCode.ABOVE_LOWEST,
        W,
        found(promotion(), facts=[SkuFacts(sku=goods(), lowest_minor=8_000)]),
        found(promotion(), facts=[SkuFacts(sku=goods(), lowest_minor=9_500)]),
    ),
    "spends its budget in a day": (
        FindingCode.SHORT_BUDGET,
        W,
        found(promotion(), budget_minor=10_000, spent_minor=4_000, daily_minor=12_000),
        found(promotion(), budget_minor=16_000, spent_minor=4_000, daily_minor=12_000),
    ),
    "gives what is not there": (
        FindingCode.GIFT_OUT,
        W,
        found(promotion(GIVEN), gifts=[GiftFacts(sku=goods(5, 500), pieces=2, available=1)]),
        found(promotion(GIVEN), gifts=[GiftFacts(sku=goods(5, 500), pieces=2, available=2)]),
    ),
    "gives more than half of what earns it": (
        FindingCode.GIFT_DEAR,
        W,
        found(promotion(GIVEN), gifts=[GiftFacts(sku=goods(5, 2_501), pieces=2, available=9)]),
        found(promotion(GIVEN), gifts=[GiftFacts(sku=goods(5, 2_500), pieces=2, available=9)]),
    ),
}


@pytest.mark.parametrize("what", CASES)
def test_it_is_found_where_it_is_and_nowhere_else(what: str) -> None:
    code, severity, there, elsewhere = CASES[what]
    assert there[code].severity is severity
    assert there[code].text.zh
    assert there[code].text.en
    assert code not in elsewhere


def test_every_finding_has_an_example() -> None:
    assert {code for code, *_ in CASES.values()} == set(FindingCode)


def test_what_stacks_is_said_with_the_least_that_a_piece_comes_to() -> None:
    """A tenth and another tenth of what is left by neither: 100 − 10 − 10."""
    finding = found(promotion(), OTHER_GROUP)[FindingCode.STACKS]

    assert "¥80.00" in finding.text.zh
    assert finding.promotion_ids == (OTHER_GROUP.id,)
    assert finding.sku_ids == (sku(1),)


def test_the_second_piece_at_half_price_comes_to_three_quarters() -> None:
    half = promotion(EveryPieces(every=2, reduced=1, basis_points=5_000))

    worst = worst_prices(half, [], [SkuFacts(sku=goods())])[sku(1)]

    assert (worst.each_minor, worst.depth_basis_points) == (7_500, 2_500)


def test_a_later_promotion_counts_from_its_own_beginning() -> None:
    """What a piece comes to when both are there is found, though they do not begin together."""
    later = replace(OTHER_GROUP, starts_at=NOW + 3 * DAY)

    assert worst_prices(promotion(), [later], [SkuFacts(sku=goods())])[sku(1)].each_minor == 8_000


def test_findings_that_block_come_first() -> None:
    subject = Subject(
        candidate=promotion(ends_at=NOW + 200 * DAY),
        others=(),
        facts=(),
        worst={},
        limits=Limits(),
        now=NOW,
    )
    assert [one.severity for one in lint(subject)] == [Severity.BLOCKS, Severity.WARNS]


@pytest.mark.parametrize(("minor", "shown"), [(5, "¥0.05"), (123_450, "¥1,234.50")])
def test_amounts_are_said_as_people_read_them(minor: int, shown: str) -> None:
    assert yuan(minor) == shown
