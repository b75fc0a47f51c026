"""The change sequence: nothing that commits late is ever missed."""

from threading import Event

import pytest

from jishi.kernel.db import atomic
from jishi.kernel.ids import ProductId, new_id
from jishi.kernel.tests.threads import in_threads, let_the_others_end
from jishi.offering.catalog import changes, queries_index
from jishi.offering.catalog.tests.factories import NOW, make_attribute, make_category, make_product

pytestmark = pytest.mark.django_db(transaction=True)


def touch(*product_ids: ProductId) -> None:
    with atomic():
        changes.touch(product_ids, now=NOW)


def read(cursor: str, limit: int = 100) -> tuple[list[ProductId], str]:
    found = queries_index.changes_after(cursor, limit)
    assert found is not None
    return found.product_ids, found.cursor


def test_reads_on_from_where_it_was() -> None:
    ids = [ProductId(new_id()) for _ in range(4)]
    start = queries_index.present_cursor()
    touch(ids[0], ids[1])
    touch(ids[0])
    let_the_others_end()
    seen, cursor = read(start)
    assert seen == ids[:2]
    assert read(cursor) == ([], cursor)
    touch(ids[2], ids[3])
    let_the_others_end()
    first, cursor = read(cursor, limit=1)
    second, cursor = read(cursor, limit=1)
    assert [*first, *second] == ids[2:]


def test_waits_for_a_transaction_that_began_earlier_and_commits_later() -> None:
    early, late = ProductId(new_id()), ProductId(new_id())
    start = queries_index.present_cursor()
    has_written, may_commit = Event(), Event()

    def slow() -> None:
        with atomic():
            changes.touch([early], now=NOW)
            has_written.set()
            assert may_commit.wait(20)

    def quick() -> tuple[list[ProductId], str]:
        assert has_written.wait(20)
        touch(late)
        seen = read(start)
        may_commit.set()
        return seen

    answers: list[tuple[list[ProductId], str]] = []
    for done in in_threads([slow, lambda: answers.append(quick())]):
        done.result()
    ((seen, cursor),) = answers
    let_the_others_end()
    assert seen == []  # what committed first comes behind what began first
    assert read(cursor)[0] == [early, late]


def test_a_cursor_of_another_database_is_refused() -> None:
    transaction = int(queries_index.present_cursor().split(":")[0])
    assert queries_index.changes_after(f"{transaction + 1_000}:1", 10) is None


def test_purges_what_is_old() -> None:
    start = queries_index.present_cursor()
    touch(ProductId(new_id()))
    assert changes.purge_changes(before=NOW) == 0
    with atomic():
        changes.touch([ProductId(new_id())], now=NOW.replace(year=2020))
    assert changes.purge_changes(before=NOW) == 1
    let_the_others_end()
    assert len(read(start)[0]) == 1


def test_documents_say_all_that_can_be_searched() -> None:
    top = make_category("数码")
    leaf = make_category("耳机", parent_id=top)
    make_attribute(top, "colour", choices=[], is_sale_axis=True)
    make_attribute(leaf, "plug", choices=[("usb", "USB 接口", "USB")])
    make_attribute(leaf, "author", kind="text", is_filterable=False)
    make_attribute(leaf, "hours", kind="number", is_filterable=False)
    product = make_product(
        category_id=leaf,
        prices_minor=[100, 300],
        attributes={"plug": "usb", "author": "林远舟", "hours": "9"},
    )
    hidden = make_product(is_live=False)
    (document,) = queries_index.index_documents([product.id, hidden.id])
    assert [category.name.zh for category in document.categories] == ["数码", "耳机"]
    assert [(one.code, one.value) for one in document.attributes] == [
        ("plug", "usb"),
        ("colour", "c0"),
        ("colour", "c1"),
    ]
    assert document.remarks == ["林远舟"]
    assert (document.price_from_minor, document.price_to_minor, document.in_stock) == (100, 300, False)
    assert queries_index.live_product_ids(after=None, limit=10) == [product.id]
