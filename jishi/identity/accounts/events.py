"""What happened to accounts."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from jishi.kernel.events import Event
from jishi.kernel.ids import UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountOpened(Event):
    """Somebody signed up and has proved his phone or address where that is asked of him: he is signed in. `device`
    holds keyed hashes of the device it was done with, in hexadecimal.
    """

    name: ClassVar[str] = "accounts.opened"

    user_id: UserId
    device: tuple[str, ...] = ()

    @property
    def aggregate_id(self) -> UUID:
        """The account."""
        return self.user_id
