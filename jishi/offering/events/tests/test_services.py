"""Enrolling in an event, deciding on it, running it: what a merchant agreed to is what runs, on what was accepted."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from jishi.identity.accounts.tests.factories import make_platform_staff
from jishi.identity.accounts.types import PlatformRole
from jishi.kernel.errors import Invalid, NotFound
from jishi.kernel.ids import MerchantId, ProductId, PromotionId, SaleEventId, UserId
from jishi.kernel.models import AuditEntry
from jishi.kernel.words import Text
from jishi.offering.catalog.tests.factories import make_category, make_product
from jishi.offering.events import queries, rules, services
from jishi.offering.events.models import EventEntry, SaleEvent
from jishi.offering.events.tests.factories import (
    NOW,
    SHARED,
    SPEND_300,
    event_wish,
    make_entry,
    make_event,
    make_terms,
)
from jishi.offering.events.types import EntryStatus, EntryWish, EventPageWish, EventRowOfGoods, EventStatus
from jishi.offering.pricing.types_promotions import LowerPrice
from jishi.offering.promotions import queries as promotions
from jishi.offering.promotions import services as promotion_services
from jishi.offering.promotions.types import PromotionCard, PromotionStatus

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> UserId:
    return make_platform_staff(PlatformRole.OPERATIONS)


def promotion_of(event_id: SaleEventId) -> PromotionCard:
    return promotions.promotion(None, PromotionId(SaleEvent.objects.get(id=event_id).promotion_id))


def goods(entry: EventEntry) -> set[ProductId]:
    return {ProductId(UUID(one)) for one in entry.product_ids}


def status_of(entry: EventEntry) -> str:
    return str(EventEntry.objects.across_merchants().get(id=entry.id).status)


def test_accepted_products_become_the_goods_of_the_promotion_and_it_goes_live(staff: UserId) -> None:
    event = make_event()
    taken = [make_entry(event, status=EntryStatus.ACCEPTED) for _ in range(2)]
    make_entry(event, status=EntryStatus.REJECTED)
    make_entry(event)  # nobody decided on it

    services.start(event_id=event, staff_id=staff, now=NOW)

    card = promotion_of(event)
    assert card.status is PromotionStatus.LIVE
    assert card.wish.goods.product_ids == goods(taken[0]) | goods(taken[1])
    assert card.wish.funders == SHARED


def test_starting_again_changes_nothing(staff: UserId) -> None:
    event = make_event()
    make_entry(event, status=EntryStatus.ACCEPTED)
    services.start(event_id=event, staff_id=staff, now=NOW)
    once = promotion_of(event)
    services.start(event_id=event, staff_id=staff, now=NOW + timedelta(minutes=1))
    assert promotion_of(event) == once


def test_a_start_that_broke_half_way_is_finished_by_the_next(staff: UserId) -> None:
    event = make_event()
    entry = make_entry(event, status=EntryStatus.ACCEPTED)
    SaleEvent.objects.filter(id=event).update(status=EventStatus.RUNNING.value)
    services.start(event_id=event, staff_id=staff, now=NOW)
    assert promotion_of(event).wish.goods.product_ids == goods(entry)
    assert promotion_of(event).status is PromotionStatus.LIVE


def test_what_merchants_agreed_to_is_what_runs(staff: UserId) -> None:
    event = make_event()
    make_entry(event, status=EntryStatus.ACCEPTED)
    card = promotion_of(event)
    all_theirs = tuple(replace(one, basis_points=10_000 - one.basis_points) for one in SHARED)
    promotion_services.change(
        merchant_id=None,
        promotion_id=card.id,
        wish=replace(card.wish, funders=all_theirs),
        staff_id=staff,
        now=NOW,
    )
    services.start(event_id=event, staff_id=staff, now=NOW)
    assert promotion_of(event).wish.funders == SHARED


def test_an_event_without_goods_does_not_start(staff: UserId) -> None:
    event = make_event()
    make_entry(event)
    with pytest.raises(rules.NothingAccepted):
        services.start(event_id=event, staff_id=staff, now=NOW)
    assert promotion_of(event).status is PromotionStatus.DRAFT


def test_the_end_of_an_event_is_the_end_of_its_promotion(staff: UserId) -> None:
    event = make_event()
    make_entry(event, status=EntryStatus.ACCEPTED)
    services.start(event_id=event, staff_id=staff, now=NOW)
    for _ in range(2):
        services.end(event_id=event, staff_id=staff, now=NOW)
    assert promotion_of(event).status is PromotionStatus.ENDED
    with pytest.raises(rules.EventMoveNotAllowed):
        services.start(event_id=event, staff_id=staff, now=NOW)


def test_a_merchant_reads_the_terms_and_his_entry_and_nobody_elses() -> None:
    event = make_event()
    mine, others = make_entry(event), make_entry(event)
    seen = queries.event_for(MerchantId(mine.merchant_id), event, now=NOW)
    assert (seen.effect, seen.funders, seen.can_enrol) == (SPEND_300, list(SHARED), True)
    assert seen.entry is not None
    assert set(seen.entry.product_ids) == goods(mine)
    assert goods(mine).isdisjoint(goods(others))


def test_drafts_are_nobodys(staff: UserId) -> None:
    event, product = make_event(is_open=False), make_product()
    assert queries.events_for(product.merchant_id, now=NOW) == []
    with pytest.raises(NotFound):
        make_entry(event, merchant_id=product.merchant_id, product_ids=frozenset({product.id}))


def test_only_ones_own_products_on_sale_take_part() -> None:
    event, mine, others = make_event(), make_product(), make_product()
    for product_ids in ({others.id}, {mine.id, others.id}, {ProductId(UUID(int=1))}):
        with pytest.raises(Invalid):
            make_entry(event, merchant_id=mine.merchant_id, product_ids=frozenset(product_ids))
    assert not EventEntry.objects.across_merchants().exists()


def test_an_event_takes_the_categories_and_as_many_products_as_it_says() -> None:
    category = make_category()
    inside, outside = make_product(category_id=category), make_product()
    event = make_event(category_ids=[category], products_max=1)
    make_entry(event, merchant_id=inside.merchant_id, product_ids=frozenset({inside.id}))
    with pytest.raises(Invalid):
        make_entry(event, merchant_id=outside.merchant_id, product_ids=frozenset({outside.id}))
    more = make_product(merchant_id=inside.merchant_id, category_id=category)
    with pytest.raises(Invalid):
        make_entry(event, merchant_id=inside.merchant_id, product_ids=frozenset({inside.id, more.id}))


def test_entries_are_written_while_enrolment_is_open_only() -> None:
    event, product = make_event(), make_product()
    for now in (NOW - timedelta(hours=2), NOW + timedelta(days=1)):
        with pytest.raises(rules.NotEnrolling):
            make_entry(event, merchant_id=product.merchant_id, product_ids=frozenset({product.id}), now=now)


def test_who_changes_his_products_is_decided_on_anew_and_the_same_again_is_nothing() -> None:
    event, first = make_event(), make_product()
    second = make_product(merchant_id=first.merchant_id)
    mine = first.merchant_id
    entry = make_entry(
        event, status=EntryStatus.ACCEPTED, product_ids=frozenset({first.id}), merchant_id=mine
    )
    make_entry(event, product_ids=frozenset({first.id}), merchant_id=mine)
    assert status_of(entry) == "accepted"
    make_entry(event, product_ids=frozenset({first.id, second.id}), merchant_id=mine)
    assert status_of(entry) == "applied"


def test_a_merchant_withdraws_until_it_runs(staff: UserId) -> None:
    event = make_event()
    gone, stays = (make_entry(event, status=EntryStatus.ACCEPTED) for _ in range(2))
    services.withdraw(merchant_id=MerchantId(gone.merchant_id), event_id=event, staff_id=None, now=NOW)
    services.start(event_id=event, staff_id=staff, now=NOW)
    assert promotion_of(event).wish.goods.product_ids == goods(stays)
    with pytest.raises(rules.NotEnrolling):
        services.withdraw(merchant_id=MerchantId(stays.merchant_id), event_id=event, staff_id=None, now=NOW)


def test_all_that_wait_are_decided_on_at_once_with_a_reason(staff: UserId) -> None:
    event = make_event()
    waiting = [make_entry(event) for _ in range(3)]
    accepted = make_entry(event, status=EntryStatus.ACCEPTED)
    who = {"event_id": event, "staff_id": staff, "now": NOW}
    assert services.decide_all(to=EntryStatus.REJECTED, reason="名额已满", **who) == 3  # type: ignore[arg-type]
    assert [status_of(one) for one in waiting] == ["rejected"] * 3
    assert status_of(accepted) == "accepted"
    seen = queries.event_for(MerchantId(waiting[0].merchant_id), event, now=NOW)
    assert seen.entry is not None and seen.entry.reason == "名额已满"
    noted = AuditEntry.objects.get(subject_id=waiting[0].id, action="event_entry.rejected")
    assert noted.merchant_id == waiting[0].merchant_id


def test_no_more_products_are_accepted_than_a_promotion_names(monkeypatch: pytest.MonkeyPatch) -> None:
    event = make_event()
    make_entry(event, status=EntryStatus.ACCEPTED)
    monkeypatch.setattr(rules, "GOODS_MAX", 1)
    with pytest.raises(rules.EventFull):
        make_entry(event, status=EntryStatus.ACCEPTED)


@pytest.mark.parametrize(
    ("also", "field"),
    [
        ({"slug": "Not A Slug"}, "slug"),
        ({"name": Text("", "")}, "name"),
        ({"enrol_until": NOW - timedelta(days=1)}, "enrol_until"),
        ({"enrol_until": NOW + timedelta(days=30)}, "enrol_until"),
        ({"products_max": 0}, "products_max"),
        ({"promotion_id": PromotionId(UUID(int=1))}, "promotion_id"),
    ],
)
def test_what_cannot_be_an_event_names_the_field(also: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        make_event(**also)  # type: ignore[arg-type]
    assert refused.value.data["field"] == field


def test_a_promotion_that_names_skus_or_runs_another_event_is_refused() -> None:
    own_prices = make_terms(LowerPrice(prices={make_product().sku_id: 100}))
    taken = event_wish()
    make_event(slug="first", promotion_id=taken.promotion_id)
    for promotion_id in (own_prices, taken.promotion_id):
        with pytest.raises(Invalid):
            make_event(promotion_id=promotion_id)


def test_the_page_shows_what_takes_part_once_it_runs_and_nothing_when_it_is_over(staff: UserId) -> None:
    event = make_event(slug="double-twelve")
    entry, other = make_entry(event, status=EntryStatus.ACCEPTED), make_product()
    (mine,) = goods(entry)
    row = EventRowOfGoods(title=Text("主推", "Our pick"), product_ids=[mine, other.id])
    page = EventPageWish(text=Text("年末大促", "The year's last sale"), rows=[row])
    services.write_page(event_id=event, wish=page, staff_id=staff, now=NOW)

    with pytest.raises(NotFound):
        queries.event_page("double-twelve", language="en", now=NOW)
    assert queries.event_page("double-twelve", language="en", now=NOW, is_preview=True).text

    services.start(event_id=event, staff_id=staff, now=NOW)
    shown = queries.event_page("double-twelve", language="en", now=NOW)
    assert (shown.name, shown.text, shown.is_over) == ("Winter sale", "The year's last sale", False)
    assert [(row.title, [card.id for card in row.products]) for row in shown.rows] == [("Our pick", [mine])]
    assert [card.id for card in shown.products] == [mine]
    assert queries.running_slugs(now=NOW) == ["double-twelve"]

    over = queries.event_page("double-twelve", language="zh", now=NOW + timedelta(days=11))
    assert (over.is_over, over.products, over.rows) == (True, [], [])


def test_a_preview_opens_its_own_event_for_an_hour() -> None:
    path = services.preview_path("one", now=NOW)
    token = path.partition("preview=")[2]
    assert services.is_preview(token, slug="one", now=NOW)
    assert not services.is_preview(token, slug="two", now=NOW)
    assert not services.is_preview(token, slug="one", now=NOW + timedelta(hours=2))
    assert not services.is_preview("one.9999999999", slug="one", now=NOW)


def test_what_is_not_ours_is_not_found(staff: UserId) -> None:
    product = make_product()
    with pytest.raises(NotFound):
        services.withdraw(merchant_id=product.merchant_id, event_id=make_event(), staff_id=None, now=NOW)
    with pytest.raises(NotFound):
        services.decide(entry_id=UUID(int=1), to=EntryStatus.ACCEPTED, staff_id=staff, now=NOW)
    with pytest.raises(NotFound):
        services.enrol(
            merchant_id=product.merchant_id,
            event_id=SaleEventId(UUID(int=1)),
            wish=EntryWish(product_ids=frozenset({product.id})),
            staff_id=None,
            now=NOW,
        )
