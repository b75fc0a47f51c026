"""The filters in an address mean the same to the server as to the browser."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.http import QueryDict

from jishi.discovery.search.types import SearchSort, SearchWish
from jishi.entry.http.page_filters import wish_of
from jishi.kernel.ids import CategoryId

NOW = datetime(2026, 11, 24, 2, 30, tzinfo=UTC)
BRAND = "0193b1c0-0000-7000-8000-000000000001"
CATEGORY = "0193b1c0-0000-7000-8000-000000000002"


def test_everything_a_buyer_can_choose_is_read() -> None:
    address = f"q=+茶++壶+&sort=price_up&stock=1&from=1000&to=5000&f=brand:{BRAND}&f=colour:red&f=colour:blue"
    assert wish_of(QueryDict(address), now=NOW) == SearchWish(
        words="茶 壶",
        brand_ids=[BRAND],
        price_from_minor=1000,
        price_to_minor=5000,
        in_stock=True,
        attributes={"colour": ["red", "blue"]},
        sort=SearchSort.PRICE_UP,
    )


def test_advanced_search_is_read() -> None:
    address = (
        "q=壶&any=铁+铜&none=电&phrase=手冲+壶&title=1&days=30&range=volume:1~2.5&range=power:~900"
        "&f=rating:450&f=ships_from:310000&f=delivery:express"
    )
    assert wish_of(QueryDict(address), now=NOW) == SearchWish(
        words="壶",
        any_words="铁 铜",
        none_words="电",
        phrase="手冲 壶",
        in_title=True,
        rating_from_hundredths=450,
        published_from=NOW.replace(minute=0) - timedelta(days=30),
        ships_from=["310000"],
        delivery=["express"],
        ranges={"volume": (1.0, 2.5), "power": (None, 900.0)},
    )


@pytest.mark.parametrize(
    "address",
    [
        "",
        "sort=evil&stock=yes&from=-1&to=1e9",
        "from=99999999999&f=x&f=:y&f=z:",
        "f=brand:not-an-id&f=category:none",
        "from=٣",
        "title=yes&days=0&days=999&range=volume&range=volume:~&range=v:x~1&f=rating:9&f=delivery:drone",
        "f=ships_from:310101&f=rating:٤٠٠",
    ],
)
def test_nonsense_is_left_out(address: str) -> None:
    assert wish_of(QueryDict(address), now=NOW) == SearchWish()


def test_the_pages_own_category_rules() -> None:
    own = CategoryId(UUID("0193b1c0-0000-7000-8000-000000000003"))
    assert wish_of(QueryDict(f"f=category:{CATEGORY}"), now=NOW, category_id=own).category_id == own
    assert wish_of(QueryDict(f"f=category:{CATEGORY}"), now=NOW).category_id == UUID(CATEGORY)


def test_an_address_without_measure_is_cut() -> None:
    many = "&".join(f"f=colour:{n}" for n in range(200))
    wish = wish_of(QueryDict(f"q={'长' * 500}&{many}"), now=NOW)
    assert len(wish.words) == 100
    assert len(wish.attributes["colour"]) == 20
