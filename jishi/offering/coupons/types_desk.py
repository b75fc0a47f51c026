"""What a merchant asks of his coupon templates."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from jishi.kernel.exact import Exact


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
class CodesMade:
    """How many codes were made; they are read as a table."""

    count: int
