"""Any sequence of stock operations keeps the books: a state machine beside the database."""

from collections import Counter, defaultdict
from collections.abc import Callable
from typing import ClassVar
from uuid import UUID

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from benchmarks.rows import Row
from jishi.kernel.db import rows
from jishi.kernel.ids import SkuId, WarehouseId, new_id
from jishi.kernel.tests.machines import LONG, SHORT, Machine, Verbs, outcome
from jishi.offering.catalog.tests.factories import MadeProduct, make_product
from jishi.offering.inventory import queries, services, services_merchant
from jishi.offering.inventory.events import StockCameBack, StockRanOut
from jishi.offering.inventory.services import NotReserved, OutOfStock
from jishi.offering.inventory.services_merchant import CountedMeanwhile, FewerThanClaimed
from jishi.offering.inventory.tests.factories import NOW, line, make_stock, make_warehouse
from jishi.offering.inventory.types import (
    CountLine,
    CountWish,
    ReceiptLine,
    ReceiptWish,
    StockLine,
    WarehouseWish,
)

OWNERS = [new_id() for _ in range(3)]
PIECES = 6
PLACES_MAX = 4
NEWS = {event.name: event for event in (StockRanOut, StockCameBack)}
Key = tuple[SkuId, WarehouseId]
Wanted = list[tuple[int, int, int]]
wishes = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 3), st.integers(1, 4)), min_size=1, max_size=4)
owners = st.sampled_from(OWNERS)


class Books(Machine):
    """What stock should be, by the simplest reckoning; the database has to agree after every step."""

    verbs = Verbs(services, services_merchant)
    product: ClassVar[MadeProduct]
    first_places: ClassVar[list[WarehouseId]]

    @classmethod
    def open(cls) -> None:
        """Put pieces of two SKUs into two warehouses, once for all examples."""
        cls.product = make_product(prices_minor=[100, 200])
        cls.first_places = [make_warehouse(cls.product.merchant_id) for _ in range(2)]
        for sku in cls.product.sku_ids:
            for place in cls.first_places:
                make_stock(sku, PIECES, warehouse_id=place)

    @initialize()
    def begin(self) -> None:
        self.places = [*self.first_places]
        self.on_hand = Counter(
            {(sku, place): PIECES for sku in self.product.sku_ids for place in self.places}
        )
        self.claims: dict[UUID, Counter[Key]] = defaultdict(Counter)
        self.heard = self._news_since(0)[-1][0]

    def _key(self, sku: int, place: int) -> Key:
        return self.product.sku_ids[sku], self.places[place % len(self.places)]

    def _lines(self, owner: UUID, wanted: Wanted) -> tuple[list[StockLine], Counter[Key]]:
        made = [line(owner, *self._key(sku, place), quantity) for sku, place, quantity in wanted]
        total: Counter[Key] = Counter()
        for one in made:
            total[one.sku_id, one.warehouse_id] += one.quantity
        return made, total

    def _reserved(self, key: Key) -> int:
        return sum(claim[key] for claim in self.claims.values())

    def _free(self, key: Key) -> int:
        return self.on_hand[key] - self._reserved(key)

    # -- orders ----------------------------------------------------------------------------------------------

    @rule(owner=owners, wanted=wishes)
    def reserve(self, owner: UUID, wanted: Wanted) -> None:
        made, total = self._lines(owner, wanted)
        refused = outcome(lambda: self.verbs.reserve(made, now=NOW), OutOfStock)
        assert (refused is None) == all(self._free(key) >= pieces for key, pieces in total.items())
        if refused is None:
            self.claims[owner] += total

    @rule(owner=owners, wanted=wishes, ships=st.booleans(), fits=st.booleans())
    def ship_or_release(self, owner: UUID, wanted: Wanted, ships: bool, fits: bool) -> None:
        """Consume what was reserved; `fits` makes of any wish one that somebody's claim allows."""
        made, total = self._lines(owner, wanted)
        held = [(whose, *one) for whose, claim in self.claims.items() for one in sorted((+claim).items())]
        if fits and held:
            owner, key, pieces = held[wanted[0][1] % len(held)]
            total = Counter({key: min(pieces, wanted[0][2])})
            made = [line(owner, *key, total[key])]

        def act() -> None:
            if ships:
                self.verbs.ship(made, reference="parcel", now=NOW)
            else:
                self.verbs.release_lines(made, now=NOW)

        refused = outcome(act, NotReserved)
        assert (refused is None) == all(self.claims[owner][key] >= pieces for key, pieces in total.items())
        if refused is None:
            self.claims[owner] -= total
            self.on_hand.subtract(total if ships else {})

    @rule(some=st.lists(owners, min_size=1, max_size=3))
    def release(self, some: list[UUID]) -> None:
        self.verbs.release(some, now=NOW)
        for owner in some:
            self.claims[owner].clear()

    @rule(wanted=wishes, restock=st.booleans())
    def take_back(self, wanted: Wanted, restock: bool) -> None:
        """What comes back lay there before: its row of stock is known."""
        made, _ = self._lines(new_id(), wanted)
        known = [one for one in made if (one.sku_id, one.warehouse_id) in self.on_hand]
        self.verbs.take_back(known, restock=restock, reference="return", now=NOW)
        for one in known if restock else []:
            self.on_hand[one.sku_id, one.warehouse_id] += one.quantity

    # -- the merchant ----------------------------------------------------------------------------------------

    @precondition(lambda self: len(self.places) < PLACES_MAX)
    @rule()
    def open_warehouse(self) -> None:
        wish = WarehouseWish(name=f"分仓{len(self.places)}", area_code="310104")
        self.places.append(self.verbs.open_warehouse(merchant_id=self.product.merchant_id, wish=wish).id)

    @rule(
        place=st.integers(0, 3),
        pieces=st.lists(st.integers(1, 5), min_size=1, max_size=2),
        by=st.sampled_from(["receive", "book_receipt", "book_codes", "stock_new"]),
    )
    def receive(self, place: int, pieces: list[int], by: str) -> None:
        """Goods arrive, in a transaction of their own or in somebody's; one SKU may be named twice."""
        once = by == "receive"
        arrived = [(self._key(0 if once else number, place), found) for number, found in enumerate(pieces)]
        wish = ReceiptWish(
            warehouse_id=self._key(0, place)[1],
            lines=[ReceiptLine(sku_id=sku, quantity=found) for (sku, _), found in arrived],
        )
        ways = {
            "receive": self.verbs.receive,
            "book_receipt": self.verbs.book_receipt,
            "book_codes": self.verbs.book_codes,
            "stock_new": self.verbs.stock_new,
        }
        ways[by](merchant_id=self.product.merchant_id, wish=wish, staff_id=None, now=NOW)
        for key, found in arrived:
            self.on_hand[key] += found

    @rule(
        sku=st.integers(0, 1),
        place=st.integers(0, 3),
        found=st.integers(0, 9),
        expected=st.none() | st.integers(0, 9),
        by=st.sampled_from(["count", "book_count"]),
    )
    def count(self, sku: int, place: int, found: int, expected: int | None, by: str) -> None:
        """A stock-take, in a transaction of its own or in somebody's."""
        key = self._key(sku, place)
        wish = CountWish(
            warehouse_id=key[1], lines=[CountLine(sku_id=key[0], on_hand=found, expected=expected)]
        )

        def act() -> None:
            ways = {"count": self.verbs.count, "book_count": self.verbs.book_count}
            ways[by](merchant_id=self.product.merchant_id, wish=wish, staff_id=None, now=NOW)

        refused = outcome(act, FewerThanClaimed, CountedMeanwhile)
        is_as_expected = expected in {None, self.on_hand[key]}
        assert (refused is None) == (found >= self._reserved(key) and is_as_expected)
        if refused is None:
            self.on_hand[key] = found

    # -- the catalogue ---------------------------------------------------------------------------------------

    @rule()
    def refresh_in_stock(self) -> None:
        self.verbs.refresh_in_stock(self.product.sku_ids, now=NOW)

    def _news_since(self, sequence: int) -> list[tuple[int, str, UUID, str]]:
        return rows(
            "SELECT sequence, name, aggregate_id, body->>'warehouse_id' FROM kernel_outbox "
            "WHERE sequence > %s AND name LIKE 'inventory.%%' AND aggregate_id = ANY(%s) ORDER BY sequence",
            [sequence, self.product.sku_ids],
        )

    @invariant()
    def the_catalogue_knows_what_can_be_had(self) -> None:
        """The events of a step are all that the catalogue needs to hear."""
        for sequence, name, sku_id, place in self._news_since(self.heard):
            event = NEWS[name](sku_id=SkuId(sku_id), warehouse_id=WarehouseId(UUID(place)), occurred_at=NOW)
            self.verbs.tell_catalogue(event, now=NOW)
            self.heard = sequence
        shown = dict(rows("SELECT id, in_stock FROM catalog_sku WHERE id = ANY(%s)", [self.product.sku_ids]))
        assert shown == {
            sku: any(self._free((sku, place)) for place in self.places) for sku in self.product.sku_ids
        }

    @invariant()
    def the_books_agree(self) -> None:
        shown = {
            (one.sku_id, one.warehouse_id): (one.on_hand, one.reserved, one.available)
            for one in queries.stock(self.product.sku_ids)
        }
        assert {key: figures for key, figures in shown.items() if any(figures)} == {
            key: (self.on_hand[key], self._reserved(key), self._free(key))
            for key in self.on_hand
            if self.on_hand[key]
        }
        assert all(free >= 0 for _, _, free in shown.values())

    def teardown(self) -> None:
        try:
            assert queries.violations() == []
        finally:
            super().teardown()


@pytest.mark.django_db
@pytest.mark.parametrize("examples", [SHORT, pytest.param(LONG, marks=pytest.mark.proof)])
def test_any_sequence_of_operations_keeps_the_books(examples: int, figures: Callable[[Row], None]) -> None:
    Books.open()
    Books.prove("stock machine", figures, examples=examples)
