"""One change for many products of a merchant, as it crosses the border."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from jishi.kernel.exact import Exact, Whole
from jishi.kernel.ids import CategoryId, ProductId
from jishi.kernel.money import Money

EDITED_MAX = 200
VALUE_MAX = 10**12


class PriceWay(StrEnum):
    """How prices change: to a value, by a value, or by a share."""

    SET = "set"
    ADD = "add"
    PERCENT = "percent"


class PriceEnding(StrEnum):
    """What new prices end with: as they come, on .90, or on whole units; the nearest such price."""

    ANY = "any"
    NINETY = "ninety"
    WHOLE = "whole"


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceEdit:
    """A change of prices. `value` is in minor units, of a share in hundredths of a per cent; below 0 it lowers."""

    step: PriceWay
    value: Annotated[int, Field(ge=-VALUE_MAX, le=VALUE_MAX), Exact]
    ending: PriceEnding = PriceEnding.ANY


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductEdit:
    """One change: of the prices of all variants, or of the category; exactly one of them."""

    price: PriceEdit | None = None
    category_id: CategoryId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EditWish:
    """A change of one product, as it stood at `version`."""

    edit: ProductEdit
    version: Whole


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewWish:
    """Which products a change would be made to."""

    product_ids: Annotated[list[ProductId], Field(min_length=1, max_length=EDITED_MAX)]
    edit: ProductEdit


class EditEffect(StrEnum):
    """What becomes of a product: kept as its draft, on sale at once, handed in for review, nothing, or refused."""

    DRAFT = "draft"
    AT_ONCE = "at_once"
    REVIEW = "review"
    SAME = "same"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceLine:
    """The price of one variant; a list price that the new one exceeds is dropped."""

    name: str
    before: Money
    after: Money
    drops_list_price: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EditPreview:
    """What a change would do to one product. `reason` says why it is refused; `dropped` names the attributes that the
    new category does not have. What the automatic checks find can still send it to review.
    """

    product_id: ProductId
    title: str
    version: int
    effect: EditEffect
    reason: str = ""
    prices: list[PriceLine] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
