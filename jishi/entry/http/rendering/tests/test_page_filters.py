"""The filters in an address mean the same to the server as to the browser."""

from uuid import UUID

import pytest
from django.http import QueryDict

from jishi.discovery.search.types import SearchSort, SearchWish
from jishi.entry.http.page_filters import wish_of
from jishi.kernel.ids import CategoryId

BRAND = "0193b1c0-0000-7000-8000-000000000001"
CATEGORY = "0193b1c0-0000-7000-8000-000000000002"


def test_everything_a_buyer_can_choose_is_read() -> None:
    address = f"q=+茶++壶+&sort=price_up&stock=1&from=1000&to=5000&f=brand:{BRAND}&f=colour:red&f=colour:blue"
    assert wish_of(QueryDict(address)) == SearchWish(
        words="茶 壶",
        brand_ids=[BRAND],
        price_from_minor=1000,
        price_to_minor=5000,
        in_stock=True,
        attributes={"colour": ["red", "blue"]},
        sort=SearchSort.PRICE_UP,
    )


@pytest.mark.parametrize(
    "address",
    [
        "",
        "sort=evil&stock=yes&from=-1&to=1e9",
        "from=99999999999&f=x&f=:y&f=z:",
        "f=brand:not-an-id&f=category:none",
        "from=٣",
    ],
)
def test_nonsense_is_left_out(address: str) -> None:
    assert wish_of(QueryDict(address)) == SearchWish()


def test_the_pages_own_category_rules() -> None:
    own = CategoryId(UUID("0193b1c0-0000-7000-8000-000000000003"))
    assert wish_of(QueryDict(f"f=category:{CATEGORY}"), category_id=own).category_id == own
    assert wish_of(QueryDict(f"f=category:{CATEGORY}")).category_id == UUID(CATEGORY)


def test_an_address_without_measure_is_cut() -> None:
    many = "&".join(f"f=colour:{n}" for n in range(200))
    wish = wish_of(QueryDict(f"q={'长' * 500}&{many}"))
    assert len(wish.words) == 100
    assert len(wish.attributes["colour"]) == 20
