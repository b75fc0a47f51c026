"""What a sale freezes of a rule that takes its discount back when goods come back."""

from dataclasses import dataclass

from jishi.kernel.ids import SkuId
from jishi.kernel.words import Text
from jishi.offering.pricing.types import FunderShare
from jishi.offering.pricing.types_promotions import Effect


@dataclass(frozen=True, slots=True, kw_only=True)
class ClawBackLine:
    """A line that the rule covered: what the earlier steps had left of it, and what the rule took off, minor units.

    `place` is its place among the lines, None for one that is sold with another order of the same checkout.
    """

    place: int | None
    sku_id: SkuId
    quantity: int
    left_minor: int
    taken_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClawBack:
    """A rule at its version as it was applied, enough to measure it again on the pieces that are kept."""

    rule_id: str
    rule_version: int
    name: Text
    effect: Effect
    funders: tuple[FunderShare, ...]
    lines: tuple[ClawBackLine, ...]
