"""Codes and vouchers as their buyers and merchants see them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from jishi.kernel.ids import OrderId, OrderLineId, SkuId, WarehouseId

CODES_MAX, CODE_MAX = 1_000, 500
VOUCHER_DIGITS = 12

# A line of text that is neither blank nor holds what nobody can write down: control and half characters.
CodeText = Annotated[
    str,
    Field(min_length=1, max_length=CODE_MAX, pattern=r"^[^\x00-\x1f\x7f]*[^\x00-\x20\x7f][^\x00-\x1f\x7f]*$"),
]
VoucherCode = Annotated[str, Field(min_length=12, max_length=20, pattern=r"^[0-9][0-9 -]{10,18}[0-9]$")]


class VoucherState(StrEnum):
    """Whether a voucher can still be used, and why not."""

    UNUSED = "unused"
    USED = "used"
    EXPIRED = "expired"
    VOID = "void"


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenCode:
    """A code that belongs to a buyer; its `text` is empty until he opens it."""

    id: UUID
    order_line_id: OrderLineId
    text: str
    opened_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Voucher:
    """A buyer's claim on one piece of a service."""

    id: UUID
    order_line_id: OrderLineId
    code: str
    state: VoucherState
    expires_at: datetime
    redeemed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """What a buyer has of an order without a parcel; `unused_count` pieces of it can go back."""

    codes: list[GivenCode]
    vouchers: list[Voucher]
    unused_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeUpload:
    """Codes to put into the pool of a SKU, 1 to 1 000 at once; each is one piece of it."""

    sku_id: SkuId
    codes: Annotated[list[CodeText], Field(min_length=1, max_length=CODES_MAX)]


@dataclass(frozen=True, slots=True, kw_only=True)
class CodesAdded:
    """What became of uploaded codes: `repeated` were in a pool of the merchant before, or twice in the upload."""

    added: int
    repeated: int
    left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CodePool:
    """The codes of a SKU, in numbers: what is left, what was given to buyers, and what of that they have opened."""

    sku_id: SkuId
    code: str
    title: str
    choice_name: str
    left: int
    given: int
    opened: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VoucherWish:
    """The digits of a voucher as its holder shows them, with or without blanks between."""

    code: VoucherCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Redeemed:
    """A voucher that was just used: for what, of which order, and how many of the order's are still unused."""

    order_number: str
    title: str
    choice_name: str
    redeemed_at: datetime
    unused_count: int


# -- for flows, never sent to a browser ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class SoldPieces:
    """Pieces of a line that was paid."""

    order_id: OrderId
    order_line_id: OrderLineId
    buyer_id: UUID
    merchant_id: UUID
    sku_id: SkuId
    warehouse_id: WarehouseId
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundVoucher:
    """A voucher as its merchant's staff found it."""

    id: UUID
    order_id: OrderId
    order_line_id: OrderLineId
    sku_id: SkuId
    warehouse_id: WarehouseId
    state: VoucherState
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn:
    """Codes of a SKU that went back into their pool."""

    sku_id: SkuId
    warehouse_id: WarehouseId
    quantity: int
