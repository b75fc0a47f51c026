"""What could not be found elsewhere, and listings whose change nobody saw: each by its report."""

import pytest

from jishi.discovery.search import indexer, queries
from jishi.discovery.search.types import SearchWish
from jishi.entry.console.base import all_rows
from jishi.kernel.words import Text
from jishi.offering.catalog import services
from jishi.offering.catalog.models import ProductVersion
from jishi.offering.catalog.tests.factories import NOW, make_product, product_detail, wish_of

pytestmark = pytest.mark.django_db

BUDS, CASE = "声阔无线蓝牙耳机", "网红手机防摔壳"


@pytest.fixture
def shelf(no_index: None) -> None:
    """Two products in the index."""
    make_product(title=Text(BUDS, "Soundwide Wireless Headphones"))
    make_product(title=Text(CASE, "Monsterblack Phone Case"))
    indexer.catch_up()


def found(words: str) -> list[str]:
    return [card.title for card in queries.search(SearchWish(words=words), language="zh").items]


@pytest.mark.parametrize(
    ("words", "title"),
    [("headphnes", BUDS), ("lanyaerji", BUDS), ("lyej", BUDS), ("藍牙耳機", BUDS)],
    ids=["typo", "pinyin", "initials", "traditional"],
)
def test_saleor_6364_typos_and_pinyin_find(shelf: None, words: str, title: str) -> None:
    assert found(words)[0] == title


@pytest.mark.parametrize(("words", "title"), [("摔壳", CASE), ("monster", CASE), ("head", BUDS)])
def test_saleor_9344_the_beginning_of_a_word_or_the_middle_of_a_chinese_one_finds(
    shelf: None, words: str, title: str
) -> None:
    assert found(words) == [title]


def test_chinese_is_found_without_a_cluster_of_its_own(shelf: None) -> None:
    """By its words, within this process: neither word stands alone in the title."""
    assert found("蓝牙 耳机") == [BUDS]
    assert found("手机") == [CASE]


def test_mercur_1335_a_changed_listing_waits_in_a_queue_while_the_old_one_sells() -> None:
    made = make_product(title=Text("手冲壶", "Kettle"))
    wish = wish_of(made.merchant_id, made.category_id, title=Text("手冲壶二代", "Kettle II"))
    services.save_product(merchant_id=made.merchant_id, product_id=made.id, wish=wish, staff_id=None, now=NOW)
    services.submit(merchant_id=made.merchant_id, product_id=made.id, staff_id=None, now=NOW)

    waiting = all_rows(ProductVersion).filter(status="in_review").values_list("product_id", flat=True)

    assert list(waiting) == [made.id]
    assert product_detail(made.id, language="zh").title == "手冲壶"
    services.approve(product_id=made.id, reviewer_id=None, now=NOW)
    assert product_detail(made.id, language="zh").title == "手冲壶二代"
    assert not waiting.all().exists()
