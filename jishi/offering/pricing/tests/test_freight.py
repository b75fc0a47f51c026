"""Free freight: what promotions take off what carries the goods."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jishi.kernel.money import Money, total
from jishi.offering.pricing.rules import price, replay
from jishi.offering.pricing.rules_draft import Offer
from jishi.offering.pricing.rules_scope import PromotionIndex
from jishi.offering.pricing.tests.offers import MERCHANTS, NOW, line, off, reasons, rule, sku, spend
from jishi.offering.pricing.types import FreightCharge, Measure, NotApplied, Off, Priced, PriceLine, PriceStep
from jishi.offering.pricing.types_promotions import Buyer, FreightOff, Promotion, Scope

FREE = off(0, 10_000)


def charge(cents: int = 800, merchant: int = 0) -> FreightCharge:
    return FreightCharge(
        merchant_id=MERCHANTS[merchant],
        method="standard",
        rule_id="template",
        rule_version=1,
        amount=Money(cents, "CNY"),
    )


def carried(lines: list[PriceLine], *rules: Promotion, cents: int = 800, **also: object) -> Priced:
    offer = replace(Offer(index=PromotionIndex(rules), buyer=Buyer(), at=NOW), **also)  # type: ignore[arg-type]
    return price(lines, freight=[charge(cents)], currency="CNY", offer=offer)


def payable(found: Priced) -> int:
    (one,) = found.freight
    return one.payable.amount_minor


@pytest.mark.parametrize(
    ("effect", "cents", "pieces", "paid"),
    [
        (FreightOff(off=FREE), 100, 1, 0),
        (FreightOff(off=FREE, threshold=9_900), 9_899, 1, 800),
        (FreightOff(off=FREE, threshold=9_900), 9_900, 1, 0),
        (FreightOff(off=FREE, measure=Measure.PIECES, threshold=3), 100, 2, 800),
        (FreightOff(off=FREE, measure=Measure.PIECES, threshold=3), 100, 3, 0),
        (FreightOff(off=off(500)), 100, 1, 300),
        (FreightOff(off=off(5_000)), 100, 1, 0),
        (FreightOff(off=off(0, 5_000, cap=300)), 100, 1, 500),
    ],
)
def test_freight_falls_from_the_threshold_on(effect: FreightOff, cents: int, pieces: int, paid: int) -> None:
    assert payable(carried([line(1, cents, pieces)], rule(effect))) == paid


def test_the_threshold_measures_what_the_discounts_left_of_the_goods_it_covers() -> None:
    free = rule(FreightOff(off=FREE, threshold=10_000), id="free")
    less = rule(spend((10_000, off(1))), id="less")
    only_tea = replace(free, scope=Scope(marks=frozenset({("sku", str(sku(1)))})))
    goods = [line(1, 10_000), line(2, 10_000)]

    assert payable(carried([line(1, 10_000)], free, less)) == 800
    assert payable(carried(goods, only_tea)) == 0
    assert payable(carried([line(1, 9_999), line(2, 10_000)], only_tea)) == 800


def test_one_rule_lowers_it_and_the_other_says_why_not() -> None:
    half = rule(FreightOff(off=off(0, 5_000)), id="half")
    free = rule(FreightOff(off=FREE), id="free")
    first = replace(half, id="first", priority=1)

    found = carried([line()], half, free)

    assert (payable(found), reasons(found)) == (0, {"half": NotApplied.NO_BETTER})
    assert payable(carried([line()], first, free)) == 400


def test_another_merchants_rule_and_one_that_is_used_up_take_nothing_off() -> None:
    free = rule(FreightOff(off=FREE), id="free")

    assert payable(carried([line()], replace(free, merchant_id=MERCHANTS[1]))) == 800
    assert reasons(carried([line()], free, used_up=frozenset({"free"}))) == {"free": NotApplied.USED_UP}
    assert payable(carried([line()], free, left_minor={"free": 799})) == 800
    assert payable(carried([line()], free, left_minor={"free": 800})) == 0


@given(
    st.lists(
        st.builds(lambda cents, n: line(n, cents, n), st.integers(0, 9_999), st.integers(1, 5)), min_size=1
    ),
    st.integers(0, 3_000),
    st.lists(
        st.builds(
            lambda amount, share, threshold: FreightOff(
                off=Off(amount_minor=amount, basis_points=share), threshold=threshold
            ),
            st.integers(0, 2_000),
            st.integers(0, 10_000),
            st.integers(0, 30_000),
        ),
        max_size=4,
    ),
)
def test_parts_add_up_and_freight_never_falls_below_zero(
    lines: list[PriceLine], cents: int, effects: list[FreightOff]
) -> None:
    found = carried(lines, *(rule(one, id=f"r{number}") for number, one in enumerate(effects)), cents=cents)

    assert 0 <= payable(found) <= cents
    assert found.total == total([one.payable for one in found.lines], "CNY") + found.freight[0].payable
    assert replay(found.trace, "CNY") == {MERCHANTS[0]: found.total}
    steps = [step for step in found.trace if step.step is PriceStep.FREIGHT]
    assert sum(step.amount.amount_minor for step in steps) == payable(found)
