"""What the coupons still out will probably cost: the examples of docs/algorithms/coupons.md."""

from datetime import timedelta

import pytest

from jishi.identity.accounts.tests.factories import make_buyer
from jishi.kernel.db import atomic
from jishi.kernel.ids import TradeId, new_id
from jishi.offering.coupons import queries_figures, services_giving, services_redeeming
from jishi.offering.coupons.rules_forecast import forecast
from jishi.offering.coupons.tests.factories import NOW, make_template, off_from
from jishi.offering.coupons.types import CouponUse
from jishi.offering.pricing.types import Off
from jishi.offering.pricing.types_promotions import FreightOff


@pytest.mark.parametrize(
    ("held", "used", "expired", "discount", "rate", "each", "expected"),
    [
        (100, 0, 0, 0, 5_000, 5_00, 250_00),
        (100, 29, 69, 150_00, 3_000, 5_17, 155_17),
        (0, 29, 69, 150_00, 3_000, 5_17, 0),
        (10, 8, 0, 32_00, 9_000, 4_00, 36_00),
    ],
)
def test_the_cost_is_the_rate_of_use_times_what_one_took_off(
    held: int, used: int, expired: int, discount: int, rate: int, each: int, expected: int
) -> None:
    found = forecast(off_from(10_00, 5_00), held=held, used=used, expired=expired, discount_minor=discount)
    assert (found.use_rate_bp, found.each_minor, found.expected_minor) == (rate, each, expected)


def test_before_the_first_use_a_coupon_costs_the_least_its_terms_say() -> None:
    free = FreightOff(off=Off(amount_minor=8_00))
    assert forecast(free, held=2, used=0, expired=0, discount_minor=0).expected_minor == 8_00


@pytest.mark.django_db
def test_figures_count_what_is_out_used_and_over() -> None:
    template = make_template(None, valid_from=None, valid_until=None, valid_days=5)
    buyers = [make_buyer() for _ in range(3)]
    coupons = [
        services_giving.claim(buyer=one, template_id=template, key="key-0001", now=NOW - timedelta(days=late))
        for one, late in zip(buyers, (0, 1, 6), strict=True)
    ]
    trade = TradeId(new_id())
    use = CouponUse(coupon_id=coupons[1], sku_ids=(), amount_minor=4_00, revenue_minor=20_00)
    with atomic():
        services_redeeming.lock(trade_id=trade, buyer=buyers[1], uses=[use], now=NOW)
    before = queries_figures.figures(None, template, now=NOW).forecast
    assert (before.held_count, before.used_count, before.expired_count) == (2, 0, 1)
    services_redeeming.mark_used(trade_id=trade, now=NOW)

    found = queries_figures.figures(None, template, now=NOW)
    assert (found.forecast.held_count, found.forecast.used_count, found.forecast.expired_count) == (1, 1, 1)
    assert (found.forecast.use_rate_bp, found.forecast.expected_minor) == (5_000, 2_00)
    assert len(found.days) == 31
    assert sum(day.discount_minor for day in found.days) == 4_00
