"""Who is held out, and what the two groups say: the worked example of docs/algorithms/coupons.md among it."""

from collections.abc import Callable
from dataclasses import replace
from math import inf, isclose
from typing import Any

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from jishi.identity.merchants.tests.factories import make_merchant
from jishi.kernel.db import rows
from jishi.kernel.errors import Invalid
from jishi.kernel.ids import CouponId, CouponTemplateId, OrderId, UserId, VisitorId, new_id
from jishi.offering.coupons import queries, services, services_giving
from jishi.offering.coupons.queries_device import device_of
from jishi.offering.coupons.rules_lift import PEOPLE_MIN, is_held_out, lift, wilson
from jishi.offering.coupons.services_giving import CouponsGone, DeviceLimitReached, NotDrawn
from jishi.offering.coupons.tests.factories import BY_PLATFORM, NOW, make_template, template_wish
from jishi.offering.coupons.types import Way
from jishi.offering.coupons.types_lift import LiftCounts, LiftRange

# 56 of 70 people of the first group and 48 of 80 of the second: the example of Newcombe 1998, table II (a), whose
# interval by method 10 is 0.0524 to 0.3339.
GIVEN = LiftCounts(people=70, buyers=56, revenue_minor=560_000, revenue_squares=5_600_000_000)
HELD_OUT = LiftCounts(people=80, buyers=48, revenue_minor=480_000, revenue_squares=4_800_000_000)


def buyers(template: CouponTemplateId, percent: int, *, held: bool, count: int = 1) -> list[UserId]:
    """Make buyers who are held out of a template, or are not."""
    found: list[UserId] = []
    while len(found) < count:
        one = UserId(new_id())
        if is_held_out(template, one, percent) is held:
            found.append(one)
    return found


def claim(template: CouponTemplateId, buyer: UserId, **also: Any) -> object:
    return services_giving.claim(buyer=buyer, template_id=template, key="key-0001", now=NOW, **also)


def held_out(template: CouponTemplateId) -> set[UserId]:
    return {
        UserId(one)
        for (one,) in rows("SELECT buyer_id FROM coupons_holdout WHERE template_id = %s", [template])
    }


def test_the_worked_example() -> None:
    found = lift(20, given=GIVEN, held_out=HELD_OUT)
    assert found.conversion_bp == LiftRange(estimate=2000, low=524, high=3339)
    assert (found.given.conversion_bp.estimate, found.held_out.conversion_bp.estimate) == (8000, 6000)
    assert (found.given.revenue_each_minor, found.held_out.revenue_each_minor) == (8000, 6000)
    assert found.revenue_minor == LiftRange(estimate=2000, low=565, high=3435)


def test_wilsons_interval_is_that_of_the_book() -> None:
    # Newcombe 1998 (Two-sided confidence intervals for the single proportion), table I, method 3.
    for count, people, low, high in [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ]:
        found = wilson(count, people)
        assert isclose(found[0], low, abs_tol=5e-5), (count, found)
        assert isclose(found[1], high, abs_tol=5e-5), (count, found)


def test_small_groups_say_no_difference() -> None:
    few = replace(GIVEN, people=PEOPLE_MIN - 1, buyers=9)
    for pair in ((few, HELD_OUT), (GIVEN, LiftCounts())):
        found = lift(20, given=pair[0], held_out=pair[1])
        assert (found.conversion_bp, found.revenue_minor) == (None, None)


@for_all(st.integers(30, 10**6), st.integers(30, 10**6), st.data())
def test_an_interval_holds_its_estimate_and_turns_over_with_its_groups(
    n: int, m: int, data: st.DataObject
) -> None:
    one, other = (
        LiftCounts(
            people=people,
            buyers=data.draw(st.integers(0, people)),
            revenue_minor=people * each,
            revenue_squares=people * each * each,
        )
        for people, each in ((n, data.draw(st.integers(0, 10**7))), (m, data.draw(st.integers(0, 10**7))))
    )
    there, back = lift(20, given=one, held_out=other), lift(20, given=other, held_out=one)
    for found, turned in (
        (there.conversion_bp, back.conversion_bp),
        (there.revenue_minor, back.revenue_minor),
    ):
        assert found is not None
        assert turned is not None
        assert -inf < found.low <= found.estimate <= found.high
        assert (turned.estimate, turned.low, turned.high) == (-found.estimate, -found.high, -found.low)


def test_the_lot_is_the_same_each_time_and_a_smaller_share_is_part_of_a_greater() -> None:
    template, people = CouponTemplateId(new_id()), [UserId(new_id()) for _ in range(4_000)]
    shares = {p: {one for one in people if is_held_out(template, one, p)} for p in (0, 10, 50)}
    assert shares[0] == set() < shares[10] < shares[50]
    assert shares[50] == {one for one in people if is_held_out(template, one, 50)}
    assert 300 < len(shares[10]) < 500  # 400, more than five deviations on either side
    other = {one for one in people if is_held_out(CouponTemplateId(new_id()), one, 50)}
    assert 800 < len(other & shares[50]) < 1_200  # another template draws anew


@pytest.mark.django_db
def test_a_claim_of_somebody_held_out_is_refused_each_time_and_noted_once() -> None:
    template = make_template(None, holdout_percent=50, stock=1)
    (out, late), (lucky,) = buyers(template, 50, held=True, count=2), buyers(template, 50, held=False)
    for _ in range(2):
        with pytest.raises(NotDrawn):
            claim(template, out)
    assert (held_out(template), queries.template(None, template).given_count) == ({out}, 0)
    claim(template, lucky)  # no piece of the stock was lost
    with pytest.raises(CouponsGone):
        claim(template, late)
    assert held_out(template) == {out}


@pytest.mark.django_db
def test_who_would_be_refused_anyway_is_in_neither_group() -> None:
    template, device = make_template(None, holdout_percent=50), device_of(VisitorId(new_id()))
    (lucky,), (out,) = buyers(template, 50, held=False), buyers(template, 50, held=True)
    claim(template, lucky, device=device)
    with pytest.raises(DeviceLimitReached):
        claim(template, out, device=device)
    assert held_out(template) == set()


@pytest.mark.django_db
def test_who_had_a_coupon_before_the_share_was_set_gets_his_next() -> None:
    template = make_template(None, per_person_max=2)
    (out,) = buyers(template, 50, held=True)
    claim(template, out)
    wish = template_wish(per_person_max=2, holdout_percent=50, funders=BY_PLATFORM)
    services.change(merchant_id=None, template_id=template, wish=wish, staff_id=None, now=NOW)
    services_giving.claim(buyer=out, template_id=template, key="key-0002", now=NOW)
    assert held_out(template) == set()


@pytest.mark.django_db
def test_what_the_shop_gives_is_not_given_to_those_held_out() -> None:
    merchant = make_merchant()
    ways: dict[Way, Callable[[UserId, CouponTemplateId], list[CouponId]]] = {
        Way.SIGN_UP: lambda who, _: services_giving.welcome(buyer=who, now=NOW),
        Way.BIRTHDAY: lambda who, which: services_giving.congratulate(
            buyer=who, templates=[which], year=2026, now=NOW
        ),
        Way.SPEND: lambda who, _: services_giving.reward(
            buyer=who,
            order_id=OrderId(new_id()),
            merchant_id=merchant,
            spent_minor=100_00,
            now=NOW,
        ),
    }
    for way, give in ways.items():
        also = {"spend_minor": 100_00} if way is Way.SPEND else {}
        template = make_template(None, way=way, holdout_percent=50, **also)
        (out,), (lucky,) = buyers(template, 50, held=True), buyers(template, 50, held=False)
        assert (give(out, template), len(give(lucky, template))) == ([], 1), way
        assert held_out(template) == {out}


@pytest.mark.parametrize("way", [Way.CODE_ONCE, Way.CODE_SHARED, Way.GOODWILL, Way.EVENT])
@pytest.mark.django_db
def test_what_was_promised_is_not_held_out(way: Way) -> None:
    with pytest.raises(Invalid) as refused:
        make_template(None, way=way, holdout_percent=10)
    assert refused.value.data["field"] == "holdout_percent"
