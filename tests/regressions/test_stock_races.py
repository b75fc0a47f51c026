"""Two buyers and too few pieces, at the same instant: each case by the place where it was reported."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from jishi.flows.tests.shopping import Shopper, make_goods, make_shopper, stock_of
from jishi.kernel.db import rows
from jishi.offering.inventory import queries as inventory
from jishi.offering.inventory.services import OutOfStock
from jishi.trade.checkout.types import Quote

pytestmark = pytest.mark.django_db(transaction=True)

SOLD, REFUSED = "sold", "refused"


def at_once(carts: Sequence[tuple[Shopper, Quote]]) -> list[str]:
    """Let every buyer press Order at the same instant; return what became of it, sorted."""
    start = Barrier(len(carts))

    def press(cart: tuple[Shopper, Quote]) -> str:
        shopper, quote = cart
        start.wait()
        try:
            shopper.place(quote)
        except OutOfStock:
            return REFUSED
        finally:
            connections.close_all()
        return SOLD

    with ThreadPoolExecutor(len(carts)) as pool:
        return sorted(pool.map(press, carts))


def test_magento_11488_two_orders_for_a_stock_of_one() -> None:
    last = make_goods(6_800, stock=1)
    carts = [(me, me.quote((last.sku_id, 1))) for me in (make_shopper(), make_shopper())]

    assert at_once(carts) == [REFUSED, SOLD]
    assert stock_of(last.sku_id) == (1, 1)


def test_nopcommerce_4184_carts_that_fit_alone_and_not_together() -> None:
    tea = make_goods(6_800, stock=5)
    carts = [(me, me.quote((tea.sku_id, 3))) for me in (make_shopper(), make_shopper())]

    assert at_once(carts) == [REFUSED, SOLD]
    assert stock_of(tea.sku_id) == (5, 3)
    assert rows("SELECT count(*) FROM orders_trade") == [(1,)]


def test_medusa_16825_many_buyers_for_few_pieces_of_the_same_two_skus() -> None:
    """Half of them named the two the other way round: nobody waits for another in a circle."""
    cups = make_goods(6_800, 5_200, stock=3)
    one, other = ((sku_id, 1) for sku_id in cups.sku_ids)
    shoppers = [make_shopper() for _ in range(8)]
    carts = [
        (me, me.quote(*((one, other) if number % 2 else (other, one)))) for number, me in enumerate(shoppers)
    ]

    assert at_once(carts) == [REFUSED] * 5 + [SOLD] * 3
    assert [stock_of(sku_id) for sku_id in cups.sku_ids] == [(3, 3), (3, 3)]
    assert inventory.violations() == []
