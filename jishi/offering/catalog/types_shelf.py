"""When a product is to be on the shelf, as it crosses the border."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import AwareDatetime, Field

_WHEN = Field(examples=["2027-01-01T00:00:00+08:00"])


@dataclass(frozen=True, slots=True, kw_only=True)
class ShelfPlanWish:
    """When a product goes on sale and off it again, to the minute: `on_at` belongs to the time on sale, `off_at` no
    more. Without both nothing is planned.
    """

    on_at: Annotated[AwareDatetime | None, _WHEN] = None
    off_at: Annotated[AwareDatetime | None, _WHEN] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShelfPlan:
    """What is planned for a product: instants, None for no such step."""

    on_at: str | None
    off_at: str | None
