"""A flash sale over HTTP: real processes, a real gate, and Valkey killed while the crowd stands before it."""

import asyncio
import signal
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from benchmarks.rows import Row
from tests.market import Market
from tests.races.flash_crowd import TURNED_AWAY, Rush, crowd
from tests.races.people import Town, json_lines

pytestmark = pytest.mark.slow

SHORT, FULL = (120, 30), (1_000, 100)  # buyers, pieces
LIMIT = 1
Figures = Callable[[Row], None]
sizes = pytest.mark.parametrize(
    ("buyers", "pieces"), [SHORT, pytest.param(*FULL, marks=pytest.mark.proof)], ids=["short", "full"]
)


@sizes
def test_exactly_the_quota_is_sold(town: Town, figures: Figures, buyers: int, pieces: int) -> None:
    _sell(town, figures, buyers, pieces, what="all well")


@sizes
def test_valkey_is_killed_and_comes_back(town: Town, figures: Figures, buyers: int, pieces: int) -> None:
    async def kill(rush: Rush) -> None:
        await rush.wait_for_sales(pieces // 3)
        town.market.kill("valkey")

    _sell(town, figures, buyers, pieces, what="Valkey killed, back again", meanwhile=kill)
    town.market.wait_ready()


@sizes
def test_valkey_is_killed_and_stays_away(town: Town, figures: Figures, buyers: int, pieces: int) -> None:
    with _nobody_starts_again(town.market):

        async def kill(rush: Rush) -> None:
            await rush.wait_for_sales(pieces // 3)
            town.market.kill("valkey")

        _sell(town, figures, buyers, pieces, what="Valkey killed, gone", meanwhile=kill)
        killed = town.market.killed["valkey"]
        assert town.market.pid_of("valkey") == killed, "it was away to the end"
    town.market.wait_ready()


@contextmanager
def _nobody_starts_again(market: Market) -> Iterator[None]:
    """Let the supervisor sleep: what dies meanwhile stays dead."""
    market.supervisor.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        market.supervisor.send_signal(signal.SIGCONT)


def _sell(
    town: Town,
    figures: Figures,
    count: int,
    pieces: int,
    *,
    what: str,
    meanwhile: Callable[[Rush], Coroutine[Any, Any, None]] | None = None,
) -> None:
    """Sell a flash sale out to so many buyers and check everything that it promises."""
    item_id, sku_id = begin_sale(town, pieces)
    buyers = json_lines(town.market, "seed", "--buyers", str(count))
    before = town.stock(sku_id)

    rush = asyncio.run(crowd(town.market.url, buyers, item_id, meanwhile=meanwhile))

    unexpected = {word for word in rush.words if word != "201" and word not in TURNED_AWAY}
    figures(
        Row(
            work=f"flash sale, {count:,} buyers, {pieces} pieces, {what}: sold",
            measured=rush.sold,
            unit="pieces",
            measured_min=pieces,
            measured_max=pieces,
            errors=rush.wrong.total() + sum(rush.words[word] for word in unexpected),
            note=f"{dict(rush.words)}; {rush.queued:,} times queued, {rush.asked:,} requests in "
            f"{rush.seconds:.0f} s, {dict(rush.wrong)}",
        )
    )
    assert not unexpected
    assert max(rush.sold_to.values()) == LIMIT
    assert _most_of_one_buyer(town, item_id) == LIMIT
    assert town.stock(sku_id) == (before[0], before[1] + pieces)
    assert _left(town, item_id) == 0
    town.check()


def begin_sale(town: Town, pieces: int) -> tuple[str, str]:
    """Begin a flash sale of some goods in a session of its own; return the item and its SKU."""
    (sku_id,) = town.goods(1)
    (made,) = json_lines(town.market, "seed", "--flash", sku_id, "--pieces", str(pieces))
    return str(made["item_id"]), sku_id


def _most_of_one_buyer(town: Town, item_id: str) -> int:
    ((most,),) = town.ask(
        "SELECT max(pieces)::int FROM (SELECT sum(quantity) AS pieces FROM flash_claim c "
        "JOIN orders_order o ON o.id = c.order_id AND o.status <> 'closed' "
        "WHERE c.item_id = %s GROUP BY c.buyer_id) each_buyer",
        item_id,
    )
    return int(most)


def _left(town: Town, item_id: str) -> int:
    ((left,),) = town.ask('SELECT sum("left")::int FROM inventory_bucket WHERE activity_id = %s', item_id)
    return int(left)
