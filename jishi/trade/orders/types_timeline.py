"""What is written into the timelines of orders."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from jishi.trade.orders.types import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineFact:
    """A timeline entry to be written."""

    order_id: UUID
    kind: str
    actor: Actor
    actor_id: UUID | None
    reason: str
    at: datetime
