"""Search over HTTP."""

import pytest
from django.test import Client

from jishi.discovery.search import indexer
from jishi.kernel.ids import new_id
from jishi.kernel.words import Text
from jishi.offering.catalog.tests.factories import make_attribute, make_brand, make_category, make_product

pytestmark = pytest.mark.django_db

SEARCH = "/api/v1/store/search"


def test_before_there_is_an_index_it_says_so() -> None:
    for path in (f"{SEARCH}?q=x", "/api/v1/store/suggestions?q=x"):
        answer = Client().get(path)
        assert (answer.status_code, answer.json()["code"]) == (503, "search_warming_up")


def test_finds_and_narrows() -> None:
    category = make_category("耳机")
    make_attribute(category, "colour", choices=[("black", "黑", "Black"), ("white", "白", "White")])
    brand = make_brand("声阔")
    black = make_product(
        category_id=category, title=Text("黑耳机", "Black"), attributes={"colour": "black"}, brand=brand
    )
    make_product(category_id=category, title=Text("白耳机", "White"), attributes={"colour": "white"})
    indexer.catch_up()
    answer = Client().get(SEARCH, {"q": "耳机"})
    assert answer.status_code == 200
    body = answer.json()
    assert (body["count"], body["is_capped"], body["next_cursor"]) == (2, False, None)
    assert {"id", "title", "price", "image", "merchant"} <= body["items"][0].keys()
    assert {facet["code"] for facet in body["facets"]} >= {"colour", "merchant"}
    for narrow in (
        f"attribute=colour:black&brand_id={brand.id}",
        f"brand_id={brand.id}",
        "attribute=colour:black",
    ):
        found = Client().get(f"{SEARCH}?q=耳机&{narrow}").json()
        assert "items" in found, str(found)
        assert [item["id"] for item in found["items"]] == [str(black.id)], narrow
    both = Client().get(f"{SEARCH}?attribute=colour:black&attribute=colour:white").json()
    assert both["count"] == 2
    first = Client().get(f"{SEARCH}?size=1").json()
    second = Client().get(f"{SEARCH}?size=1&cursor={first['next_cursor']}").json()
    assert {first["items"][0]["id"], second["items"][0]["id"]} == {item["id"] for item in body["items"]}
    again = Client().get(
        f"{SEARCH}?size=1", headers={"If-None-Match": Client().get(f"{SEARCH}?size=1")["ETag"]}
    )
    assert again.status_code == 304
    suggested = Client().get("/api/v1/store/suggestions?q=er").json()
    assert "耳机" in {item["text"] for item in suggested["items"]}
    assert Client().get(f"{SEARCH}?category_id={new_id()}").json()["count"] == 0


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("page=0", "page"),
        ("cursor=x", "cursor"),
        ("cursor=0", "cursor"),
        ("size=61", "size"),
        ("sort=best", "sort"),
        ("attribute=colour", "attribute.0"),
        ("price_from_minor=-1", "price_from_minor"),
        ("brand_id=1", "brand_id.0"),
        ("q=" + "x" * 101, "q"),
        ("q=%00", "q"),
    ],
)
def test_a_malformed_question_names_its_field(query: str, field: str) -> None:
    answer = Client().get(f"{SEARCH}?{query}")
    assert (answer.status_code, answer.json()["field"]) == (422, field)
