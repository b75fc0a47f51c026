"""What the catalogue tells upwards."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from jishi.kernel.events import Event
from jishi.kernel.ids import MerchantId, ProductId, SharedProductId
from jishi.offering.catalog.types import ListingStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingMoved(Event):
    """A listing went from one state to another; `actor_id` is staff of the merchant or the platform, None the
    system.
    """

    name: ClassVar[str] = "catalog.listing_moved"

    product_id: ProductId
    merchant_id: MerchantId
    from_status: ListingStatus
    to_status: ListingStatus
    actor_id: UUID | None
    reason: str

    @property
    def aggregate_id(self) -> UUID:
        return self.product_id


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalRejected(Event):
    """A new version of something already on sale was refused; what is live stays."""

    name: ClassVar[str] = "catalog.proposal_rejected"

    product_id: ProductId
    merchant_id: MerchantId
    actor_id: UUID | None
    reason: str

    @property
    def aggregate_id(self) -> UUID:
        return self.product_id


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductPublished(Event):
    """A version went live: the first one, or one that replaces another. Prices may have changed."""

    name: ClassVar[str] = "catalog.product_published"

    product_id: ProductId
    merchant_id: MerchantId
    number: int

    @property
    def aggregate_id(self) -> UUID:
        return self.product_id


@dataclass(frozen=True, slots=True, kw_only=True)
class OffersChanged(Event):
    """What the choice of the best offer of a shared product looks at may have changed."""

    name: ClassVar[str] = "catalog.offers_changed"

    shared_id: SharedProductId

    @property
    def aggregate_id(self) -> UUID:
        return self.shared_id
