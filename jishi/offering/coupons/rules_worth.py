"""The most that a coupon can be worth."""

from jishi.offering.pricing.types import Off
from jishi.offering.pricing.types_promotions import FreightOff, Tiers


def worth_max(effect: Tiers | FreightOff) -> int | None:
    """Return the most that an effect can ever take off, in minor units; None without bound: a share without a cap, an
    amount for every threshold as often as it is reached.
    """
    if isinstance(effect, FreightOff):
        return _most(effect.off)
    times = (effect.times_max or 0) if effect.is_each else 1
    if not times:
        return None
    each = [_most(tier.off) for tier in effect.tiers]
    bounded = [one for one in each if one is not None]
    return max(bounded) * times if len(bounded) == len(each) else None


def _most(off: Off) -> int | None:
    if not off.amount_minor:
        return off.cap_minor
    return off.amount_minor if off.cap_minor is None else min(off.amount_minor, off.cap_minor)
