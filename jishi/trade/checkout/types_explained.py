"""A quote's rules by name, and those that were not applied."""

from dataclasses import dataclass, field

from jishi.offering.pricing.types import NotApplied


@dataclass(frozen=True, slots=True, kw_only=True)
class PassedRule:
    """A promotion that covers some of the goods and takes nothing off them; `why` is its reason in words."""

    rule_id: str
    name: str
    reason: NotApplied
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """What the trace's rules are called, by id, and what was not applied."""

    rules: dict[str, str] = field(default_factory=dict)
    passed: list[PassedRule] = field(default_factory=list)
