"""What goods cost their merchant."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from jishi.kernel.exact import Exact
from jishi.kernel.ids import SkuId


@dataclass(frozen=True, slots=True, kw_only=True)
class CostWish:
    """What a piece costs the merchant, in minor units; None takes the word back."""

    sku_id: SkuId
    cost_minor: Annotated[int, Field(ge=0, le=10**9), Exact] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CostsWish:
    """Costs of SKUs, each named once."""

    costs: Annotated[list[CostWish], Field(min_length=1, max_length=500)]
