"""Parcels, scans and templates on a real database."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from jishi.kernel.db import atomic, row
from jishi.kernel.errors import NotFound
from jishi.kernel.ids import MerchantId, OrderId, OrderLineId, ParcelId, SkuId, UserId, WarehouseId, new_id
from jishi.trade.shipping import queries, services
from jishi.trade.shipping.tests.factories import make_rate, make_template
from jishi.trade.shipping.types import (
    FreightTemplateWish,
    FreightUnit,
    PackedLine,
    ParcelStatus,
    Scan,
    ShippingMethod,
)

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


def make_parcel(
    order_id: OrderId | None = None, *, tracking_number: str = "SF100", quantity: int = 2
) -> ParcelId:
    line = PackedLine(
        order_line_id=OrderLineId(new_id()),
        sku_id=SkuId(new_id()),
        warehouse_id=WarehouseId(new_id()),
        quantity=quantity,
    )
    with atomic():
        return services.create_parcel(
            order_id=order_id or OrderId(new_id()),
            buyer_id=UserId(new_id()),
            merchant_id=MerchantId(new_id()),
            carrier="shunfeng",
            tracking_number=tracking_number,
            lines=[line],
            now=NOW,
        )


def scan(status: ParcelStatus, minutes: int = 0, description: str = "已揽收") -> Scan:
    return Scan(
        status=status, description=description, location="杭州市", at=NOW + timedelta(minutes=minutes)
    )


def record(parcel_id: ParcelId, *scans: Scan) -> tuple[ParcelStatus, ParcelStatus, int]:
    with atomic():
        moved = services.record_scans(parcel_id=parcel_id, scans=scans, now=NOW)
    return moved.before, moved.after, moved.new_scans


def test_a_parcel_is_shown_with_its_lines_and_scans() -> None:
    order_id = OrderId(new_id())
    parcel_id = make_parcel(order_id)
    record(parcel_id, scan(ParcelStatus.COLLECTED), scan(ParcelStatus.IN_TRANSIT, 60))

    (shown,) = queries.parcels_of([order_id])[order_id]

    assert (shown.id, shown.carrier, shown.tracking_number) == (parcel_id, "shunfeng", "SF100")
    assert shown.status is ParcelStatus.IN_TRANSIT
    assert [line.quantity for line in shown.lines] == [2]
    assert [one.status for one in shown.scans] == [ParcelStatus.IN_TRANSIT, ParcelStatus.COLLECTED]
    assert queries.parcel(parcel_id) == shown


def test_a_scan_that_comes_again_is_one_scan() -> None:
    parcel_id = make_parcel()

    first = record(parcel_id, scan(ParcelStatus.COLLECTED), scan(ParcelStatus.COLLECTED))
    second = record(parcel_id, scan(ParcelStatus.COLLECTED))

    assert first == (ParcelStatus.LABEL_CREATED, ParcelStatus.COLLECTED, 1)
    assert second == (ParcelStatus.COLLECTED, ParcelStatus.COLLECTED, 0)
    assert len(queries.scans_of(parcel_id)) == 1


def test_scans_out_of_order_do_not_move_the_parcel_back() -> None:
    parcel_id = make_parcel()

    record(parcel_id, scan(ParcelStatus.DELIVERED, 90))
    late = record(parcel_id, scan(ParcelStatus.IN_TRANSIT, 30), scan(ParcelStatus.COLLECTED, 0))

    assert late == (ParcelStatus.DELIVERED, ParcelStatus.DELIVERED, 2)
    found = row("SELECT delivered_at FROM shipping_parcel WHERE id = %s", [parcel_id])
    assert found == (NOW + timedelta(minutes=90),)


def test_an_order_is_delivered_when_its_last_parcel_is() -> None:
    order_id = OrderId(new_id())
    one, other = make_parcel(order_id), make_parcel(order_id, tracking_number="SF101")

    record(one, scan(ParcelStatus.DELIVERED))
    half = queries.all_delivered(order_id)
    record(other, scan(ParcelStatus.DELIVERED))

    assert (half, queries.all_delivered(order_id)) == (False, True)
    assert not queries.all_delivered(OrderId(new_id()))


def test_one_number_may_carry_parcels_of_two_orders_but_only_one_of_each() -> None:
    order_id = OrderId(new_id())
    make_parcel(order_id)
    make_parcel()

    assert len(queries.tracked("shunfeng", "SF100")) == 2
    with pytest.raises(services.TrackingNumberUsed):
        make_parcel(order_id)


def test_scans_of_nothing() -> None:
    with pytest.raises(NotFound):
        record(ParcelId(uuid4()), scan(ParcelStatus.COLLECTED))


def test_a_refused_push_is_kept() -> None:
    services.note_forged(
        carrier="shunfeng", reason="signature", client_ip="203.0.113.7", body="a\0b" * 5_000, now=NOW
    )

    kept = row("SELECT carrier, reason, host(client_ip), length(body) FROM shipping_forged_scan")
    assert kept == ("shunfeng", "signature", "203.0.113.7", services.FORGED_BODY_MAX)


# -- templates ----------------------------------------------------------------------------------------------


def test_the_first_template_of_a_method_is_its_default_one() -> None:
    merchant = MerchantId(new_id())
    first = make_template(merchant, is_default=False)
    second = make_template(merchant, is_default=False)
    express = make_template(merchant, method=ShippingMethod.EXPRESS, is_default=False)

    assert (first.is_default, second.is_default, express.is_default) == (True, False, True)


def test_a_new_default_takes_the_place_of_the_old_and_comes_first() -> None:
    merchant = MerchantId(new_id())
    make_template(merchant)
    newer = make_template(merchant)

    found = queries.templates_of([merchant])[merchant]

    assert [template.is_default for template in found] == [True, False]
    assert found[0].id == newer.id


def test_a_change_is_a_new_version_and_rates_survive_the_table() -> None:
    merchant = MerchantId(new_id())
    made = make_template(merchant, make_rate("31", first_minor=500, free_from_minor=9_900), make_rate())
    wish = FreightTemplateWish(
        name="新模板",
        method=ShippingMethod.STANDARD,
        unit=FreightUnit.WEIGHT,
        rates=[make_rate("54", is_served=False), make_rate()],
    )

    changed = services.save_template(merchant_id=merchant, wish=wish, template_id=made.id, now=NOW)

    assert made.rates == (make_rate("31", first_minor=500, free_from_minor=9_900), make_rate())
    assert (changed.id, changed.version, changed.unit) == (made.id, 2, FreightUnit.WEIGHT)
    assert changed.rates == (make_rate("54", is_served=False), make_rate())


@pytest.mark.parametrize("template_id", ["", "no such thing", "0198c2d4-0000-7000-8000-000000000000"])
def test_a_neighbours_template_is_not_there(template_id: str) -> None:
    neighbours = make_template(MerchantId(new_id()))
    me = MerchantId(new_id())

    for unknown in (template_id, neighbours.id):
        with pytest.raises(NotFound):
            queries.template(me, unknown)
        with pytest.raises(NotFound):
            services.delete_template(merchant_id=me, template_id=unknown, now=NOW)


def test_a_removed_template_is_gone() -> None:
    merchant = MerchantId(new_id())
    made = make_template(merchant)

    services.delete_template(merchant_id=merchant, template_id=made.id, now=NOW)

    assert queries.templates_of([merchant]) == {merchant: []}
