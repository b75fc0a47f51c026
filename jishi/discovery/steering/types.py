"""Rules of search as operators write them, and as search reads them."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class RuleKind(StrEnum):
    SYNONYM = "synonym"
    BOOST = "boost"
    REDIRECT = "redirect"
    BLOCK = "block"


class TargetKind(StrEnum):
    """What a rule can be about."""

    PRODUCT = "product"
    CATEGORY = "category"
    BRAND = "brand"
    MERCHANT = "merchant"


class SetStatus(StrEnum):
    DRAFT = "draft"
    LIVE = "live"
    PAST = "past"
    DISCARDED = "discarded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A product, or all products of a category, a brand or a merchant."""

    kind: TargetKind
    id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleWish:
    """A rule as somebody wants it. What belongs to which kind:

    synonym: `words` mean the same as each other; with `means`, words find `means` too, but not the other way round.
    boost: queries with one of `words` show the target's products at `factor_percent` of their score.
    redirect: a query that is one of `words` leads to `path`, an address inside the market.
    block: a query with one of `words` shows nothing; with a target, only not the target's products.
    A rule without an instant holds always; periods are half-open.
    """

    kind: RuleKind
    words: list[str]
    means: list[str] = field(default_factory=list)
    target: Target | None = None
    factor_percent: int | None = None
    path: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Synonym:
    """Whoever asks for one of `words` is also shown what has one of `means`."""

    words: list[str]
    means: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Boost:
    """Queries with one of `words` multiply the score of the target's products by `factor`."""

    words: list[str]
    target: Target
    factor: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Redirect:
    """A query that is one of `words` leads to `path`."""

    words: list[str]
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A query with one of `words` shows nothing, or not the target's products."""

    words: list[str]
    target: Target | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The rules of a set that hold at an instant. `number` 0 is no set at all."""

    number: int = 0
    synonyms: list[Synonym] = field(default_factory=list)
    boosts: list[Boost] = field(default_factory=list)
    redirects: list[Redirect] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """Which rules are live: the set's number, and when one of its rules next begins or ends."""

    number: int
    changes_at: datetime | None
