"""The shelf by plan: on at the minute, off at the minute, once, and never for what may not be sold."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jishi.identity.merchants.tests.factories import make_merchant
from jishi.kernel.db import rows
from jishi.kernel.errors import Invalid, NotFound
from jishi.kernel.ids import MerchantId, ProductId
from jishi.offering.catalog import queries_merchant, services, services_shelf, tasks
from jishi.offering.catalog.rules import MoveNotAllowed
from jishi.offering.catalog.rules_shelf import Period
from jishi.offering.catalog.tests.factories import NOW, MadeProduct, make_product, product_detail
from jishi.offering.catalog.types import ListingStatus, ProductForMerchant
from jishi.offering.catalog.types_shelf import ShelfPlanWish

pytestmark = pytest.mark.django_db

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def plan(
    product: MadeProduct,
    on: timedelta | None = None,
    off: timedelta | None = None,
    *,
    now: datetime = NOW,
) -> ProductForMerchant:
    """Plan a product by times from NOW on."""
    return services_shelf.plan(
        merchant_id=product.merchant_id,
        product_id=product.id,
        wish=ShelfPlanWish(on_at=None if on is None else NOW + on, off_at=None if off is None else NOW + off),
        staff_id=None,
        now=now,
    )


def off_shelf() -> MadeProduct:
    product = make_product()
    services.take_off_shelf(
        merchant_id=product.merchant_id, product_id=product.id, staff_id=None, now=NOW - DAY
    )
    return product


def tick(after: timedelta) -> None:
    tasks.follow_shelf_plans(now=NOW + after)


def seen(product: MadeProduct) -> ProductForMerchant:
    return queries_merchant.product_for_merchant(product.merchant_id, product.id)


def status(product: MadeProduct) -> ListingStatus:
    return seen(product).status


def moves(product_id: ProductId) -> list[tuple[str, str | None]]:
    """Return where a listing went and why, as the news told it."""
    return rows(
        "SELECT body ->> 'to_status', body ->> 'reason' FROM kernel_outbox "
        "WHERE name = 'catalog.listing_moved' AND body ->> 'product_id' = %s ORDER BY sequence",
        [str(product_id)],
    )


def test_a_product_goes_on_and_off_at_the_minute() -> None:
    product = off_shelf()
    shown = plan(product, HOUR, 2 * HOUR)
    assert shown.plan and shown.plan.on_at == (NOW + HOUR).isoformat()
    tick(HOUR - MINUTE)
    assert status(product) is ListingStatus.OFF_SHELF
    tick(HOUR)
    assert status(product) is ListingStatus.LIVE
    assert product_detail(product.id, language="zh").id == product.id
    tick(2 * HOUR - MINUTE)
    assert status(product) is ListingStatus.LIVE
    tick(2 * HOUR)
    assert (status(product), seen(product).plan) == (ListingStatus.OFF_SHELF, None)
    assert moves(product.id)[-2:] == [("live", "schedule"), ("off_shelf", "schedule")]


def test_a_step_is_taken_once() -> None:
    product = off_shelf()
    plan(product, HOUR, 2 * HOUR)
    tick(HOUR)
    version = seen(product).version
    tick(HOUR)
    tick(HOUR + MINUTE)
    assert (seen(product).version, len(moves(product.id))) == (version, len(moves(product.id)))
    services.take_off_shelf(
        merchant_id=product.merchant_id, product_id=product.id, staff_id=None, now=NOW + HOUR
    )
    tick(HOUR + 2 * MINUTE)
    assert status(product) is ListingStatus.OFF_SHELF  # whoever took it off meant it


def test_what_was_missed_while_nothing_ran_is_made_good() -> None:
    late, over = off_shelf(), off_shelf()
    plan(late, HOUR)
    plan(over, HOUR, 2 * HOUR)
    before = moves(over.id)
    tick(DAY)
    assert (status(late), status(over)) == (ListingStatus.LIVE, ListingStatus.OFF_SHELF)
    assert moves(over.id) == before  # it is not put on only to be taken off


def test_a_plan_is_changed_and_cancelled_freely() -> None:
    product = off_shelf()
    plan(product, HOUR)
    plan(product, 3 * HOUR, 4 * HOUR)
    tick(2 * HOUR)
    assert status(product) is ListingStatus.OFF_SHELF
    assert plan(product).plan is None
    assert plan(product).plan is None
    tick(DAY)
    assert status(product) is ListingStatus.OFF_SHELF


def test_changing_the_end_late_still_takes_the_step_that_was_due() -> None:
    product = off_shelf()
    plan(product, HOUR, 2 * HOUR)
    plan(product, HOUR, 3 * HOUR, now=NOW + HOUR + timedelta(seconds=20))
    assert status(product) is ListingStatus.LIVE
    tick(3 * HOUR)
    assert status(product) is ListingStatus.OFF_SHELF


@pytest.mark.parametrize(
    ("on", "off", "field"),
    [
        (-HOUR, None, "on_at"),
        (None, timedelta(0), "off_at"),
        (HOUR, HOUR, "off_at"),
        (2 * HOUR, HOUR, "off_at"),
        (3 * 365 * DAY, None, "on_at"),
    ],
)
def test_a_plan_that_makes_no_sense_names_its_field(
    on: timedelta | None, off: timedelta | None, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        plan(off_shelf(), on, off)
    assert refused.value.data["field"] == field


def test_what_is_on_sale_cannot_be_put_there_but_taken_away() -> None:
    product = make_product()
    with pytest.raises(Invalid):
        plan(product, HOUR)
    plan(product, off=HOUR)
    tick(HOUR)
    assert status(product) is ListingStatus.OFF_SHELF


def test_a_banned_product_never_comes_on() -> None:
    product = off_shelf()
    plan(product, HOUR)
    services.ban(product_id=product.id, reason="假货", reviewer_id=None, now=NOW)
    tick(DAY)
    assert status(product) is ListingStatus.BANNED
    with pytest.raises(MoveNotAllowed):
        plan(product, 2 * DAY)


def in_review() -> MadeProduct:
    product = make_product(is_live=False)
    services.submit(merchant_id=product.merchant_id, product_id=product.id, staff_id=None, now=NOW)
    return product


@pytest.mark.parametrize(
    ("approved", "expected"),
    [
        (MINUTE, ListingStatus.OFF_SHELF),
        (90 * MINUTE, ListingStatus.LIVE),
        (3 * HOUR, ListingStatus.OFF_SHELF),
    ],
)
def test_a_product_approved_before_its_time_waits_and_after_it_comes_on(
    approved: timedelta, expected: ListingStatus
) -> None:
    product = in_review()
    plan(product, HOUR, 2 * HOUR)
    if approved > HOUR:
        tick(HOUR)
        assert status(product) is ListingStatus.IN_REVIEW
    if approved > 2 * HOUR:
        tick(2 * HOUR)
    services.approve(product_id=product.id, reviewer_id=None, now=NOW + approved)
    assert status(product) is expected
    if approved < HOUR:
        tick(HOUR)
        assert status(product) is ListingStatus.LIVE


def test_a_rejected_product_never_comes_on() -> None:
    product = in_review()
    plan(product, HOUR)
    services.reject(product_id=product.id, reason="图片不清晰", reviewer_id=None, now=NOW)
    tick(DAY)
    assert status(product) is ListingStatus.REJECTED


def test_the_neighbour_plans_nothing() -> None:
    product = off_shelf()
    neighbour = MadeProduct(
        id=product.id,
        merchant_id=MerchantId(make_merchant()),
        category_id=product.category_id,
        sku_ids=product.sku_ids,
    )
    with pytest.raises(NotFound):
        plan(neighbour, HOUR)


_moments = st.none() | st.integers(0, 100).map(lambda minutes: NOW + minutes * MINUTE)


@given(on=_moments, off=_moments, steps=st.lists(st.integers(0, 100), max_size=8))
def test_the_next_step_is_exactly_where_the_answer_changes(
    on: datetime | None, off: datetime | None, steps: list[int]
) -> None:
    if on and off and off <= on:
        return
    period = Period(on, off)
    for minutes in steps:
        now = NOW + minutes * MINUTE
        following = period.next_at(now)
        end = min(following or NOW + 101 * MINUTE, NOW + 101 * MINUTE)
        later = [now + n * MINUTE for n in range(int((end - now) / MINUTE))]
        assert {period.contains(one) for one in later} <= {period.contains(now)}
        if following:
            assert period.contains(following) is not period.contains(following - MINUTE)
