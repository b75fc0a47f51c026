"""One's own searches, and what becomes a hot word: real Valkey, real index."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.test import Client

from jishi.discovery.search import indexer, places, reading
from jishi.discovery.searches import history, hot_words, queries, services
from jishi.identity.accounts.tests.factories import make_buyer
from jishi.kernel import cache, hot
from jishi.kernel.ids import UserId, VisitorId, new_id
from jishi.kernel.words import Text
from jishi.offering.catalog.tests.factories import make_category, make_product

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
SEARCHES, HOT = "/api/v1/store/searches", "/api/v1/store/hot-words"


@pytest.fixture(autouse=True)
def _cold(db: None) -> Iterator[None]:
    """No word is hot before and after, and there is no index."""
    cool()
    yield
    cool()
    shutil.rmtree(places.place().root, ignore_errors=True)
    reading.forget()


def cool() -> None:
    with cache.reaching("test") as server:
        for key in server.scan_iter("{hot-words}*"):
            server.unlink(key)
    cache.purge(queries.TAG)
    hot.forget()


def owner() -> UUID:
    return new_id()


def words_of(owner_id: UUID, now: datetime = NOW) -> list[str]:
    return [one.words for one in queries.searched(owner_id=owner_id, now=now)]


def search(
    words: str, *, buyer: UserId | None = None, client_ip: str = "192.0.2.1", now: datetime = NOW
) -> None:
    services.note(owner_id=buyer or owner(), buyer=buyer, client_ip=client_ip, words=words, now=now)


def test_the_latest_search_stands_first_and_each_only_once() -> None:
    me = owner()
    for minute, words in enumerate(("茶壶", "耳机", " 茶壶 ", "咖啡  豆")):
        services.note(owner_id=me, buyer=None, client_ip="", words=words, now=NOW + timedelta(minutes=minute))
    assert words_of(me, NOW + timedelta(hours=1)) == ["咖啡 豆", "茶壶", "耳机"]
    services.forget(owner_id=me, words=["茶壶"])
    assert words_of(me, NOW + timedelta(hours=1)) == ["咖啡 豆", "耳机"]
    services.forget(owner_id=me)
    assert words_of(me, NOW + timedelta(hours=1)) == []


def test_a_history_is_bounded_in_length_and_time() -> None:
    me = owner()
    for number in range(history.LENGTH_MAX + 5):
        history.remember(me, f"词{number}", now=NOW + timedelta(minutes=number))
    later = NOW + timedelta(hours=1)
    assert len(words_of(me, later)) == history.LENGTH_MAX
    assert words_of(me, later)[0] == f"词{history.LENGTH_MAX + 4}"
    assert words_of(me, later + history.KEPT) == []


def test_a_visitors_searches_come_along() -> None:
    visitor, buyer = VisitorId(owner()), UserId(owner())
    history.remember(visitor, "茶壶", now=NOW)
    history.remember(buyer, "耳机", now=NOW - timedelta(hours=1))
    for _ in range(2):
        services.merge(visitor=visitor, buyer=buyer)
        assert words_of(buyer) == ["茶壶", "耳机"]
        assert words_of(visitor) == []


def test_a_word_is_hot_once_enough_people_found_something_by_it() -> None:
    make_product(title=Text("紫砂壶", "Teapot"))
    indexer.catch_up()
    for number in range(hot_words.SEARCHERS_MIN - 1):
        search("紫砂壶", client_ip=f"192.0.2.{number}")
        search("没有这种东西", client_ip=f"192.0.2.{number}")
    search("没有这种东西", client_ip="192.0.2.99")
    assert hot_words.hottest(now=NOW) == []
    search("紫砂壶", buyer=UserId(owner()))
    assert hot_words.hottest(now=NOW) == ["紫砂壶"]


def test_one_person_makes_no_word_hot_however_often_and_on_however_many_days() -> None:
    make_product(title=Text("紫砂壶", "Teapot"))
    indexer.catch_up()
    me = UserId(owner())
    for day in range(hot_words.DAYS):
        for hour in range(3):
            search("紫砂壶", buyer=me, now=NOW + timedelta(days=day, hours=hour))
            search(
                "teapot", client_ip=f"2001:db8:1:2::{day}{hour}", now=NOW + timedelta(days=day, hours=hour)
            )
    assert hot_words.hottest(now=NOW + timedelta(days=6, hours=5)) == []


def test_yesterday_counts_half_and_last_week_not_at_all() -> None:
    for number in range(8):
        hot_words.count("昨天", searcher=str(number), now=NOW - timedelta(days=1))
        hot_words.count("上周", searcher=str(number), now=NOW - timedelta(days=hot_words.DAYS))
    for number in range(6):
        hot_words.count("今天", searcher=str(number), now=NOW)
    assert hot_words.hottest(now=NOW) == ["今天", "昨天"]


def test_over_http() -> None:
    make_category("茶具")
    first = Client().get(HOT).json()
    assert first == {
        "items": [{"text": "茶具", "kind": "category", "target_id": first["items"][0]["target_id"]}]
    }
    mine, other = Client(), Client()
    assert mine.post(SEARCHES, {"words": "茶壶"}, content_type="application/json").status_code == 204
    assert [one["words"] for one in mine.get(SEARCHES).json()["items"]] == ["茶壶"]
    assert other.get(SEARCHES).json()["items"] == []
    assert mine.delete(f"{SEARCHES}?words=茶壶").status_code == 204
    assert mine.get(SEARCHES).json()["items"] == []
    for bad in ({"words": ""}, {"words": "x" * 81}, {"words": "a\u0000"}, {}):
        assert mine.post(SEARCHES, bad, content_type="application/json").status_code == 422


def test_what_a_visitor_searched_for_is_his_after_signing_in() -> None:
    buyer = make_buyer()
    visitor = VisitorId(owner())
    history.remember(visitor, "茶壶", now=NOW)
    services.merge(visitor=visitor, buyer=buyer)
    assert words_of(buyer) == ["茶壶"]
