"""Reviews as people see them; stars are whole, 1 to 5, averages in hundredths of a star."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from jishi.kernel.exact import Exact
from jishi.kernel.ids import MediaId, OrderId, OrderLineId, ProductId, ReviewId
from jishi.offering.catalog.types import Rating
from jishi.offering.media.types import Image

PICTURES_MAX = 9
TEXT = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"
FILLED_TEXT = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"


class ReviewSort(StrEnum):
    """How a merchant's reviews are ordered: by when they were written, or by their stars."""

    NEWEST = "newest"
    OLDEST = "oldest"
    STARS_UP = "stars_up"
    STARS_DOWN = "stars_down"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewWish:
    """What a buyer says; `media_ids` are pictures he uploaded for it."""

    stars: Annotated[int, Field(ge=1, le=5), Exact]
    text: Annotated[str, Field(max_length=1000, pattern=TEXT)] = ""
    media_ids: Annotated[list[MediaId], Field(max_length=PICTURES_MAX)]
    is_anonymous: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyWish:
    """What a merchant answers."""

    text: Annotated[str, Field(max_length=1000, pattern=FILLED_TEXT)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """The merchant's answer to a review."""

    text: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A review as everybody sees it; `author` is masked and `choice_name` says what was bought. `merchant` names who
    sold it, where several merchants sell the same product.
    """

    id: ReviewId
    product_id: ProductId
    author: str
    stars: int
    text: str
    pictures: list[Image]
    choice_name: str
    reply: Reply | None
    written_at: datetime
    merchant: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnReview:
    """A review as its author and the reviewed merchant see it, with the line that was bought."""

    review: Review
    order_id: OrderId
    order_line_id: OrderLineId
    title: str
    image: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewSummary:
    """All reviews of a product in figures; `by_stars` counts one star first, five stars last."""

    rating: Rating | None
    by_stars: list[int]
    with_pictures: int
