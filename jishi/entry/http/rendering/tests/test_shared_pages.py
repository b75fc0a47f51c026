"""Addresses of what several merchants sell: one lasting address, whoever is the best, and however often merged."""

import pytest
from django.test import Client

from jishi.entry.http.rendering.tests.test_pages import front_end
from jishi.entry.http.rendering.tests.test_structured_data import meta, structured
from jishi.flows.best_offer import choose_best
from jishi.kernel.db import atomic
from jishi.offering.catalog import services, services_merge
from jishi.offering.catalog.tests.factories import NOW, make_product
from jishi.offering.catalog.tests.factories_offers import OPERATOR, make_offers, shared

__all__ = ["front_end"]  # a fixture

pytestmark = pytest.mark.django_db


def test_every_offer_names_the_lasting_address_and_all_prices(client: Client) -> None:
    dear, cheap = make_offers([10_000, 9_000])
    address = f"/p/{shared(dear.id)}"
    with atomic():
        choose_best(shared(dear.id), now=NOW)
    for page in (address, f"/p/{dear.id}", f"/p/{cheap.id}"):
        assert client.get(page).status_code == 200
        assert meta(client, page)["canonical"].endswith(address)
        offers = structured(client, page)["Product"]["offers"]
        assert (offers["lowPrice"], offers["highPrice"], offers["offerCount"]) == ("90.00", "100.00", 2)
        assert [one["url"].rpartition("/")[2] for one in offers["offers"]] == [str(cheap.id), str(dear.id)]
    sitemap = client.get(f"/sitemap-products-{cheap.id}.xml").content.decode()
    assert f"{address}<" in sitemap and f"/p/{dear.id}" not in sitemap


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_a_merged_address_leads_on_for_ever(client: Client, prefix: str) -> None:
    first, second = make_offers()
    third = make_product(category_id=first.category_id)
    gone = shared(first.id)
    kept = shared(third.id)
    services_merge.merge(kept=kept, gone=gone, reason="同款", actor=OPERATOR, now=NOW)
    answer = client.get(f"{prefix}/p/{gone}?sku={first.sku_id}")
    assert (answer.status_code, answer["Location"]) == (301, f"{prefix}/p/{kept}?sku={first.sku_id}")
    assert client.get(f"/api/v1/store/products/{gone}").json()["shared_id"] == str(kept)
    reviews = client.get(f"/api/v1/store/products/{kept}/reviews")
    assert (reviews.status_code, reviews.json()["items"]) == (200, [])
    assert client.get(f"{prefix}/p/{second.id}").status_code == 200  # an offer's own address stays


def test_nobody_sells_it_any_more(client: Client) -> None:
    offers = make_offers()
    address = f"/p/{shared(offers[0].id)}"
    for one in offers:
        services.take_off_shelf(merchant_id=one.merchant_id, product_id=one.id, staff_id=None, now=NOW)
    assert client.get(address).status_code == 404
