"""The clock of our processes jumps by hours, and back: deadlines end once, stale callbacks count for nothing."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from benchmarks.rows import Row
from tests.chaos import books
from tests.chaos.conftest import Troubled
from tests.chaos.shopping import SETTLED, Journal, Shopper
from tests.engines import wait_until

pytestmark = pytest.mark.proof
HOURS = 3600
NEAR = timedelta(seconds=90)
TRUE_TIME = 0


@pytest.mark.parametrize("jump", [3 * HOURS, -3 * HOURS])
def test_the_clock_jumps_and_comes_back(
    troubled: Troubled, figures: Callable[[Row], None], jump: int
) -> None:
    market, control = troubled.market, troubled.simulators.control
    buyers = books.new_buyers(market, 3)
    goods = books.rich_goods(market)
    before, during, after = (
        Shopper(market.url, one, goods, Journal(), troubled.simulators.url) for one in buyers
    )
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
    after.buy_once()

    what = f"clock {jump // HOURS:+d} h"
    ((doubled,),) = books.rows(
        market,
        "SELECT count(*) FROM (SELECT FROM orders_event e JOIN orders_order o ON o.id = e.order_id "
        "WHERE o.buyer_id = ANY(%s::uuid[]) GROUP BY e.order_id, e.kind "
        "HAVING count(*) > 1) doubled",
        [one["user_id"] for one in buyers],
    )
    figures(Row(work=f"{what}: deadlines and payments that counted twice", measured=doubled, unit="orders",
                measured_min=0, measured_max=0))  # fmt: skip
    books.assert_every_captured_payment_is_known(market, buyers, troubled.simulators.url)
    books.assert_the_rest_is_done(market)
    checked = market.command("check-invariants")
    assert checked.returncode == 0, checked.stdout + checked.stderr


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
