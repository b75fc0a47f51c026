"""How recommendations do: who is in which arm, and what is counted, once and of the right ones."""

from collections import Counter
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from jishi.discovery.behaviour import services as behaviour
from jishi.discovery.behaviour.types import BrowserEvent, BrowserKind, ConsentAnswer, Placement
from jishi.discovery.recommendations import queries, rules_measured, services_measured
from jishi.discovery.recommendations.models_measured import DailyRow, ExperimentRow
from jishi.discovery.recommendations.tests.factories import NOW, make_goods, make_person, make_version
from jishi.discovery.recommendations.types import Asked, ListKind, Place, Recommendations
from jishi.identity.accounts.tests.factories import make_buyer
from jishi.kernel.ids import ProductId, UserId, VisitorId, new_id
from jishi.trade.orders.tests.factories import LineWish, OrderWish, make_paid_trade

PEOPLE = [str(UUID(int=number)) for number in range(20_000)]
HOUR_MS = 3_600_000


def drawn(experiment: str, share: int) -> list[bool]:
    return [rules_measured.in_arm_b(one, experiment=experiment, share_percent=share) for one in PEOPLE]


# -- the split --------------------------------------------------------------------------------------------------


@given(st.uuids(), st.text("abcdef-", min_size=1, max_size=9), st.integers(1, 98))
def test_somebody_stays_where_he_is_and_a_larger_share_moves_nobody_back(
    person: UUID, experiment: str, share: int
) -> None:
    first = rules_measured.in_arm_b(str(person), experiment=experiment, share_percent=share)
    assert first == rules_measured.in_arm_b(str(person), experiment=experiment, share_percent=share)
    assert not first or rules_measured.in_arm_b(str(person), experiment=experiment, share_percent=share + 1)


@pytest.mark.parametrize("share", [1, 10, 50, 99])
def test_an_arm_has_the_share_it_was_given(share: int) -> None:
    found = rules_measured.rate(sum(drawn("shares", share)), len(PEOPLE))
    assert found is not None
    assert abs(found.value - share / 100) < 4 * (share / 100 * (1 - share / 100) / len(PEOPLE)) ** 0.5


def test_two_experiments_know_nothing_of_each_other() -> None:
    counts = Counter(zip(drawn("first", 50), drawn("second", 50), strict=True))
    quarter = len(PEOPLE) / 4
    assert (
        sum((count - quarter) ** 2 / quarter for count in counts.values()) < 16.3
    )  # chi square, 3 degrees, 0.1 %


# -- how sure ---------------------------------------------------------------------------------------------------


def test_wilsons_interval_is_that_of_the_books() -> None:
    found = rules_measured.rate(15, 50)
    assert found is not None
    assert (round(found.low, 4), round(found.high, 4)) == (0.1910, 0.4375)
    assert rules_measured.rate(0, 0) is None


@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_an_interval_holds_its_figure_and_stays_within_bounds(happened: int, tries: int) -> None:
    found = rules_measured.rate(happened, tries)
    if found is not None:
        assert 0 <= found.low <= found.value + 1e-12
        assert found.value - 1e-12 <= found.high <= 1


def test_revenue_of_few_large_orders_is_less_sure_than_of_many_small_ones() -> None:
    few = rules_measured.mean(10_000, 10_000**2, 1_000)
    many = rules_measured.mean(10_000, 100 * 100**2, 1_000)
    assert few is not None
    assert many is not None
    assert few.value == many.value == 10
    assert few.high - few.low > many.high - many.low


# -- what is counted --------------------------------------------------------------------------------------------


def report(
    person: UUID,
    kind: BrowserKind,
    product_id: ProductId,
    *,
    hours_ago: float,
    placement: Placement,
    model: str = "",
    arm: str = "",
) -> None:
    event = BrowserEvent(
        event_id=uuid4(),
        kind=kind,
        product_id=product_id,
        age_ms=round(hours_ago * HOUR_MS),
        placement=placement,
        model=model,
        arm=arm,
    )
    behaviour.record(person_id=person, events=[event], now=NOW)


def sums() -> dict[tuple[str, str, str], tuple[int, int, int, int, int]]:
    """Return all that was measured by place, version and arm, whatever the days."""
    found: dict[tuple[str, str, str], tuple[int, int, int, int, int]] = {}
    for row in DailyRow.objects.all():
        key = (row.placement, row.model, row.arm)
        new = (row.impressions, row.clicks, row.adds, row.orders, row.revenue_minor)
        found[key] = tuple(map(sum, zip(found.get(key, (0,) * 5), new, strict=True)))  # type: ignore[assignment]
    return found


def measure() -> dict[tuple[str, str, str], tuple[int, int, int, int, int]]:
    services_measured.measure(now=NOW + timedelta(days=2))
    return sums()


def buyer_who_allows() -> UserId:
    made = make_buyer()
    behaviour.answer(person_id=made, wish=ConsentAnswer(allowed=True), now=NOW)
    return made


@pytest.mark.django_db(transaction=True)
def test_a_purchase_goes_back_to_the_last_click_on_the_same_product_within_a_day() -> None:
    tent, stove = make_goods(2)
    name = make_version({(ListKind.POPULAR, None): [tent]}).name
    buyer, neighbour = buyer_who_allows(), make_person()
    for place, hours in ((Placement.HOME, 3), (Placement.CART, 2)):
        report(buyer, BrowserKind.IMPRESSION, tent.id, hours_ago=hours, placement=place, model=name)
        report(buyer, BrowserKind.CLICK, tent.id, hours_ago=hours, placement=place, model=name)
    report(buyer, BrowserKind.ADD, tent.id, hours_ago=1, placement=Placement.CART, model=name)
    report(neighbour, BrowserKind.CLICK, tent.id, hours_ago=1, placement=Placement.PAID, model=name)
    report(buyer, BrowserKind.CLICK, stove.id, hours_ago=1, placement=Placement.SEARCH)
    wish = OrderWish(lines=[LineWish(product_id=tent.id), LineWish(product_id=stove.id)])
    trade = make_paid_trade([wish], buyer=buyer, now=NOW)
    paid = measure()
    revenue = paid[Placement.CART, name, ""][4]
    assert revenue > 0
    assert paid == {
        (Placement.HOME, name, ""): (1, 1, 0, 0, 0),
        (Placement.CART, name, ""): (1, 1, 1, 1, revenue),
        (Placement.PAID, name, ""): (0, 1, 0, 0, 0),
    }
    assert trade is not None
    assert measure() == paid  # again: the same


@pytest.mark.django_db(transaction=True)
def test_what_no_one_named_counts_without_a_name_and_who_said_no_buys_uncounted() -> None:
    (tent,) = make_goods()
    buyer = buyer_who_allows()
    place = Placement.HOME
    report(buyer, BrowserKind.CLICK, tent.id, hours_ago=1, placement=place, model="made-up", arm="made:up")
    make_paid_trade([OrderWish(lines=[LineWish(product_id=tent.id)])], buyer=buyer, now=NOW)
    assert measure()[Placement.HOME, "", ""][3] == 1
    behaviour.answer(person_id=buyer, wish=ConsentAnswer(allowed=False), now=NOW)
    assert measure()[Placement.HOME, "", ""][3] == 0


# -- arms in answers --------------------------------------------------------------------------------------------


def home(owner: UUID, buyer: UserId | None = None) -> Recommendations:
    asked = Asked(place=Place.HOME, owner_id=owner, buyer=buyer, product_ids=[], language="zh", now=NOW)
    return queries.recommended(asked)


def experiment(*, uses_previous: bool = False) -> ExperimentRow:
    return ExperimentRow.objects.create(name="try", share_percent=50, uses_previous=uses_previous)


@pytest.mark.django_db(transaction=True)
def test_an_arm_is_told_with_the_cards_and_what_differs_differs() -> None:
    first, second = make_goods(2)
    old = make_version({(ListKind.POPULAR, None): [first]})
    new = make_version({(ListKind.POPULAR, None): [second]}, now=NOW + timedelta(days=1))
    assert home(new_id()).arm == ""
    running = experiment(uses_previous=True)
    told = {(found.arm, found.model) for found in (home(UUID(int=number)) for number in range(40))}
    assert told == {("try:a", new.name), ("try:b", old.name)}
    services_measured.end(experiment_id=running.pk, now=NOW + timedelta(days=2))
    services_measured.end(experiment_id=running.pk, now=NOW + timedelta(days=3))
    assert home(new_id()).arm == ""
    running.refresh_from_db()
    assert running.ended_at == NOW + timedelta(days=2)


@pytest.mark.django_db(transaction=True)
def test_who_signs_in_keeps_his_arm_for_the_day() -> None:
    experiment()
    for _ in range(12):
        visitor, buyer = VisitorId(new_id()), UserId(new_id())
        before = home(visitor).arm
        services_measured.carry_arm(visitor=visitor, buyer=buyer, now=NOW)
        services_measured.carry_arm(visitor=VisitorId(new_id()), buyer=buyer, now=NOW)
        assert home(buyer, buyer).arm == before


@pytest.mark.django_db(transaction=True)
def test_the_arm_is_told_over_http(client: Client) -> None:
    experiment()
    answer = client.get("/api/v1/store/recommendations?place=home")
    assert answer.json()["arm"] in {"try:a", "try:b"}
