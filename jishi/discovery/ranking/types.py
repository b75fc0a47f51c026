"""What is known of a product, and how good an offer that makes it."""

from dataclasses import dataclass

from jishi.kernel.ids import ProductId


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of a product. `recent_pieces` are pieces sold, each halved for every two weeks since;
    `completeness` is the share of a full listing, 0 to 1; a rating is in hundredths of a star.
    """

    recent_pieces: float = 0.0
    views: int = 0
    buys: int = 0
    rating_hundredths: int = 0
    review_count: int = 0
    sold_pieces: int = 0
    returned_pieces: int = 0
    completeness: float = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """What is usual in the market: what a product counts as while nobody knows better."""

    conversion: float = 0.0  # buys for each view; 0 where nobody counts views
    rating_hundredths: float = 450.0
    return_rate: float = 0.0  # pieces for each piece sold; 0 where nothing ever came back


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """How a product does, part by part: 0 is usual, 1 the best that counts, -1 the worst."""

    velocity: float
    conversion: float
    rating: float
    returns: float
    completeness: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """What the text's score is multiplied by, and the parts it is made of."""

    factor: float
    scores: Scores


@dataclass(frozen=True, slots=True, kw_only=True)
class Refreshed:
    """What came of computing all factors anew: products looked at, and those whose factor changed noticeably."""

    products: int
    changed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PartShown:
    """A part of a product's quality: its score, and what it alone multiplies by."""

    name: str  # a field of Scores
    score: float
    factor: float


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityShown:
    """The quality that a product's place follows from, as last computed; 1 where it never was."""

    product_id: ProductId
    factor: float
    parts: list[PartShown]
