"""What is recommended, where, and why; texts are in the asked language."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from jishi.kernel.ids import CategoryId, ProductId, UserId
from jishi.kernel.words import Text
from jishi.offering.catalog.types import ProductCard


class Place(StrEnum):
    """Where goods are recommended."""

    HOME = "home"
    TOGETHER = "together"  # beside a product: what is bought with it
    SIMILAR = "similar"  # beside a product: what is like it
    CART = "cart"
    PAID = "paid"
    EMPTY = "empty"  # where a search or a list found nothing


class ListKind(StrEnum):
    """What a list that training writes holds, and what it is about."""

    TOGETHER = "together"  # of a product: bought in the same checkouts
    ALSO = "also"  # of a product: the blend of the models
    SIMILAR = "similar"  # of a product: like it by its content
    POPULAR = "popular"  # of a category, or of everything
    FRESH = "fresh"  # of everything: new, and hardly seen


class Reason(StrEnum):
    """Why something is recommended."""

    TOGETHER = "together"
    ALSO = "also"
    SIMILAR = "similar"
    YOURS = "yours"  # goes with what this person did: the only reason that knows who asks
    CATEGORY = "category"  # popular among products of the same category
    POPULAR = "popular"
    NEW = "new"


REASONS = {
    Reason.TOGETHER: Text(zh="很多人一起买", en="Often bought together"),
    Reason.ALSO: Text(zh="喜欢它的人也喜欢", en="People who like it also like this"),
    Reason.SIMILAR: Text(zh="与它相似", en="Similar to it"),
    Reason.YOURS: Text(zh="与你最近看的商品相近", en="Goes with what you looked at"),
    Reason.CATEGORY: Text(zh="本类热销", en="Popular of its kind"),
    Reason.POPULAR: Text(zh="近期热销", en="Popular right now"),
    Reason.NEW: Text(zh="新品,给它一个机会", en="New here, worth a look"),
}
# The same where there is a product to name.
REASONS_NAMING = {
    Reason.TOGETHER: Text(zh="很多人和「{title}」一起买", en="Often bought with “{title}”"),
    Reason.ALSO: Text(zh="喜欢「{title}」的人也喜欢", en="People who like “{title}” also like this"),
    Reason.SIMILAR: Text(zh="与「{title}」相似", en="Similar to “{title}”"),
    Reason.YOURS: Text(zh="与你看过的「{title}」相近", en="Goes with “{title}”, which you looked at"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommendation:
    """A product, and why it is shown: a code, and the same in words."""

    product: ProductCard
    reason: Reason
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommendations:
    """What is recommended; `model` names the version that chose it, and is empty before the first training; `arm` is
    empty outside any experiment.
    """

    model: str
    arm: str
    is_personal: bool
    items: list[Recommendation]
    next_cursor: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A product that somebody does not want to be shown."""

    product_id: ProductId


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Who is to be recommended something, where, and beside which products."""

    place: Place
    owner_id: UUID
    buyer: UserId | None
    product_ids: Sequence[ProductId]
    language: str
    now: datetime


@dataclass(frozen=True, slots=True)
class Candidate:
    """A product that may be shown: its score, why, and the product that it goes with, if one."""

    product_id: ProductId
    score: float
    reason: Reason
    source: ProductId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Goods:
    """What the similarity of two products is learnt from: words and facts of one, and its price."""

    product_id: ProductId
    category_id: CategoryId
    words: list[str]
    price_minor: int
    published_at: datetime
    sold_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainedList:
    """A list as training writes it: of what kind, of which product or category, the best first."""

    kind: ListKind
    subject_id: ProductId | CategoryId | None  # None: of everything
    ranked: list[tuple[ProductId, float]]
    trust: float = 1.0  # how much of it is known from people, from 0 to 1
