"""Callbacks that are dropped, repeated, reordered or late: each payment counts once, and none is forgotten."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from benchmarks.rows import Row
from simulators.remote_control import Control
from tests.chaos import books
from tests.chaos.shopping import SETTLED, Journal, Shopper, shopping
from tests.engines import wait_until
from tests.market import Market

SHOPPERS = 2
MODES = ("drop", "repeat", "reorder")
CALLBACK_SECONDS_MAX = 60.0
HEARD = (  # of money taken; what is said of refunds is only noted
    "SELECT outcome FROM payments_callback WHERE out_trade_no = %s AND outcome NOT IN ('noted', 'refund_noted')"
)


@pytest.fixture
def control(market: Market) -> Iterator[Control]:
    found = Control(market.configuration.simulators_url)
    yield found
    found.set_callback_mode("normal")
    found.close()


@pytest.mark.parametrize("mode", MODES)
def test_callbacks_that_go_astray(
    market: Market, control: Control, figures: Callable[[Row], None], mode: str
) -> None:
    _shop_while(market, control, figures, mode, purchases=2)


@pytest.mark.proof
@pytest.mark.parametrize("mode", MODES)
def test_many_callbacks_that_go_astray(
    market: Market, control: Control, figures: Callable[[Row], None], mode: str
) -> None:
    _shop_while(market, control, figures, mode, purchases=60)


def _shop_while(
    market: Market, control: Control, figures: Callable[[Row], None], mode: str, *, purchases: int
) -> None:
    buyers = books.new_buyers(market, SHOPPERS)
    journal = Journal()
    control.set_callback_mode(mode)
    with shopping(market.url, buyers, books.rich_goods(market), journal):
        wait_until(
            lambda: len(journal.bought) >= purchases or bool(journal.problems),
            what="the purchases",
            seconds_max=30.0 * purchases,
        )
    _assert_astray(market, control, buyers, mode)
    control.set_callback_mode("normal")
    control.release()
    _assert_heard(market, control, buyers, mode)
    books.close(
        market, buyers, journal, figures, what=f"callbacks {mode}", heard_by_callback=mode == "repeat"
    )


def _sources(market: Market, buyers: list[dict[str, str]]) -> dict[str, str]:
    """Return from whom we learnt of each payment, by its number at the channel."""
    return dict(
        books.rows(
            market,
            "SELECT a.out_trade_no, c.source FROM payments_attempt a JOIN payments_capture c ON c.attempt_id = a.id "
            "JOIN payments_payment p ON p.id = a.payment_id WHERE p.buyer_id = ANY(%s::uuid[])",
            [buyer["user_id"] for buyer in buyers],
        )
    )


def _said(control: Control, number: str) -> list[dict[str, Any]]:
    """Return what the channel had to say of a payment; refunds are another story."""
    return [callback for callback in control.callbacks(number) if callback["kind"] == "capture"]


def _assert_astray(market: Market, control: Control, buyers: list[dict[str, str]], mode: str) -> None:
    """What the channel said of these payments went the way that was asked for."""
    said = [one for number in _sources(market, buyers) for one in _said(control, number)]
    assert {callback["mode"] for callback in said} == {mode}
    if mode == "drop":
        assert {len(callback["attempts"]) for callback in said} == {0}
        assert "webhook" not in books.sources(market, buyers)
    if mode == "repeat":
        assert {len(callback["attempts"]) for callback in said if callback["state"] == "delivered"} == {3}
    if mode == "reorder":
        assert {callback["state"] for callback in said} <= {"held", "waiting", "delivered"}


def _assert_heard(market: Market, control: Control, buyers: list[dict[str, str]], mode: str) -> None:
    """All that was not dropped was delivered in the end, and answered: as a repetition, unless it was the first."""
    outcomes = Counter[str]()
    for number, source in _sources(market, buyers).items():
        control.settle(number, for_good=True, timeout_seconds=CALLBACK_SECONDS_MAX)
        assert {one["state"] for one in _said(control, number)} == {
            "dropped" if mode == "drop" else "delivered"
        }
        heard = Counter(outcome for (outcome,) in books.rows(market, HEARD, number))
        assert heard["applied"] == (source == "webhook")
        assert set(heard) <= {"applied", "repeated"}
        answered = [
            attempt for one in _said(control, number) for attempt in one["attempts"] if attempt["status"]
        ]
        assert heard.total() >= len(answered)
        outcomes += heard
    assert ("repeated" in outcomes) == (mode != "drop")


def test_money_that_comes_after_the_end_pays_or_goes_back(
    market: Market, control: Control, figures: Callable[[Row], None]
) -> None:
    """Somebody's money is late while others buy."""
    buyer, *others = books.new_buyers(market, 1 + SHOPPERS)
    goods, journal = books.rich_goods(market), Journal()
    shopper = Shopper(market.url, buyer, goods, Journal())
    with shopping(market.url, others, goods, journal):
        trade = shopper.order_once()
        with httpx.Client(
            base_url=f"{market.url}/api/v1/store", headers={"X-Session-Token": buyer["session_token"]},
            trust_env=False, timeout=30,
        ) as http:  # fmt: skip
            http.post(f"/trades/{trade['id']}/payments", json={"channel": "wechat"}).raise_for_status()
            shopper.cancel(trade["orders"][0]["id"])
            ((number,),) = books.rows(
                market,
                "SELECT a.out_trade_no FROM payments_attempt a JOIN payments_payment p ON p.id = a.payment_id "
                "WHERE p.trade_id = %s",
                trade["id"],
            )
            control.pay_late(number)
            wait_until(
                lambda: http.get(f"/trades/{trade['id']}").json()["payment"]["status"] in SETTLED,
                what="what becomes of late money",
                seconds_max=60,
            )
        wait_until(lambda: bool(journal.bought or journal.problems), what="a purchase of somebody else")
    books.assert_every_captured_payment_is_known(market, [buyer])
    books.close(market, others, journal, figures, what="callbacks late")
