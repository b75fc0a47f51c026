"""What the coupons still out will probably cost; the formula is in docs/algorithms/coupons.md."""

from jishi.kernel.money import BASIS_POINTS
from jishi.offering.coupons.types import CouponForecast
from jishi.offering.pricing.types import Measure
from jishi.offering.pricing.types_promotions import FreightOff, Tiers


def forecast(
    effect: Tiers | FreightOff, *, held: int, used: int, expired: int, discount_minor: int
) -> CouponForecast:
    """Return the expected cost of `held` coupons, from those of which it is known whether they were used.

    The use rate is Laplace's: (used + 1) / (used + expired + 2), so that a first coupon proves nothing. A used one
    takes off what those before it did on average; before the first, the least that its effect says.
    """
    known = used + expired + 2
    each = _rounded(discount_minor, used) if used else _least(effect)
    return CouponForecast(
        held_count=held,
        used_count=used,
        expired_count=expired,
        use_rate_bp=_rounded((used + 1) * BASIS_POINTS, known),
        each_minor=each,
        expected_minor=_rounded(held * (used + 1) * (discount_minor if used else each), known * (used or 1)),
    )


def _rounded(number: int, by: int) -> int:
    return (2 * number + by) // (2 * by)


def _least(effect: Tiers | FreightOff) -> int:
    """Return what a coupon takes off in the smallest cart that reaches it; a share of pieces says no amount."""
    if isinstance(effect, FreightOff):
        return effect.off.amount_minor
    first = min(effect.tiers, key=lambda tier: tier.threshold)
    worth = first.threshold if effect.measure is Measure.AMOUNT else 0
    wanted = first.off.amount_minor + worth * first.off.basis_points // BASIS_POINTS
    return wanted if first.off.cap_minor is None else min(wanted, first.off.cap_minor)
