"""Who is held out of a template, and what its coupons bring; the formulas are in docs/algorithms/coupons.md."""

from hashlib import sha256
from math import sqrt

from jishi.kernel.ids import CouponTemplateId, UserId
from jishi.kernel.money import BASIS_POINTS
from jishi.offering.coupons.types import Way
from jishi.offering.coupons.types_lift import CouponLift, LiftCounts, LiftGroup, LiftRange

HOLDOUT_WAYS = frozenset(
    {Way.CLAIM, Way.SIGN_UP, Way.SPEND, Way.BIRTHDAY}
)  # codes and goodwill were promised
PEOPLE_MIN = 30  # in each group, below which a mean is not yet normal
Z = 1.959964  # the normal quantile of 97.5 %


def is_held_out(template_id: CouponTemplateId, buyer: UserId, percent: int) -> bool:
    """Tell whether a buyer is in the share of a template's audience that gets no coupon: always the same answer, and
    of a smaller share one who is of the greater too.
    """
    drawn = sha256(b"coupon.holdout" + template_id.bytes + buyer.bytes).digest()
    return int.from_bytes(drawn[:8]) * 100 < percent << 64


def lift(percent: int, *, given: LiftCounts, held_out: LiftCounts) -> CouponLift:
    """Return what coupons bring, from what was counted of those who got one and those who were held out."""
    is_told = min(given.people, held_out.people) >= PEOPLE_MIN
    return CouponLift(
        holdout_percent=percent,
        people_min=PEOPLE_MIN,
        given=_group(given),
        held_out=_group(held_out),
        conversion_bp=_newcombe(given, held_out) if is_told else None,
        revenue_minor=_means(given, held_out) if is_told else None,
    )


def wilson(count: int, people: int) -> tuple[float, float]:
    """Return the 95 % interval of a rate of `count` in `people` ≥ 1 (Wilson 1927), between 0 and 1."""
    rate, square = count / people, Z * Z
    middle = (rate + square / (2 * people)) / (1 + square / people)
    half = Z / (1 + square / people) * sqrt(rate * (1 - rate) / people + square / (4 * people * people))
    return max(0.0, middle - half), min(1.0, middle + half)


def _newcombe(one: LiftCounts, other: LiftCounts) -> LiftRange:
    """Newcombe 1998, method 10: the interval of a difference from the Wilson intervals of both rates."""
    first, second = one.buyers / one.people, other.buyers / other.people
    (low, high), (other_low, other_high) = wilson(one.buyers, one.people), wilson(other.buyers, other.people)
    difference = first - second
    below = sqrt((first - low) ** 2 + (other_high - second) ** 2)
    above = sqrt((high - first) ** 2 + (second - other_low) ** 2)
    return _range(difference * BASIS_POINTS, below * BASIS_POINTS, above * BASIS_POINTS)


def _means(one: LiftCounts, other: LiftCounts) -> LiftRange:
    """The interval of a difference of means, normal, each group with its own variance."""
    difference = one.revenue_minor / one.people - other.revenue_minor / other.people
    half = Z * sqrt(_variance(one) / one.people + _variance(other) / other.people)
    return _range(difference, half, half)


def _variance(group: LiftCounts) -> float:
    # In whole numbers until the division: the squares are far greater than what is left of them.
    n = group.people
    return (n * group.revenue_squares - group.revenue_minor**2) / (n * (n - 1))


def _range(middle: float, below: float, above: float) -> LiftRange:
    return LiftRange(estimate=round(middle), low=round(middle - below), high=round(middle + above))


def _group(counts: LiftCounts) -> LiftGroup:
    low, high = wilson(counts.buyers, counts.people) if counts.people else (0.0, 1.0)
    people = counts.people or 1
    return LiftGroup(
        people=counts.people,
        buyers=counts.buyers,
        conversion_bp=LiftRange(
            estimate=round(counts.buyers * BASIS_POINTS / people),
            low=round(low * BASIS_POINTS),
            high=round(high * BASIS_POINTS),
        ),
        revenue_each_minor=round(counts.revenue_minor / people),
    )
