"""Callbacks that are dropped, repeated, reordered or late: each payment counts once, and none is forgotten."""

from collections.abc import Callable, Iterator

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
    books.close(
        market, buyers, journal, figures, what=f"callbacks {mode}", heard_by_callback=mode == "repeat"
    )


def _assert_astray(market: Market, control: Control, buyers: list[dict[str, str]], mode: str) -> None:
    """What the channel said of these payments went the way that was asked for."""
    numbers = books.rows(
        market,
        "SELECT a.out_trade_no FROM payments_attempt a JOIN payments_payment p ON p.id = a.payment_id "
        "WHERE p.buyer_id = ANY(%s::uuid[]) AND p.status = 'paid'",
        [buyer["user_id"] for buyer in buyers],
    )
    said = [callback for (number,) in numbers for callback in control.callbacks(number)]
    assert {callback["mode"] for callback in said} == {mode}
    if mode == "drop":
        assert {len(callback["attempts"]) for callback in said} == {0}
        assert "webhook" not in books.sources(market, buyers)
    if mode == "repeat":
        assert {len(callback["attempts"]) for callback in said if callback["state"] == "delivered"} == {3}
    if mode == "reorder":
        assert {callback["state"] for callback in said} <= {"held", "waiting", "delivered"}


def test_money_that_comes_after_the_end_pays_or_goes_back(market: Market, control: Control) -> None:
    (buyer,) = books.new_buyers(market, 1)
    shopper = Shopper(market.url, buyer, books.rich_goods(market), Journal())
    trade = shopper.order_once()
    with httpx.Client(
        base_url=f"{market.url}/api/v1/store", headers={"X-Session-Token": buyer["session_token"]},
        trust_env=False, timeout=30,
    ) as http:  # fmt: skip
        http.post(f"/trades/{trade['id']}/payments", json={"channel": "wechat"}).raise_for_status()
        order = trade["orders"][0]["id"]
        http.post(f"/orders/{order}/cancel", json={"reason": "不想要了"}).raise_for_status()
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
        )
    books.assert_every_captured_payment_is_known(market, [buyer])
    assert market.command("check-invariants").returncode == 0
