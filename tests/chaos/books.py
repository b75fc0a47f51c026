"""The accounts after something went wrong: what the buyers saw, what our books say, what the channels took."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import httpx
import psycopg

from benchmarks.rows import Row
from simulators.remote_control import Control
from tests.chaos.shopping import SETTLED, Journal
from tests.engines import wait_until
from tests.market import Market

CHOICES = 12
QUIET_SECONDS_MAX = 60.0
PAYMENTS_MAX = 100_000


def close(
    market: Market,
    buyers: Sequence[dict[str, str]],
    journal: Journal,
    figures: Callable[[Row], None],
    *,
    what: str,
    heard_by_callback: bool = True,
    simulators_url: str = "",
) -> None:
    """Check every account of what these buyers did, and hand over what was lost and doubled: nothing."""
    figures(
        Row(
            work=f"{what}: purchases acknowledged",
            measured=len(journal.bought),
            unit="trades",
            measured_min=1,
        )
    )
    for work, measured in (("lost", _lost(market, journal)), ("doubled", _doubled(market, buyers, journal))):
        figures(Row(work=f"{what}: {work}", measured=measured, unit="trades", measured_min=0, measured_max=0))
    assert_every_answer_is_true(market, buyers, journal)
    assert_every_captured_payment_is_known(market, buyers, simulators_url)
    if heard_by_callback:
        assert sources(market, buyers) >= {"webhook"}
    assert_stock_adds_up(market, buyers, journal)
    assert_the_rest_is_done(market)
    checked = market.command("check-invariants")
    assert checked.returncode == 0, checked.stdout + checked.stderr


def _lost(market: Market, journal: Journal) -> int:
    """Count the trades that somebody was told of and that are not there, or not paid though he paid."""
    told = {trade_id for answers in journal.answers.values() for trade_id in answers}
    paid = {bought.trade["id"] for bought in journal.bought}
    kept = dict(
        rows(
            market,
            "SELECT t.id::text, p.status FROM orders_trade t JOIN payments_payment p ON p.trade_id = t.id "
            "WHERE t.id = ANY(%s::uuid[])",
            list(told),
        )
    )
    return len(told - set(kept)) + sum(kept.get(one) not in SETTLED for one in paid & set(kept))


def _doubled(market: Market, buyers: Sequence[dict[str, str]], journal: Journal) -> int:
    """Count the keys that gave more than one trade, and the orders that were booked or reserved more than once."""
    keys = sum(len(set(answers)) > 1 for answers in journal.answers.values())
    ((orders,),) = rows(
        market,
        """SELECT count(*) FROM orders_order o WHERE o.buyer_id = ANY(%s::uuid[]) AND (
            (SELECT count(*) FROM ledger_journal j WHERE j.reference_id = o.id AND j.kind = 'payment_captured') > 1
            OR (SELECT coalesce(sum(r.quantity), 0) FROM inventory_reservation r WHERE r.owner_id = o.id)
             > (SELECT sum(l.quantity) FROM orders_order_line l WHERE l.order_id = o.id))""",
        _ids(buyers),
    )
    return keys + int(orders)


def assert_every_answer_is_true(market: Market, buyers: Sequence[dict[str, str]], journal: Journal) -> None:
    """No key gave two trades, every trade that was acknowledged is there, and there are no others."""
    acknowledged = {key: set(answers) for key, answers in journal.answers.items()}
    assert {key: found for key, found in acknowledged.items() if len(found) != 1} == {}
    ids = set().union(*acknowledged.values())
    assert len(ids) == len(acknowledged) == len(journal.bought)
    kept = rows(market, "SELECT id::text FROM orders_trade WHERE buyer_id = ANY(%s::uuid[])", _ids(buyers))
    assert {trade_id for (trade_id,) in kept} == ids


def assert_every_captured_payment_is_known(
    market: Market, buyers: Sequence[dict[str, str]], simulators_url: str = ""
) -> None:
    """All money that the channels took is in our books, and went back unless it paid something."""
    ours = {
        number: (status, int(kept))
        for number, status, kept in rows(
            market,
            """SELECT a.out_trade_no, p.status, coalesce(sum(c.amount_minor), 0) FROM payments_attempt a
            JOIN payments_payment p ON p.id = a.payment_id LEFT JOIN payments_capture c ON c.attempt_id = a.id
            WHERE p.buyer_id = ANY(%s::uuid[]) GROUP BY 1, 2""",
            _ids(buyers),
        )
    }
    control = Control(simulators_url or market.configuration.simulators_url)
    all_of_theirs = control.payments(limit=PAYMENTS_MAX)
    control.close()
    theirs = {one["out_trade_no"]: one for one in all_of_theirs if one["out_trade_no"] in ours}
    captured = {one["out_trade_no"] for one in all_of_theirs if one["captures"]}
    known = rows(
        market, "SELECT out_trade_no FROM payments_attempt WHERE out_trade_no = ANY(%s)", list(captured)
    )
    assert captured == {number for (number,) in known}, "money was taken under a number that we have lost"
    taken = {number: len(one["captures"]) * one["amount_minor"] for number, one in theirs.items()}
    assert any(taken.values())
    assert {number: kept for number, (_, kept) in ours.items()} == {
        number: taken.get(number, 0) for number in ours
    }
    assert {
        number: ours[number] for number, money in taken.items() if money and ours[number][0] not in SETTLED
    } == {}


def sources(market: Market, buyers: Sequence[dict[str, str]]) -> set[str]:
    """Return the ways in which the shop learnt of money: webhook, return, poll."""
    found = rows(
        market,
        "SELECT DISTINCT c.source FROM payments_capture c JOIN payments_payment p ON p.id = c.payment_id "
        "WHERE p.buyer_id = ANY(%s::uuid[])",
        _ids(buyers),
    )
    return {source for (source,) in found}


def assert_the_rest_is_done(market: Market) -> None:
    """What a killed process left behind was taken up: no event and no job waits, none was given up."""

    def is_done() -> bool:
        return rows(market, LEFT) == [(0,)]

    wait_until(is_done, what="the jobs that are left", seconds_max=QUIET_SECONDS_MAX)
    assert rows(market, "SELECT name, error FROM kernel_dead_letter WHERE outcome = 'waiting'") == []


def assert_stock_adds_up(market: Market, buyers: Sequence[dict[str, str]], journal: Journal) -> None:
    """What the buyers were told they bought is what their orders hold, and what is reserved for these."""
    told: Counter[str] = Counter()
    for bought in journal.bought:
        for line in (line for order in bought.trade["orders"] for line in order["lines"]):
            told[line["sku_id"]] += line["quantity"]
    ordered = rows(
        market,
        "SELECT l.sku_id::text, sum(l.quantity)::int FROM orders_order_line l "
        "JOIN orders_order o ON o.id = l.order_id WHERE o.buyer_id = ANY(%s::uuid[]) GROUP BY 1",
        _ids(buyers),
    )
    reserved = rows(
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


def new_buyers(market: Market, count: int) -> list[dict[str, str]]:
    """Make buyers, each with an address and an app token."""
    done = market.command("seed", "--buyers", str(count))
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def rich_goods(market: Market) -> list[list[str]]:
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
    found = rows(
        market,
        "SELECT sku_id::text, sum(on_hand - reserved - bucketed)::int FROM inventory_stock "
        "WHERE sku_id = ANY(%s::uuid[]) GROUP BY 1",
        [sku_id for pair in goods for sku_id in pair],
    )
    return dict(found)


def _ids(buyers: Sequence[dict[str, str]]) -> list[str]:
    return [buyer["user_id"] for buyer in buyers]


def rows(market: Market, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    """Ask the market's database."""
    with psycopg.connect(market.database_url) as connection:
        return connection.execute(sql, values or None).fetchall()
