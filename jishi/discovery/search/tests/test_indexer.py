"""Following the catalogue: a real indexer beside real changes."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from jishi.discovery.search import indexer, places, queries, reading, schema
from jishi.discovery.search import services as search_services
from jishi.discovery.search.models import IndexNode
from jishi.discovery.search.types import SearchResult, SearchWish
from jishi.identity.merchants import services as merchants
from jishi.identity.merchants.tests.factories import make_merchant
from jishi.kernel import clock
from jishi.kernel.db import atomic, execute
from jishi.kernel.errors import NotFound
from jishi.kernel.ids import UserId, new_id
from jishi.kernel.tests.threads import let_the_others_end
from jishi.kernel.words import Text
from jishi.offering.catalog import queries_merchant, services
from jishi.offering.catalog.tests.factories import NOW, make_brand, make_category, make_product, wish_of
from jishi.offering.inventory.tests.factories import make_stock

# Not among the slow tests: their long transactions, in whichever database, hide what is written after they began.
pytestmark = pytest.mark.django_db(transaction=True)

SEEN_SECONDS_MAX = 20.0


def search(words: str = "") -> SearchResult:
    return queries.search(SearchWish(words=words), language="zh")


def titles(words: str = "") -> set[str]:
    return {card.title for card in search(words).items}


def eventually(holds: Callable[[], bool]) -> None:
    """Return as soon as `holds` does."""
    deadline = time.monotonic() + SEEN_SECONDS_MAX
    while True:
        try:
            if holds():
                return
        except reading.SearchWarmingUp:
            pass
        assert time.monotonic() < deadline, "the index did not follow"
        threading.Event().wait(0.05)


@pytest.fixture
def running() -> Iterator[threading.Thread]:
    """An indexer at work in a thread of its own."""
    stop = threading.Event()

    def work() -> None:
        try:
            indexer.run(stop=stop)
        finally:
            connections.close_all()

    thread = threading.Thread(target=work)
    thread.start()
    yield thread
    stop.set()
    thread.join(20)
    assert not thread.is_alive()


def test_follows_what_happens_in_the_catalogue(running: threading.Thread) -> None:
    kettle = make_product(title=Text("手冲壶", "Kettle"))
    eventually(lambda: titles() == {"手冲壶"})
    cup = make_product(title=Text("马克杯", "Mug"))
    eventually(lambda: titles() == {"手冲壶", "马克杯"})

    make_stock(cup.sku_id, 3)
    eventually(lambda: queries.search(SearchWish(in_stock=True), language="zh").count == 1)

    read = queries_merchant.product_for_merchant(cup.merchant_id, cup.id)
    renamed = replace(read.wish, title=Text("珐琅杯", "Enamel mug"))
    services.save_product(
        merchant_id=cup.merchant_id, product_id=cup.id, wish=renamed, staff_id=None, now=NOW
    )
    services.submit(merchant_id=cup.merchant_id, product_id=cup.id, staff_id=None, now=NOW)
    services.approve(product_id=cup.id, reviewer_id=None, now=NOW)
    eventually(lambda: titles("珐琅") == {"珐琅杯"} and titles("马克杯") == set())

    services.take_off_shelf(merchant_id=kettle.merchant_id, product_id=kettle.id, staff_id=None, now=NOW)
    eventually(lambda: search().count == 1)
    merchants.suspend(merchant_id=cup.merchant_id, actor=UserId(new_id()), reason="x", now=NOW)
    with atomic():
        services.touch_merchant(cup.merchant_id, now=NOW)
    eventually(lambda: search().count == 0)


def test_goes_on_after_a_lost_connection(running: threading.Thread) -> None:
    make_product(title=Text("一", "One"))
    eventually(lambda: titles() == {"一"})
    execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
    )
    make_product(title=Text("二", "Two"))
    eventually(lambda: titles() == {"一", "二"})


def test_starts_again_where_it_stopped() -> None:
    make_product(title=Text("一", "One"))
    indexer.catch_up()
    generation = places.place().current()
    make_product(title=Text("二", "Two"))
    assert titles() == {"一"}
    indexer.catch_up()
    eventually(lambda: titles() == {"一", "二"})
    assert places.place().current() == generation  # followed, not built anew


def test_builds_anew_what_does_not_fit() -> None:
    make_product(title=Text("一", "One"))
    indexer.catch_up()
    generation = places.place().current()
    state = places.read_state(generation) if generation else None
    assert state is not None
    for broken in (
        replace(state, version="0"),
        replace(state, followed_at="2020-01-01T00:00:00+00:00"),
        replace(state, cursor=f"{2**60}:1"),
    ):
        current = places.place().current()
        assert current
        places.write_state(current, broken)
        indexer.catch_up()
        assert places.place().current() != current
        reading.forget()
        assert titles() == {"一"}


def test_a_generation_that_was_never_finished_is_not_used() -> None:
    make_product(title=Text("一", "One"))
    indexer.catch_up()
    current = places.place().current()
    assert current
    (current / "state.json").unlink()
    indexer.catch_up()
    reading.forget()
    assert titles() == {"一"}


@pytest.mark.parametrize("name", ["products/meta.json", "names.json"])
def test_an_index_that_cannot_be_read_is_built_anew(name: str) -> None:
    make_product(title=Text("一", "One"))
    indexer.catch_up()
    broken = places.place().current()
    assert broken
    (broken / name).write_text("")
    indexer.catch_up()
    reading.forget()
    assert titles() == {"一"}
    assert places.place().current() != broken


def test_what_a_failed_build_left_goes_with_the_next() -> None:
    left = places.place().new_generation()
    indexer.catch_up()
    assert not left.exists()


def test_readers_go_on_while_a_new_generation_takes_the_place() -> None:
    make_product(title=Text("一", "One"))
    indexer.catch_up()
    assert titles() == {"一"}
    (places.place().root / "current").unlink()
    make_product(title=Text("二", "Two"))
    indexer.catch_up()
    eventually(lambda: titles() == {"一", "二"})
    assert len(list(places.place().root.glob("generation-*"))) <= places.KEPT_GENERATIONS


def test_one_indexer_at_a_time(running: threading.Thread) -> None:
    eventually(lambda: search().count == 0)
    with pytest.raises(RuntimeError, match="at work"):
        indexer.catch_up()


def test_many_new_names_make_it_cut_words_anew(running: threading.Thread) -> None:
    eventually(lambda: search().count == 0)
    before = places.place().current()
    category = make_category("奇巧百货")
    for number in range(indexer.NEW_NAMES_MIN):
        make_product(
            category_id=category,
            brand=make_brand(f"牌牌{number}号"),
            title=Text(f"物件{number}", f"Thing {number}"),
        )
    eventually(lambda: places.place().current() != before and search().count == indexer.NEW_NAMES_MIN)


def test_the_version_is_part_of_what_is_read() -> None:
    make_product()
    indexer.catch_up()
    current = places.place().current()
    assert current
    state = places.read_state(current)
    assert state is not None
    assert state.version == schema.VERSION
    places.write_state(current, replace(state, version="other"))
    reading.forget()
    with pytest.raises(reading.SearchWarmingUp):
        search()


def test_builds_anew_when_somebody_asks_for_it(running: threading.Thread) -> None:
    make_product(title=Text("一", "One"))
    eventually(lambda: titles() == {"一"} and IndexNode.objects.filter(product_count=1).exists())
    generation, node = places.place().current(), IndexNode.objects.get()

    search_services.ask_rebuild(node.id, now=clock.now())
    eventually(lambda: places.place().current() not in {None, generation})
    eventually(lambda: IndexNode.objects.get().built_at > node.built_at)
    assert titles() == {"一"}
    built = places.place().current()
    make_product(title=Text("二", "Two"))
    eventually(lambda: titles() == {"一", "二"})
    assert places.place().current() == built  # once was asked, once it was built


def test_no_machine_of_that_name_is_built_anew() -> None:
    with pytest.raises(NotFound):
        search_services.ask_rebuild(new_id(), now=NOW)


def caught_up_with(holds: Callable[[], bool]) -> bool:
    """Take in what there is; say whether that was what is waited for."""
    indexer.catch_up()
    return holds()


def test_magento_a_change_is_taken_in_without_reading_the_whole_catalogue_again() -> None:
    """One product of twenty is written anew, and no other is read for it."""
    merchant_id = make_merchant()
    made = [make_product(merchant_id=merchant_id, title=Text(f"茶杯{n}", f"Cup {n}")) for n in range(20)]
    let_the_others_end()  # whoever read beside them reads them again
    eventually(lambda: caught_up_with(lambda: len(titles()) == len(made)))
    wish = wish_of(merchant_id, made[7].category_id, title=Text("盖碗", "Lidded bowl"))
    services.save_product(merchant_id=merchant_id, product_id=made[7].id, wish=wish, staff_id=None, now=NOW)
    services.submit(merchant_id=merchant_id, product_id=made[7].id, staff_id=None, now=NOW)
    services.approve(product_id=made[7].id, reviewer_id=None, now=NOW)

    with CaptureQueriesContext(connection) as seen:
        eventually(lambda: caught_up_with(lambda: titles("盖碗") == {"盖碗"}))
    asked = "\n".join(query["sql"] for query in seen).replace("-", "")

    assert [one.id for one in made if one.id.hex in asked] == [made[7].id]
