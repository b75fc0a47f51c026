"""What listing review talks about: what a version changes, what the checks found, and what became of it."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from jishi.kernel.exact import Whole
from jishi.kernel.money import Money
from jishi.kernel.words import Text
from jishi.offering.catalog.types import Cause, VersionStatus


class Part(StrEnum):
    """What of a product a change touches."""

    TITLE = "title"
    SUBTITLE = "subtitle"
    DESCRIPTION = "description"
    CATEGORY = "category"
    BRAND = "brand"
    PICTURES = "pictures"
    PICTURE_ORDER = "picture_order"
    FILM = "film"
    AXIS = "axis"
    ATTRIBUTE = "attribute"
    SKU = "sku"
    SKU_CODE = "sku_code"
    PRICE = "price"
    LIST_PRICE = "list_price"
    WEIGHT = "weight"
    VOLUME = "volume"
    FREIGHT = "freight"
    BUYER_LIMIT = "buyer_limit"
    KIND = "kind"
    UNIT = "unit"
    ORIGIN = "origin"
    WARRANTY = "warranty"
    TAGS = "tags"
    GTIN = "gtin"
    MODEL = "model"
    TIERS = "tiers"


class Check(StrEnum):
    """Which check found something."""

    WORDS = "words"
    PICTURES = "pictures"
    PRICES = "prices"


class Severity(StrEnum):
    """How much a finding matters: `look` and `alarm` wait for a person, `block` is not taken at all."""

    LOOK = "look"
    ALARM = "alarm"
    BLOCK = "block"


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionChange:
    """One thing that a version changes. `of` says which one: a language, the code of a SKU or of an attribute.

    Prices stand in `price_before` and `price_after`, anything else as text; of pictures and variants what went and
    what came. Long texts are cut to where they differ.
    """

    part: Part
    of: str = ""
    before: str = ""
    after: str = ""
    price_before: Money | None = None
    price_after: Money | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something a person should see before a version goes on sale.

    `word` is the one that stands in a text. `picture` and `alike` are the storage keys of two pictures that look
    alike, `alike_merchant_id` whose the other one is. All are empty for other checks.
    """

    check: Check
    severity: Severity
    part: Part
    of: str = ""
    text: Text
    word: str = ""
    picture: str = ""
    alike: str = ""
    alike_merchant_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionRow:
    """One version in a product's history, with what it changes against the version before it.

    `is_automatic`: the rules decided, nobody did. `causes` is why it waits, or waited, for a person. `written_by` is
    named when he is of the merchant's staff now.
    """

    number: Annotated[int, Field(ge=1, examples=[3])]
    status: VersionStatus
    written_at: str
    written_by: str | None
    submitted_at: str | None
    decided_at: str | None
    is_automatic: bool
    is_live: bool
    reason: str
    causes: list[Cause] = field(default_factory=list)
    changes: list[VersionChange] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Restoring:
    """Which state of a product, by its `version`, somebody saw when he asked for an earlier one."""

    version: Whole
