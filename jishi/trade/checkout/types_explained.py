"""A quote's rules by name, and those that were not applied."""

from dataclasses import dataclass, field

from jishi.kernel.ids import MerchantId
from jishi.offering.pricing.types import Measure, NotApplied, Off, TraceStep


@dataclass(frozen=True, slots=True, kw_only=True)
class PassedRule:
    """A promotion that covers some of the goods and takes nothing off them; `why` is its reason in words."""

    rule_id: str
    name: str
    reason: NotApplied
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hint:
    """What is missing for the next discount of a promotion: minor units or pieces, as `measure` says; `gain` is that
    discount in words.
    """

    promotion_id: str
    name: str
    measure: Measure
    missing: int
    off: Off
    gain: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPrice:
    """How the price of an order came about: the steps of its merchant, which add up to the order's total in the last
    one, without who paid for them; `rules` names promotions and coupons by id. No steps for an order that was not
    bought from a quote.
    """

    trace: list[TraceStep]
    rules: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """What the trace's rules are called, by id, what was not applied, and what is missing for the next discounts: of
    a merchant, and (None) across merchants.
    """

    rules: dict[str, str] = field(default_factory=dict)
    passed: list[PassedRule] = field(default_factory=list)
    hints: dict[MerchantId | None, list[Hint]] = field(default_factory=dict)
