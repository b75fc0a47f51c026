"""Building a generation: in one process, and in several whose parts are joined."""

import multiprocessing
import threading
from pathlib import Path
from typing import Any

import pytest
import tantivy

from jishi.discovery.search import (
    building,
    indexer,
    nodes,
    places,
    queries,
    schema,
    segments,
    vocabulary,
    words,
)
from jishi.discovery.search.types import SearchSort, SearchWish
from jishi.identity.merchants.tests.factories import make_merchant
from jishi.kernel import clock
from jishi.kernel.db import execute
from jishi.kernel.ids import ProductId
from jishi.kernel.tests.threads import let_the_others_end
from jishi.kernel.words import Text
from jishi.offering.catalog import queries_index as catalog
from jishi.offering.catalog import services
from jishi.offering.catalog.tests.factories import (
    NOW,
    MadeProduct,
    make_attribute,
    make_brand,
    make_category,
    make_product,
)

TEXT_FIELDS = ("id", "met", "phrase", *schema.BOOSTS, "category", "brand_id", "merchant_id", "attribute")
BY_PRICE = (  # what no two products share: the other orders leave equal ones as they lie
    SearchSort.PRICE_UP,
    SearchSort.PRICE_DOWN,
)


def make_goods() -> list[MadeProduct]:
    """Make a few products that differ in everything that is indexed."""
    digital = make_category("数码")
    audio, cases = make_category("耳机音箱", parent_id=digital), make_category("手机壳", parent_id=digital)
    make_attribute(digital, "colour", choices=[("black", "黑色", "Black"), ("white", "白色", "White")])
    return [
        make_product(
            merchant_id=make_merchant(),
            category_id=audio if number % 2 else cases,
            brand=make_brand(f"牌子{number}", f"Brand {number}"),
            title=Text(f"无线蓝牙耳机 第{number}代", f"Wireless headphones {number}"),
            attributes={"colour": "white" if number % 3 else "black"},
            prices_minor=[1_000 + number],
        )
        for number in range(7)
    ]


def split_among(processes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the next build use so many processes, however small the market is."""
    monkeypatch.setattr(building, "processors", lambda: processes)
    monkeypatch.setattr(building, "PARTED_FROM", 1)


def content() -> dict[str, Any]:
    """Return all that the current index holds: its terms with their counts, its names, and what is found in it."""
    folder = places.place().current()
    assert folder is not None
    searcher = tantivy.Index.open(str(folder / "products")).searcher()
    hits = {
        (words_, order): [card.id for card in queries.search(wish, language="zh").items]
        for words_ in ("", "耳机", "lanya", "headphones 3", "黑色")
        for order in SearchSort
        for wish in [SearchWish(words=words_, sort=order)]
    }
    return {
        "terms": {name: sorted(searcher.terms_with_prefix(name, "")) for name in TEXT_FIELDS},
        "hits": {key: found if key[1] in BY_PRICE else sorted(found) for key, found in hits.items()},
        "names": vocabulary.load(folder),
        "facets": queries.search(SearchWish(), language="zh").facets,
    }  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_several_processes_build_what_one_builds(monkeypatch: pytest.MonkeyPatch) -> None:
    made = make_goods()
    let_the_others_end()  # or what is built is followed at once, and written again
    indexer.catch_up()
    alone, first = content(), places.place().current()
    assert len(alone["terms"]["id"]) == len(made)

    split_among(3, monkeypatch)
    (places.place().root / "current").unlink()
    indexer.catch_up()

    current = places.place().current()
    assert current is not None
    assert current != first
    assert tantivy.Index.open(str(current / "products")).searcher().num_segments == 3
    assert not list(current.glob("part-*"))
    assert content() == alone


@pytest.mark.django_db(transaction=True)
def test_what_was_joined_is_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    made = make_goods()
    split_among(2, monkeypatch)
    indexer.catch_up()
    gone = made[2]
    services.take_off_shelf(merchant_id=gone.merchant_id, product_id=gone.id, staff_id=None, now=NOW)
    new = make_product(title=Text("珐琅杯", "Enamel mug"))

    let_the_others_end()
    indexer.catch_up()

    shown = {card.id for card in queries.search(SearchWish(), language="zh").items}
    assert shown == {one.id for one in made if one is not gone} | {new.id}


@pytest.mark.django_db(transaction=True)
def test_a_process_that_fails_ends_the_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_goods()
    split_among(2, monkeypatch)

    with pytest.raises(RuntimeError, match="a part of the index"):
        building.fill(tmp_path, words.segmenter([]), threading.Event())  # its dictionary is missing

    assert not multiprocessing.active_children()


@pytest.mark.parametrize("processes", [1, 2])
@pytest.mark.django_db(transaction=True)
def test_a_build_is_broken_off(processes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """An indexer that is told to end does so in the middle of a build, and what was current stays so."""
    make_goods()
    indexer.catch_up()
    current, stop = places.place().current(), threading.Event()
    nodes.ask_all_to_rebuild(now=clock.now())
    split_among(processes, monkeypatch)
    cut = catalog.live_products_cut

    def told_to_end(parts: int) -> tuple[int, list[ProductId]]:
        stop.set()
        return cut(parts)

    monkeypatch.setattr(catalog, "live_products_cut", told_to_end)

    indexer.run(stop=stop)

    assert places.place().current() == current
    assert not multiprocessing.active_children()


class Gone:
    """A parent process that was killed."""

    def is_alive(self) -> bool:
        return False


@pytest.mark.django_db
def test_a_process_ends_when_the_indexer_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_product()
    monkeypatch.setattr(multiprocessing, "parent_process", Gone)

    with pytest.raises(SystemExit):
        building.write(tmp_path, words.segmenter([]))

    assert tantivy.Index.open(str(tmp_path / "products")).searcher().num_docs == 0


@pytest.mark.django_db
def test_the_products_are_cut_into_equal_parts() -> None:
    assert catalog.live_products_cut(2) == (0, [])
    ids = sorted(one.id for one in make_goods())

    assert catalog.live_products_cut(1) == (7, [])
    count, last_ids = catalog.live_products_cut(3)
    cuts = [None, *last_ids, None]
    parts = [catalog.live_product_ids(after=cuts[part], until=cuts[part + 1], limit=10) for part in range(3)]

    assert count == 7
    assert [one for part in parts for one in part] == ids
    assert {len(part) for part in parts} <= {2, 3}

    execute("UPDATE catalog_product SET status = 'off_shelf' WHERE id <> %s", [ids[0]])
    count, last_ids = catalog.live_products_cut(3)
    assert (count, last_ids) == (1, [ids[0], ids[0]])


def test_joined_segments_are_merged_and_their_files_removed(tmp_path: Path) -> None:
    """A joined index is like any other: its writer merges its segments, and removes what is left of them."""
    whole = tmp_path / "whole"
    whole.mkdir()
    parts = [tmp_path / f"part-{number}" for number in range(8)]
    for number, part in enumerate(parts):
        part.mkdir()
        add(tantivy.Index(schema.schema(), path=str(part)), f"product-{number}")
    segments.join(parts, whole)
    joined = tantivy.Index.open(str(whole))
    before = set(whole.glob("*.term"))
    assert (joined.searcher().num_segments, joined.searcher().num_docs) == (8, 8)

    add(joined, "product-8")

    joined.reload()
    assert joined.searcher().num_segments <= 2  # the new one may have come too late
    assert [id_ for id_, _ in joined.searcher().terms_with_prefix("id", "")] == [
        f"product-{number}" for number in range(9)
    ]
    assert not before & set(whole.glob("*.term"))


def add(index: tantivy.Index, id_: str) -> None:
    """Add a product that has nothing but an id, and let the merging that follows from it end."""
    writer = index.writer(indexer.HEAP_BYTES, 1)
    document = tantivy.Document()
    document.add_text("id", id_)
    writer.add_document(document)
    writer.commit()
    writer.garbage_collect_files()
    writer.wait_merging_threads()
