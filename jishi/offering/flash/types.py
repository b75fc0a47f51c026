"""Flash sales, as the API shows them; texts are in the asked language."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from jishi.kernel.exact import Exact
from jishi.kernel.ids import FlashItemId, FlashSessionId, MerchantId, ProductId, SkuId
from jishi.kernel.money import Money

QUOTA_MAX = 100_000
BUYER_MAX = 99
TOKEN_LENGTH_MAX = 300
SLOTS_MAX = 12  # sessions of a day

FlashPrice = Annotated[int, Field(ge=1, le=10**9, examples=[4900]), Exact]
Quota = Annotated[int, Field(ge=1, le=QUOTA_MAX, examples=[50]), Exact]
PerBuyer = Annotated[int, Field(ge=1, le=BUYER_MAX, examples=[1]), Exact]
Token = Annotated[str, Field(min_length=1, max_length=TOKEN_LENGTH_MAX, pattern=r"^[A-Za-z0-9_:.\-]+$")]


class FlashStatus(StrEnum):
    """Where a merchant's application stands."""

    APPLIED = "applied"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class FlashStage(StrEnum):
    """Where a session or one of its items stands at an instant."""

    SOON = "soon"
    RUNNING = "running"
    SOLD_OUT = "sold_out"
    OVER = "over"


class AdmissionState(StrEnum):
    """What the gate says."""

    ADMITTED = "admitted"
    QUEUED = "queued"
    SOLD_OUT = "sold_out"


@dataclass(frozen=True, slots=True, kw_only=True)
class FlashWish:
    """What a merchant offers in a session: up to `quota` pieces of a SKU at `price_minor` (minor units) each, at most
    `per_buyer_max` to one buyer.
    """

    flash_session_id: FlashSessionId
    sku_id: SkuId
    price_minor: FlashPrice
    quota: Quota
    per_buyer_max: PerBuyer = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class FlashSession:
    """A session; `starts_at` ≤ t < `ends_at`. Merchants apply until `apply_until`."""

    id: FlashSessionId
    starts_at: datetime
    ends_at: datetime
    apply_until: datetime
    stage: FlashStage


@dataclass(frozen=True, slots=True, kw_only=True)
class FlashItem:
    """One offer of a session. `left` are pieces that can be had this moment; `sold_percent` is of `quota`."""

    id: FlashItemId
    product_id: ProductId
    sku_id: SkuId
    title: str
    choice_name: str
    image: str | None
    price: Money
    usual_price: Money
    quota: int
    left: int
    sold_percent: int
    per_buyer_max: int
    stage: FlashStage


@dataclass(frozen=True, slots=True, kw_only=True)
class FlashBoard:
    """The sessions of today and tomorrow, and the items of the chosen one (the running one unless one is named).

    `now` is the server's clock, which countdowns go by.
    """

    now: datetime
    sessions: list[FlashSession]
    session_id: FlashSessionId | None
    items: list[FlashItem]


@dataclass(frozen=True, slots=True, kw_only=True)
class FlashLeft:
    """What is left of one item this moment."""

    item_id: FlashItemId
    left: int
    sold_percent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FlashReminded:
    """An item whose buyer is told of it `minutes_before` its session starts."""

    item: FlashItem
    starts_at: datetime
    minutes_before: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FlashProgress:
    """What is left of the items of a session, a second old at most."""

    now: datetime
    items: list[FlashLeft]


@dataclass(frozen=True, slots=True, kw_only=True)
class FlashMark:
    """A product's offer that runs now or comes next; None when there is none."""

    item: FlashItem | None
    starts_at: datetime | None
    ends_at: datetime | None
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """Work that a browser does before the gate: a whole number whose SHA-256 of `challenge:nonce` begins with `bits`
    zero bits.
    """

    challenge: str
    bits: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AdmissionWish:
    """Somebody at the gate, with the work done."""

    challenge: Token
    nonce: Annotated[int, Field(ge=0, le=2**53 - 1, examples=[4711]), Exact]


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """What the gate says: admitted with a token until an instant, or a place in the queue (1 is next), estimated.

    Without an estimate nobody knows yet. Ask again after `ask_again_seconds`.
    """

    state: AdmissionState
    token: str | None = None
    expires_at: datetime | None = None
    place: int | None = None
    wait_seconds: int | None = None
    ask_again_seconds: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class FlashApplication:
    """A merchant's offer as he and the platform see it; `reason` is why it was rejected, `sold` what went so far."""

    id: FlashItemId
    session_id: FlashSessionId
    merchant_id: MerchantId
    sku_id: SkuId
    title: str
    choice_name: str
    image: str | None
    price: Money
    usual_price: Money
    quota: int
    per_buyer_max: int
    status: FlashStatus
    reason: str
    sold: int
    starts_at: datetime
    ends_at: datetime
    applied_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FlashFigures:
    """A session in figures: offers that wait and that were accepted; pieces of the accepted ones: promised, sold,
    and still to be had.
    """

    waiting_count: int = 0
    accepted_count: int = 0
    quota: int = 0
    sold: int = 0
    left: int = 0


# -- for flows, never sent to a browser ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class FlashOffer:
    """What one running item sells."""

    id: FlashItemId
    merchant_id: MerchantId
    sku_id: SkuId
    price: Money
    per_buyer_max: int
    starts_at: datetime
    ends_at: datetime
