"""Each page's structured data has what its type requires (schema.org), and says what the API says."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from jishi.entry.http.rendering.tests.test_pages import front_end, product
from jishi.identity.merchants.tests.factories import make_merchant
from jishi.offering.catalog import services
from jishi.offering.catalog.tests.factories import (
    NOW,
    MadeProduct,
    make_category,
    make_product,
    put_on_sale,
    wish_of,
)
from jishi.offering.catalog.types import Rating

__all__ = ["front_end", "product"]  # fixtures

SCHEMA = "https://schema.org"
REQUIRED: Mapping[str, set[str]] = {
    "Product": {"name", "image", "description", "offers", "productID"},
    "Offer": {"price", "priceCurrency", "availability", "seller", "url", "itemCondition"},
    "AggregateOffer": {"lowPrice", "highPrice", "priceCurrency", "offerCount", "availability", "offers"},
    "AggregateRating": {"ratingValue", "reviewCount", "bestRating", "worstRating"},
    "BreadcrumbList": {"itemListElement"},
    "ListItem": {"position", "name", "item"},
    "Organization": {"name"},
    "OnlineStore": {"name", "url"},
    "WebSite": {"name", "url", "potentialAction"},
    "SearchAction": {"target", "query-input"},
    "EntryPoint": {"urlTemplate"},
    "Brand": {"name"},
}

pytestmark = pytest.mark.django_db


def structured(client: Client, address: str) -> dict[str, dict[str, Any]]:
    """Return a page's structured data by type; every part is checked for what its type requires."""
    page = client.get(address).content.decode()
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    values = [json.loads(text) for text in found]
    for value in values:
        assert value["@context"] == SCHEMA
        check(value)
    return {value["@type"]: value for value in values}


def check(value: object) -> None:
    """Refuse a part without a known type or without what its type requires."""
    if isinstance(value, list):
        for one in value:
            check(one)
    elif isinstance(value, dict):
        missing = REQUIRED[value["@type"]] - value.keys()
        assert not missing, f"{value['@type']} lacks {missing}"
        assert all(part not in ("", None, []) for part in value.values()), value
        for part in value.values():
            check(part)


def meta(client: Client, address: str) -> dict[str, str]:
    """Return what a page says of itself in its head: meta names and properties, links, title."""
    page = client.get(address).content.decode()
    named = dict(re.findall(r'<meta (?:name|property)="([^"]+)" content="([^"]*)"', page))
    links = {
        kind + (f" {language}" if language else ""): href
        for kind, language, href in re.findall(
            r'<link rel="(canonical|alternate)"(?: hreflang="([^"]+)")? href="([^"]+)"', page
        )
    }
    title = re.findall(r"<title>(.*?)</title>", page)
    return {name: unescape(text) for name, text in {**named, **links, "title": title[0]}.items()}


@pytest.mark.parametrize("prices", [(12_905,), (9_900, 19_900)])
@pytest.mark.parametrize("prefix", ["", "/en"])
def test_a_product_is_described_as_the_api_has_it(
    client: Client, prices: tuple[int, ...], prefix: str
) -> None:
    made = make_product(prices_minor=prices)
    with transaction.atomic():
        services.set_rating(made.id, Rating(average_hundredths=433, count=3), now=NOW)
    language = {"Accept-Language": "en" if prefix else "zh-CN"}
    detail = client.get(f"/api/v1/store/products/{made.id}", headers=language).json()
    found = structured(client, f"{prefix}/p/{made.id}")["Product"]
    assert (found["name"], found["productID"]) == (detail["title"], detail["id"])
    assert len(found["image"]) == len(detail["images"])
    assert Decimal(found["aggregateRating"]["ratingValue"]) * 100 == detail["rating"]["average_hundredths"]
    assert found["aggregateRating"]["reviewCount"] == detail["rating"]["count"]
    offers = found["offers"] if len(prices) == 1 else found["offers"]["offers"]
    each = [offers] if len(prices) == 1 else offers
    assert [int(Decimal(one["price"]) * 100) for one in each] == [
        sku["price"]["amount_minor"] for sku in detail["skus"]
    ]
    for one, sku in zip(each, detail["skus"], strict=True):
        assert one["priceCurrency"] == sku["price"]["currency"]
        assert one["availability"] == f"{SCHEMA}/{'InStock' if sku['in_stock'] else 'OutOfStock'}"
        assert one["seller"]["name"] == detail["merchant"]["name"]
        assert client.get(f"/{path_of(one['url'])}").status_code == 200


@pytest.mark.parametrize("prices", [(12_905,), (9_900, 19_900)])
def test_bar_codes_and_models_stand_where_the_goods_are_told_apart(
    client: Client, prices: tuple[int, ...]
) -> None:
    merchant = make_merchant()
    wish = wish_of(merchant, make_category(), prices_minor=prices)
    first = replace(wish.skus[0], gtin="6901028075763", model="KT-600")
    wish = replace(wish, skus=[first, *wish.skus[1:]])
    saved = services.save_product(merchant_id=merchant, wish=wish, staff_id=None, now=NOW)
    put_on_sale(merchant, saved.id)
    found = structured(client, f"/p/{saved.id}")["Product"]
    where, others = (
        (found, []) if len(prices) == 1 else (found["offers"]["offers"][0], found["offers"]["offers"][1:])
    )
    assert (where["gtin"], where["mpn"]) == ("6901028075763", "KT-600")
    assert not any("gtin" in one or "mpn" in one for one in others)


def path_of(address: str) -> str:
    """Return the path and query of an address, without the first slash."""
    return address.partition("//")[2].partition("/")[2]


def test_a_product_nobody_rated_claims_no_rating(client: Client, product: MadeProduct) -> None:
    assert "aggregateRating" not in structured(client, f"/p/{product.id}")["Product"]


def test_the_way_to_a_page_leads_from_home_to_it(client: Client, product: MadeProduct) -> None:
    for address in (
        f"/p/{product.id}", f"/en/p/{product.id}", f"/c/{product.category_id}", f"/store/{product.merchant_id}", "/c",
    ):  # fmt: skip
        steps = structured(client, address)["BreadcrumbList"]["itemListElement"]
        assert [one["position"] for one in steps] == list(range(1, len(steps) + 1))
        assert len(steps) >= 2
        assert f"/{path_of(steps[-1]['item'])}" == address
        for step in steps:
            assert client.get(f"/{path_of(step['item'])}").status_code == 200


def test_a_store_is_an_organization_with_its_name(client: Client, product: MadeProduct) -> None:
    detail = client.get(f"/api/v1/store/stores/{product.merchant_id}").json()
    found = structured(client, f"/store/{product.merchant_id}")["OnlineStore"]
    assert found["name"] == detail["name"]


def test_home_names_the_shop_and_its_search(client: Client, product: MadeProduct) -> None:
    found = structured(client, "/en/")
    assert set(found) == {"WebSite", "Organization"}
    target = found["WebSite"]["potentialAction"]["target"]["urlTemplate"]
    assert client.get(f"/{path_of(target.replace('{search_term_string}', 'tea'))}").status_code == 200


def test_every_public_page_names_itself_in_both_languages(client: Client, product: MadeProduct) -> None:
    paths = (
        "/",
        "/c",
        "/s",
        f"/c/{product.category_id}",
        f"/p/{product.id}",
        f"/store/{product.merchant_id}",
    )
    for path in paths:
        chinese, english = meta(client, path), meta(client, f"/en{path}")
        for page in (chinese, english):
            assert page["title"]
            assert 0 < len(page["description"]) <= 150
            assert page["og:url"] == page["canonical"]
            assert page["og:title"] == page["title"]
            assert page["alternate x-default"] == page["alternate zh-CN"] == chinese["canonical"]
            assert page["alternate en"] == english["canonical"]
            assert "robots" not in page
        assert chinese["canonical"].endswith(path)
        assert chinese["og:locale"] == english["og:locale:alternate"] == "zh_CN"


def test_a_product_is_shared_with_its_picture_and_price(client: Client, product: MadeProduct) -> None:
    detail = client.get(f"/api/v1/store/products/{product.id}").json()
    page = meta(client, f"/p/{product.id}")
    assert page["og:type"] == "product"
    assert Decimal(page["product:price:amount"]) * 100 == detail["price_from"]["amount_minor"]
    assert page["og:image"].endswith(detail["images"][0]["src"])


@pytest.mark.parametrize("address", ["/s?sort=sales", "/s?q=x&stock=1", "/en/s?f=brand:1", "/s?from=100"])
def test_a_filtered_search_is_not_indexed(client: Client, address: str) -> None:
    assert meta(client, address)["robots"] == "noindex"
    assert "canonical" not in meta(client, address)


def test_filters_of_a_category_and_a_store_are_not_indexed(client: Client, product: MadeProduct) -> None:
    for path in (f"/c/{product.category_id}", f"/store/{product.merchant_id}"):
        assert meta(client, f"{path}?sort=sales")["robots"] == "noindex"


@pytest.mark.parametrize("path", ["/checkout", "/orders", "/me", "/me/addresses", "/sign-in", "/sign-up"])
def test_personal_pages_are_not_indexed(client: Client, path: str) -> None:
    assert meta(client, path)["robots"] == meta(client, f"/en{path}")["robots"] == "noindex"
