"""What search engines read of the pages."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from jishi.entry.http.rendering import page_heads
from jishi.entry.http.rendering.head import decimal_amount, full_title, shortened
from jishi.identity.merchants.types import MerchantCard, Store
from jishi.kernel.ids import CategoryId, MerchantId, ProductId, SkuId
from jishi.kernel.money import Money
from jishi.offering.catalog.types import CategoryCrumb, CategoryDetail, ProductDetail, Rating, Sku
from jishi.offering.media.types import Image

PUBLIC = "https://shop.example"
PRODUCT = UUID("0193b1c0-0000-7000-8000-000000000001")
CATEGORY = UUID("0193b1c0-0000-7000-8000-000000000002")
MERCHANT = UUID("0193b1c0-0000-7000-8000-000000000003")


def product(**changes: Any) -> ProductDetail:
    """A product with one SKU."""
    price = Money(12_905, "CNY")
    sku = Sku(id=SkuId(PRODUCT), code="a", choice={}, price=price, list_price=None, in_stock=True)
    values: dict[str, Any] = {
        "id": ProductId(PRODUCT),
        "title": "紫砂壶",
        "subtitle": "全手工",
        "description": "<p>好</p>",
        "breadcrumbs": [CategoryCrumb(id=CategoryId(CATEGORY), name="茶具")],
        "brand": "山野",
        "merchant": MerchantCard(id=MerchantId(MERCHANT), name="山野杂货"),
        "images": [Image(src="/media/a.webp", width=800, height=800, alt="a")],
        "axes": [],
        "skus": [sku],
        "facts": [],
        "price_from": price,
        "price_to": Money(20_000, "CNY"),
        "in_stock": True,
        "sold_count": 3,
        "rating": None,
        "version": 1,
    }
    return ProductDetail(**{**values, **changes})


def test_a_product_of_one_kind_has_one_offer() -> None:
    offer = page_heads.product(product(), "en", PUBLIC).json_ld[0]["offers"]
    assert (offer["@type"], offer["price"], offer["priceCurrency"]) == ("Offer", "129.05", "CNY")
    assert offer["url"] == f"https://shop.example/en/p/{PRODUCT}"
    assert offer["seller"]["name"] == "山野杂货"


def test_a_product_of_several_kinds_tells_the_range_and_each_offer() -> None:
    skus = [product().skus[0], replace(product().skus[0], price=Money(20_000, "CNY"), in_stock=False)]
    found = page_heads.product(product(skus=skus), "zh", PUBLIC).json_ld[0]
    offers = found["offers"]
    assert (offers["lowPrice"], offers["highPrice"], offers["offerCount"]) == ("129.05", "200.00", 2)
    assert offers["availability"] == "https://schema.org/InStock"
    assert [one["price"] for one in offers["offers"]] == ["129.05", "200.00"]
    assert offers["offers"][1]["availability"] == "https://schema.org/OutOfStock"
    assert found["image"] == ["https://shop.example/media/a.webp"]
    assert found["brand"]["name"] == "山野"


def test_a_product_that_is_sold_out_says_so() -> None:
    sku = replace(product().skus[0], in_stock=False)
    head = page_heads.product(product(in_stock=False, skus=[sku], brand=None), "zh", PUBLIC)
    assert head.json_ld[0]["offers"]["availability"] == "https://schema.org/OutOfStock"
    assert "brand" not in head.json_ld[0]
    assert "aggregateRating" not in head.json_ld[0]


def test_a_product_says_what_buyers_think_of_it() -> None:
    head = page_heads.product(product(rating=Rating(average_hundredths=433, count=12)), "zh", PUBLIC)
    rating = head.json_ld[0]["aggregateRating"]
    assert (rating["ratingValue"], rating["reviewCount"], rating["bestRating"]) == ("4.33", 12, 5)


def test_only_a_rated_product_has_a_rating() -> None:
    assert "aggregateRating" not in page_heads.product(product(), "zh", PUBLIC).json_ld[0]
    rated = product(rating=Rating(average_hundredths=470, count=23))
    rating = page_heads.product(rated, "zh", PUBLIC).json_ld[0]["aggregateRating"]
    assert (rating["ratingValue"], rating["reviewCount"], rating["bestRating"]) == ("4.70", 23, 5)


def test_a_choice_of_filters_is_nothing_for_search_engines() -> None:
    store = Store(id=MerchantId(MERCHANT), name="山野", logo=None, banner=None, introduction="")
    detail = CategoryDetail(id=CategoryId(CATEGORY), name="茶具", breadcrumbs=[], children=[], filters=[])
    assert not page_heads.search("茶", "zh", is_filtered=True).is_indexed
    assert not page_heads.store(store, "zh", PUBLIC, is_filtered=True).is_indexed
    assert not page_heads.category(detail, "zh", PUBLIC, is_filtered=True).is_indexed
    assert page_heads.search("茶", "zh").is_indexed


def test_the_way_to_a_product_begins_at_home_and_ends_with_it() -> None:
    crumbs = page_heads.product(product(), "zh", PUBLIC).json_ld[1]["itemListElement"]
    assert [(one["position"], one["name"]) for one in crumbs] == [(1, "首页"), (2, "茶具"), (3, "紫砂壶")]
    assert crumbs[1]["item"] == f"https://shop.example/c/{CATEGORY}"


def test_a_category_is_described_by_what_is_below_it() -> None:
    detail = CategoryDetail(id=CategoryId(CATEGORY), name="茶具", breadcrumbs=[], children=[], filters=[])
    assert page_heads.category(detail, "zh", PUBLIC).description.startswith("茶具")


def test_every_search_is_one_page_to_search_engines() -> None:
    assert page_heads.search("茶壶", "zh").path == page_heads.search("", "zh").path == "/s"
    assert page_heads.search("茶壶", "zh").title == "“茶壶”"


def test_pages_of_one_person_are_named_but_not_indexed() -> None:
    order = page_heads.own("OrderPage", "/orders/1", "en")
    assert (order.title, order.is_indexed) == ("Order", False)
    assert page_heads.own("CartPage", "/cart", "zh").is_indexed is True


def test_a_store_is_described_by_itself() -> None:
    store = Store(id=MerchantId(MERCHANT), name="山野", logo=None, banner=None, introduction="慢工")
    head = page_heads.store(store, "zh", PUBLIC)
    assert (head.title, head.description, head.path) == ("山野", "慢工", f"/store/{MERCHANT}")


def test_amounts_never_go_through_a_float() -> None:
    assert decimal_amount(Money(5, "CNY")) == "0.05"
    assert decimal_amount(Money(99_999_999_999_999_999, "CNY")) == "999999999999999.99"


def test_titles_carry_the_shop_once() -> None:
    assert full_title("茶壶", "zh") == "茶壶 - 集市"
    assert full_title("", "en") == "Jishi"


def test_descriptions_are_one_short_line() -> None:
    assert shortened("a\n  b") == "a b"
    assert len(shortened("长" * 500)) == 150
