"""A channel that is slow, half open or gone: pages stay quick, buyers are told, nothing is hammered or lost."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from benchmarks.rows import Row
from jishi.kernel.outgoing import REST_SECONDS
from tests.bad_line import Mode
from tests.chaos import books
from tests.chaos.conftest import Troubled
from tests.chaos.shopping import Journal, Shopper, reading
from tests.market import Market

pytestmark = pytest.mark.proof
PAYERS = 12
PROCESSES = 3  # two workers of web and the worker of jobs
PAGES = ("/", "/api/v1/store/products?limit=24", "/healthz")
READ_SECONDS_MAX = 2.0
RECOVERY_SECONDS_MAX = 10.0
FIRST_CALLS_SECONDS = 16.0  # until the first calls have ended, and the lines rest
RESTING_SECONDS = 29.0
# At once, and after rests of 5, 10 and 20 seconds: four in this time, and one for a rest cut short.
REFUND_TRIES_MAX = 5


@pytest.mark.parametrize("mode", ["silent", "reset", "drip"])
def test_a_dead_gateway_holds_up_nobody_else(
    troubled: Troubled, figures: Callable[[Row], None], mode: Mode
) -> None:
    market, journal, read = troubled.market, Journal(), Journal()
    what = f"gateway {mode}"
    buyers = books.new_buyers(market, PAYERS + 1)
    goods = books.rich_goods(market)
    *shoppers, regretful = (
        Shopper(market.url, one, goods, journal, troubled.simulators.url) for one in buyers
    )
    trades = [one.order_once() for one in shoppers]
    regretted = regretful.order_once()
    regretful.pay_for(regretted)
    troubled.line.mode = mode
    try:
        regretful.cancel(regretted["orders"][0]["id"])
        with reading(market.url, PAGES, read), _paying(market.url, buyers[:PAYERS], trades) as answers:
            time.sleep(FIRST_CALLS_SECONDS)  # the load itself is what is waited for
            began, before = time.monotonic(), troubled.line.connections
            time.sleep(RESTING_SECONDS)
            calls = troubled.line.connections - before
            resting = time.monotonic() - began
            refund = _refund(market, regretted)
    finally:
        troubled.line.mode = "good"
    well = time.monotonic()
    shoppers[0].pay_for(trades[0])
    recovered = time.monotonic() - well
    for one, trade in zip(shoppers[1:], trades[1:], strict=True):
        one.pay_for(trade)

    assert set(answers) <= {"503 channel_down", "200 "}, answers
    assert answers["503 channel_down"]
    status, tries = refund
    # Over a line that drips the channel hears all that it is asked: only its answers come too late.
    assert status in {"requested", "processing", "failed"} or mode == "drip"
    assert 1 <= tries <= REFUND_TRIES_MAX
    failed = sum(read.retried.values())
    figures(Row(work=f"{what}: failed reads", measured=failed, unit="requests", measured_min=0, measured_max=0,
                note=f"of {read.answered}"))  # fmt: skip
    figures(
        Row(
            work=f"{what}: slowest read",
            measured=read.slowest_seconds,
            unit="s",
            measured_max=READ_SECONDS_MAX,
        )
    )
    figures(
        Row(
            work=f"{what}: from well to paid", measured=recovered, unit="s", measured_max=RECOVERY_SECONDS_MAX
        )
    )
    figures(Row(work=f"{what}: calls that still reach it", measured=calls / resting, unit="/s",
                measured_max=PROCESSES / REST_SECONDS,
                note=f"{sum(answers.values())} payers turned away"))  # fmt: skip
    books.close(market, buyers, journal, figures, what=what, simulators_url=troubled.simulators.url)


def _refund(market: Market, trade: dict[str, Any]) -> tuple[str, int]:
    """Return how far the one refund of a trade is, and how often it was tried."""
    ((status, tries),) = books.rows(
        market,
        "SELECT r.status, r.tries FROM payments_refund r JOIN payments_payment p ON p.id = r.payment_id "
        "WHERE p.trade_id = %s",
        trade["id"],
    )
    return str(status), int(tries)


@contextmanager
def _paying(
    url: str, buyers: Sequence[dict[str, str]], trades: Sequence[dict[str, Any]]
) -> Iterator[Counter[str]]:
    """Let every buyer press the button for WeChat again and again until the block ends."""
    answers: Counter[str] = Counter()
    closing = threading.Event()

    def press(buyer: dict[str, str], trade: dict[str, Any]) -> None:
        with httpx.Client(base_url=f"{url}/api/v1/store", timeout=60, trust_env=False) as http:
            while not closing.is_set():
                answer = http.post(
                    f"/trades/{trade['id']}/payments",
                    json={"channel": "wechat"},
                    headers={"X-Session-Token": buyer["session_token"]},
                )
                answers[f"{answer.status_code} {answer.json().get('code', '')}"] += 1
                closing.wait(0.5)

    threads = [
        threading.Thread(target=press, args=pair, daemon=True) for pair in zip(buyers, trades, strict=True)
    ]
    for thread in threads:
        thread.start()
    try:
        yield answers
    finally:
        closing.set()
        for thread in threads:
            thread.join()
