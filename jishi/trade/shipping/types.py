"""How goods travel: methods, freight, parcels and their scans."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, StrictBool

from jishi.kernel.exact import Exact
from jishi.kernel.ids import MerchantId, OrderId, OrderLineId, ParcelId, SkuId, WarehouseId
from jishi.kernel.money import Money
from jishi.kernel.words import Text

Minor = Annotated[int, Field(ge=0, le=100_000_000), Exact]
Units = Annotated[int, Field(ge=1, le=1_000_000), Exact]
AreaPrefix = Annotated[str, Field(pattern=r"^([0-9]{2}){0,3}$", examples=["", "31", "3101"])]


class ShippingMethod(StrEnum):
    STANDARD = "standard"
    EXPRESS = "express"
    SAME_CITY = "same_city"
    PICK_UP = "pick_up"
    VIRTUAL = "virtual"


class ParcelStatus(StrEnum):
    LABEL_CREATED = "label_created"
    COLLECTED = "collected"
    IN_TRANSIT = "in_transit"
    OUT_FOR_DELIVERY = "out_for_delivery"
    DELIVERED = "delivered"
    EXCEPTION = "exception"
    LOST = "lost"
    RETURNED = "returned"


class FreightUnit(StrEnum):
    PIECE = "piece"
    WEIGHT = "weight"  # per kilogram begun
    VOLUME = "volume"  # per 0.001 m³ begun


@dataclass(frozen=True, slots=True, kw_only=True)
class FreightRate:
    """Charge for an area in minor units: first units and further ones; areas by prefix, '' = anywhere."""

    area_prefixes: Annotated[tuple[AreaPrefix, ...], Field(min_length=1, max_length=400)]
    first_units: Units
    first_minor: Minor
    next_units: Units
    next_minor: Minor
    free_from_minor: Minor | None = None  # goods amount that makes it free
    free_from_pieces: Units | None = None
    surcharge_minor: Minor = 0
    is_served: StrictBool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class FreightTemplate:
    """A merchant's rates of one method; the longest matching area prefix wins."""

    id: str
    merchant_id: MerchantId
    name: str
    method: ShippingMethod
    unit: FreightUnit
    rates: tuple[FreightRate, ...]
    currency: str
    is_default: bool
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FreightTemplateWish:
    """A template as its merchant writes it. The default one of a method serves goods that name none."""

    name: Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[^\x00-\x1f\x7f]+$")]
    method: Literal[ShippingMethod.STANDARD, ShippingMethod.EXPRESS, ShippingMethod.SAME_CITY]
    unit: FreightUnit
    rates: Annotated[list[FreightRate], Field(min_length=1, max_length=60)]
    is_default: StrictBool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrier:
    """A carrier a merchant can ship with; `code` is what a parcel is posted with."""

    code: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShippingOption:
    """A method a merchant offers for these goods to this address, with its price."""

    method: ShippingMethod
    name: str
    amount: Money
    promise: str  # e.g. 预计 2–4 天送达


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """One scan of a parcel by its carrier."""

    status: ParcelStatus
    description: str
    location: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelLine:
    order_line_id: OrderLineId
    sku_id: SkuId
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """A physical shipment of some lines of one order; scans newest first."""

    id: ParcelId
    order_id: OrderId
    carrier: str
    carrier_name: Text
    tracking_number: str
    status: ParcelStatus
    lines: list[ParcelLine]
    scans: list[Scan]
    shipped_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Goods:
    """Some pieces of one SKU that have to travel; `amount` is what is to be paid for them."""

    sku_id: SkuId
    merchant_id: MerchantId
    template_id: str | None
    quantity: int
    amount: Money
    weight_grams: int  # of one piece
    volume_cm3: int  # of one piece


@dataclass(frozen=True, slots=True, kw_only=True)
class Freight:
    """What a method costs for one merchant's goods, and which rule said so."""

    method: ShippingMethod
    amount: Money
    rule_id: str
    rule_version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedLine:
    """Pieces of an order line that leave a warehouse in a parcel."""

    order_line_id: OrderLineId
    sku_id: SkuId
    warehouse_id: WarehouseId
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelMove:
    """What scans did to a parcel: where it was and where it is."""

    parcel_id: ParcelId
    before: ParcelStatus
    after: ParcelStatus
    new_scans: int
