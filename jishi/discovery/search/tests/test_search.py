"""Finding products: real index, real database."""

from dataclasses import replace

import pytest

from jishi.discovery.search import indexer, queries, reading
from jishi.discovery.search.types import Facet, SearchResult, SearchSort, SearchWish
from jishi.identity.merchants.tests.factories import make_merchant
from jishi.kernel.ids import CategoryId, MerchantId
from jishi.kernel.words import Text
from jishi.offering.catalog import services
from jishi.offering.catalog.models import Category
from jishi.offering.catalog.tests.factories import (
    NOW,
    MadeProduct,
    make_attribute,
    make_brand,
    make_category,
    make_product,
    put_on_sale,
    wish_of,
)
from jishi.offering.catalog.types_facts import ProductFacts
from jishi.offering.inventory.tests.factories import make_stock

pytestmark = pytest.mark.django_db


def found(words: str, **more: object) -> list[str]:
    return [card.title for card in result(words, **more).items]


def result(words: str = "", **more: object) -> SearchResult:
    return queries.search(SearchWish(words=words, **more), language="zh")  # type: ignore[arg-type]


def facet(answer: SearchResult, code: str) -> dict[str, int]:
    shown: list[Facet] = [one for one in answer.facets if one.code == code]
    return {value.name: value.count for value in shown[0].values} if shown else {}


@pytest.fixture
def market() -> dict[str, MadeProduct]:
    """A few products of three categories, indexed."""
    digital = make_category("数码")
    audio = make_category("耳机音箱", parent_id=digital)
    kitchen = make_category("厨房")
    make_attribute(digital, "colour", choices=[("black", "黑色", "Black"), ("white", "白色", "White")])
    brand = make_brand("声阔", "Soundwide")
    cases = make_category("手机壳", parent_id=digital)
    merchant = make_merchant()
    made = {
        "buds": make_product(
            merchant_id=merchant,
            category_id=audio,
            title=Text("声阔无线蓝牙耳机 主动降噪", "Soundwide Wireless Headphones"),
            prices_minor=[39_900],
            attributes={"colour": "black"},
            brand=brand,
        ),
        "speaker": make_product(
            merchant_id=merchant,
            category_id=audio,
            title=Text("便携蓝牙音箱", "Portable Speaker"),
            prices_minor=[19_900],
            attributes={"colour": "white"},
        ),
        "kettle": make_product(
            category_id=kitchen, title=Text("手冲咖啡壶", "Pour-over Kettles"), prices_minor=[15_900]
        ),
        "case": make_product(
            category_id=cases, title=Text("网红手机防摔壳", "Phone Case 128GB"), prices_minor=[2_900]
        ),
    }
    make_stock(made["buds"].sku_id, 5)
    make_stock(made["kettle"].sku_id, 5)
    indexer.catch_up()
    return made


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("蓝牙耳机", "声阔无线蓝牙耳机 主动降噪"),
        ("藍牙耳機", "声阔无线蓝牙耳机 主动降噪"),  # traditional characters
        ("lanyaerji", "声阔无线蓝牙耳机 主动降噪"),
        ("lan ya er ji", "声阔无线蓝牙耳机 主动降噪"),
        ("lyej", "声阔无线蓝牙耳机 主动降噪"),
        ("声阔", "声阔无线蓝牙耳机 主动降噪"),
        ("headphone", "声阔无线蓝牙耳机 主动降噪"),
        ("Headphones", "声阔无线蓝牙耳机 主动降噪"),
        ("kettle", "手冲咖啡壶"),
        ("咖啡壶", "手冲咖啡壶"),
        ("摔壳", "网红手机防摔壳"),  # no word of any dictionary: found by its characters
        ("128", "网红手机防摔壳"),
        ("厨房", "手冲咖啡壶"),  # a category's name
        ("黑色 耳机", "声阔无线蓝牙耳机 主动降噪"),  # an attribute's value and a word
    ],
)
def test_finds_by_words_pinyin_and_names(market: dict[str, MadeProduct], words: str, title: str) -> None:
    assert found(words)[0] == title


def test_every_word_must_be_there(market: dict[str, MadeProduct]) -> None:
    assert found("便携 蓝牙") == ["便携蓝牙音箱"]


def test_offers_what_was_meant(market: dict[str, MadeProduct]) -> None:
    assert result("蓝牙耳鸡").did_you_mean == "蓝牙耳机"
    assert result("headfones").did_you_mean == "headphones"
    assert found("kettel") == ["手冲咖啡壶"]  # a typo still finds something
    assert result("蓝牙耳机").did_you_mean is None


def test_what_sounds_the_same_is_what_was_meant(market: dict[str, MadeProduct]) -> None:
    assert found("手冲咖啡湖") == ["手冲咖啡壶"]
    assert found("phonecase") == ["网红手机防摔壳"]
    # Where the filters leave nothing of it, most of the words are enough, as before.
    assert found("蓝牙耳鸡", price_to_minor=20_000) == ["便携蓝牙音箱"]


def test_a_number_is_found_whether_its_unit_stands_apart_or_not() -> None:
    make_product(title=Text("充电宝 20000 mAh", "Power Bank"))
    make_product(title=Text("手机 128GB", "Phone"))
    indexer.catch_up()
    assert found("20000mAh") == ["充电宝 20000 mAh"]
    assert found("128 gb") == found("128gb") == ["手机 128GB"]


def test_finds_by_bar_code_model_and_tag() -> None:
    merchant, shelf = make_merchant(), make_category("茶具")
    wish = wish_of(merchant, shelf, title=Text("白瓷盖碗", "Lidded bowl"))
    stated = replace(
        wish,
        skus=[replace(wish.skus[0], gtin="036000291452", model="GW-1000XM5")],
        facts=ProductFacts(tags=["送礼"]),
    )
    saved = services.save_product(merchant_id=merchant, wish=stated, staff_id=None, now=NOW)
    put_on_sale(merchant, saved.id)
    make_product(merchant_id=merchant, category_id=shelf, title=Text("送礼茶盒", "Gift box of tea"))
    indexer.catch_up()
    assert found("036000291452") == found("0036000291452") == ["白瓷盖碗"]
    assert found("GW-1000XM5") == found("gw-1000xm5") == found("1000xm5") == ["白瓷盖碗"]
    assert found("036000291453") == []  # another bar code is no misspelling of this one
    assert found("送礼") == ["送礼茶盒", "白瓷盖碗"]  # a title says more than a tag


def test_finds_by_what_attributes_say() -> None:
    farm = make_category("蔬菜")
    make_attribute(farm, "organic", kind="flag")
    make_attribute(farm, "farmer", kind="text", is_filterable=False)
    goods = {"organic": "true", "farmer": "林远舟"}
    make_product(category_id=farm, title=Text("雨后西兰花", "Broccoli"), attributes=goods)
    make_product(category_id=farm, title=Text("紫长茄", "Aubergines"), attributes={"organic": "false"})
    make_product(category_id=farm, title=Text("篮子 磨砂黑", "Basket"))
    indexer.catch_up()
    assert found("organic") == ["雨后西兰花"]  # the name of what it is
    assert found("林远舟") == ["雨后西兰花"]
    assert found("黑色篮子") == ["篮子 磨砂黑"]


def test_a_product_of_several_choices_is_found_and_counted_by_each() -> None:
    shelf = make_category("耳机")
    make_attribute(
        shelf, "plug", kind="choices", choices=[("usb", "USB-C", "USB-C"), ("jack", "圆孔", "Jack")]
    )
    make_product(category_id=shelf, title=Text("两用耳机", "Both"), attributes={"plug": "usb,jack"})
    make_product(category_id=shelf, title=Text("圆孔耳机", "Jack only"), attributes={"plug": "jack"})
    indexer.catch_up()
    assert set(found("耳机", attributes={"plug": ["jack"]})) == {"两用耳机", "圆孔耳机"}
    narrowed = result("耳机", attributes={"plug": ["usb"]})
    assert [card.title for card in narrowed.items] == ["两用耳机"]
    assert facet(narrowed, "plug") == {"USB-C": 1, "圆孔": 2}


def test_what_is_misspelt_is_asked_whole_before_a_part_of_it(market: dict[str, MadeProduct]) -> None:
    assert found("portable speeker") == ["便携蓝牙音箱"]
    assert found("手冲壶") == ["手冲咖啡壶"]  # a long word in its pairs, most of them


def test_a_word_within_a_longer_one_is_found_by_its_sound() -> None:
    make_product(title=Text("民谣吉他", "Folk Guitar"))
    indexer.catch_up()
    assert found("jita") == found("minyaojita") == found("jt") == ["民谣吉他"]


def test_filters_and_their_counts(market: dict[str, MadeProduct]) -> None:
    digital = CategoryId(Category.objects.get(name_zh="数码").id)
    answer = result(category_id=digital)
    assert answer.count == 3
    assert facet(answer, "category") == {"耳机音箱": 2, "手机壳": 1}
    assert facet(answer, "colour") == {"黑色": 1, "白色": 1}
    black = result(category_id=digital, attributes={"colour": ["black"]})
    assert black.count == 1
    assert facet(black, "colour") == {"黑色": 1, "白色": 1}  # the other value can still be chosen
    assert result(category_id=digital, attributes={"colour": ["black", "white"]}).count == 2
    assert found("", price_from_minor=10_000, price_to_minor=20_000, sort=SearchSort.PRICE_UP) == [
        "手冲咖啡壶",
        "便携蓝牙音箱",
    ]
    assert {card.title for card in result(in_stock=True).items} == {"声阔无线蓝牙耳机 主动降噪", "手冲咖啡壶"}
    assert result(merchant_id=market["buds"].merchant_id).count == 2
    assert result(category_id=CategoryId(market["buds"].id)).count == 0
    assert result(merchant_id=MerchantId(market["buds"].id)).count == 0


def test_pages_follow_each_other(market: dict[str, MadeProduct]) -> None:
    first = result(sort=SearchSort.PRICE_UP, size=3)
    assert first.next_cursor == "2"
    second = result(sort=SearchSort.PRICE_UP, size=3, page=2)
    assert second.next_cursor is None
    titles = [card.title for card in first.items + second.items]
    assert titles == ["网红手机防摔壳", "手冲咖啡壶", "便携蓝牙音箱", "声阔无线蓝牙耳机 主动降噪"]


def test_suggests_while_typing(market: dict[str, MadeProduct]) -> None:
    for typed in ("蓝", "lan", "lany", "ly"):
        texts = [one.text for one in queries.suggestions(typed).items]
        assert any(text.startswith("蓝牙") for text in texts), typed
    by_kind = {one.kind: one for one in queries.suggestions("sheng").items}
    assert by_kind["brand"].text == "声阔"
    assert by_kind["brand"].target_id
    assert queries.suggestions("厨").items[0].kind == "category"
    assert queries.suggestions("head").items[0].text == "headphones"
    assert queries.suggestions("").items == []
    assert queries.suggestions("zzzz").items == []


@pytest.mark.parametrize(
    "words", ["title:x AND (", '"', "*", "a:b^9", "\\", "+-+", "!!!", "🎧", "'; drop table", "(" * 90]
)
def test_no_text_is_a_query_language(market: dict[str, MadeProduct], words: str) -> None:
    result(words)
    queries.suggestions(words)


def test_says_that_it_warms_up() -> None:
    with pytest.raises(reading.SearchWarmingUp):
        result("蓝牙")


def test_statements_do_not_grow_with_hits(
    market: dict[str, MadeProduct], django_assert_num_queries: object
) -> None:
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert len(result().items) == 4
