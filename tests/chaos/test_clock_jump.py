"""The clock of our processes jumps by hours, and back, while people buy.

Deadlines end once, stale callbacks count for nothing.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from benchmarks.rows import Row
from tests.chaos import books
from tests.chaos.conftest import Troubled
from tests.chaos.shopping import CLOSED, PATIENCE_SECONDS, SETTLED, Journal, Shopper, shopping
from tests.engines import wait_until

pytestmark = pytest.mark.proof
HOURS = 3600
NEAR = timedelta(seconds=90)
TRUE_TIME = 0
CROWD = 3
BOUGHT_MIN = 2  # by all of the crowd before and after
# What one of the crowd may hear whose deadline came and went between two clicks; he goes on with something else.
BORNE = frozenset({CLOSED, "cannot_cancel", str(httpx.codes.CONFLICT), str(httpx.codes.GONE)})


@pytest.mark.parametrize("jump", [3 * HOURS, -3 * HOURS])
def test_the_clock_jumps_and_comes_back(
    troubled: Troubled, figures: Callable[[Row], None], jump: int
) -> None:
    market = troubled.market
    buyers = books.new_buyers(market, 3 + CROWD)
    goods = books.rich_goods(market)
    before, during, after = (
        Shopper(market.url, one, goods, Journal(), troubled.simulators.url) for one in buyers[:3]
    )
    crowd = Journal(borne=BORNE)
    with shopping(market.url, buyers[3:], goods, crowd, simulators=troubled.simulators.url):
        _let_it_jump(troubled, before, during, jump, crowd)
        after.buy_once()
        _wait_for_purchases(crowd)

    what, ids = f"clock {jump // HOURS:+d} h", [one["user_id"] for one in buyers]
    told = {one for answers in crowd.answers.values() for one in answers}
    kept = books.rows(market, "SELECT id::text FROM orders_trade WHERE buyer_id = ANY(%s::uuid[])", ids[3:])
    figures(Row(work=f"{what}: purchases of a crowd meanwhile", measured=len(crowd.bought), unit="trades",
                measured_min=2 * BOUGHT_MIN, note=f"{dict(crowd.retried)}"))  # fmt: skip
    strays = len(told ^ {one for (one,) in kept})
    figures(Row(work=f"{what}: orders acknowledged and lost, or never acknowledged",
                measured=strays, unit="orders", measured_min=0, measured_max=0))  # fmt: skip
    ((doubled,),) = books.rows(
        market,
        "SELECT count(*) FROM (SELECT FROM orders_event e JOIN orders_order o ON o.id = e.order_id "
        "WHERE o.buyer_id = ANY(%s::uuid[]) GROUP BY e.order_id, e.kind "
        "HAVING count(*) > 1) doubled",
        ids,
    )
    figures(Row(work=f"{what}: deadlines and payments that counted twice", measured=doubled, unit="orders",
                measured_min=0, measured_max=0))  # fmt: skip
    books.assert_every_captured_payment_is_known(market, buyers, troubled.simulators.url)
    books.assert_the_rest_is_done(market)
    checked = market.command("check-invariants")
    assert checked.returncode == 0, checked.stdout + checked.stderr


def _let_it_jump(troubled: Troubled, before: Shopper, during: Shopper, jump: int, crowd: Journal) -> None:
    """Move the clock while one trade waits for its money, order another, and move it back."""
    control = troubled.simulators.control
    _wait_for_purchases(crowd)
    paid_meanwhile = before.order_once()
    number = _start_payment(troubled, before, paid_meanwhile)
    try:
        troubled.clock.moved(jump)
        ordered_meanwhile = during.order_once()
        _assert_placed(troubled, ordered_meanwhile["id"], ahead=jump)
        control.pay(number)
        answers = [attempt["status"] for one in control.callbacks(number) for attempt in one["attempts"]]
        assert answers
        assert min(answers) >= httpx.codes.BAD_REQUEST  # signed hours ago, or hours ahead, says our clock
        assert _status(troubled, paid_meanwhile["id"]) not in SETTLED
    finally:
        troubled.clock.moved(TRUE_TIME)
    control.resend(number)
    wait_until(lambda: _status(troubled, paid_meanwhile["id"]) in SETTLED, what="money of the time between")
    if jump > 0:
        during.pay_for(ordered_meanwhile)  # its deadline lies hours ahead
    else:
        wait_until(lambda: _closed(troubled, ordered_meanwhile["id"]) > 0, what="a deadline hours ago")


def _wait_for_purchases(crowd: Journal) -> None:
    """Wait until the crowd has bought something that it began after this moment."""
    moment = time.monotonic()
    wait_until(
        lambda: crowd.bought_since(moment) >= BOUGHT_MIN or bool(crowd.problems),
        what="purchases of the crowd", seconds_max=PATIENCE_SECONDS,
    )  # fmt: skip


def _assert_placed(troubled: Troubled, trade_id: str, *, ahead: int) -> None:
    """See that a trade was placed by the moved clock."""
    ((placed_at,),) = books.rows(
        troubled.market, "SELECT placed_at FROM orders_trade WHERE id = %s", trade_id
    )
    assert abs(placed_at - datetime.now(UTC) - timedelta(seconds=ahead)) < NEAR


def _start_payment(troubled: Troubled, shopper: Shopper, trade: dict[str, object]) -> str:
    httpx.post(
        f"{troubled.market.url}/api/v1/store/trades/{trade['id']}/payments",
        json={"channel": "wechat"},
        headers={"X-Session-Token": shopper.buyer["session_token"]},
        timeout=30,
        trust_env=False,
    ).raise_for_status()
    ((number,),) = books.rows(
        troubled.market,
        "SELECT a.out_trade_no FROM payments_attempt a JOIN payments_payment p ON p.id = a.payment_id "
        "WHERE p.trade_id = %s",
        trade["id"],
    )
    return str(number)


def _status(troubled: Troubled, trade_id: str) -> str:
    ((status,),) = books.rows(
        troubled.market, "SELECT status FROM payments_payment WHERE trade_id = %s", trade_id
    )
    return str(status)


def _closed(troubled: Troubled, trade_id: str) -> int:
    ((orders,),) = books.rows(
        troubled.market,
        "SELECT count(*) FROM orders_order WHERE trade_id = %s AND status = 'closed'",
        trade_id,
    )
    return int(orders)
