"""Coupons off freight, and coupons the buyer chose himself."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jishi.kernel.money import Money, total
from jishi.offering.pricing.rules import price, replay
from jishi.offering.pricing.rules_draft import Offer
from jishi.offering.pricing.rules_scope import PromotionIndex
from jishi.offering.pricing.tests.offers import BY_MERCHANT, MERCHANTS, NOW, line, off, reasons, rule, spend
from jishi.offering.pricing.tests.test_promises import carts, held
from jishi.offering.pricing.types import FreightCharge, NotApplied, Priced, PriceLine, PriceStep
from jishi.offering.pricing.types_promotions import Buyer, FreightOff, Promotion

FREE = off(0, 10_000)


def bought(
    lines: list[PriceLine], *rules: Promotion, cents: tuple[int, ...] = (800, 1_200, 0), **also: object
) -> Priced:
    sellers = {one.merchant_id for one in lines}
    charges = [
        FreightCharge(
            merchant_id=merchant,
            method="standard",
            rule_id="template",
            rule_version=1,
            amount=Money(amount, "CNY"),
        )
        for merchant, amount in zip(MERCHANTS, cents, strict=True)
        if merchant in sellers
    ]
    offer = replace(Offer(index=PromotionIndex(rules), buyer=Buyer(), at=NOW), **also)  # type: ignore[arg-type]
    return price(lines, freight=charges, currency="CNY", offer=offer)


def freight_paid(found: Priced) -> list[int]:
    return [one.payable.amount_minor for one in found.freight]


@st.composite
def off_freight(draw: st.DrawFn) -> list[Promotion]:
    """Return up to five freight coupons of the three merchants."""
    count = draw(st.integers(0, 5))
    return [
        rule(
            FreightOff(
                off=draw(
                    st.sampled_from([FREE, off(300), off(1_000), off(0, 5_000), off(0, 9_000, cap=200)])
                ),
                threshold=draw(st.sampled_from([0, 500, 1_000, 20_000])),
            ),
            id=f"freight-{number}",
            merchant_id=draw(st.sampled_from(MERCHANTS)),
        )
        for number in range(count)
    ]


@settings(deadline=None)
@given(carts(), held(), off_freight(), st.sampled_from([(800, 1_200, 0), (1, 0, 900)]))
def test_the_best_coupon_off_each_freight_is_taken(
    lines: list[PriceLine], on_goods: list[Promotion], on_freight: list[Promotion], cents: tuple[int, ...]
) -> None:
    """Against every legal way to use them: of each merchant one at most, beside the best coupons on goods."""
    found = bought(lines, coupons=[*on_goods, *on_freight], cents=cents)
    ways = [[*on_goods]] + [[*on_goods, *chosen] for chosen in one_of_each(on_freight)]
    assert found.total == min(bought(lines, coupons=one, cents=cents).total for one in ways)
    assert [one.payable for one in found.lines] == [
        one.payable for one in bought(lines, coupons=on_goods, cents=cents).lines
    ]
    used = [step.rule_id for step in found.trace if step.rule_id in {one.id for one in on_freight}]
    assert len(used) <= len({one.merchant_id for one in on_freight if one.id in used})
    assert set(used) | set(reasons(found)) >= {one.id for one in on_freight}
    assert all(one >= 0 for one in freight_paid(found))
    parts = [one.payable for one in found.lines] + [one.payable for one in found.freight]
    assert total(parts, "CNY") == found.total == total(list(replay(found.trace, "CNY").values()), "CNY")


def one_of_each(coupons: list[Promotion]) -> list[list[Promotion]]:
    ways: list[list[Promotion]] = [[]]
    for merchant in MERCHANTS:
        mine = [one for one in coupons if one.merchant_id == merchant]
        ways = [[*way, *more] for way in ways for more in ([], *([one] for one in mine))]
    return ways


def test_a_coupon_takes_off_what_the_promotion_left_and_says_who_pays() -> None:
    half = rule(FreightOff(off=off(0, 5_000)), id="half")
    found = bought([line()], half, coupons=[rule(FreightOff(off=off(300)), id="mine")])

    steps = [one for one in found.trace if one.step is PriceStep.FREIGHT]
    assert freight_paid(found) == [100]
    assert [(one.rule_id, one.amount.amount_minor) for one in steps] == [
        ("template", 800),
        ("half", -400),
        ("mine", -300),
    ]
    assert steps[-1].funders == list(BY_MERCHANT)


@pytest.mark.parametrize(
    ("coupon", "freight", "reason", "missing"),
    [
        (FreightOff(off=FREE, threshold=1_500), 800, NotApplied.BELOW_THRESHOLD, 500),
        (FreightOff(off=FREE), 0, NotApplied.NO_FREIGHT, 0),
        (FreightOff(off=FREE, threshold=1_500), 0, NotApplied.NO_FREIGHT, 0),
    ],
)
def test_one_that_takes_nothing_off_says_why(
    coupon: FreightOff, freight: int, reason: NotApplied, missing: int
) -> None:
    found = bought([line()], coupons=[rule(coupon, id="mine")], cents=(freight, 0, 0))
    assert [(one.promotion_id, one.reason, one.missing) for one in found.passed] == [
        ("mine", reason, missing)
    ]


def test_it_stands_beside_a_coupon_on_goods_and_measures_what_that_left() -> None:
    less = rule(spend((1_000, off(200))), id="less")
    near = rule(FreightOff(off=FREE, threshold=800), id="near")
    far = rule(FreightOff(off=FREE, threshold=801), id="far")

    assert bought([line()], coupons=[less, near]).total == Money(800, "CNY")
    found = bought([line()], coupons=[less, far])
    assert (found.total, reasons(found)) == (Money(1_600, "CNY"), {"far": NotApplied.BELOW_THRESHOLD})


@settings(deadline=None)
@given(carts(), held(), off_freight(), st.data())
def test_choosing_costs_what_holding_only_the_chosen_would(
    lines: list[PriceLine], on_goods: list[Promotion], on_freight: list[Promotion], data: st.DataObject
) -> None:
    everything = [*on_goods, *on_freight]
    chosen = data.draw(st.sets(st.sampled_from([one.id for one in everything]))) if everything else set()
    found = bought(lines, coupons=everything, chosen=frozenset(chosen))
    alone = bought(lines, coupons=[one for one in everything if one.id in chosen])

    assert (found.lines, found.freight, found.trace) == (alone.lines, alone.freight, alone.trace)
    said, said_alone = reasons(found), reasons(alone)
    assert {one: said.get(one) for one in chosen} == {one: said_alone.get(one) for one in chosen}
    # Of goods' coupons the best of all are silent, of freight's the best beside the goods' coupons that were chosen.
    best = ids_used(lines, everything) & {one.id for one in on_goods}
    beside = [one for one in on_goods if one.id in chosen] + on_freight
    best |= ids_used(lines, beside) & {one.id for one in on_freight}
    assert {one.id for one in everything} - chosen - set(said) == best - chosen


def ids_used(lines: list[PriceLine], coupons: list[Promotion]) -> set[str]:
    return {step.rule_id for step in bought(lines, coupons=coupons).trace}
