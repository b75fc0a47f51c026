"""Pre-sales, as the API shows them; texts are in the asked language."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field, StrictBool

from jishi.kernel.exact import Exact, Instant
from jishi.kernel.ids import OrderId, PresaleId, ProductId, SkuId
from jishi.kernel.money import Money

PresaleMinor = Annotated[int, Field(ge=1, le=10**9, examples=[5000]), Exact]
PresaleQuota = Annotated[int, Field(ge=1, le=100_000, examples=[50]), Exact]
PresalePieces = Annotated[int, Field(ge=1, le=99, examples=[1]), Exact]


class PresaleStage(StrEnum):
    """Where a pre-sale stands at an instant."""

    SOON = "soon"
    DEPOSIT = "deposit"
    SOLD_OUT = "sold_out"
    WAITING = "waiting"
    BALANCE = "balance"
    OVER = "over"


@dataclass(frozen=True, slots=True, kw_only=True)
class PresaleWish:
    """What a merchant sells ahead: up to `quota` pieces of a SKU at `price_minor` each, for a deposit that counts as
    `worth_minor` of it (minor units).
    """

    sku_id: SkuId
    price_minor: PresaleMinor
    deposit_minor: PresaleMinor
    worth_minor: PresaleMinor
    deposit_from_at: Instant
    deposit_until_at: Instant
    balance_from_at: Instant
    balance_until_at: Instant
    ship_by_at: Instant
    quota: PresaleQuota
    per_buyer_max: PresalePieces = 1
    returns_deposit: StrictBool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PresaleTerms:
    """The terms of a pre-sale, per piece. Who buys pays `deposit` now and `balance` later, `total` together:
    price - (worth - deposit).

    Half-open periods. `returns_deposit` says whether the deposit goes back to a buyer who does not pay the balance.
    """

    price: Money
    deposit: Money
    worth: Money
    balance: Money
    total: Money
    deposit_from_at: datetime
    deposit_until_at: datetime
    balance_from_at: datetime
    balance_until_at: datetime
    ship_by_at: datetime
    per_buyer_max: int
    returns_deposit: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Presale:
    """A pre-sale of a SKU as buyers see it; `left` are pieces that can be had this moment."""

    id: PresaleId
    product_id: ProductId
    sku_id: SkuId
    title: str
    choice_name: str
    image: str | None
    terms: PresaleTerms
    left: int
    stage: PresaleStage


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductPresales:
    """The pre-sales of a product that run or come; `now` is the server's clock, which countdowns go by."""

    now: datetime
    presales: list[Presale]


@dataclass(frozen=True, slots=True, kw_only=True)
class MerchantPresale:
    """A pre-sale as its merchant sees it; `ordered` are the pieces that went to orders."""

    id: PresaleId
    product_id: ProductId
    sku_id: SkuId
    title: str
    choice_name: str
    image: str | None
    usual_price: Money
    terms: PresaleTerms
    quota: int
    left: int
    ordered: int
    stage: PresaleStage
    made_at: datetime
    stopped_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPresale:
    """The terms that an order was placed under, and where its pre-sale stands."""

    order_id: OrderId
    presale_id: PresaleId
    quantity: int
    terms: PresaleTerms
    stage: PresaleStage
    now: datetime
