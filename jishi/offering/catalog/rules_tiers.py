"""What wholesale steps of a SKU may be: pure. docs/decisions/0080."""

from collections.abc import Sequence
from itertools import pairwise

from jishi.kernel.money import Money
from jishi.offering.catalog.types_facts import TierWish
from jishi.offering.pricing.types import PriceTier

TIERS_MAX = 5
FROM_MIN, FROM_MAX = 2, 9_999  # pieces: as many as one line of a cart may hold
Stored = Sequence[tuple[int, int]]


def are_tiers(tiers: Sequence[TierWish], price_minor: int) -> bool:
    """Say whether steps begin with two pieces at least, rise in pieces, and fall in price below the single one."""
    steps = [TierWish(from_pieces=1, price_minor=price_minor), *tiers]
    return (
        len(tiers) <= TIERS_MAX
        and all(FROM_MIN <= one.from_pieces <= FROM_MAX and one.price_minor >= 1 for one in tiers)
        and all(a.from_pieces < b.from_pieces and a.price_minor > b.price_minor for a, b in pairwise(steps))
    )


def stored(tiers: Sequence[TierWish]) -> list[tuple[int, int]]:
    """Return steps as a SKU's row keeps them."""
    return [(one.from_pieces, one.price_minor) for one in tiers]


def priced(tiers: Stored, currency: str) -> list[PriceTier]:
    """Return the steps of a SKU's row."""
    return [PriceTier(from_pieces=pieces, price=Money(minor, currency)) for pieces, minor in tiers]
