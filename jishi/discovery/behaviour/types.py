"""What is kept of behaviour, and what people said about it. Nothing here names or describes a person."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field, StrictBool

from jishi.kernel.exact import Exact
from jishi.kernel.ids import ProductId

BATCH_MAX = 50
DAY_SECONDS = 86_400
VERSION = r"^[A-Za-z0-9._:-]*$"
CONSENT_TEXT = "2026-11"  # the version of the words that people are asked with now


class BehaviourKind(StrEnum):
    """What somebody did."""

    VIEW = "view"
    DWELL = "dwell"
    SEARCH = "search"
    CLICK = "click"
    ADD = "add"
    BUY = "buy"
    FAVOURITE = "favourite"
    SHARE = "share"
    IMPRESSION = "impression"


class BrowserKind(StrEnum):
    """What a browser may report; purchases and favourites are known to the shop itself."""

    VIEW = "view"
    DWELL = "dwell"
    SEARCH = "search"
    CLICK = "click"
    ADD = "add"
    SHARE = "share"
    IMPRESSION = "impression"


class Placement(StrEnum):
    """Where in the store a product was shown."""

    HOME = "home"
    PRODUCT = "product"
    CART = "cart"
    PAID = "paid"
    EMPTY = "empty"  # where a search or a list found nothing
    SEARCH = "search"
    CATEGORY = "category"
    STORE = "store"
    FAVOURITES = "favourites"
    HISTORY = "history"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class BrowserEvent:
    """One thing somebody did, as his browser reports it."""

    event_id: UUID  # made by the browser: the same one counts once
    kind: BrowserKind
    # How long before the report it happened; what is older than a day counts as a day old.
    age_ms: Annotated[int, Field(ge=0, le=7 * DAY_SECONDS * 1000), Exact] = 0
    product_id: ProductId | None = None  # all but searches need one
    placement: Placement | None = None
    model: Annotated[str, Field(max_length=40, pattern=VERSION)] = ""  # the version of what chose the product
    arm: Annotated[str, Field(max_length=40, pattern=VERSION)] = (
        ""  # of the experiment that it was shown under
    )
    position: Annotated[int, Field(ge=0, le=9_999), Exact] | None = None  # its place in the list, from 0
    words: Annotated[str, Field(max_length=100)] | None = None  # of a search; only their keyed hash is kept
    dwell_seconds: Annotated[int, Field(ge=0, le=3_600), Exact] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BehaviourReport:
    """What a browser gathered."""

    events: Annotated[list[BrowserEvent], Field(max_length=BATCH_MAX)]


@dataclass(frozen=True, slots=True, kw_only=True)
class BehaviourEvent:
    """One thing somebody did, as it is kept."""

    event_id: UUID
    kind: BehaviourKind
    at: datetime
    product_id: ProductId | None = None
    placement: Placement | None = None
    model: str = ""
    arm: str = ""
    position: int | None = None
    words_hash: bytes | None = None
    dwell_seconds: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Interaction:
    """One thing somebody did with a product; `person_id` is a buyer's id or a visitor's."""

    person_id: UUID
    product_id: ProductId
    kind: BehaviourKind
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductCounts:
    """How often a product was shown, opened, clicked, put into carts and bought."""

    product_id: ProductId
    impressions: int
    views: int
    clicks: int
    adds: int
    buys: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentAnswer:
    """What somebody says to being asked; `text_version` is that of the words he was asked with."""

    allowed: StrictBool
    text_version: Annotated[str, Field(max_length=20, pattern=VERSION)] = CONSENT_TEXT


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """What somebody said last; `allowed` is None for who was never asked.

    `signal` tells that his browser sends Do Not Track or Global Privacy Control: then nothing is kept of what is
    done in it, whatever was said.
    """

    allowed: bool | None
    said_at: datetime | None
    signal: bool
    text_version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KindCount:
    """How many events of a kind are kept."""

    kind: BehaviourKind
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What is kept of somebody: counts by kind, the most frequent first, and when the first and the last happened."""

    total: int
    kinds: list[KindCount]
    first_at: datetime | None
    last_at: datetime | None
