"""What happened, told upwards: frozen facts that carry ids only, never personal data."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A fact. `name` is its stable wire name; `aggregate_id` is what its handlers are ordered by."""

    name: ClassVar[str]

    occurred_at: datetime

    @property
    def aggregate_id(self) -> UUID:
        """Return the id of the thing this happened to."""
        raise NotImplementedError
