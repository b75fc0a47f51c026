"""The accounts after something went wrong: what the buyers saw, what our books say, what the channels took."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import httpx
import psycopg

from benchmarks.rows import Row
from jishi.flows.close_unpaid import close_unpaid
from jishi.kernel.outbox.handlers import HANDLERS
from simulators.remote_control import Control
from tests.chaos.shopping import SETTLED, Journal
from tests.engines import wait_until
from tests.market import Market

CHOICES = 12
QUIET_SECONDS_MAX = 60.0
REFUND_SECONDS_MAX = 180.0  # one that its channel has not finished is looked at after 10, 20, 40 … seconds
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
    money = Refunds.of(market, buyers, simulators_url)
    assert_the_rest_is_done(market)
    figures(
        Row(
            work=f"{what}: purchases acknowledged",
            measured=len(journal.bought),
            unit="trades",
            measured_min=1,
            note=f"{len(journal.cancelled)} halves cancelled, {len(journal.unpaid)} more left unpaid",
        )
    )
    doubled = _doubled(market, buyers, journal) + (money.theirs - money.ours).total()
    for work, measured in (("lost", _lost(market, journal)), ("doubled", doubled)):
        figures(Row(work=f"{what}: {work}", measured=measured, unit="trades", measured_min=0, measured_max=0))
    assert_every_answer_is_true(market, buyers, journal)
    assert_every_captured_payment_is_known(market, buyers, simulators_url)
    if heard_by_callback:
        assert sources(market, buyers) >= {"webhook"}
    assert_stock_adds_up(market, buyers, journal)
    assert_deadlines_are_kept(market, journal)
    assert_money_went_back_once(market, buyers, journal, money)
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
    assert len(ids) == len(acknowledged) == len(journal.bought) + len(journal.unpaid)
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
    """What a killed process left behind was taken up: every handler heard of every event, and no job waits.

    A job that vanished looks like one that is done: so the proof that each handler leaves is asked for.
    """

    def is_done() -> bool:
        return rows(market, LEFT) == [(0,)]

    wait_until(is_done, what="the jobs that are left", seconds_max=QUIET_SECONDS_MAX)
    assert rows(market, "SELECT name, error FROM kernel_dead_letter WHERE outcome = 'waiting'") == []
    pairs = [(name, handler) for name, handlers in HANDLERS.items() for handler in handlers]
    names, handlers = zip(*pairs, strict=True)
    assert rows(market, UNHEARD, list(names), list(handlers)) == []


def assert_deadlines_are_kept(market: Market, journal: Journal) -> None:
    """Each trade whose time to pay is not over has the job that will end it; each unpaid one has it or is closed."""
    told = [trade_id for answers in journal.answers.values() for trade_id in answers]
    assert rows(market, UNWATCHED, told, list(SETTLED), close_unpaid.name) == []


def assert_stock_adds_up(market: Market, buyers: Sequence[dict[str, str]], journal: Journal) -> None:
    """What the buyers were told they ordered is what their orders hold; what they still wait for is reserved."""
    late = rows(
        market,
        "SELECT id::text FROM orders_trade WHERE id = ANY(%s::uuid[]) AND pay_before_at < now()",
        [trade["id"] for trade in journal.unpaid],
    )
    trades = [*(bought.trade for bought in journal.bought), *journal.unpaid]
    given_up = {
        order["id"] for trade in journal.unpaid for order in trade["orders"] if (trade["id"],) in late
    }
    told, kept = Counter[str](), Counter[str]()
    for order in (order for trade in trades for order in trade["orders"]):
        for line in order["lines"]:
            told[line["sku_id"]] += line["quantity"]
            if order["id"] not in given_up.union(journal.cancelled):
                kept[line["sku_id"]] += line["quantity"]
    ordered = rows(
        market,
        "SELECT l.sku_id::text, sum(l.quantity)::int FROM orders_order_line l "
        "JOIN orders_order o ON o.id = l.order_id WHERE o.buyer_id = ANY(%s::uuid[]) GROUP BY 1",
        _ids(buyers),
    )
    reserved = rows(
        market,
        "SELECT r.sku_id::text, sum(r.quantity)::int FROM inventory_reservation r "
        "JOIN orders_order o ON o.id = r.owner_id WHERE o.buyer_id = ANY(%s::uuid[]) AND r.quantity > 0 GROUP BY 1",
        _ids(buyers),
    )
    assert dict(told) == dict(ordered)
    assert dict(kept) == dict(reserved)


@dataclass(frozen=True, slots=True)
class Refunds:
    """The refunds of some buyers, as (number, minor units): as we have them and as their channels do."""

    ours: Counter[tuple[str, int]]
    theirs: Counter[tuple[str, int]]
    cancelled: Counter[str]  # of ours those of a cancelled order, by the order

    @classmethod
    def of(cls, market: Market, buyers: Sequence[dict[str, str]], simulators_url: str = "") -> "Refunds":
        """Wait until every refund is done, and count."""

        def is_done() -> bool:
            return not rows(
                market,
                "SELECT FROM payments_refund WHERE buyer_id = ANY(%s::uuid[]) AND status <> 'done'",
                _ids(buyers),
            )

        wait_until(is_done, what="the refunds", seconds_max=REFUND_SECONDS_MAX)
        found = rows(
            market,
            "SELECT out_refund_no, amount_minor, reason, order_id::text FROM payments_refund "
            "WHERE buyer_id = ANY(%s::uuid[])",
            _ids(buyers),
        )
        attempts = rows(
            market,
            "SELECT DISTINCT a.out_trade_no FROM payments_attempt a JOIN payments_payment p ON p.id = a.payment_id "
            "JOIN payments_capture c ON c.attempt_id = a.id WHERE p.buyer_id = ANY(%s::uuid[])",
            _ids(buyers),
        )
        with closing(Control(simulators_url or market.configuration.simulators_url)) as control:
            theirs = [refund for (number,) in attempts for refund in control.refunds(number)]
        return cls(
            ours=Counter((number, amount) for number, amount, *_ in found),
            theirs=Counter((one["out_refund_no"], one["amount_minor"]) for one in theirs),
            cancelled=Counter(order_id for *_, reason, order_id in found if reason == "cancelled"),
        )


def assert_money_went_back_once(
    market: Market,
    buyers: Sequence[dict[str, str]],
    journal: Journal,
    refunds: Refunds,
) -> None:
    """Each cancelled order was refunded once, here and at its channel, and its buyer has at least one letter.

    Letters may come twice: who sends one and dies before he has noted it sends it again.
    """
    assert refunds.ours == refunds.theirs
    assert refunds.cancelled == Counter(journal.cancelled)
    closed = rows(
        market,
        "SELECT id::text, number, status FROM orders_order WHERE id = ANY(%s::uuid[])",
        journal.cancelled,
    )
    assert {status for *_, status in closed} <= {"closed"}
    # Letters lie in the inbox of the market's own simulators, whichever channels it has.
    with closing(Control(market.configuration.simulators_url)) as control:
        letters = "\n".join(one["text"] for buyer in buyers for one in control.messages(buyer["email"]))
    assert [order_id for order_id, number, _ in closed if number not in letters] == []


# An event that nobody hears is not dispatched: it waits an hour for a newer release.
LEFT = """SELECT (SELECT count(*) FROM kernel_outbox WHERE dispatched_at IS NULL
        AND name IN (SELECT name FROM kernel_outbox WHERE dispatched_at IS NOT NULL))
    + (SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing')
        AND (scheduled_at IS NULL OR scheduled_at < now()))
    + (SELECT count(*) FROM kernel_scheduled_job WHERE due_at < now())"""
# A handler that wants only the newest passes over an event of which it has seen a newer one.
UNHEARD = """SELECT o.name, h.handler, count(*) FROM kernel_outbox o
    JOIN unnest(%s::text[], %s::text[]) AS h(name, handler) ON h.name = o.name
    WHERE o.dispatched_at IS NOT NULL
    AND NOT EXISTS (SELECT FROM kernel_handled k WHERE k.handler = h.handler AND k.event_id = o.id)
    AND NOT EXISTS (SELECT FROM kernel_seen s WHERE s.handler = h.handler AND s.aggregate_id = o.aggregate_id
        AND s.sequence > o.sequence) GROUP BY 1, 2"""
UNWATCHED = """SELECT t.id::text, p.status FROM orders_trade t JOIN payments_payment p ON p.trade_id = t.id
    WHERE t.id = ANY(%s::uuid[]) AND p.status <> 'closed' AND NOT (p.status = ANY(%s) AND t.pay_before_at < now())
    AND NOT EXISTS (SELECT FROM kernel_scheduled_job j WHERE j.name = %s AND j.arguments->>'trade_id' = t.id::text)"""


def new_buyers(market: Market, count: int) -> list[dict[str, str]]:
    """Make buyers, each with an address and an app token."""
    done = market.command("seed", "--buyers", str(count))
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def rich_goods(market: Market) -> list[list[str]]:
    """Return pairs of well-stocked SKUs of two merchants that are sent in parcels, in the order in which they are
    bought.
    """
    by_merchant: dict[str, list[str]] = {}
    with httpx.Client(base_url=f"{market.url}/api/v1/store", trust_env=False, timeout=30) as http:
        for product in http.get("/products?limit=48").raise_for_status().json()["items"]:
            detail = http.get(f"/products/{product['id']}").raise_for_status().json()
            if detail["kind"] == "physical":
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
