"""Freight and the parcel's way, without a database."""

import random
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jishi.kernel.ids import MerchantId, ParcelId, SkuId
from jishi.kernel.money import Money
from jishi.trade.shipping.rules import PARCEL_MOVES, freight, rate_for, scan_id, status_after
from jishi.trade.shipping.types import (
    FreightRate,
    FreightTemplate,
    FreightUnit,
    Goods,
    ParcelStatus,
    Scan,
    ShippingMethod,
)

MERCHANT = MerchantId(UUID(int=1))
SHANGHAI, LHASA = "310104", "540102"
MORNING = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)


def rate(
    *prefixes: str,
    first: tuple[int, int] = (1, 800),
    further: tuple[int, int] = (1, 200),
    free_from_minor: int | None = None,
    free_from_pieces: int | None = None,
    surcharge_minor: int = 0,
    is_served: bool = True,
) -> FreightRate:
    return FreightRate(
        area_prefixes=prefixes or ("",),
        first_units=first[0],
        first_minor=first[1],
        next_units=further[0],
        next_minor=further[1],
        free_from_minor=free_from_minor,
        free_from_pieces=free_from_pieces,
        surcharge_minor=surcharge_minor,
        is_served=is_served,
    )


def template(
    *rates: FreightRate,
    name: str = "a",
    unit: FreightUnit = FreightUnit.PIECE,
    method: ShippingMethod = ShippingMethod.STANDARD,
) -> FreightTemplate:
    return FreightTemplate(
        id=name,
        merchant_id=MERCHANT,
        name=name,
        method=method,
        unit=unit,
        rates=rates or (rate(),),
        currency="CNY",
        is_default=name == "a",
        version=3,
    )


def goods(
    quantity: int = 1,
    *,
    template_id: str | None = None,
    cents: int = 1_000,
    weight_grams: int = 500,
    volume_cm3: int = 900,
) -> Goods:
    return Goods(
        sku_id=SkuId(UUID(int=quantity)),
        merchant_id=MERCHANT,
        template_id=template_id,
        quantity=quantity,
        amount=Money(cents * quantity, "CNY"),
        weight_grams=weight_grams,
        volume_cm3=volume_cm3,
    )


def cost(
    wanted: list[Goods],
    *templates: FreightTemplate,
    area: str | None = SHANGHAI,
    method: ShippingMethod = ShippingMethod.STANDARD,
) -> int | None:
    found = freight(wanted, templates, method=method, area_code=area, currency="CNY")
    return found.amount.amount_minor if found else None


@pytest.mark.parametrize(
    ("quantity", "expected"), [(1, 800), (2, 800), (3, 1_000), (5, 1_000), (6, 1_200), (6_000, 400_800)]
)
def test_first_units_then_every_begun_group_of_further_ones(quantity: int, expected: int) -> None:
    assert cost([goods(quantity)], template(rate(first=(2, 800), further=(3, 200)))) == expected


@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        pytest.param(FreightUnit.PIECE, 800 + 4 * 200, id="5 pieces"),
        pytest.param(FreightUnit.WEIGHT, 800 + 2 * 200, id="2.5 kg are 3 kilograms begun"),
        pytest.param(FreightUnit.VOLUME, 800 + 4 * 200, id="4.5 litres are 5 litres begun"),
    ],
)
def test_pieces_weight_or_volume(unit: FreightUnit, expected: int) -> None:
    assert cost([goods(5)], template(unit=unit)) == expected


def test_goods_without_weight_count_as_one_unit() -> None:
    assert cost([goods(3, weight_grams=0)], template(unit=FreightUnit.WEIGHT)) == 800


def test_the_longest_matching_area_wins() -> None:
    rates = (rate(), rate("54", "65", first=(1, 2_000)), rate("5401", first=(1, 2_500)))

    assert cost([goods()], template(*rates)) == 800
    assert cost([goods()], template(*rates), area=LHASA) == 2_500
    assert cost([goods()], template(*rates), area="540200") == 2_000


def test_an_area_that_is_not_served_has_no_price() -> None:
    closed = template(rate(), rate("54", is_served=False))

    assert cost([goods()], closed, area=LHASA) is None
    assert cost([goods()], template(rate("31")), area=LHASA) is None
    assert rate_for(closed, SHANGHAI) == rate()


def test_one_piece_that_is_not_served_stops_the_whole_parcel() -> None:
    south_only = template(rate("44"), name="b")

    assert cost([goods(1), goods(2, template_id="b")], template(), south_only) is None


@pytest.mark.parametrize(
    ("quantity", "expected"), [(9, 800 + 8 * 200 + 500), (10, 0)], ids=["below", "at the threshold"]
)
def test_a_threshold_waives_freight_and_surcharge(quantity: int, expected: int) -> None:
    by_amount = template(rate(free_from_minor=10_000, surcharge_minor=500))
    by_pieces = template(rate(free_from_pieces=10, surcharge_minor=500))

    assert cost([goods(quantity)], by_amount) == expected
    assert cost([goods(quantity)], by_pieces) == expected


def test_a_threshold_is_measured_on_the_goods_of_its_own_template() -> None:
    heavy = template(rate(first=(1, 3_000)), name="b")
    light = template(rate(free_from_minor=5_000))

    assert cost([goods(3), goods(3, template_id="b")], light, heavy) == 3_000 + 2 * 200 + 3 * 200
    assert cost([goods(5), goods(3, template_id="b")], light, heavy) == 3_000 + 2 * 200


def test_two_templates_share_one_first_charge_and_one_surcharge() -> None:
    cheap = template(rate(surcharge_minor=300))
    dear = template(rate(first=(1, 1_500), further=(1, 400), surcharge_minor=700), name="b")

    assert cost([goods(2), goods(1, template_id="b")], cheap, dear) == 1_500 + 2 * 200 + 700


def test_a_merchant_without_templates_sends_by_standard_free() -> None:
    free = freight([goods()], [], method=ShippingMethod.STANDARD, area_code=None, currency="CNY")

    assert free is not None
    assert (free.amount, free.rule_id) == (Money(0, "CNY"), "free")
    assert cost([goods()], method=ShippingMethod.EXPRESS) is None


def test_a_method_is_offered_only_with_a_template_of_its_own() -> None:
    express = template(rate(first=(1, 2_000)), name="x", method=ShippingMethod.EXPRESS)

    assert cost([goods()], template(), express, method=ShippingMethod.EXPRESS) == 2_000
    assert cost([goods()], template(), method=ShippingMethod.EXPRESS) is None
    assert cost([goods(template_id="a")], template(), express, method=ShippingMethod.EXPRESS) == 2_000


def test_before_an_address_is_known_the_cheapest_rate_is_shown() -> None:
    assert cost([goods()], template(rate("31", first=(1, 600)), rate()), area=None) == 600


@st.composite
def any_rate(draw: st.DrawFn) -> FreightRate:
    return rate(
        first=(draw(st.integers(1, 5)), draw(st.integers(0, 3_000))),
        further=(draw(st.integers(1, 5)), draw(st.integers(0, 3_000))),
        surcharge_minor=draw(st.integers(0, 2_000)),
        free_from_pieces=draw(st.none() | st.integers(1, 40)),
    )


@given(any_rate(), any_rate(), st.integers(1, 30), st.integers(1, 30))
def test_goods_together_cost_no_more_than_apart_and_no_less_than_either(
    first: FreightRate, second: FreightRate, pieces: int, others: int
) -> None:
    templates = (template(first), template(second, name="b"))
    one, other = goods(pieces), goods(others, template_id="b")

    together = cost([one, other], *templates)
    alone = [cost([one], *templates) or 0, cost([other], *templates) or 0]

    assert together is not None
    assert max(alone) <= together <= sum(alone)


@given(any_rate(), st.integers(1, 200))
def test_one_more_piece_never_lowers_freight_below_a_threshold(some: FreightRate, pieces: int) -> None:
    unconditional = rate(
        first=(some.first_units, some.first_minor), further=(some.next_units, some.next_minor)
    )

    assert (cost([goods(pieces)], template(unconditional)) or 0) <= (
        cost([goods(pieces + 1)], template(unconditional)) or 0
    )


@given(st.permutations([1, 2, 3, 4]))
def test_the_order_of_goods_changes_nothing(order: list[int]) -> None:
    templates = (template(rate(first=(2, 500))), template(rate(first=(1, 900)), name="b"))
    wanted = [goods(n, template_id="b" if n % 2 else None) for n in (1, 2, 3, 4)]

    assert cost([wanted[i - 1] for i in order], *templates) == cost(wanted, *templates)


# -- parcels ------------------------------------------------------------------------------------------------


def scan(status: ParcelStatus, minutes: int, description: str = "") -> Scan:
    return Scan(
        status=status,
        description=description,
        location="杭州",
        at=MORNING + timedelta(minutes=minutes),
    )


JOURNEY = [
    scan(ParcelStatus.COLLECTED, 0),
    scan(ParcelStatus.IN_TRANSIT, 60),
    scan(ParcelStatus.IN_TRANSIT, 120, "转运中心"),
    scan(ParcelStatus.EXCEPTION, 180),
    scan(ParcelStatus.IN_TRANSIT, 240),
    scan(ParcelStatus.OUT_FOR_DELIVERY, 300),
    scan(ParcelStatus.DELIVERED, 360),
]


@given(st.randoms(use_true_random=False), st.integers(0, 7))
def test_scans_in_any_order_and_number_lead_to_the_same_place(chance: random.Random, repeated: int) -> None:
    arrived = JOURNEY + JOURNEY[:repeated]
    chance.shuffle(arrived)

    assert status_after(arrived) is ParcelStatus.DELIVERED


@given(st.integers(0, 7))
def test_a_parcel_is_where_its_last_scan_says(seen: int) -> None:
    expected = JOURNEY[seen - 1].status if seen else ParcelStatus.LABEL_CREATED

    assert status_after(JOURNEY[:seen]) is expected


def test_what_comes_after_delivery_moves_nothing() -> None:
    late = [*JOURNEY, scan(ParcelStatus.IN_TRANSIT, 500), scan(ParcelStatus.RETURNED, 600)]

    assert status_after(late) is ParcelStatus.DELIVERED


def test_every_place_of_a_parcel_has_a_way_to_an_end() -> None:
    ends = {status for status, moves in PARCEL_MOVES.items() if not moves}

    assert set(PARCEL_MOVES) == set(ParcelStatus)
    assert ends == {ParcelStatus.DELIVERED, ParcelStatus.RETURNED}
    for status in ParcelStatus:
        assert _reachable(status) & ends


def _reachable(status: ParcelStatus) -> set[ParcelStatus]:
    seen, waiting = {status}, [status]
    while waiting:
        new = PARCEL_MOVES[waiting.pop()] - seen
        seen |= new
        waiting += new
    return seen


def test_a_scan_has_one_id_for_ever_and_another_scan_another() -> None:
    parcel, other = ParcelId(UUID(int=1)), ParcelId(UUID(int=2))
    one = scan(ParcelStatus.COLLECTED, 0)

    assert scan_id(parcel, one) == scan_id(parcel, scan(ParcelStatus.COLLECTED, 0))
    assert len({scan_id(parcel, made) for made in JOURNEY} | {scan_id(other, one)}) == len(JOURNEY) + 1
    assert scan_id(parcel, one).version == 7
    assert scan_id(parcel, one) < scan_id(parcel, scan(ParcelStatus.COLLECTED, 1))
