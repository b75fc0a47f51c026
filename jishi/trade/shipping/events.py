"""What shipping tells upwards."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from jishi.kernel.events import Event
from jishi.kernel.ids import OrderId, ParcelId
from jishi.trade.shipping.types import ParcelStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelScanned(Event):
    """New scans of a parcel came in; `status` is where they leave it."""

    name: ClassVar[str] = "shipping.parcel_scanned"

    parcel_id: ParcelId
    order_id: OrderId
    status: ParcelStatus

    @property
    def aggregate_id(self) -> UUID:
        return self.parcel_id
