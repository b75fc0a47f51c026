"""What crawlers are told: well-formed, complete, and true of every address."""

from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser
from uuid import uuid4
from xml.etree import ElementTree as ET

import pytest
from django.test import Client

from jishi.entry.http import sitemap
from jishi.entry.http.rendering.tests.test_pages import front_end
from jishi.offering.catalog.tests.factories import make_product

__all__ = ["front_end"]  # a fixture

pytestmark = pytest.mark.django_db


def locations(client: Client, address: str, root: str) -> list[str]:
    """Return the addresses of a sitemap or of an index, which must be well-formed and of the right kind."""
    answer = client.get(address)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, sitemap.XML)
    tree = ET.fromstring(answer.content)
    assert tree.tag == f"{{{sitemap.NAMESPACE}}}{root}"
    return [str(one.text) for one in tree.iter(f"{{{sitemap.NAMESPACE}}}loc")]


def path_of(address: str) -> str:
    """Return the path of an address."""
    return urlsplit(address).path


def listed(client: Client) -> list[str]:
    """Return the paths of every page in every part."""
    parts = [path_of(one) for one in locations(client, "/sitemap.xml", "sitemapindex")]
    return [path_of(one) for part in parts for one in locations(client, part, "urlset")]


def test_every_page_is_listed_once_in_each_language_and_answers(client: Client) -> None:
    made = [make_product() for _ in range(3)]
    hidden = make_product(is_live=False)
    found = listed(client)
    assert len(found) == len(set(found))
    for product in made:
        for path in (f"/p/{product.id}", f"/c/{product.category_id}", f"/store/{product.merchant_id}"):
            assert {path, f"/en{path}"} <= set(found)
    assert f"/p/{hidden.id}" not in found
    assert {path: client.get(path).status_code for path in found} == dict.fromkeys(found, 200)


def test_what_does_not_fit_into_one_part_goes_into_the_next(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sitemap, "URLS_MAX", 4)
    made = [make_product() for _ in range(5)]
    parts = [path_of(one) for one in locations(client, "/sitemap.xml", "sitemapindex")]
    assert len([part for part in parts if part.startswith("/sitemap-products-")]) == 3
    assert len([part for part in parts if part.startswith("/sitemap-stores-")]) == 3
    for part in parts[1:]:
        assert len(locations(client, part, "urlset")) <= 4
    found = listed(client)
    assert len(found) == len(set(found))
    assert {f"/p/{product.id}" for product in made} <= set(found)


def test_a_product_says_when_it_changed(client: Client) -> None:
    product = make_product()
    text = client.get(f"/sitemap-products-{product.id}.xml").content.decode()
    assert "<lastmod>20" in text


def test_a_part_that_does_not_exist_is_not_found(client: Client) -> None:
    make_product()
    assert client.get(f"/sitemap-products-{uuid4()}.xml").status_code == 404
    assert client.get("/sitemap-stores-9.xml").status_code == 404


def test_crawlers_are_let_in_to_what_is_listed_and_kept_out_of_what_is_not_theirs(client: Client) -> None:
    product = make_product()
    robots = RobotFileParser()
    text = client.get("/robots.txt").content.decode()
    robots.parse(text.splitlines())
    sitemaps = robots.site_maps() or []
    assert [path_of(one) for one in sitemaps] == ["/sitemap.xml"]
    for path in listed(client):
        assert robots.can_fetch("Baiduspider", path), path
    kept_out = (
        "/orders",
        "/en/orders/1",
        "/en/me/addresses",
        "/checkout",
        "/pay/1",
        "/api/v1/store/home",
    )
    for path in (*kept_out, "/merchant/", "/admin/login/"):
        assert not robots.can_fetch("Googlebot", path), path
    assert {"Disallow: /me$", "Disallow: /en/me$"} <= set(text.splitlines())
    for path in (f"/p/{product.id}", "/media/a.webp", "/static/storefront/icon.svg"):
        assert robots.can_fetch("Googlebot", path), path
