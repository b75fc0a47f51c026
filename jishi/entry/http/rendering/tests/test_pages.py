"""The storefront's pages over HTTP, with a small bundle in place of the built one."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import resolve
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks, Settings

from jishi.entry.http.rendering import page_cache
from jishi.entry.http.rendering.tests.test_assets import built
from jishi.kernel import cache, hot
from jishi.offering.catalog import queries as catalog
from jishi.offering.catalog import queries_merchant, services
from jishi.offering.catalog.tests.factories import NOW, MadeProduct, make_product, put_on_sale

BUNDLE = """
let answer
globalThis.jishiRender = (text) => {
  const state = JSON.parse(text)
  const title = state.data && (state.data.product || state.data).title
  answer = { html: `<main>${state.url}|${title}</main>` }
  if (state.url.includes('sku=break')) answer = { error: 'Error: broken' }
}
globalThis.jishiTake = () => JSON.stringify(answer)
"""
ROUTER = Path(__file__).resolve().parents[5] / "web" / "apps" / "storefront" / "src" / "router.ts"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def front_end(tmp_path: Path, settings: Settings) -> Iterator[Path]:
    """A built front end of these tests; nothing of another test's pages is left in this process."""
    folder = built(tmp_path)
    (folder / "storefront-ssr" / "server.js").write_text(BUNDLE, encoding="utf-8")
    settings.STATIC_ROOT = folder
    page_cache.forget()
    hot.forget()
    yield folder
    page_cache.forget()
    hot.forget()


@pytest.fixture
def product() -> MadeProduct:
    """A product on sale."""
    return make_product()


def state_of(page: bytes) -> dict[str, Any]:
    """What the server wrote into a page for the browser."""
    found = re.search(rb'<script type="application/json" id="state">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    return dict(json.loads(found[1]))


def without_source_sets(value: Any) -> Any:
    """The same without what components make from a picture's address."""
    if isinstance(value, list):
        return [without_source_sets(one) for one in value]
    if isinstance(value, dict):
        return {
            name: without_source_sets(one) for name, one in value.items() if not name.startswith("srcset_")
        }
    return value


def test_a_product_page_shows_what_the_api_says(client: Client, product: MadeProduct) -> None:
    page = client.get(f"/p/{product.id}")
    detail, reviews, summary = (
        client.get(f"/api/v1/store/products/{product.id}{part}").json()
        for part in ("", "/reviews", "/reviews/summary")
    )
    state = state_of(page.content)
    assert page.status_code == 200
    shown = {"product": detail, "reviews": reviews, "summary": summary}
    assert detail["images"]
    assert state["data"] == without_source_sets(shown)
    assert (state["url"], state["locale"], state["is_rendered"]) == (f"/p/{product.id}", "zh", True)
    assert f"<main>/p/{product.id}|{detail['title']}</main>" in page.content.decode()


def test_only_a_demo_has_something_instead_of_a_scanner(
    client: Client, product: MadeProduct, settings: Settings
) -> None:
    settings.ENV = replace(settings.ENV, simulators=True)
    in_demo = state_of(client.get(f"/p/{product.id}").content)
    assert in_demo["scanner"] == "/_sim/wechat/cashier?code_url="
    settings.ENV = replace(settings.ENV, simulators=False)
    assert state_of(client.get(f"/en/p/{product.id}").content)["scanner"] is None


def test_the_language_is_in_the_address_and_nowhere_else(client: Client, product: MadeProduct) -> None:
    english = client.get(f"/en/p/{product.id}")
    assert state_of(english.content)["locale"] == "en"
    assert b'<html lang="en">' in english.content
    chinese = client.get(f"/p/{product.id}", headers={"Accept-Language": "en"})
    assert b'<html lang="zh-CN">' in chinese.content
    assert "Accept-Language" not in chinese.headers.get("Vary", "")


def test_everybody_gets_the_same_bytes_and_no_cookie(client: Client, product: MadeProduct) -> None:
    visitor = client.get(f"/p/{product.id}")
    known = Client()
    known.cookies["jishi_session"] = "somebody"
    known.cookies["jishi_theme"] = "dark"
    page = known.get(f"/p/{product.id}")
    assert page.content == visitor.content
    assert not visitor.cookies
    assert not page.cookies.get("csrftoken")
    assert "Cookie" not in page.headers.get("Vary", "")


def test_a_page_that_did_not_change_is_not_sent_again(client: Client, product: MadeProduct) -> None:
    first = client.get(f"/p/{product.id}")
    again = client.get(f"/p/{product.id}", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert again.content == b""
    other = client.get(f"/p/{product.id}", headers={"If-None-Match": '"something else"'})
    assert other.status_code == 200
    assert first.headers["Surrogate-Key"] == catalog.product_tag(product.id)


def test_a_kept_page_costs_no_statement(
    client: Client, product: MadeProduct, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.get(f"/p/{product.id}")
    page_cache.forget()
    with django_assert_num_queries(0):
        assert client.get(f"/p/{product.id}").status_code == 200


def test_a_purged_product_is_rendered_anew(client: Client, product: MadeProduct) -> None:
    before = client.get(f"/p/{product.id}").content
    from jishi.offering.catalog.models import Product

    Product.objects.across_merchants().filter(id=product.id).update(title_zh="新名字")
    assert client.get(f"/p/{product.id}").content == before
    cache.purge(catalog.product_tag(product.id))
    page_cache.forget()
    hot.forget()
    assert state_of(client.get(f"/p/{product.id}").content)["data"]["product"]["title"] == "新名字"


def test_a_new_price_is_on_the_product_and_in_lists_at_once(
    client: Client, product: MadeProduct, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    addresses = (f"/p/{product.id}", f"/api/v1/store/products/{product.id}", "/api/v1/store/products")
    for address in addresses:
        assert b'"amount_minor":7700' not in client.get(address).content
    before = queries_merchant.product_for_merchant(product.merchant_id, product.id)
    wish = replace(before.wish, skus=[replace(sku, price_minor=7_700) for sku in before.wish.skus])
    with django_capture_on_commit_callbacks(execute=True):
        services.save_product(
            merchant_id=product.merchant_id, product_id=product.id, wish=wish, staff_id=None, now=NOW
        )
        put_on_sale(product.merchant_id, product.id)
    page_cache.forget()  # the second that this process keeps its own copies
    for address in addresses:
        assert b'"amount_minor":7700' in client.get(address).content, address


def test_the_page_is_given_the_lowest_price_of_30_days(client: Client, product: MadeProduct) -> None:
    (sku,) = state_of(client.get(f"/p/{product.id}").content)["data"]["product"]["skus"]
    assert sku["lowest_price"] == sku["price"]


def test_what_is_not_on_sale_is_not_found_and_not_indexed(client: Client) -> None:
    page = client.get(f"/en/p/{uuid4()}")
    state = state_of(page.content)
    assert page.status_code == 404
    assert (state["status"], state["data"], state["locale"]) == (404, None, "en")
    assert b'<meta name="robots" content="noindex">' in page.content
    assert page.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("address", ["/no-such-page", "/en/no/such/page", "/p/not-an-id"])
def test_an_unknown_address_is_the_storefronts_own_page(client: Client, address: str) -> None:
    page = client.get(address)
    assert page.status_code == 404
    assert state_of(page.content)["url"] == address.removeprefix("/en")


def test_a_failing_render_is_answered_unrendered_and_not_kept(client: Client, product: MadeProduct) -> None:
    page = client.get(f"/p/{product.id}?sku=break")
    assert page.status_code == 200
    assert state_of(page.content)["is_rendered"] is False
    assert '<div id="app"></div>' in page.content.decode()
    assert state_of(client.get(f"/p/{product.id}").content)["is_rendered"] is True


def test_only_parameters_that_matter_make_another_page(client: Client, product: MadeProduct) -> None:
    plain = client.get(f"/p/{product.id}")
    tagged = client.get(f"/p/{product.id}?utm_source=mail&sku=")
    assert tagged.content == plain.content
    assert state_of(client.get(f"/p/{product.id}?sku=1&utm=x").content)["url"] == f"/p/{product.id}?sku=1"


def test_lists_open_though_the_index_is_not_ready(client: Client, product: MadeProduct) -> None:
    for address in ("/s?q=x", f"/c/{product.category_id}", f"/store/{product.merchant_id}"):
        page = client.get(address)
        assert page.status_code == 200, address
        assert state_of(page.content)["url"] == address


def test_home_brings_window_and_feed(client: Client, product: MadeProduct) -> None:
    data = state_of(client.get("/").content)["data"]
    assert set(data) == {"home", "feed"}
    assert [one["id"] for one in data["feed"]["items"]] == [str(product.id)]


def test_pages_of_one_person_are_outlines(client: Client) -> None:
    order = uuid4()
    page = client.get(f"/en/orders/{order}")
    state = state_of(page.content)
    assert (page.status_code, state["data"], state["url"]) == (200, None, f"/orders/{order}")
    assert b"noindex" in page.content


def test_every_page_of_the_router_is_answered() -> None:
    paths = re.findall(r"path: '(/[^']*)'", ROUTER.read_text(encoding="utf-8"))
    known = [path for path in paths if not path.startswith("/:rest")]
    assert len(known) > 10
    for path in known:
        address = re.sub(r":\w+", str(uuid4()), path)
        for prefix in ("", "/en"):
            assert resolve(f"{prefix}{address}").func.__module__ == "jishi.entry.http.pages"


def test_without_a_build_it_says_what_to_do(client: Client, settings: Settings, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path / "empty"
    settings.BASE_DIR = tmp_path / "empty"
    page = client.get("/")
    assert page.status_code == 503
    assert b"make build" in page.content
