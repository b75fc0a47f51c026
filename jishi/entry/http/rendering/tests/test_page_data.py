"""A page brings what its components cannot tell themselves, and no more."""

from uuid import UUID

import msgspec

from jishi.discovery.content.types import Home, Shelf
from jishi.entry.http.rendering.page_data import SHELVES_BROUGHT, first_of_home, without_source_sets
from jishi.identity.merchants.types import MerchantCard
from jishi.kernel.ids import CategoryId, MerchantId, ProductId
from jishi.kernel.money import Money
from jishi.offering.catalog.types import CategoryNode, ProductCard
from jishi.offering.media.rules import StoredPicture, image

ONE = UUID("0193b1c0-0000-7000-8000-000000000001")
PICTURE = image(StoredPicture("ab/cdef", 1600, 640), '","srcset_webp":"', base_url="/media/")


def card() -> ProductCard:
    return ProductCard(
        id=ProductId(ONE),
        title="紫砂壶",
        price=Money(1, "CNY"),
        list_price=None,
        image=PICTURE,
        merchant=MerchantCard(id=MerchantId(ONE), name="山野"),
        in_stock=True,
        sold_count=0,
        rating=None,
    )


def test_addresses_that_components_make_are_left_out_and_words_are_not() -> None:
    found = msgspec.json.decode(without_source_sets(msgspec.json.encode([PICTURE, PICTURE])))
    left = {"src": PICTURE.src, "width": 1600, "height": 640, "alt": PICTURE.alt}
    assert found == [left, left]


def test_home_brings_its_first_shelves_and_names_the_others() -> None:
    below = CategoryNode(id=CategoryId(ONE), name="茶壶", icon=None, children=[])
    shelves = [Shelf(code=str(n), title=f"{n}", products=[card()], link=f"/c/{n}") for n in range(6)]
    top = CategoryNode(id=CategoryId(ONE), name="茶具", icon=None, children=[below])
    brought = first_of_home(Home(banners=[], categories=[top], shelves=shelves))
    assert [len(shelf.products) for shelf in brought.shelves] == [1] * SHELVES_BROUGHT + [0] * 3
    assert [(shelf.title, shelf.link) for shelf in brought.shelves] == [
        (shelf.title, shelf.link) for shelf in shelves
    ]
    assert [(one.name, one.children) for one in brought.categories] == [("茶具", [])]
