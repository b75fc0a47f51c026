"""Points: a discount on goods, paid by the platform, divided to the cent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jishi.kernel.errors import ProgrammingError
from jishi.kernel.money import Money, total
from jishi.offering.pricing.rules import price, replay
from jishi.offering.pricing.rules_draft import Offer
from jishi.offering.pricing.rules_scope import PromotionIndex
from jishi.offering.pricing.tests.offers import MERCHANTS, NOW, left, line, off, rule, spend
from jishi.offering.pricing.tests.test_freight import charge
from jishi.offering.pricing.types import Funder, Priced, PriceLine, PriceStep
from jishi.offering.pricing.types_promotions import Buyer, FreightOff, Promotion


def with_points(lines: list[PriceLine], worth: int, *rules: Promotion) -> Priced:
    offer = Offer(index=PromotionIndex(rules), buyer=Buyer(), at=NOW)
    return price(lines, freight=[charge()], currency="CNY", offer=offer, points_minor=worth)


def test_points_come_last_and_leave_freight_and_its_threshold_alone() -> None:
    free = rule(FreightOff(off=off(0, 10_000), threshold=9_000), id="free")
    less = rule(spend((10_000, off(1_000))), id="less")

    found = with_points([line(1, 10_000)], 300, free, less)

    assert left(found) == [8_700]
    assert found.freight[0].payable.amount_minor == 0
    assert found.lines[0].points_discount.amount_minor == 300
    (step,) = [one for one in found.trace if one.step is PriceStep.POINTS]
    assert [share.funder for share in step.funders] == [Funder.PLATFORM]


def test_no_more_points_are_used_than_goods_are_left() -> None:
    found = with_points([line(1, 250)], 10_000)
    assert (left(found), found.total.amount_minor) == ([0], 800)


def test_points_worth_less_than_nothing_are_a_mistake() -> None:
    with pytest.raises(ProgrammingError):
        with_points([line()], -1)


@given(
    st.lists(
        st.builds(
            lambda number, cents, n: line(number, cents, n, merchant=number % 3),
            st.integers(1, 6),
            st.integers(0, 999),
            st.integers(1, 5),
        ),
        min_size=1,
        max_size=6,
    ),
    st.integers(0, 5_000),
)
def test_points_add_up_in_any_order_of_lines(lines: list[PriceLine], worth: int) -> None:
    goods = sum(one.unit_price.amount_minor * one.quantity for one in lines)
    found = with_points(lines, worth)

    assert min(left(found)) >= 0
    assert sum(one.points_discount.amount_minor for one in found.lines) == min(worth, goods)
    assert total(list(replay(found.trace, "CNY").values()), "CNY") == found.total
    assert found.total == Money(goods - min(worth, goods) + 800, "CNY")
    assert sorted(left(with_points(lines[::-1], worth))) == sorted(left(found))
    assert set(replay(found.trace, "CNY")) <= set(MERCHANTS)
