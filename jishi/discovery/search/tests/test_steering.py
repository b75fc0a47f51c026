"""What the operators' rules do to a search: nothing before they are live, then at once."""

from dataclasses import replace
from datetime import timedelta

import pytest

from jishi.discovery.search import indexer, places, queries, reading, steered, steering_file
from jishi.discovery.search.types import SearchResult, SearchWish
from jishi.discovery.steering import services
from jishi.discovery.steering.types import Redirect, RuleKind, Rules, RuleWish, Synonym, Target, TargetKind
from jishi.identity.merchants.tests.factories import make_merchant
from jishi.kernel import clock
from jishi.kernel.words import Text
from jishi.offering.catalog.tests.factories import MadeProduct, make_brand, make_category, make_product

pytestmark = pytest.mark.django_db
Market = dict[str, MadeProduct]


@pytest.fixture
def market() -> Market:
    """Two kinds of power bank, headphones of two brands; indexed."""
    category, merchant = make_category("数码"), make_merchant()
    titles = {
        "bank": ("快充充电宝 20000 毫安", "Power Bank 20000"),
        "red": ("红声蓝牙耳机", "Redtone Headphones"),
        "blue": ("蓝声蓝牙耳机", "Bluetone Headphones"),
    }
    brands = {"red": make_brand("红声", "Redtone"), "blue": make_brand("蓝声", "Bluetone")}
    made = {
        name: make_product(
            category_id=category, merchant_id=merchant, title=Text(*title), brand=brands.get(name)
        )
        for name, title in titles.items()
    }
    indexer.catch_up()
    return made


def live(*wishes: RuleWish) -> None:
    """Let rules go live, and this machine follow."""
    made = services.open_draft(actor=None, now=clock.now())
    for wish in wishes:
        services.add_rule(set_id=made, wish=wish)
    services.go_live(set_id=made, actor=None, now=clock.now())
    indexer.catch_up()
    reading.forget()


def result(words: str) -> SearchResult:
    return queries.search(SearchWish(words=words), language="zh")


def found(words: str) -> list[str]:
    return [str(card.id) for card in result(words).items]


def of(product: MadeProduct) -> Target:
    return Target(kind=TargetKind.PRODUCT, id=product.id)


SYNONYM = RuleWish(kind=RuleKind.SYNONYM, words=["移动电源", "充电宝", "power pack"])


def test_other_words_for_the_same_thing_find_it(market: Market) -> None:
    assert str(market["bank"].id) not in found("移动电源")

    live(SYNONYM)

    bank = str(market["bank"].id)
    assert found("移动电源") == found("移動電源") == found("Power Pack") == [bank]
    assert found("快充移动电源") == [bank]


def test_one_way_synonyms_go_one_way(market: Market) -> None:
    live(RuleWish(kind=RuleKind.SYNONYM, words=["音响"], means=["耳机"]))

    assert set(found("音响")) == {str(market[name].id) for name in ("red", "blue")}
    live(RuleWish(kind=RuleKind.BLOCK, words=["耳机"]))
    assert len(found("音响")) == 2  # what is blocked is what was typed


def test_a_boost_moves_what_it_is_for_and_nothing_else(market: Market) -> None:
    first, second = found("蓝牙耳机")[:2]
    products = {str(one.id): one for one in market.values()}
    wish = RuleWish(kind=RuleKind.BOOST, words=["耳机"], target=of(products[second]), factor_percent=300)

    live(wish)

    assert found("蓝牙耳机") == [second, first]
    assert sorted(found("headphones")) == sorted([first, second])


def test_less_than_the_whole_score_moves_down(market: Market) -> None:
    first, second = found("蓝牙耳机")[:2]
    products = {str(one.id): one for one in market.values()}

    live(RuleWish(kind=RuleKind.BOOST, words=["耳机"], target=of(products[first]), factor_percent=10))

    assert found("蓝牙耳机") == [second, first]


def test_a_blocked_word_shows_nothing_and_is_not_suggested(market: Market) -> None:
    assert any("耳机" in one.text for one in queries.suggestions("耳").items)
    live(RuleWish(kind=RuleKind.BLOCK, words=["耳机"]))

    assert not any("耳机" in one.text for one in queries.suggestions("耳").items)

    answer = result("蓝牙耳机")
    assert (answer.items, answer.count, answer.facets, answer.next_cursor) == ([], 0, [], None)
    assert found("充电宝") == [str(market["bank"].id)]


def test_a_product_is_hidden_for_a_word_only(market: Market) -> None:
    live(RuleWish(kind=RuleKind.BLOCK, words=["耳机"], target=of(market["red"])))

    assert found("耳机") == [str(market["blue"].id)]
    assert result("耳机").count == 1
    assert found("红声") == [str(market["red"].id)]


def test_a_query_that_is_an_address_says_where_it_leads(market: Market) -> None:
    live(RuleWish(kind=RuleKind.REDIRECT, words=["退货", "Returns"], path="/help"))

    assert result("退货").leads_to == result(" returns ").leads_to == "/help"
    assert result("退货 耳机").leads_to is None


def test_a_rule_holds_in_its_time_only(market: Market) -> None:
    now = clock.now()
    wish = RuleWish(kind=RuleKind.BLOCK, words=["耳机"])
    live(replace(wish, ends_at=now - timedelta(seconds=1)), replace(wish, starts_at=now + timedelta(hours=1)))
    assert len(found("耳机")) == 2

    follower = steering_file.Follower(places.place().root)
    follower.follow(now=now + timedelta(hours=2))
    reading.forget()

    assert found("耳机") == []


def test_what_a_draft_would_do_is_seen_without_being_live(market: Market) -> None:
    rules = Rules(number=9, synonyms=[Synonym(words=["移动电源"], means=["充电宝"])])

    answer = queries.answered(
        replace(reading.opened(), rules=steered.ready(rules)), SearchWish(words="移动电源"), language="zh"
    )

    assert [card.id for card in answer.items] == [market["bank"].id]
    assert str(market["bank"].id) not in found("移动电源")


@pytest.mark.parametrize(
    ("query", "phrase", "is_said"),
    [
        ("蓝牙耳机", "耳机", True),
        ("case for iphone", "phone", False),
        ("phone case", "phone", True),
        ("手机case", "case", True),
        ("mobile phone stand", "mobile phone", True),
        ("mobile red phone", "mobile phone", False),
        ("Running Shoes", "running shoe", True),
    ],
)
def test_chinese_is_said_anywhere_latin_letters_as_whole_words(
    query: str, phrase: str, is_said: bool
) -> None:
    assert steered.Said.of(query).has(phrase) is is_said


def test_what_is_typed_is_compared_in_one_form() -> None:
    rules = steered.ready(Rules(number=1, redirects=[Redirect(words=["Ｈｅｌｐ  Me"], path="/help")]))

    assert steered.steered(rules, "help me").path == "/help"
    assert steered.steered(rules, "help").path is None
