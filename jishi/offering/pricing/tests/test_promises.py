"""What holds for any cart and any rules: properties, and counting piece by piece or set by set."""

import random
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from jishi.kernel.ids import SkuId
from jishi.kernel.money import Money, round_half_up, total
from jishi.offering.pricing.rules import replay
from jishi.offering.pricing.rules_effects import Covered, is_rising, savings
from jishi.offering.pricing.rules_scope import PromotionIndex
from jishi.offering.pricing.tests.offers import (
    BY_MERCHANT,
    MERCHANTS,
    SHARED,
    left,
    line,
    off,
    priced,
    reasons,
    rule,
    sku,
    spend,
)
from jishi.offering.pricing.types import Measure, NotApplied, PriceLine, PriceStep
from jishi.offering.pricing.types_promotions import (
    Bundle,
    BundlePart,
    Effect,
    EveryPieces,
    LowerPrice,
    PieceOff,
    Promotion,
    Scope,
    Tiers,
)

TAGS = ("red", "blue", "green")
offs = st.builds(off, st.integers(0, 5_000), st.integers(0, 10_000), st.none() | st.integers(0, 3_000))
percents = st.integers(0, 10_000)


@st.composite
def tiers(draw: st.DrawFn) -> Tiers:
    measure = draw(st.sampled_from(Measure))
    most = 30_000 if measure is Measure.AMOUNT else 12
    thresholds = sorted(draw(st.sets(st.integers(1, most), min_size=1, max_size=3)))
    is_each = draw(st.booleans())
    found = [(threshold, draw(offs)) for threshold in thresholds]
    return spend(*(found[:1] if is_each else found), measure=measure, is_each=is_each)


@st.composite
def pieces(draw: st.DrawFn) -> EveryPieces:
    every = draw(st.integers(2, 4))
    return EveryPieces(
        every=every,
        reduced=draw(st.integers(1, every - 1)),
        basis_points=draw(percents),
        is_same_sku=draw(st.booleans()),
    )


bundles = st.builds(
    lambda first, second, cents: Bundle(
        parts=(
            BundlePart(sku_ids=frozenset({sku(1), sku(2)}), pieces=first),
            BundlePart(sku_ids=frozenset({sku(3)}), pieces=second),
        ),
        price_minor=cents,
    ),
    st.integers(1, 3),
    st.integers(1, 2),
    st.integers(0, 10_000),
)
prices = st.builds(
    lambda cents, from_pieces: LowerPrice(prices={sku(1): cents, sku(4): cents}, from_pieces=from_pieces),
    st.integers(0, 5_000),
    st.integers(1, 5),
)
effects = st.one_of(tiers(), pieces(), bundles, prices, st.builds(lambda one: PieceOff(off=one), offs))


@st.composite
def promotions(draw: st.DrawFn) -> list[Promotion]:
    made = draw(st.lists(effects, max_size=6))
    return [
        rule(
            effect,
            id=f"rule-{number}",
            merchant_id=draw(st.sampled_from([*MERCHANTS, None])),
            funders=draw(st.sampled_from([BY_MERCHANT, SHARED])),
            priority=draw(st.integers(0, 2)),
            stack_group=draw(st.sampled_from(["", "a"])),
            is_exclusive=draw(st.booleans()) and draw(st.booleans()),
            scope=draw(
                st.sampled_from(
                    [
                        Scope(),
                        Scope(marks=frozenset({("tag", "red"), ("tag", "blue")})),
                        Scope(excluded=frozenset({("tag", "green")})),
                    ]
                )
            ),
        )
        for number, effect in enumerate(made)
    ]


@st.composite
def carts(draw: st.DrawFn) -> list[PriceLine]:
    return [
        line(
            number,
            draw(st.integers(0, 9_999)),
            draw(st.integers(1, 7)),
            merchant=number % 3,
            marks={("tag", draw(st.sampled_from(TAGS)))},
        )
        for number in draw(st.lists(st.integers(1, 5), max_size=7))
    ]


@given(carts(), promotions())
def test_the_parts_add_up_whatever_is_offered(lines: list[PriceLine], rules: list[Promotion]) -> None:
    found = priced(lines, *rules)

    assert found.total == total([one.payable for one in found.lines], "CNY")
    for asked, one in zip(lines, found.lines, strict=True):
        assert (
            0
            <= one.payable.amount_minor
            <= one.amount.amount_minor
            <= (asked.unit_price * asked.quantity).amount_minor
        )
        assert one.payable == one.amount - one.merchant_discount - one.platform_discount
    shares = replay(found.trace, "CNY")
    for merchant in MERCHANTS:
        mine = [one.payable for one in found.lines if one.merchant_id == merchant]
        assert shares.get(merchant, Money(0, "CNY")) == total(mine, "CNY")
    said = total([one.amount for one in found.discounts], "CNY")
    assert said == total([one.amount - one.payable for one in found.lines], "CNY")


@given(carts(), promotions(), st.randoms(use_true_random=False))
def test_the_order_of_lines_and_rules_changes_nothing(
    lines: list[PriceLine], rules: list[Promotion], chance: random.Random
) -> None:
    turned, mixed = list(range(len(lines))), list(rules)
    chance.shuffle(turned)
    chance.shuffle(mixed)

    first, second = priced(lines, *rules), priced([lines[place] for place in turned], *mixed)

    assert (first.trace, first.passed, first.nexts) == (second.trace, second.passed, second.nexts)
    assert sorted(left(first)) == sorted(left(second))


@given(carts(), promotions())
def test_every_rule_that_covers_something_is_used_or_says_why_not(
    lines: list[PriceLine], rules: list[Promotion]
) -> None:
    found = priced(lines, *rules)
    covering = {one.id for one, _ in PromotionIndex(rules).covering(lines)}
    used = {step.rule_id for step in found.trace} & covering

    assert used | set(reasons(found)) == covering
    assert not used & set(reasons(found))


def one_by_one(lines: list[Covered], sku_ids: set[SkuId] | frozenset[SkuId] | None = None) -> list[int]:
    """Return what each piece of these SKUs is worth, the dearest first."""
    counted = [one for one in lines if sku_ids is None or one.sku_id in sku_ids]
    return sorted((one.worth(1) for one in counted for _ in range(one.quantity)), reverse=True)


covered_lines = st.lists(
    st.builds(
        lambda number, cents, quantity: Covered(
            sku_id=sku(number), quantity=quantity, left_minor=cents * quantity
        ),
        st.integers(1, 4),
        st.integers(0, 999),
        st.integers(1, 6),
    ),
    max_size=5,
)


@given(pieces(), covered_lines)
def test_every_pieces_is_what_counting_piece_by_piece_gives(
    effect: EveryPieces, lines: list[Covered]
) -> None:
    groups = [{one.sku_id} for one in lines] if effect.is_same_sku else [None]
    expected = 0
    for group in {str(group): group for group in groups}.values():
        found = one_by_one(lines, group)
        expected += sum(
            round_half_up(cents * effect.basis_points, 10_000)
            for place, cents in enumerate(found[: len(found) // effect.every * effect.every])
            if place % effect.every >= effect.every - effect.reduced
        )
    assert sum(savings(effect, lines)) == expected


@given(bundles, covered_lines)
def test_a_bundle_is_what_the_best_number_of_sets_gives(effect: Bundle, lines: list[Covered]) -> None:
    dearest = [one_by_one(lines, part.sku_ids) for part in effect.parts]
    sets_max = min(len(found) // part.pieces for found, part in zip(dearest, effect.parts, strict=True))
    best = max(
        sum(sum(found[: part.pieces * sets]) for found, part in zip(dearest, effect.parts, strict=True))
        - effect.price_minor * sets
        for sets in range(sets_max + 1)
    )
    assert sum(savings(effect, lines)) == best


@given(effects, covered_lines)
def test_no_line_loses_more_than_it_is_worth(effect: Effect, lines: list[Covered]) -> None:
    found = savings(effect, lines)
    assert all(0 <= amount <= one.left_minor for amount, one in zip(found, lines, strict=True))


# -- coupons: the best legal set ----------------------------------------------------------------------------


@st.composite
def held(draw: st.DrawFn) -> list[Promotion]:
    """Return up to six coupons of two merchants and the platform."""
    made = draw(st.lists(tiers().filter(is_rising), max_size=6))
    return [
        rule(
            effect,
            id=f"coupon-{number}",
            merchant_id=draw(st.sampled_from([MERCHANTS[1], MERCHANTS[2], None])),
            funders=draw(st.sampled_from([BY_MERCHANT, SHARED])),
            stack_group=draw(st.sampled_from(["", "", "extra"])),
            scope=draw(st.sampled_from([Scope(), Scope(excluded=frozenset({("tag", "green")}))])),
        )
        for number, effect in enumerate(made)
    ]


def legal_sets(coupons: list[Promotion]) -> list[list[Promotion]]:
    slots: dict[tuple[str, str], list[Promotion | None]] = {}
    for coupon in coupons:
        slots.setdefault((str(coupon.merchant_id), coupon.stack_group), [None]).append(coupon)
    return [[one for one in chosen if one] for chosen in product(*slots.values())]


@given(carts(), promotions(), held())
def test_the_best_legal_set_of_coupons_is_taken(
    lines: list[PriceLine], rules: list[Promotion], coupons: list[Promotion]
) -> None:
    found = priced(lines, *rules, coupons=coupons)

    alone = [priced(lines, *rules, coupons=one).total for one in legal_sets(coupons)]
    if all(one.payable.amount_minor for one in found.lines):  # see the module: nothing was cut
        assert found.total == min(alone)
    assert found.total <= priced(lines, *rules).total
    used = {step.rule_id for step in found.trace if step.step is PriceStep.COUPON}
    assert any({one.id for one in chosen} == used for chosen in legal_sets(coupons))
    assert used | set(reasons(found)) >= {one.id for one in coupons}


def test_a_smaller_coupon_of_the_merchant_may_save_more() -> None:
    """The greater one would cost the platform's threshold."""
    small = rule(spend((1, off(100))), id="small")
    large = rule(spend((1, off(300))), id="large")
    platform = rule(spend((9_900, off(1_000))), id="platform", merchant_id=None)

    found = priced([line(cents=10_000)], coupons=[small, large, platform])

    assert left(found) == [8_900]
    assert reasons(found) == {"large": NotApplied.NO_BETTER}


def test_each_unusable_coupon_says_why() -> None:
    dear = rule(spend((10_000, off(100))), id="dear")
    other = rule(spend((1, off(100))), id="other", merchant_id=MERCHANTS[2])
    late = rule(spend((1, off(100))), id="late", channels=frozenset({"live"}))

    found = priced([line(cents=8_800)], coupons=[dear, other, late])

    assert reasons(found) == {
        "dear": NotApplied.BELOW_THRESHOLD,
        "other": NotApplied.NOTHING_COVERED,
        "late": NotApplied.OTHER_CHANNEL,
    }
    assert [one.missing for one in found.passed if one.promotion_id == "dear"] == [1_200]
