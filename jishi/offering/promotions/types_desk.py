"""Promotions as the merchant centre works with them: where one stands, what it said before, what it would do."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from jishi.kernel.exact import Whole
from jishi.kernel.ids import PromotionId
from jishi.kernel.money import Money
from jishi.kernel.words import Text
from jishi.offering.pricing.types import Minor
from jishi.offering.pricing.types_promotions import Effect, Pieces
from jishi.offering.promotions.types import PromotionStatus, PromotionWish


class Stage(StrEnum):
    """Where a promotion stands at an instant: its status, and for what is live or paused also its time."""

    DRAFT = "draft"
    COMING = "coming"
    RUNNING = "running"
    PAUSED = "paused"
    OVER = "over"


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionForMerchant:
    """A promotion as its merchant edits it; `version` guards against lost updates, `spent` is what it took off.

    `names` says what the products and SKUs it names are called, by id; lists leave it empty.
    """

    id: PromotionId
    version: int
    status: PromotionStatus
    stage: Stage
    wish: PromotionWish
    spent: Money
    changed_at: datetime
    names: dict[str, Text] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionChange:
    """What a promotion is to say from now on, written over the `version` that was read."""

    wish: PromotionWish
    version: Whole


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionMove:
    """Where a promotion is sent: live, paused, or ended for good."""

    to: PromotionStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionVersionRow:
    """One version: who wrote it and when, what it said, and which parts the one before it said otherwise.

    `changed` names fields of the wish; the first version changed nothing. `written_by` is None for who has left.
    """

    version: int
    written_at: datetime
    written_by: str | None
    wish: PromotionWish
    changed: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleWish:
    """Goods to try an effect on: so many pieces of one SKU, each at a price.

    A bundle takes its own pieces, each at that price.
    """

    effect: Effect
    price_minor: Minor
    pieces: Pieces


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What an effect makes of sample goods: `pieces` of them, what they cost without it and with it."""

    pieces: int
    before: Money
    after: Money
