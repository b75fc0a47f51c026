"""Any sequence of stock operations keeps the books: a state machine beside the database."""

from collections import Counter, defaultdict
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from jishi.kernel.ids import SkuId, WarehouseId, new_id
from jishi.offering.catalog.tests.factories import MadeProduct, make_product
from jishi.offering.inventory import queries, services, services_merchant
from jishi.offering.inventory.services import NotReserved, OutOfStock
from jishi.offering.inventory.services_merchant import FewerThanClaimed
from jishi.offering.inventory.tests.factories import NOW, line, make_stock, make_warehouse
from jishi.offering.inventory.types import CountLine, CountWish, StockLine

OWNERS = [new_id() for _ in range(3)]
Key = tuple[SkuId, WarehouseId]
lines = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1), st.integers(1, 4)), min_size=1, max_size=4)
owners = st.sampled_from(OWNERS)


class Books(RuleBasedStateMachine):
    """What stock should be, by the simplest reckoning; the database has to agree after every step."""

    product: MadeProduct

    @initialize()
    def open(self) -> None:
        self.product = make_product(prices_minor=[100, 200])
        places = [make_warehouse(self.product.merchant_id) for _ in range(2)]
        self.keys: list[Key] = [(sku, place) for sku in self.product.sku_ids for place in places]
        for sku, place in self.keys:
            make_stock(sku, 6, warehouse_id=place)
        self.on_hand = Counter(dict.fromkeys(self.keys, 6))
        self.claims: dict[UUID, Counter[Key]] = defaultdict(Counter)

    def _lines(self, owner: UUID, wanted: list[tuple[int, int, int]]) -> tuple[list[StockLine], Counter[Key]]:
        total: Counter[Key] = Counter()
        for sku, place, quantity in wanted:
            total[self.keys[sku * 2 + place]] += quantity
        made = [line(owner, *self.keys[sku * 2 + place], quantity) for sku, place, quantity in wanted]
        return made, total

    def _reserved(self, key: Key) -> int:
        return sum(claim[key] for claim in self.claims.values())

    @rule(owner=owners, wanted=lines)
    def reserve(self, owner: UUID, wanted: list[tuple[int, int, int]]) -> None:
        made, total = self._lines(owner, wanted)
        if all(self.on_hand[key] - self._reserved(key) >= pieces for key, pieces in total.items()):
            services.reserve(made, now=NOW)
            self.claims[owner] += total
        else:
            with pytest.raises(OutOfStock), transaction.atomic():
                services.reserve(made, now=NOW)

    @rule(owner=owners, wanted=lines, ships=st.booleans())
    def consume(self, owner: UUID, wanted: list[tuple[int, int, int]], ships: bool) -> None:
        made, total = self._lines(owner, wanted)

        def act() -> None:
            if ships:
                services.ship(made, reference="parcel", now=NOW)
            else:
                services.release_lines(made, now=NOW)

        if all(self.claims[owner][key] >= pieces for key, pieces in total.items()):
            act()
            self.claims[owner] -= total
            self.on_hand -= total if ships else Counter()
        else:
            with pytest.raises(NotReserved), transaction.atomic():
                act()

    @rule(some=st.lists(owners, min_size=1, max_size=3))
    def release(self, some: list[UUID]) -> None:
        services.release(some, now=NOW)
        for owner in some:
            self.claims[owner].clear()

    @rule(wanted=lines, restock=st.booleans())
    def take_back(self, wanted: list[tuple[int, int, int]], restock: bool) -> None:
        made, total = self._lines(new_id(), wanted)
        services.take_back(made, restock=restock, reference="return", now=NOW)
        if restock:
            self.on_hand += total

    @rule(at=st.integers(0, 3), found=st.integers(0, 9))
    def count(self, at: int, found: int) -> None:
        sku, place = self.keys[at]
        wish = CountWish(warehouse_id=place, lines=[CountLine(sku_id=sku, on_hand=found)])

        def act() -> None:
            services_merchant.count(merchant_id=self.product.merchant_id, wish=wish, staff_id=None, now=NOW)

        if found >= self._reserved(self.keys[at]):
            act()
            self.on_hand[self.keys[at]] = found
        else:
            with pytest.raises(FewerThanClaimed):
                act()

    @invariant()
    def the_books_agree(self) -> None:
        if not hasattr(self, "keys"):
            return
        shown = {
            (one.sku_id, one.warehouse_id): (one.on_hand, one.reserved)
            for one in queries.stock(self.product.sku_ids)
        }
        assert shown == {key: (self.on_hand[key], self._reserved(key)) for key in self.keys}

    def teardown(self) -> None:
        assert queries.violations() == []


@pytest.mark.django_db
def test_any_sequence_of_operations_keeps_the_books() -> None:
    run_state_machine_as_test(
        Books,
        settings=settings(
            max_examples=25,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
