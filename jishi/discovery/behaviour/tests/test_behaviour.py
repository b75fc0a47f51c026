"""Behaviour: kept of those who said yes, once each, moved at sign-in, erased without a rest."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.db import connections

from jishi.discovery.behaviour import queries, services
from jishi.discovery.behaviour.types import (
    BehaviourKind,
    BrowserEvent,
    BrowserKind,
    ConsentAnswer,
    Interaction,
    Placement,
    ProductCounts,
)
from jishi.kernel import clock
from jishi.kernel.db import atomic, execute, row, rows
from jishi.kernel.errors import Invalid
from jishi.kernel.ids import OrderId, ProductId, UserId, VisitorId, new_id

pytestmark = pytest.mark.django_db(transaction=True)

NOW = clock.now()
HOUR = timedelta(hours=1)
PRODUCT = ProductId(new_id())


def person(*, allowed: bool | None = True) -> UUID:
    """Make somebody who said yes, no or nothing."""
    made = new_id()
    if allowed is not None:
        say(made, allowed=allowed)
    return made


def say(who: UUID, *, allowed: bool) -> None:
    services.answer(person_id=who, wish=ConsentAnswer(allowed=allowed), now=NOW)


def did(
    kind: BrowserKind = BrowserKind.VIEW, product_id: ProductId = PRODUCT, **more: object
) -> BrowserEvent:
    return BrowserEvent(event_id=new_id(), kind=kind, product_id=product_id, **more)  # type: ignore[arg-type]


def record(who: UUID, *events: BrowserEvent) -> None:
    services.record(person_id=who, events=events, now=NOW)


def learnt() -> list[Interaction]:
    return list(queries.interactions(since=NOW - 48 * HOUR, until=NOW + HOUR))


def total(who: UUID) -> int:
    return queries.kept(who).total


# -- consent ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("allowed", [None, False])
def test_without_a_yes_nothing_is_kept_anywhere(allowed: bool | None) -> None:
    who = person(allowed=allowed)
    record(who, did())
    services.note_favourite(buyer=UserId(who), product_id=PRODUCT, now=NOW)
    with atomic():
        services.note_bought(
            buyer=UserId(who), order_id=OrderId(new_id()), product_ids=[PRODUCT], at=NOW, now=NOW
        )
    assert (total(who), queries.recent_products(who, limit=9), learnt()) == (0, [], [])
    assert not queries.is_personalised(who)


def test_with_a_yes_it_is_kept_for_learning_and_for_the_moment() -> None:
    who = person()
    record(
        who, did(BrowserKind.CLICK, age_ms=3_600_000, placement=Placement.HOME, model="v1", position=3), did()
    )
    clicked, viewed = learnt()
    assert (clicked.kind, clicked.at, viewed.kind) == (
        BehaviourKind.CLICK,
        _milliseconds(NOW - HOUR),
        BehaviourKind.VIEW,
    )
    assert [kind for _, kind, _ in queries.recent_products(who, limit=9)] == ["view", "click"]
    assert [one for one, _, _ in queries.recent_products(who, limit=1)] == [PRODUCT]
    assert rows("SELECT placement, model, position FROM behaviour_event WHERE kind = 'click'") == [
        ("home", "v1", 3)
    ]


def test_a_no_ends_it_and_takes_him_out_of_what_is_learnt() -> None:
    who = person()
    record(who, did())
    say(who, allowed=False)
    record(who, did())
    assert (total(who), learnt(), queries.recent_products(who, limit=9)) == (1, [], [])
    say(who, allowed=True)
    assert len(learnt()) == 1


def test_every_word_is_kept_and_the_last_one_counts() -> None:
    who = person(allowed=None)
    assert queries.consent(who, signal=False).allowed is None
    for allowed in (True, False):
        say(who, allowed=allowed)
    assert queries.consent(who, signal=True).allowed is False
    assert rows("SELECT allowed FROM behaviour_consent WHERE person_id = %s ORDER BY id", [who]) == [
        (True,),
        (False,),
    ]


# -- once -------------------------------------------------------------------------------------------------------


def test_a_repeated_report_counts_once() -> None:
    who, seen = person(), did()
    record(who, seen, seen)
    services.record(person_id=who, events=[seen, did()], now=NOW + 23 * HOUR)
    assert total(who) == 2


def test_many_reports_of_the_same_at_once_count_once() -> None:
    who, seen = person(), [did() for _ in range(5)]

    def report(_: int) -> None:
        record(who, *seen)
        connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(report, range(16)))
    assert total(who) == 5


def test_what_is_on_its_way_when_somebody_says_no_or_erases_is_not_kept() -> None:
    who = person()

    def report(_: int) -> None:
        record(who, did())
        connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        running = [pool.submit(report, n) for n in range(24)]
        say(who, allowed=False)
        services.erase(person_id=who)
        for one in running:
            one.result()
    assert (total(who), queries.recent_products(who, limit=9)) == (0, [])


def test_the_same_event_id_of_another_person_is_another_event() -> None:
    first, second, seen = person(), person(), did()
    record(first, seen)
    record(second, seen)
    assert (total(first), total(second)) == (1, 1)


def test_instants_lie_within_a_day_before_the_servers_clock() -> None:
    who = person()
    record(who, did(age_ms=7 * 86_400_000))
    assert learnt()[0].at == _milliseconds(NOW - 24 * HOUR)


def test_a_purchase_and_a_favourite_count_once() -> None:
    who, order = UserId(person()), OrderId(new_id())
    for _ in range(2):
        services.note_favourite(buyer=who, product_id=PRODUCT, now=NOW)
        with atomic():
            services.note_bought(
                buyer=who, order_id=order, product_ids=[PRODUCT, PRODUCT], at=NOW - HOUR, now=NOW
            )
    assert sorted(one.kind for one in learnt()) == ["buy", "favourite"]


# -- what is learnt from ----------------------------------------------------------------------------------------


def test_products_are_counted_by_kind() -> None:
    who = person()
    record(
        who,
        *[did(kind) for kind in BrowserKind if kind is not BrowserKind.SEARCH],
        did(BrowserKind.IMPRESSION),
    )
    (counts,) = queries.product_counts(since=NOW - HOUR, until=NOW + HOUR)
    assert counts == ProductCounts(product_id=PRODUCT, impressions=2, views=1, clicks=1, adds=1, buys=0)
    assert list(queries.product_counts(since=NOW + HOUR, until=NOW + 2 * HOUR)) == []


def test_of_a_search_only_the_hash_of_its_words_is_kept() -> None:
    who = person()
    searches = [
        BrowserEvent(event_id=new_id(), kind=BrowserKind.SEARCH, words=words)
        for words in ("Ｐhone  case", "phone CASE", "13800138000")
    ]
    record(who, *searches)
    hashes = [bytes(one) for (one,) in rows("SELECT words_hash FROM behaviour_event ORDER BY id")]
    assert len(hashes) == 3
    assert len(set(hashes)) == 2
    found = row("SELECT string_agg(e::text, ' ') FROM behaviour_event e")
    assert found is not None
    assert "phone" not in found[0]
    assert "13800138000" not in found[0]
    assert learnt() == []  # no product: nothing of it is an interaction


@pytest.mark.parametrize("kind", [BrowserKind.VIEW, BrowserKind.SEARCH])
def test_what_lacks_its_product_or_brings_a_wrong_one_is_refused(kind: BrowserKind) -> None:
    wrong = BrowserEvent(
        event_id=new_id(), kind=kind, product_id=PRODUCT if kind is BrowserKind.SEARCH else None
    )
    with pytest.raises(Invalid):
        record(person(), wrong)


def test_events_lie_in_the_month_they_happened_in() -> None:
    who = person()
    record(who, did())
    at = learnt()[0].at
    found = row("SELECT tableoid::regclass::text FROM behaviour_event")
    assert found is not None
    assert found[0] == f"behaviour_event_y{at:%Y}m{at:%m}"


def test_months_that_ended_thirteen_months_ago_are_dropped() -> None:
    execute(
        "CREATE TABLE behaviour_event_y2001m01 PARTITION OF behaviour_event "
        "FOR VALUES FROM ('00e3f000-0000-0000-0000-000000000000') TO ('00e48000-0000-0000-0000-000000000000')"
    )
    assert services.drop_old(now=NOW) == 1
    assert services.drop_old(now=NOW) == 0


# -- sign-in ----------------------------------------------------------------------------------------------------


def test_a_visitors_events_become_the_buyers_and_so_does_his_yes() -> None:
    visitor, buyer, seen = VisitorId(person()), UserId(person(allowed=None)), did()
    record(visitor, seen)
    for _ in range(2):
        services.merge(visitor=visitor, buyer=buyer, now=NOW)
    assert (total(visitor), total(buyer)) == (0, 1)
    assert [one for one, _, _ in queries.recent_products(buyer, limit=9)] == [PRODUCT]
    assert queries.recent_products(visitor, limit=9) == []
    assert queries.is_personalised(buyer)
    record(buyer, seen)  # the same report again, now by who he is
    assert total(buyer) == 1


def test_what_the_account_said_wins() -> None:
    visitor, buyer = VisitorId(person()), UserId(person(allowed=False))
    record(visitor, did())
    services.merge(visitor=visitor, buyer=buyer, now=NOW)
    assert (total(visitor), total(buyer)) == (0, 0)
    assert not queries.is_personalised(buyer)
    assert queries.recent_products(visitor, limit=9) == []


def test_a_visitor_who_said_nothing_changes_nothing() -> None:
    visitor, buyer = VisitorId(person(allowed=None)), UserId(person(allowed=None))
    services.merge(visitor=visitor, buyer=buyer, now=NOW)
    assert queries.consent(buyer, signal=False).allowed is None


# -- erasing ----------------------------------------------------------------------------------------------------


def test_erasing_leaves_nothing_of_him_nor_of_his_former_visitor_ids_and_all_of_others() -> None:
    visitor, buyer, other = VisitorId(person()), UserId(person()), person()
    services.merge(visitor=visitor, buyer=buyer, now=NOW)
    for who in (visitor, buyer, other):  # the visitor went on after signing out
        record(who, did())
    assert services.erase(person_id=buyer) == 2
    for who in (visitor, buyer):
        assert (total(who), queries.recent_products(who, limit=9)) == (0, [])
    assert total(other) == 1
    assert len(queries.recent_products(other, limit=9)) == 1


def test_while_valkey_is_away_events_are_kept_and_erasing_says_that_it_could_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    who = person()
    with monkeypatch.context() as patched:
        patched.setattr("jishi.kernel.cache._breaker._closed_until", float("inf"))
        record(who, did())
        assert queries.recent_products(who, limit=9) == []
        with pytest.raises(services.BehaviourAway):
            services.erase(person_id=who)
        with pytest.raises(services.BehaviourAway):
            say(who, allowed=False)
    assert total(who) == 1
    assert queries.is_personalised(who)


def _milliseconds(at: datetime) -> datetime:
    return at.replace(microsecond=at.microsecond // 1000 * 1000)
