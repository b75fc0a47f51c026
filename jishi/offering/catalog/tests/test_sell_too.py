"""Selling what others sell already, over HTTP, as a merchant's staff does."""

import pytest
from django.test import Client

from jishi.flows.best_offer import choose_best
from jishi.identity.accounts.tests.factories import make_buyer, session_token
from jishi.identity.merchants.tests.factories import make_merchant
from jishi.kernel.db import atomic
from jishi.kernel.ids import UserId
from jishi.kernel.words import Text
from jishi.offering.catalog.tests.factories import NOW, make_brand, make_product, product_detail, put_on_sale
from jishi.offering.catalog.tests.factories_offers import make_shared_category, shared
from jishi.offering.inventory.tests.factories import make_stock
from jishi.offering.media.tests.factories import make_asset

pytestmark = pytest.mark.django_db

BASE = "/api/v1/merchant"


def signed_in(user: UserId) -> dict[str, str]:
    return {"X-Session-Token": session_token(user)}


def test_what_others_sell_is_found_filled_in_and_offered(client: Client) -> None:
    brand = make_brand("声阔", "Soundwide")
    there = make_product(
        category_id=make_shared_category(),
        title=Text("声阔 头戴式耳机 H2", "Soundwide H2"),
        prices_minor=[20_000, 21_000],
        brand=brand,
    )
    make_stock(there.sku_id)
    owner = make_buyer()
    merchant = make_merchant(owner=owner)
    headers = signed_in(owner)

    found = client.get(f"{BASE}/shared-products?words=头戴式", headers=headers).json()["items"]
    assert [
        (row["id"], row["title"], row["brand"], row["merchants"], row["own_product_id"]) for row in found
    ] == [(str(shared(there.id)), "声阔 头戴式耳机 H2", "声阔", 1, None)]
    assert client.get(f"{BASE}/shared-products?words=冲锋衣", headers=headers).json()["items"] == []
    address = f"{BASE}/shared-products/{found[0]['id']}"
    wish = client.get(address, headers=headers).json()
    assert (wish["title"]["en"], wish["brand_id"], wish["media_ids"]) == ("Soundwide H2", str(brand.id), [])
    assert [value["code"] for value in wish["axes"][0]["values"]] == ["c0", "c1"]

    wish |= {
        "media_ids": [str(make_asset(merchant))],
        "skus": [{"code": "MINE-1", "choice": {"colour": "c1"}, "price_minor": 19_900}],
    }
    body = {"wish": wish, "shared_product_id": found[0]["id"]}
    made = client.post(f"{BASE}/products", body, content_type="application/json", headers=headers)
    assert made.status_code == 201
    put_on_sale(merchant, made.json()["id"])
    with atomic():
        choose_best(shared(there.id), now=NOW)
    page = product_detail(there.id, language="zh")
    assert page.shared is not None
    assert page.shared.price_from.amount_minor == 19_900
    assert {str(one.product_id) for one in page.shared.offers} == {str(there.id), made.json()["id"]}
    again = client.post(f"{BASE}/products", body, content_type="application/json", headers=headers)
    assert (again.status_code, again.json()["code"]) in {(409, "offered_already"), (409, "sku_code_taken")}
    (mine,) = client.get(f"{BASE}/shared-products", headers=headers).json()["items"]
    assert mine["own_product_id"] == made.json()["id"]


def test_what_was_merged_is_no_longer_offered(client: Client) -> None:
    owner = make_buyer()
    make_merchant(owner=owner)
    unknown = client.get(f"{BASE}/shared-products/{make_product().id}", headers=signed_in(owner))
    assert unknown.status_code == 404
