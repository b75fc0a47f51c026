"""What reviews tell upwards."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from jishi.kernel.events import Event
from jishi.kernel.ids import ProductId, ReviewId


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewWritten(Event):
    """A product has one review more."""

    name: ClassVar[str] = "reviews.review_written"

    review_id: ReviewId
    product_id: ProductId

    @property
    def aggregate_id(self) -> UUID:
        return self.product_id
