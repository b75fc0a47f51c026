"""Reads of parcels and freight templates."""

from collections.abc import Sequence
from typing import Any

import msgspec

from jishi.kernel.db import row, rows
from jishi.kernel.errors import NotFound
from jishi.kernel.ids import MerchantId, OrderId, OrderLineId, ParcelId, SkuId
from jishi.kernel.pagination import Page
from jishi.kernel.words import Text
from jishi.trade.shipping.rules import CARRIERS, newest_first
from jishi.trade.shipping.types import (
    Carrier,
    FreightRate,
    FreightTemplate,
    FreightUnit,
    Parcel,
    ParcelLine,
    ParcelStatus,
    Scan,
    ShippingMethod,
)

_TEMPLATE = (
    "SELECT id, merchant_id, name, method, unit, rates::text, currency, is_default, version "
    "FROM shipping_freight_template"
)
_PARCEL = "SELECT id, order_id, carrier, tracking_number, status, shipped_at FROM shipping_parcel"


def templates_of(merchant_ids: Sequence[MerchantId]) -> dict[MerchantId, list[FreightTemplate]]:
    """Return the merchants' templates in one statement, the default one of each method first."""
    found: dict[MerchantId, list[FreightTemplate]] = {merchant_id: [] for merchant_id in merchant_ids}
    for line in rows(
        f"{_TEMPLATE} WHERE merchant_id = ANY(%s) ORDER BY is_default DESC, id", [list(merchant_ids)]
    ):
        template = _template(line)
        found[template.merchant_id].append(template)
    return found


def template_page(merchant_id: MerchantId) -> Page[FreightTemplate]:
    """Return a merchant's templates, the default one of each method first."""
    return Page(items=templates_of([merchant_id])[merchant_id])


def carriers(*, language: str) -> Page[Carrier]:
    """Return the carriers a merchant can choose."""
    return Page(items=[Carrier(code=code, name=name.of(language)) for code, name in CARRIERS.items()])


def template(merchant_id: MerchantId, template_id: str) -> FreightTemplate:
    """Return one of a merchant's templates. Raises: NotFound."""
    found = row(f"{_TEMPLATE} WHERE merchant_id = %s AND id::text = %s", [merchant_id, template_id])
    if found is None:
        raise NotFound
    return _template(found)


def parcels_of(order_ids: Sequence[OrderId]) -> dict[OrderId, list[Parcel]]:
    """Return the parcels of orders with their lines and scans, the first sent first."""
    found = rows(f"{_PARCEL} WHERE order_id = ANY(%s) ORDER BY shipped_at, id", [list(order_ids)])
    ids = [line[0] for line in found]
    lines, scans = _lines(ids), _scans(ids)
    parcels: dict[OrderId, list[Parcel]] = {order_id: [] for order_id in order_ids}
    for line in found:
        parcels[line[1]].append(_parcel(line, lines.get(line[0], []), scans.get(line[0], [])))
    return parcels


def parcel(parcel_id: ParcelId) -> Parcel:
    """Return one parcel with its lines and scans. Raises: NotFound."""
    found = row(f"{_PARCEL} WHERE id = %s", [parcel_id])
    if found is None:
        raise NotFound
    return _parcel(found, _lines([parcel_id]).get(parcel_id, []), _scans([parcel_id]).get(parcel_id, []))


def tracked(carrier: str, tracking_number: str) -> list[tuple[ParcelId, OrderId]]:
    """Return the parcels that travel under a number, in key order; a box may hold several orders' parcels."""
    found = rows(
        "SELECT id, order_id FROM shipping_parcel WHERE carrier = %s AND tracking_number = %s "
        "ORDER BY order_id, id",
        [carrier, tracking_number],
    )
    return [(ParcelId(parcel_id), OrderId(order_id)) for parcel_id, order_id in found]


def scans_of(parcel_id: ParcelId) -> list[Scan]:
    """Return the scans of a parcel, newest first."""
    return _scans([parcel_id]).get(parcel_id, [])


def parcel_count(order_id: OrderId) -> int:
    """Return how many parcels an order has."""
    found = row("SELECT count(*) FROM shipping_parcel WHERE order_id = %s", [order_id])
    return int(found[0]) if found else 0


def all_delivered(order_id: OrderId) -> bool:
    """Say whether an order has parcels and every one of them arrived."""
    found = row(
        "SELECT count(*) > 0 AND bool_and(status = 'delivered') FROM shipping_parcel WHERE order_id = %s",
        [order_id],
    )
    return bool(found and found[0])


def astray(order_id: OrderId) -> dict[OrderLineId, int] | None:
    """Return the pieces in an order's parcels that were lost or came back, by order line.

    None while a parcel is on its way, or when none has arrived.
    """
    found = rows(
        "SELECT l.order_line_id, coalesce(sum(l.quantity) FILTER (WHERE p.status <> 'delivered'), 0)::int, "
        "bool_and(p.status IN ('delivered', 'lost', 'returned')), bool_or(p.status = 'delivered') "
        "FROM shipping_parcel p JOIN shipping_parcel_line l ON l.parcel_id = p.id WHERE p.order_id = %s "
        "GROUP BY l.order_line_id",
        [order_id],
    )
    has_ended = all(ended for *_, ended, _ in found)
    has_arrived = any(arrived for *_, arrived in found)
    if not (has_ended and has_arrived):
        return None
    return {OrderLineId(line_id): pieces for line_id, pieces, *_ in found if pieces}


def _template(line: tuple[Any, ...]) -> FreightTemplate:
    template_id, merchant_id, name, method, unit, rates, currency, is_default, version = line
    return FreightTemplate(
        id=str(template_id),
        merchant_id=MerchantId(merchant_id),
        name=name,
        method=ShippingMethod(method),
        unit=FreightUnit(unit),
        rates=msgspec.json.decode(rates, type=tuple[FreightRate, ...]),
        currency=currency,
        is_default=is_default,
        version=version,
    )


def _parcel(line: tuple[Any, ...], lines: list[ParcelLine], scans: list[Scan]) -> Parcel:
    parcel_id, order_id, carrier, tracking_number, status, shipped_at = line
    return Parcel(
        id=ParcelId(parcel_id),
        order_id=OrderId(order_id),
        carrier=carrier,
        carrier_name=CARRIERS.get(carrier, Text(zh=carrier, en=carrier)),
        tracking_number=tracking_number,
        status=ParcelStatus(status),
        lines=lines,
        scans=scans,
        shipped_at=shipped_at,
    )


def _lines(parcel_ids: Sequence[ParcelId]) -> dict[ParcelId, list[ParcelLine]]:
    lines: dict[ParcelId, list[ParcelLine]] = {}
    for parcel_id, order_line_id, sku_id, quantity in rows(
        "SELECT parcel_id, order_line_id, sku_id, quantity FROM shipping_parcel_line WHERE parcel_id = "
        "ANY(%s) "
        "ORDER BY id",
        [list(parcel_ids)],
    ):
        line = ParcelLine(order_line_id=OrderLineId(order_line_id), sku_id=SkuId(sku_id), quantity=quantity)
        lines.setdefault(parcel_id, []).append(line)
    return lines


def _scans(parcel_ids: Sequence[ParcelId]) -> dict[ParcelId, list[Scan]]:
    scans: dict[ParcelId, list[Scan]] = {}
    for parcel_id, status, description, location, at in rows(
        "SELECT parcel_id, status, description, location, at FROM shipping_scan WHERE parcel_id = ANY(%s) "
        "ORDER BY id",
        [list(parcel_ids)],
    ):
        scan = Scan(status=ParcelStatus(status), description=description, location=location, at=at)
        scans.setdefault(parcel_id, []).append(scan)
    return {parcel_id: newest_first(found) for parcel_id, found in scans.items()}
