"""`kill -9` of anything, at any moment of a purchase, while buyers buy: nothing acknowledged is lost.

`JISHI_TEST_KILLS=100 JISHI_TEST_SEED=7 pytest tests/chaos` kills longer, and otherwise.
"""

import json
import logging
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Thread
from typing import Any

import httpx
import psycopg
import pytest

from simulators.remote_control import Control
from tests.chaos.shopping import SETTLED, STEPS, Journal, Shopper
from tests.engines import wait_until
from tests.market import SERVICES, Market, family

log = logging.getLogger(__name__)

SHOPPERS = 4
CHOICES = 12
WORKER_OF_WEB = "a worker of web"
VICTIMS = (*SERVICES, WORKER_OF_WEB)
PURCHASES_AFTER_A_KILL = 2
RECOVERY_SECONDS_MAX = 180.0  # the budget is 10 on a machine that has nothing else to do
QUIET_SECONDS_MAX = 60.0
PAYMENTS_MAX = 100_000


@dataclass(frozen=True, slots=True)
class Kill:
    """What is killed, and which request is under way then."""

    victim: str
    step: str


def plan(kills: int, seed: int) -> list[Kill]:
    """Return who is killed and when: everything in turn, in an order and at steps that follow from `seed`."""
    chance = random.Random(seed)
    found: list[Kill] = []
    while len(found) < kills:
        victims = chance.sample(VICTIMS, len(VICTIMS))
        steps = [*STEPS, *chance.sample(STEPS, len(VICTIMS) - len(STEPS))]
        chance.shuffle(steps)
        found += [Kill(*one) for one in zip(victims, steps, strict=True)]
    return found[:kills]


@pytest.mark.slow
def test_killing_anything_under_load_loses_nothing(market: Market) -> None:
    kills = plan(
        int(os.environ.get("JISHI_TEST_KILLS", str(len(VICTIMS)))),
        int(os.environ.get("JISHI_TEST_SEED", "20261124")),
    )
    buyers = _buyers(market)
    goods = _goods(market)
    journal = Journal()
    with _shopping(market, buyers, goods, journal):
        wait_until(lambda: bool(journal.bought or journal.problems), what="the first purchase")
        recovered = [(kill, _recovery_seconds(market, kill, journal)) for kill in kills]
    log.info("%d purchases; asked again after %s", len(journal.bought), dict(journal.retried))
    for kill, seconds in recovered:
        log.info("%s killed at the step %s: %.1f s", kill.victim, kill.step, seconds)

    _assert_every_answer_is_true(market, buyers, journal)
    _assert_every_captured_payment_is_known(market, buyers)
    _assert_stock_adds_up(market, buyers, journal)
    _assert_the_rest_is_done(market)
    checked = market.command("check-invariants")
    assert checked.returncode == 0, checked.stdout + checked.stderr


# -- killing -------------------------------------------------------------------------------------------------


def _recovery_seconds(market: Market, kill: Kill, journal: Journal) -> float:
    """Kill while the step is under way; return how long it took until whole purchases succeeded again."""
    journal.wait_for(kill.step)
    old = _pid(market, kill.victim)
    if kill.victim == WORKER_OF_WEB:
        os.kill(old, signal.SIGKILL)
    else:
        market.kill(kill.victim)
    killed = time.monotonic()

    def is_well() -> bool:
        if journal.problems:
            raise AssertionError(f"{kill}: {journal.problems}")
        return _is_back(market, kill.victim, old) and journal.bought_since(killed) >= PURCHASES_AFTER_A_KILL

    wait_until(is_well, what=f"recovery from {kill}", seconds_max=RECOVERY_SECONDS_MAX)
    return time.monotonic() - killed


def _pid(market: Market, victim: str) -> int:
    if victim == WORKER_OF_WEB:
        return max(_web_workers(market))
    return market.pid_of(victim)


def _web_workers(market: Market) -> set[int]:
    web = market.pid_of("web")
    return family(web) - {web}


def _is_back(market: Market, victim: str, old: int) -> bool:
    if victim == WORKER_OF_WEB:
        workers = _web_workers(market)
        return old not in workers and len(workers) >= market.configuration.web_workers
    found = market.processes().get(victim)
    return found is not None and found["pid"] != old and bool(found["ready"])


@contextmanager
def _shopping(
    market: Market, buyers: Sequence[dict[str, str]], goods: Sequence[Sequence[str]], journal: Journal
) -> Iterator[None]:
    """Let everybody buy, until the block ends and each has finished what he had begun."""
    threads = [
        Thread(target=Shopper(market.url, buyer, [*goods[place:], *goods[:place]], journal).shop, daemon=True)
        for place, buyer in enumerate(buyers)
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        journal.closing.set()
        for thread in threads:
            thread.join()
    assert not journal.problems


# -- the accounts --------------------------------------------------------------------------------------------


def _assert_every_answer_is_true(market: Market, buyers: Sequence[dict[str, str]], journal: Journal) -> None:
    """No key gave two trades, every trade that was acknowledged is there, and there are no others."""
    acknowledged = {key: set(answers) for key, answers in journal.answers.items()}
    assert {key: found for key, found in acknowledged.items() if len(found) != 1} == {}
    ids = set().union(*acknowledged.values())
    assert len(ids) == len(acknowledged) == len(journal.bought)
    kept = _rows(market, "SELECT id::text FROM orders_trade WHERE buyer_id = ANY(%s::uuid[])", _ids(buyers))
    assert {trade_id for (trade_id,) in kept} == ids


def _assert_every_captured_payment_is_known(market: Market, buyers: Sequence[dict[str, str]]) -> None:
    """All money that the channels took is in our books, and went back unless it paid something."""
    ours = {
        number: (status, int(kept))
        for number, status, kept in _rows(
            market,
            """SELECT a.out_trade_no, p.status, coalesce(sum(c.amount_minor), 0) FROM payments_attempt a
            JOIN payments_payment p ON p.id = a.payment_id LEFT JOIN payments_capture c ON c.attempt_id = a.id
            WHERE p.buyer_id = ANY(%s::uuid[]) GROUP BY 1, 2""",
            _ids(buyers),
        )
    }
    control = Control(market.configuration.simulators_url)
    theirs = {
        one["out_trade_no"]: one
        for one in control.payments(limit=PAYMENTS_MAX)
        if one["out_trade_no"] in ours
    }
    control.close()
    taken = {number: len(one["captures"]) * one["amount_minor"] for number, one in theirs.items()}
    assert any(taken.values())
    assert {number: kept for number, (_, kept) in ours.items()} == {
        number: taken.get(number, 0) for number in ours
    }
    assert {
        number: ours[number] for number, money in taken.items() if money and ours[number][0] not in SETTLED
    } == {}
    sources = _rows(
        market,
        "SELECT DISTINCT c.source FROM payments_capture c JOIN payments_payment p ON p.id = c.payment_id "
        "WHERE p.buyer_id = ANY(%s::uuid[])",
        _ids(buyers),
    )
    assert ("webhook",) in sources


def _assert_the_rest_is_done(market: Market) -> None:
    """What a killed process left behind was taken up: no event and no job waits, none was given up."""

    def is_done() -> bool:
        return _rows(market, LEFT) == [(0,)]

    wait_until(is_done, what="the jobs that are left", seconds_max=QUIET_SECONDS_MAX)
    assert _rows(market, "SELECT name, error FROM kernel_dead_letter WHERE outcome = 'waiting'") == []


def _assert_stock_adds_up(market: Market, buyers: Sequence[dict[str, str]], journal: Journal) -> None:
    """What the buyers were told they bought is what their orders hold, and what is reserved for these."""
    told: Counter[str] = Counter()
    for bought in journal.bought:
        for line in (line for order in bought.trade["orders"] for line in order["lines"]):
            told[line["sku_id"]] += line["quantity"]
    ordered = _rows(
        market,
        "SELECT l.sku_id::text, sum(l.quantity)::int FROM orders_order_line l "
        "JOIN orders_order o ON o.id = l.order_id WHERE o.buyer_id = ANY(%s::uuid[]) GROUP BY 1",
        _ids(buyers),
    )
    reserved = _rows(
        market,
        "SELECT r.sku_id::text, sum(r.quantity)::int FROM inventory_reservation r "
        "JOIN orders_order o ON o.id = r.owner_id WHERE o.buyer_id = ANY(%s::uuid[]) GROUP BY 1",
        _ids(buyers),
    )
    assert dict(told) == dict(ordered) == dict(reserved)


# An event that nobody hears is not dispatched: it waits an hour for a newer release.
LEFT = """SELECT (SELECT count(*) FROM kernel_outbox WHERE dispatched_at IS NULL
        AND name IN (SELECT name FROM kernel_outbox WHERE dispatched_at IS NOT NULL))
    + (SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing')
        AND (scheduled_at IS NULL OR scheduled_at < now()))"""


def _buyers(market: Market) -> list[dict[str, str]]:
    done = market.command("seed", "--buyers", str(SHOPPERS))
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def _goods(market: Market) -> list[list[str]]:
    """Return pairs of well-stocked SKUs of two merchants, in the order in which they are bought."""
    by_merchant: dict[str, list[str]] = {}
    with httpx.Client(base_url=f"{market.url}/api/v1/store", trust_env=False, timeout=30) as http:
        for product in http.get("/products?limit=48").raise_for_status().json()["items"]:
            detail = http.get(f"/products/{product['id']}").raise_for_status().json()
            by_merchant.setdefault(product["merchant"]["id"], []).append(detail["skus"][0]["id"])
    available = _available(market, list(by_merchant.values()))
    rich = [sorted(found, key=lambda one: -available.get(one, 0))[:CHOICES] for found in by_merchant.values()]
    one, other = sorted(rich, key=len)[-2:]
    return [list(pair) for pair in zip(one[:CHOICES], other[:CHOICES], strict=False)]


def _available(market: Market, goods: Sequence[Sequence[str]]) -> dict[str, int]:
    found = _rows(
        market,
        "SELECT sku_id::text, sum(on_hand - reserved - bucketed)::int FROM inventory_stock "
        "WHERE sku_id = ANY(%s::uuid[]) GROUP BY 1",
        [sku_id for pair in goods for sku_id in pair],
    )
    return dict(found)


def _ids(buyers: Sequence[dict[str, str]]) -> list[str]:
    return [buyer["user_id"] for buyer in buyers]


def _rows(market: Market, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    with psycopg.connect(market.database_url) as connection:
        return connection.execute(sql, values or None).fetchall()
