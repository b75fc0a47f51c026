"""What operators are shown of a search: why a product stands where it stands."""

from dataclasses import dataclass

from jishi.discovery.ranking.types import QualityShown
from jishi.discovery.steering.types import Boost
from jishi.kernel.ids import ProductId


@dataclass(frozen=True, slots=True, kw_only=True)
class WordScore:
    """What a word of the query is worth in one field of the product."""

    word: str
    field: str
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """A product's score for a query, part by part: `score` is text × boosts × quality × stock.

    `place` and `place_unmoved` (before fairness between merchants) count from 1; None beyond the places that fairness
    looks at, or where the product is not found at all (then `is_found` is False and the score is 0). `is_whole`: it
    has all that was asked; otherwise it stands in for what nothing has.
    """

    product_id: ProductId
    title: str
    is_found: bool
    is_whole: bool
    words: list[WordScore]
    text_score: float
    boosts: list[Boost]
    boosted: float  # what all boosts together multiply by
    quality: QualityShown
    stock_factor: float
    score: float
    place: int | None
    place_unmoved: int | None
