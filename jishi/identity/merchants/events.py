"""What happened to merchants."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from jishi.identity.merchants.types import MerchantStatus
from jishi.kernel.events import Event
from jishi.kernel.ids import MerchantId


@dataclass(frozen=True, slots=True, kw_only=True)
class MerchantMoved(Event):
    """A merchant went from one status to another; his goods are for sale while he is active."""

    name: ClassVar[str] = "merchants.moved"

    merchant_id: MerchantId
    was: MerchantStatus
    status: MerchantStatus

    @property
    def aggregate_id(self) -> UUID:
        """The merchant."""
        return self.merchant_id


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreChanged(Event):
    """A merchant changed his name, logo, banner or introduction: what shows them is out of date."""

    name: ClassVar[str] = "merchants.store_changed"

    merchant_id: MerchantId

    @property
    def aggregate_id(self) -> UUID:
        """The merchant."""
        return self.merchant_id
