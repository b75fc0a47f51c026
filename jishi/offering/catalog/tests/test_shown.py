"""What the public is sent is made without the types, and is exactly what the types say."""

import json
from dataclasses import replace
from typing import Any

import msgspec
import pytest
from django.test import Client
from pydantic import TypeAdapter

from jishi.discovery.content import services as content
from jishi.discovery.content.types import Home, ShelfKind
from jishi.identity.merchants.tests.factories import make_merchant
from jishi.kernel import hot
from jishi.kernel.db import execute
from jishi.kernel.ids import ProductId
from jishi.kernel.pagination import Page
from jishi.kernel.words import LANGUAGES, Text
from jishi.offering.catalog import services
from jishi.offering.catalog.tests.factories import NOW, make_attribute, make_brand, make_category, wish_of
from jishi.offering.catalog.tests.test_services_bulk import make_film
from jishi.offering.catalog.types import ProductCard, ProductDetail
from jishi.offering.media.tests.factories import make_asset

pytestmark = pytest.mark.django_db


def make_everything() -> ProductId:
    """Make a product that has all there is to show: film, pictures of choices, brand, facts, stars, two prices."""
    merchant, top = make_merchant(), make_category("家居")
    leaf = make_category("茶具", parent_id=top)
    make_attribute(top, "material", choices=[("steel", "不锈钢", "Stainless steel")])
    make_attribute(leaf, "washable", kind="flag")
    make_attribute(leaf, "glaze", kind="colour")
    wish = wish_of(
        merchant, leaf, title=Text("茶壶 <&>\"'", ""), prices_minor=[9_900, 12_900],
        attributes={"material": "steel", "washable": "true", "glaze": "#1E8E6E"}, brand=make_brand("青竹"),
    )  # fmt: skip
    (axis,) = wish.axes
    pictured = replace(axis, values=[replace(one, media_id=make_asset(merchant)) for one in axis.values])
    wish = replace(
        wish,
        axes=[pictured],
        media_ids=[make_asset(merchant, width=width, height=900) for width in (240, 700, 4_000)],
        video_id=make_film(merchant),
    )
    made = services.save_product(merchant_id=merchant, wish=wish, staff_id=None, now=NOW)
    services.submit(merchant_id=merchant, product_id=made.id, staff_id=None, now=NOW)
    services.approve(product_id=made.id, reviewer_id=None, now=NOW)
    execute("UPDATE catalog_product SET rating_hundredths = 450, review_count = 2 WHERE id = %s", [made.id])
    return made.id


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("path", "kind"),
    [("products/{}", ProductDetail), ("products?limit=24", Page[ProductCard]), ("home", Home)],
)
def test_what_is_sent_is_what_the_types_say(path: str, kind: Any, language: str) -> None:
    hot.forget()
    product, bare = make_everything(), wish_of(merchant := make_merchant(), make_category())
    services.save_product(merchant_id=merchant, wish=bare, staff_id=None, now=NOW)
    content.set_shelf(code="new", title=Text("新品", "New"), kind=ShelfKind.NEWEST, sort=0)
    answer = Client().get(f"/api/v1/store/{path.format(product)}", headers={"Accept-Language": language})
    assert answer.status_code == 200
    body = answer.content
    assert msgspec.json.encode(msgspec.json.decode(body, type=kind)) == body
    assert json.loads(TypeAdapter(kind).dump_json(TypeAdapter(kind).validate_json(body))) == json.loads(body)
    assert str(product) in body.decode()
    assert ("Stainless steel" if language == "en" else "不锈钢") in body.decode() or "{}" not in path
