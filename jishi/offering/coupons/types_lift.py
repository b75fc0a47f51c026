"""What coupons bring, measured against those of their audience who were held out."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class LiftRange:
    """An estimate with the interval that holds the truth in 95 of 100 such measurements."""

    estimate: int
    low: int
    high: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LiftGroup:
    """One of the two groups: so many people, `buyers` of whom bought and kept something, their rate in basis points,
    and what one of the people paid and did not get back, on average.
    """

    people: int
    buyers: int
    conversion_bp: LiftRange
    revenue_each_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CouponLift:
    """Those who got a template's coupon beside the `holdout_percent` who were held out, each from that moment until
    the coupon ends. The differences are given less held out, in basis points of people and in minor units a person;
    None while a group has fewer than `people_min`.
    """

    holdout_percent: int
    people_min: int
    given: LiftGroup
    held_out: LiftGroup
    conversion_bp: LiftRange | None
    revenue_minor: LiftRange | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LiftCounts:
    """What was counted of one group: `revenue_squares` is the sum over people of what each paid, squared."""

    people: int = 0
    buyers: int = 0
    revenue_minor: int = 0
    revenue_squares: int = 0
