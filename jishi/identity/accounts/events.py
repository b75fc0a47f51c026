"""What happened to accounts."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from jishi.kernel.events import Event
from jishi.kernel.ids import UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountOpened(Event):
    """Somebody signed up and has proved his phone or address where that is asked of him: he is signed in."""

    name: ClassVar[str] = "accounts.opened"

    user_id: UserId

    @property
    def aggregate_id(self) -> UUID:
        """The account."""
        return self.user_id
