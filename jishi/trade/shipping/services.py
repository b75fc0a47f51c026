"""The verbs of shipping. Parcels are made and moved in a flow's transaction, the trade locked."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from django.db.models import F

from jishi.kernel.db import atomic, execute, require_transaction, row
from jishi.kernel.errors import Conflict, NotFound
from jishi.kernel.ids import MerchantId, OrderId, ParcelId, UserId, new_id
from jishi.kernel.words import CURRENCY, Text
from jishi.offering.catalog import services as catalog
from jishi.trade.shipping import queries
from jishi.trade.shipping.models import ForgedScan, FreightTemplate, Parcel, ParcelLine
from jishi.trade.shipping.rules import scan_id, status_after
from jishi.trade.shipping.types import FreightTemplate as Template
from jishi.trade.shipping.types import FreightTemplateWish, PackedLine, ParcelMove, ParcelStatus, Scan

FORGED_BODY_MAX = 4_000


class TrackingNumberUsed(Conflict):
    """This order already has a parcel under this number of this carrier."""

    code = "tracking_number_used"
    message = Text(
        zh="该订单已使用过这个运单号", en="This order already has a parcel with this tracking number"
    )


def create_parcel(
    *,
    order_id: OrderId,
    buyer_id: UserId,
    merchant_id: MerchantId,
    carrier: str,
    tracking_number: str,
    lines: Sequence[PackedLine],
    now: datetime,
) -> ParcelId:
    """Make a parcel of pieces that were just counted as sent. Raises: TrackingNumberUsed (409)."""
    require_transaction("making a parcel")
    known = row(
        "SELECT 1 FROM shipping_parcel WHERE order_id = %s AND carrier = %s AND tracking_number = %s",
        [order_id, carrier, tracking_number],
    )
    if known:
        raise TrackingNumberUsed
    parcel = Parcel.objects.create(
        id=new_id(),
        order_id=order_id,
        buyer_id=buyer_id,
        merchant_id=merchant_id,
        carrier=carrier,
        tracking_number=tracking_number,
        status=ParcelStatus.LABEL_CREATED,
        shipped_at=now,
    )
    ParcelLine.objects.bulk_create(
        [
            ParcelLine(
                parcel=parcel,
                order_line_id=line.order_line_id,
                sku_id=line.sku_id,
                warehouse_id=line.warehouse_id,
                quantity=line.quantity,
            )
            for line in lines
        ]
    )
    return ParcelId(parcel.id)


def record_scans(*, parcel_id: ParcelId, scans: Sequence[Scan], now: datetime) -> ParcelMove:
    """Keep scans that are new and move the parcel to where all its scans together say it is.

    Scans may come again and in any order. Raises: NotFound.
    """
    require_transaction("recording scans")
    found = row("SELECT status FROM shipping_parcel WHERE id = %s FOR NO KEY UPDATE", [parcel_id])
    if found is None:
        raise NotFound
    before = ParcelStatus(found[0])
    new = _keep_scans(parcel_id, scans, now)
    known = queries.scans_of(parcel_id) if new else []
    after = status_after(known) if new else before
    if after is not before:
        delivered_at = max(scan.at for scan in known) if after is ParcelStatus.DELIVERED else None
        execute(
            "UPDATE shipping_parcel SET status = %s, delivered_at = %s WHERE id = %s",
            [after, delivered_at, parcel_id],
        )
    return ParcelMove(parcel_id=parcel_id, before=before, after=after, new_scans=new)


def note_forged(*, carrier: str, reason: str, client_ip: str, body: str, now: datetime) -> None:
    """Keep a push that was refused, for a person to look at; a long body is cut."""
    ForgedScan.objects.create(
        carrier=carrier[:32],
        reason=reason[:32],
        client_ip=client_ip or None,
        body=body.replace("\0", "")[:FORGED_BODY_MAX],
        at=now,
    )


def save_template(
    *, merchant_id: MerchantId, wish: FreightTemplateWish, now: datetime, template_id: str | None = None
) -> Template:
    """Make a freight template, or a new version of one; quotes made before keep what they said.

    The first template of a method is its default one; a new default one takes the place of the old. The merchant's
    products are touched: search knows by which methods they are sent.
    Raises: NotFound.
    """
    with atomic():
        others = FreightTemplate.objects.of_merchant(merchant_id).filter(method=wish.method)
        if template_id is not None:
            others = others.exclude(id=queries.template(merchant_id, template_id).id)
        is_default = wish.is_default or not others.exists()
        if is_default:
            others.update(is_default=False)
        saved = _write_template(merchant_id, wish, template_id, is_default=is_default)
        catalog.touch_merchant(merchant_id, now=now)
    return queries.template(merchant_id, saved)


def delete_template(*, merchant_id: MerchantId, template_id: str, now: datetime) -> None:
    """Remove a freight template; goods that named it travel by the default one. Raises: NotFound."""
    known = queries.template(merchant_id, template_id)
    with atomic():
        FreightTemplate.objects.of_merchant(merchant_id).filter(id=known.id).delete()
        catalog.touch_merchant(merchant_id, now=now)


def _write_template(
    merchant_id: MerchantId, wish: FreightTemplateWish, template_id: str | None, *, is_default: bool
) -> str:
    values = {
        "name": wish.name,
        "method": wish.method,
        "unit": wish.unit,
        "rates": msgspec.to_builtins(wish.rates),
        "is_default": is_default,
    }
    if template_id is None:
        made = FreightTemplate.objects.create(merchant_id=merchant_id, currency=CURRENCY, **values)
        return str(made.id)
    mine = FreightTemplate.objects.of_merchant(merchant_id)
    mine.filter(id=template_id).update(version=F("version") + 1, **values)
    return template_id


def _keep_scans(parcel_id: ParcelId, scans: Sequence[Scan], now: datetime) -> int:
    """Insert the scans that are not there yet; return how many."""
    return execute(
        "INSERT INTO shipping_scan (id, parcel_id, status, description, location, at, learnt_at) "
        "SELECT id, %s, status, description, location, at, %s "
        "FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::text[], %s::timestamptz[]) "
        "AS scan (id, status, description, location, at) ON CONFLICT DO NOTHING",
        [
            parcel_id,
            now,
            [scan_id(parcel_id, scan) for scan in scans],
            [scan.status for scan in scans],
            [scan.description for scan in scans],
            [scan.location for scan in scans],
            [scan.at for scan in scans],
        ],
    )
