"""What SKUs were offered at: every way to change it leaves a row; the lowest of 30 days is what a calendar says."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from importlib import import_module

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from jishi.identity.merchants.tests.factories import make_merchant
from jishi.kernel.db import execute, rows
from jishi.kernel.errors import Invalid, NotFound
from jishi.kernel.ids import SkuId, new_id
from jishi.kernel.money import Money
from jishi.kernel.words import Text
from jishi.offering.catalog import changes, queries_merchant, queries_prices, rules, services
from jishi.offering.catalog.services_bulk import Listing, introduce
from jishi.offering.catalog.tests.factories import (
    NOW,
    MadeProduct,
    make_category,
    make_product,
    product_detail,
    put_on_sale,
    wish_of,
)
from jishi.offering.catalog.types import ProductWish
from jishi.offering.catalog.types_prices import OfferedPrice

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
DAYS_30 = 30 * 24  # in hours
# A row of a history: the hour it begins, and the price, None while the SKU is not for sale.
History = Sequence[tuple[int, int | None]]


def history(sku_id: SkuId) -> list[tuple[datetime, int | None]]:
    """Return a SKU's history, the oldest first."""
    return [
        (at, price_minor)
        for at, price_minor in rows(
            "SELECT offered_from, price_minor FROM catalog_price WHERE sku_id = %s ORDER BY offered_from",
            [sku_id],
        )
    ]


def prices(sku_id: SkuId) -> list[int | None]:
    return [price for _, price in history(sku_id)]


def live_wish(product: MadeProduct) -> ProductWish:
    return queries_merchant.product_for_merchant(product.merchant_id, product.id).wish


def save(product: MadeProduct, wish: ProductWish, *, now: datetime) -> ProductWish:
    saved = services.save_product(
        merchant_id=product.merchant_id, product_id=product.id, wish=wish, staff_id=None, now=now
    )
    return saved.wish


def sell_at(product: MadeProduct, price_minor: int, *, now: datetime) -> None:
    """Let the product's first SKU cost something else, without a list price."""
    wish = live_wish(product)
    first = replace(wish.skus[0], price_minor=price_minor, list_price_minor=None)
    save(product, replace(wish, skus=[first, *wish.skus[1:]]), now=now)
    put_on_sale(product.merchant_id, product.id, now=now)


def take_off(product: MadeProduct, *, now: datetime) -> None:
    services.take_off_shelf(merchant_id=product.merchant_id, product_id=product.id, staff_id=None, now=now)


def put_on(product: MadeProduct, *, now: datetime) -> None:
    services.put_on_shelf(merchant_id=product.merchant_id, product_id=product.id, staff_id=None, now=now)


# -- every way leaves a row ------------------------------------------------------------------------


def test_a_price_begins_when_its_version_is_approved() -> None:
    product = make_product(prices_minor=[1_000, 2_000], is_live=False)
    assert [prices(one) for one in product.sku_ids] == [[], []]
    put_on_sale(product.merchant_id, product.id, now=NOW)
    assert [history(one) for one in product.sku_ids] == [[(NOW, 1_000)], [(NOW, 2_000)]]
    wish = live_wish(product)
    later, cheaper = NOW + HOUR, replace(wish.skus[0], price_minor=900)
    save(product, replace(wish, skus=[cheaper, wish.skus[1]]), now=later)
    assert prices(product.sku_id) == [1_000], "what is only proposed was never offered"
    put_on_sale(product.merchant_id, product.id, now=later)
    assert [history(one) for one in product.sku_ids] == [[(NOW, 1_000), (later, 900)], [(NOW, 2_000)]]


def test_another_text_is_no_other_price() -> None:
    product = make_product(prices_minor=[1_000])
    save(product, replace(live_wish(product), title=Text("新名字", "")), now=NOW + HOUR)
    put_on_sale(product.merchant_id, product.id, now=NOW + HOUR)
    assert history(product.sku_id) == [(NOW, 1_000)]


def test_off_the_shelf_nothing_is_offered() -> None:
    product = make_product(prices_minor=[1_000])
    take_off(product, now=NOW + HOUR)
    sell_at(product, 900, now=NOW + 2 * HOUR)
    assert prices(product.sku_id) == [1_000, None], "a new version of what nobody can buy"
    put_on(product, now=NOW + 3 * HOUR)
    assert history(product.sku_id) == [(NOW, 1_000), (NOW + HOUR, None), (NOW + 3 * HOUR, 900)]


def test_a_ban_ends_the_offer_until_it_is_approved_anew() -> None:
    product = make_product(prices_minor=[1_000])
    services.ban(product_id=product.id, reason="侵权", reviewer_id=None, now=NOW + HOUR)
    services.reopen(product_id=product.id, reviewer_id=None, now=NOW + 2 * HOUR)
    assert prices(product.sku_id) == [1_000, None]
    put_on_sale(product.merchant_id, product.id, now=NOW + 3 * HOUR)
    assert prices(product.sku_id) == [1_000, None, 1_000]


def test_a_ban_of_what_was_off_the_shelf_changes_nothing() -> None:
    product = make_product(prices_minor=[1_000])
    take_off(product, now=NOW + HOUR)
    services.ban(product_id=product.id, reason="侵权", reviewer_id=None, now=NOW + 2 * HOUR)
    assert prices(product.sku_id) == [1_000, None]


def test_a_sku_that_goes_ends_and_one_that_comes_begins() -> None:
    product = make_product(prices_minor=[1_000, 2_000])
    wish = live_wish(product)
    new = replace(wish.skus[1], id=None, code="NEW", choice={"colour": "c9"}, price_minor=3_000)
    axis = wish.axes[0]
    axis = replace(axis, values=[axis.values[0], replace(axis.values[1], code="c9")])
    saved = save(product, replace(wish, axes=[axis], skus=[wish.skus[0], new]), now=NOW + HOUR)
    put_on_sale(product.merchant_id, product.id, now=NOW + HOUR)
    made = saved.skus[1].id
    assert made is not None
    assert [prices(one) for one in (*product.sku_ids, made)] == [[1_000], [2_000, None], [3_000]]


def test_an_assortment_is_offered_since_it_was_listed() -> None:
    merchant, category = make_merchant(), make_category()
    wishes = [wish_of(merchant, category, prices_minor=(100, 200)), wish_of(merchant, category)]
    made = introduce(
        merchant_id=merchant,
        listings=[Listing(wish=one, at=NOW - day * 24 * HOUR) for day, one in enumerate(wishes, start=1)],
        staff_id=None,
        reviewer_id=None,
        now=NOW,
    )
    found = [history(sku_id) for one in made for sku_id in one.sku_ids.values()]
    day, before = NOW - 24 * HOUR, NOW - 48 * HOUR
    assert found == [[(day, 100)], [(day, 200)], [(before, 10_000)]]


def test_a_clock_that_is_slow_changes_no_order() -> None:
    product = make_product(prices_minor=[1_000])
    sell_at(product, 900, now=NOW - HOUR)
    sell_at(product, 800, now=NOW)
    moments = [at - NOW for at, _ in history(product.sku_id)]
    assert moments == [timedelta(microseconds=after) for after in range(3)]
    assert prices(product.sku_id) == [1_000, 900, 800]


@pytest.mark.parametrize(
    "statement",
    ["UPDATE catalog_price SET price_minor = 1", "DELETE FROM catalog_price", "TRUNCATE catalog_price"],
)
def test_what_was_offered_cannot_be_changed(statement: str) -> None:
    make_product()
    with pytest.raises(DatabaseError, match="catalog_price"), transaction.atomic():
        execute(statement)


def test_present_prices_begin_the_history_of_a_market_that_kept_none() -> None:
    product, draft, gone = make_product(prices_minor=[1_000]), make_product(is_live=False), make_product()
    sell_at(product, 900, now=NOW + HOUR)
    take_off(gone, now=NOW + HOUR)
    execute("ALTER TABLE catalog_price DISABLE TRIGGER USER")
    execute("DELETE FROM catalog_price")
    execute(import_module("jishi.offering.migrations.0005_prices")._PRESENT_PRICES)
    assert history(product.sku_id) == [(NOW + HOUR, 900)]
    assert prices(draft.sku_id) == prices(gone.sku_id) == []


# -- the lowest of 30 days -------------------------------------------------------------------------


def offered(history: History, begin: int, end: int) -> list[int]:
    """Return the prices that a calendar of hours has in [begin, end)."""
    found = []
    for hour in range(begin, end):
        price = next((price for at, price in reversed(history) if at <= hour), None)
        if price is not None:
            found.append(price)
    return found


def lowest_by_calendar(history: History, before: int) -> int | None:
    return min(offered(history, before - DAYS_30, before), default=None)


@st.composite
def histories(draw: st.DrawFn) -> History:
    """Draw a history whose rows lie around 30 days apart, or close together."""
    gaps = draw(
        st.lists(st.sampled_from([1, 2, 300, DAYS_30 - 1, DAYS_30, DAYS_30 + 1]), min_size=1, max_size=6)
    )
    hours = [sum(gaps[:place]) for place in range(len(gaps))]
    return [(hour, draw(st.none() | st.integers(1, 5))) for hour in hours]


@st.composite
def moments(draw: st.DrawFn, history: History) -> int:
    """Draw an hour at which a row or its 30 days begin or end, or the one before or after."""
    edge = draw(st.sampled_from([0, DAYS_30]))
    return draw(st.sampled_from([at for at, _ in history])) + edge + draw(st.integers(-1, 1))


def keep(sku_id: SkuId, history: History) -> None:
    for at, price in history:
        execute(
            "INSERT INTO catalog_price (sku_id, offered_from, price_minor, currency) VALUES (%s, %s, %s, 'CNY')",
            [sku_id, NOW + at * HOUR, price],
        )


def live_through(product: MadeProduct, history: History) -> None:
    """Let a product's SKU cost what a history says, and note each step as those who change it do."""
    for at, price in history:
        execute(
            "UPDATE catalog_sku SET price_minor = coalesce(%s, price_minor), is_active = %s WHERE id = %s",
            [price, price is not None, product.sku_id],
        )
        changes.shelf_changed({product.id: NOW + at * HOUR}, now=NOW)


@settings(deadline=None)
@given(data=st.data(), known=st.lists(histories(), min_size=1, max_size=3))
def test_the_lowest_is_what_a_calendar_says(data: st.DataObject, known: list[History]) -> None:
    before = data.draw(moments(known[0]))
    skus = {SkuId(new_id()): one for one in known}
    for sku_id, one in skus.items():
        keep(sku_id, one)
    found = queries_prices.lowest_prices([*skus, SkuId(new_id())], before=NOW + before * HOUR)
    expected = {sku_id: lowest_by_calendar(one, before) for sku_id, one in skus.items()}
    assert found == {sku_id: Money(price, "CNY") for sku_id, price in expected.items() if price}


@settings(deadline=None, max_examples=40)
@given(
    earlier=histories(),
    price=st.integers(1, 5),
    after=st.sampled_from([0, 1, DAYS_30 - 1, DAYS_30, DAYS_30 + 1]),
    is_struck=st.booleans(),
)
def test_what_a_page_shows_is_what_a_calendar_says(
    earlier: History, price: int, after: int, is_struck: bool
) -> None:
    """The present price begins an hour after an earlier one that differs; shown at the edges of its 30 days."""
    known: History = [*earlier, (earlier[-1][0] + 1, price)]
    known = [one for place, one in enumerate(known) if place == 0 or one[1] != known[place - 1][1]]
    present = known[-1][0]
    product = make_product(now=NOW - 2 * DAYS_30 * HOUR)
    # What making it left lies before all that is asked of.
    take_off(product, now=NOW - DAYS_30 * HOUR)
    execute("UPDATE catalog_product SET status = 'live' WHERE id = %s", [product.id])
    execute("UPDATE catalog_sku SET list_price_minor = NULL WHERE id = %s", [product.sku_id])
    live_through(product, known)
    if is_struck:
        execute("UPDATE catalog_sku SET list_price_minor = price_minor + 1 WHERE id = %s", [product.sku_id])

    (sku,) = product_detail(product.id, language="zh", now=NOW + (present + after) * HOUR).skus

    before = lowest_by_calendar(known, present) if after < DAYS_30 else None
    lowest = price if before is None else before
    assert sku.lowest_price == (Money(lowest, "CNY") if is_struck or lowest > price else None)


def edge_cases() -> Iterator[tuple[History, int | None]]:
    """Give histories of a SKU that changes at hour DAYS_30, and the lowest of the 30 days before."""
    yield [(0, 5)], 5
    yield [(DAYS_30, 5)], None  # half open: what begins then is not before
    yield [(-1, 3), (0, 5)], 5  # what ended when the days began
    yield [(-1, 3), (1, 5)], 3
    yield [(-9_000, 3)], 3  # long ago, and still in force
    yield [(-9_000, 3), (-1, None)], None
    yield [(-9_000, 3), (1, None), (5, 4)], 3
    yield [(1, 4), (2, 2), (3, 4)], 2
    yield [], None


@pytest.mark.parametrize(("known", "lowest"), list(edge_cases()))
def test_at_the_edges(known: History, lowest: int | None) -> None:
    sku_id = SkuId(new_id())
    keep(sku_id, known)
    found = queries_prices.lowest_prices([sku_id], before=NOW + DAYS_30 * HOUR)
    assert found == ({sku_id: Money(lowest, "CNY")} if lowest else {})
    assert lowest_by_calendar(known, DAYS_30) == lowest


def test_many_skus_are_one_look_into_the_index() -> None:
    skus = [SkuId(new_id()) for _ in range(20)]
    for sku_id in skus:
        keep(sku_id, [(0, 5), (9, 4)])
    with CaptureQueriesContext(connection) as captured:
        assert len(queries_prices.lowest_prices(skus, before=NOW + 10 * HOUR)) == len(skus)
    (asked,) = captured
    for way in ("seqscan", "bitmapscan", "indexscan"):
        execute(f"SET LOCAL enable_{way} = off")
    scans = [line for (line,) in rows(f"EXPLAIN {asked['sql']}") if "catalog_price" in line]
    assert len(scans) == 2
    assert all("Index Only Scan" in one for one in scans), scans


# -- what is shown ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("price", "list_price", "before", "shown"),
    [
        (80, None, None, None),  # nothing is announced
        (80, 100, None, 80),  # it has cost that for 30 days, or for as long as it is there
        (80, 80, None, None),  # a list price that is no higher is not struck through
        (80, 120, 100, 100),  # reduced: the lowest before
        (80, None, 100, 100),  # fallen without a word about it
        (90, None, 80, None),  # dearer: no reduction to set right
        (90, 120, 80, 80),  # dearer, and called a reduction
    ],
)
def test_when_the_lowest_is_shown(
    price: int, list_price: int | None, before: int | None, shown: int | None
) -> None:
    assert rules.lowest_to_show(price, list_price, before) == shown


def test_a_reduction_is_shown_with_what_it_was_before_for_30_days() -> None:
    product = make_product(prices_minor=[1_000])
    sell_at(product, 800, now=NOW + HOUR)

    def shown(at: datetime) -> Money | None:
        return product_detail(product.id, language="zh", now=at).skus[0].lowest_price

    assert shown(NOW + 2 * HOUR) == Money(1_000, "CNY")
    assert shown(NOW + HOUR + timedelta(days=30) - timedelta(microseconds=1)) == Money(1_000, "CNY")
    assert shown(NOW + HOUR + timedelta(days=30)) is None


def test_what_was_off_the_shelf_for_long_begins_anew() -> None:
    product = make_product(prices_minor=[500])
    take_off(product, now=NOW + HOUR)
    sell_at(product, 1_000, now=NOW + 2 * HOUR)
    put_on(product, now=(back := NOW + timedelta(days=31)))
    assert queries_prices.lowest_prices([product.sku_id], before=back) == {}
    assert product_detail(product.id, language="zh", now=back).skus[0].lowest_price is None


# -- the history for its merchant ------------------------------------------------------------------


def test_a_merchant_reads_his_history_page_by_page() -> None:
    product = make_product(prices_minor=[1_000])
    take_off(product, now=NOW + HOUR)
    put_on(product, now=NOW + 2 * HOUR)
    found: list[OfferedPrice] = []
    cursor = None
    for _ in range(3):
        page = queries_prices.price_history(product.merchant_id, product.sku_id, cursor=cursor, limit=1)
        found, cursor = [*found, *page.items], page.next_cursor
    assert cursor is None
    assert [(one.offered_from, one.price) for one in found] == [
        ((NOW + 2 * HOUR).isoformat(), Money(1_000, "CNY")),
        ((NOW + HOUR).isoformat(), None),
        (NOW.isoformat(), Money(1_000, "CNY")),
    ]


def test_a_draft_has_no_history_and_a_neighbour_no_look_at_it() -> None:
    draft = make_product(is_live=False)
    assert queries_prices.price_history(draft.merchant_id, draft.sku_id, cursor=None, limit=9).items == []
    for merchant_id, sku_id in ((make_merchant(), draft.sku_id), (draft.merchant_id, SkuId(new_id()))):
        with pytest.raises(NotFound):
            queries_prices.price_history(merchant_id, sku_id, cursor=None, limit=9)
    with pytest.raises(Invalid):
        queries_prices.price_history(draft.merchant_id, draft.sku_id, cursor="zzz", limit=9)
