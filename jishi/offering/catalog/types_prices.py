"""What was asked for a SKU in the course of time."""

from dataclasses import dataclass

from jishi.kernel.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedPrice:
    """What a SKU was offered at from an instant on, until the next; without a price it was not for sale."""

    offered_from: str
    price: Money | None
