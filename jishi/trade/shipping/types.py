"""How goods travel: methods, freight, parcels and their scans."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from jishi.kernel.ids import MerchantId, OrderId, OrderLineId, ParcelId, SkuId
from jishi.kernel.money import Money


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

    area_prefixes: tuple[str, ...]
    first_units: int
    first_minor: int
    next_units: int
    next_minor: int
    free_from_minor: int | None = None  # goods amount that makes it free
    free_from_pieces: int | None = None
    surcharge_minor: int = 0
    is_served: bool = True


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
