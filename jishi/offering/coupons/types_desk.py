"""What a merchant asks of his coupon templates."""

from dataclasses import dataclass
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from jishi.identity.accounts.types import FILLED_LINE
from jishi.kernel.exact import Exact
from jishi.kernel.ids import CouponId


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateMove:
    """Where a template is sent."""

    to: Literal["live", "paused", "ended"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CodesWish:
    """So many random codes; or one shared code that is a `word` of 4 to 24 letters and digits."""

    count: Annotated[int, Field(ge=1, le=10_000), Exact] = 1
    word: Annotated[str, Field(min_length=4, max_length=24, pattern=r"^[A-Za-z0-9]+$")] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodwillWish:
    """Which of our goodwill coupons the buyer of an order gets, and why: for our own records."""

    goodwill_template_id: UUID
    reason: Annotated[str, Field(min_length=2, max_length=200, pattern=FILLED_LINE)]


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodwillGiven:
    """The coupon that the buyer has now."""

    coupon_id: CouponId


@dataclass(frozen=True, slots=True, kw_only=True)
class CodesMade:
    """How many codes were made; they are read as a table."""

    count: int
