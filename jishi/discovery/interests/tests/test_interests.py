"""Favourites, follows and the browsing history, as a buyer uses them."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client

from jishi.discovery.interests import history, queries, services
from jishi.identity.accounts.tests.factories import make_buyer, session_token
from jishi.identity.merchants.tests.factories import make_merchant
from jishi.identity.merchants.types import MerchantStatus
from jishi.kernel.errors import NotFound
from jishi.kernel.ids import ProductId, UserId, VisitorId, new_id
from jishi.offering.catalog import services as catalog
from jishi.offering.catalog import services_merge
from jishi.offering.catalog.tests.factories import NOW, make_product
from jishi.offering.catalog.tests.factories_offers import OPERATOR, make_offers, shared

pytestmark = pytest.mark.django_db

BASE = "/api/v1/store"


def liked(buyer: UserId, **wanted: object) -> list[ProductId]:
    shown = queries.favourites(buyer=buyer, language="zh", **wanted)  # type: ignore[arg-type]
    return [one.product_id for one in shown.items]


def seen(owner: UserId, limit: int = 20, cursor: str | None = None) -> list[ProductId]:
    shown = queries.viewed(owner_id=owner, cursor=cursor, limit=limit, language="zh", now=NOW)
    return [one.product.id for one in shown.items]


# -- favourites and follows -----------------------------------------------------------------------------------


def test_the_latest_favourite_comes_first_and_only_once() -> None:
    buyer, first, second = make_buyer(), make_product(), make_product()
    for number, product in enumerate((first, second, first)):
        services.add_favourite(buyer=buyer, product_id=product.id, now=NOW + timedelta(seconds=number))
    assert liked(buyer) == [second.id, first.id]
    assert liked(buyer, product_ids=[first.id, ProductId(new_id())]) == [first.id]
    services.remove_favourite(buyer=buyer, product_id=second.id)
    services.remove_favourite(buyer=buyer, product_id=second.id)
    assert liked(buyer) == [first.id]


def test_a_thing_is_liked_wherever_it_is_offered() -> None:
    buyer, (first, second) = make_buyer(), make_offers()
    services.add_favourite(buyer=buyer, product_id=first.id, now=NOW)
    services.add_favourite(buyer=buyer, product_id=second.id, now=NOW)
    assert liked(buyer) == [first.id]
    assert liked(buyer, product_ids=[second.id]) == [second.id]
    services_merge.split(product_id=second.id, reason="不同款", actor=OPERATOR, now=NOW)
    assert liked(buyer, product_ids=[second.id]) == []  # what was liked is the first
    other = make_product(category_id=first.category_id)
    services.add_favourite(buyer=buyer, product_id=other.id, now=NOW)
    services_merge.merge(kept=shared(first.id), gone=shared(other.id), reason="同款", actor=OPERATOR, now=NOW)
    assert set(liked(buyer, product_ids=[first.id, other.id])) == {first.id, other.id}
    services.remove_favourite(buyer=buyer, product_id=first.id)
    assert liked(buyer) == []


def test_pages_of_favourites_hold_each_once() -> None:
    buyer, products = make_buyer(), [make_product() for _ in range(5)]
    for product in products:  # all at the same instant
        services.add_favourite(buyer=buyer, product_id=product.id, now=NOW)
    found: list[ProductId] = []
    cursor: str | None = None
    while True:
        shown = queries.favourites(buyer=buyer, cursor=cursor, limit=2, language="zh")
        found += [one.product_id for one in shown.items]
        cursor = shown.next_cursor
        if cursor is None:
            break
    assert sorted(found) == sorted(one.id for one in products)


def test_what_is_not_on_sale_cannot_be_liked() -> None:
    with pytest.raises(NotFound):
        services.add_favourite(buyer=make_buyer(), product_id=ProductId(new_id()), now=NOW)


def test_a_favourite_that_left_the_shelf_stays_without_its_card() -> None:
    buyer, product = make_buyer(), make_product()
    services.add_favourite(buyer=buyer, product_id=product.id, now=NOW)
    catalog.take_off_shelf(
        merchant_id=product.merchant_id, product_id=product.id, staff_id=None, now=NOW + timedelta(hours=1)
    )
    (one,) = queries.favourites(buyer=buyer, language="zh").items
    assert (one.product_id, one.product) == (product.id, None)


def test_nobody_keeps_more_than_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "FAVOURITES_MAX", 1)
    buyer, product = make_buyer(), make_product()
    services.add_favourite(buyer=buyer, product_id=product.id, now=NOW)
    services.add_favourite(buyer=buyer, product_id=product.id, now=NOW)  # again is no more
    with pytest.raises(services.TooMany):
        services.add_favourite(buyer=buyer, product_id=make_product().id, now=NOW)


def test_follows_a_store_until_he_does_not() -> None:
    buyer, merchant = make_buyer(), make_merchant(name_zh="青竹")
    services.follow(buyer=buyer, merchant_id=merchant, now=NOW)
    assert [one.merchant.name for one in queries.follows(buyer=buyer, language="zh").items] == ["青竹"]
    assert queries.follows(buyer=make_buyer(), language="zh").items == []
    services.unfollow(buyer=buyer, merchant_id=merchant)
    assert queries.follows(buyer=buyer, language="zh").items == []


def test_a_suspended_store_cannot_be_followed() -> None:
    merchant = make_merchant(status=MerchantStatus.SUSPENDED)
    with pytest.raises(NotFound):
        services.follow(buyer=make_buyer(), merchant_id=merchant, now=NOW)


# -- history --------------------------------------------------------------------------------------------------


def test_the_history_shows_the_latest_view_first_and_can_be_cleared() -> None:
    owner, first, second = make_buyer(), make_product(), make_product()
    for number, product in enumerate((first, second, first)):
        services.view(owner_id=owner, product_id=product.id, now=NOW - timedelta(seconds=9 - number))
    assert seen(owner) == [first.id, second.id]
    services.forget_views(owner_id=owner, product_ids=[first.id])
    assert seen(owner) == [second.id]
    services.forget_views(owner_id=owner)
    assert seen(owner) == []


def test_pages_of_the_history_follow_each_other() -> None:
    owner, products = make_buyer(), [make_product() for _ in range(3)]
    for number, product in enumerate(products):
        services.view(owner_id=owner, product_id=product.id, now=NOW - timedelta(minutes=number))
    shown = queries.viewed(owner_id=owner, limit=2, language="zh", now=NOW)
    assert [one.product.id for one in shown.items] == [one.id for one in products[:2]]
    assert seen(owner, limit=2, cursor=shown.next_cursor) == [products[2].id]


def test_the_history_keeps_so_many_and_so_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "VIEWS", replace(history.VIEWS, length_max=2))
    owner, products = make_buyer(), [make_product() for _ in range(3)]
    for number, product in enumerate(products):
        services.view(owner_id=owner, product_id=product.id, now=NOW + timedelta(seconds=number))
    assert seen(owner) == [products[2].id, products[1].id]
    late = NOW + history.KEPT + timedelta(days=1)
    assert queries.viewed(owner_id=owner, language="zh", now=late).items == []


def test_the_visitors_history_comes_along_and_the_later_view_counts() -> None:
    visitor, buyer = VisitorId(new_id()), make_buyer()
    old, new = make_product(), make_product()
    services.view(owner_id=buyer, product_id=old.id, now=NOW - timedelta(hours=2))
    services.view(owner_id=buyer, product_id=new.id, now=NOW - timedelta(hours=1))
    services.view(owner_id=visitor, product_id=old.id, now=NOW)
    for _ in range(2):
        services.merge_views(visitor=visitor, buyer=buyer)
    assert seen(buyer) == [old.id, new.id]
    assert seen(UserId(visitor)) == []


# -- over HTTP ------------------------------------------------------------------------------------------------


def test_liking_and_following_over_http() -> None:
    buyer, product = make_buyer(), make_product()
    headers = {"X-Session-Token": session_token(buyer)}
    assert Client().put(f"{BASE}/favourites/{product.id}", headers=headers).status_code == 204
    answer = Client().get(f"{BASE}/favourites?product_id={product.id}", headers=headers).json()
    assert answer["items"][0]["product"]["id"] == str(product.id)
    assert Client().put(f"{BASE}/follows/{new_id()}", headers=headers).status_code == 404
    assert Client().put(f"{BASE}/follows/{product.merchant_id}", headers=headers).status_code == 204
    assert len(Client().get(f"{BASE}/follows", headers=headers).json()["items"]) == 1
    assert Client().get(f"{BASE}/favourites").status_code == 401


def test_a_visitors_history_follows_his_cookie() -> None:
    browser, product = Client(), make_product()
    remembered = browser.post(
        f"{BASE}/history", {"product_id": str(product.id)}, content_type="application/json"
    )
    assert remembered.status_code == 204
    assert [one["product"]["id"] for one in browser.get(f"{BASE}/history").json()["items"]] == [
        str(product.id)
    ]
    assert Client().get(f"{BASE}/history").json()["items"] == []
    assert browser.delete(f"{BASE}/history").status_code == 204
    assert browser.get(f"{BASE}/history").json()["items"] == []
