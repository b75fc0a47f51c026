"""People who act over HTTP at the same instant, each by a connection of his own that is open already."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Barrier, Event
from typing import Any, TypeVar
from uuid import uuid4

import httpx
import psycopg

from jishi.entry.demo.accounts import DOMAIN, PASSWORD
from simulators.remote_control import Control
from tests.engines import wait_until
from tests.market import Market

T = TypeVar("T")
MERCHANT = "soundwide"
PLENTY = 100_000
PATIENCE_SECONDS = 60.0


def at_once(*calls: Callable[[], T]) -> list[T]:
    """Let every call set off at the same moment; return what each answered."""
    gate = Barrier(len(calls))

    def through(call: Callable[[], T]) -> T:
        gate.wait(timeout=PATIENCE_SECONDS)
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(through, calls))


def after(seconds: float, call: Callable[[], T]) -> Callable[[], T]:
    """Let a call set off a little later than the others, so that over the rounds each comes first at times."""

    def late() -> T:
        Event().wait(seconds)
        return call()

    return late


def said(answer: httpx.Response) -> str:
    """Return an answer in short. Raises: AssertionError for what nobody may ever see, a 5xx."""
    assert not answer.is_server_error, (
        f"{answer.request.method} {answer.url}: {answer.status_code} {answer.text}"
    )
    if answer.is_success:
        return str(answer.status_code)
    return f"{answer.status_code} {answer.json().get('code')}"


def connection(url: str) -> httpx.Client:
    """Open a connection to the market before it matters."""
    http = httpx.Client(base_url=url, timeout=PATIENCE_SECONDS, trust_env=False)
    http.get("/readyz").raise_for_status()
    return http


@dataclass(slots=True)
class Person:
    """Somebody with a session: a buyer, or a clerk of a merchant."""

    http: httpx.Client
    token: str
    email: str
    address_id: str = ""

    def send(self, method: str, path: str, body: object = None, **headers: str) -> httpx.Response:
        """Send one request."""
        return self.http.request(
            method, f"/api/v1{path}", json=body, headers={"X-Session-Token": self.token, **headers}
        )

    def done(self, method: str, path: str, body: object = None, **headers: str) -> dict[str, Any]:
        """Send one request that has to succeed; return the answer."""
        answer = self.send(method, path, body, **headers)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        found: dict[str, Any] = answer.json()
        return found

    def quote(self, *lines: tuple[str, int]) -> dict[str, Any]:
        """Price pieces, or without any the cart."""
        wish: dict[str, object] = {"address_id": self.address_id}
        if lines:
            wish["lines"] = [{"sku_id": sku_id, "quantity": quantity} for sku_id, quantity in lines]
        return self.done("POST", "/store/quotes", wish)

    def submit(self, quote: dict[str, Any], key: str | None = None) -> httpx.Response:
        """Submit a checkout, as a new one unless a key is given."""
        body = {"quote_id": quote["id"], "expected_total": quote["total"]}
        return self.send("POST", "/store/trades", body, **{"Idempotency-Key": key or f"race-{uuid4()}"})

    def buy(self, *lines: tuple[str, int]) -> dict[str, Any]:
        """Buy pieces, not paid yet; return the trade."""
        answer = self.submit(self.quote(*lines))
        assert said(answer) == "201", answer.text
        trade: dict[str, Any] = answer.json()
        return trade

    def cashier(self, trade_id: str) -> str:
        """Open the way to pay a trade; return where the cashier stands."""
        step = self.done("POST", f"/store/trades/{trade_id}/payments", {"channel": "alipay"})
        return str(step["redirect_url"])


@dataclass(slots=True)
class Town:
    """A running market, one of its merchants, and what people do there."""

    market: Market
    clerk: Person
    merchant_id: str
    warehouse_id: str
    control: Control
    _devices: dict[str, Person] = field(default_factory=dict)  # by the address that signed in there

    def buyers(self, count: int, *, connections: int | None = None) -> list[Person]:
        """Make buyers with an address; each has a connection of his own unless there are fewer, taken in turn."""
        made = json_lines(self.market, "seed", "--buyers", str(count))
        ways = [connection(self.market.url) for _ in range(connections or count)]
        return [
            Person(ways[place % len(ways)], one["session_token"], one["email"], one["address_id"])
            for place, one in enumerate(made)
        ]

    def device(self, person: Person) -> Person:
        """Give somebody his other device: he signs in there by a code that is mailed to him, into a new session."""
        if person.email not in self._devices:
            self._devices[person.email] = self._sign_in(person)
        return self._devices[person.email]

    def _sign_in(self, person: Person) -> Person:
        http = connection(self.market.url)
        known = {message["id"] for message in self.control.messages(person.email)}
        begun = http.post("/_allauth/app/v1/auth/code/request", json={"email": person.email})
        assert begun.status_code == httpx.codes.UNAUTHORIZED, begun.text
        news: list[dict[str, Any]] = []

        def is_told() -> bool:
            news[:] = [one for one in self.control.messages(person.email) if one["id"] not in known]
            return bool(news)

        self.until(is_told, what="the code")
        done = http.post(
            "/_allauth/app/v1/auth/code/confirm",
            json={"code": news[0]["code"]},
            headers={"X-Session-Token": begun.json()["meta"]["session_token"]},
        )
        assert done.is_success, done.text
        token = str(done.json()["meta"]["session_token"])
        assert token != person.token
        return Person(http, token, person.email, person.address_id)

    def ask(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Look into the market's books."""
        with psycopg.connect(self.market.database_url) as connection:
            return connection.execute(sql, list(values)).fetchall()

    def goods(self, count: int) -> list[str]:
        """Return SKUs of the merchant that are on sale, with plenty of stock."""
        found = self.ask(
            "SELECT DISTINCT ON (p.id) s.id::text FROM catalog_sku s JOIN catalog_product p ON p.id = s.product_id "
            "WHERE s.merchant_id = %s AND s.is_active AND p.status = 'live' AND p.per_buyer_limit IS NULL "
            "AND p.kind = 'physical' ORDER BY p.id, s.id LIMIT %s",
            self.merchant_id, count,
        )  # fmt: skip
        sku_ids = [sku_id for (sku_id,) in found]
        assert len(sku_ids) == count
        self.receive(self.warehouse_id, dict.fromkeys(sku_ids, PLENTY))
        return sku_ids

    def receive(self, warehouse_id: str, pieces: dict[str, int]) -> None:
        """Let goods arrive in a warehouse."""
        lines = [{"sku_id": sku_id, "quantity": quantity} for sku_id, quantity in pieces.items()]
        wish = {"warehouse_id": warehouse_id, "lines": lines}
        answer = self.clerk.send("POST", "/merchant/stock/receipts", wish)
        assert answer.is_success, answer.text

    def stock(self, sku_id: str) -> tuple[int, int]:
        """Return the pieces of a SKU on hand and reserved, over all warehouses."""
        ((on_hand, reserved),) = self.ask(
            "SELECT sum(on_hand)::int, sum(reserved)::int FROM inventory_stock WHERE sku_id = %s", sku_id
        )
        return on_hand, reserved

    def money(self, trade_id: str) -> tuple[int, int, int]:
        """Return what was taken for a trade, what went back, and what is still to go back, in minor units."""
        ((taken, back, waiting),) = self.ask(
            "SELECT (SELECT coalesce(sum(amount_minor), 0) FROM payments_capture WHERE payment_id = p.id)::int, "
            "coalesce(sum(r.amount_minor) FILTER (WHERE r.status = 'done'), 0)::int, "
            "coalesce(sum(r.amount_minor) FILTER (WHERE r.status <> 'done'), 0)::int "
            "FROM payments_payment p LEFT JOIN payments_refund r ON r.payment_id = p.id "
            "WHERE p.trade_id = %s GROUP BY p.id",
            trade_id,
        )  # fmt: skip
        return taken, back, waiting

    def status(self, order_id: str) -> str:
        """Return the state of an order."""
        return str(self.ask("SELECT status FROM orders_order WHERE id = %s", order_id)[0][0])

    def press_pay(self, cashier: str, *, mode: str = "normal") -> bool:
        """Press Pay at the cashier; False when the channel takes no money for it any more."""
        answer = httpx.post(
            f"{self.market.configuration.simulators_url}/_sim/control/buyer/pay",
            json={"step": cashier, "wait": True, "mode": mode},
            timeout=PATIENCE_SECONDS, trust_env=False,
        )  # fmt: skip
        assert not answer.is_server_error, answer.text
        return answer.is_success

    def paid(self, buyer: Person, *lines: tuple[str, int]) -> dict[str, Any]:
        """Buy pieces and pay for them; return the trade."""
        trade = buyer.buy(*lines)
        assert self.press_pay(buyer.cashier(trade["id"]))
        self.until(lambda: self.status(trade["orders"][0]["id"]) == "awaiting_shipment", what="the payment")
        return trade

    def until(self, is_so: Callable[[], bool], *, what: str) -> None:
        """Wait for the market's own workers. Raises: TimeoutError."""
        wait_until(is_so, what=what, seconds_max=PATIENCE_SECONDS)

    def check(self) -> None:
        """Let the market check all of its promises."""
        checked = self.market.command("check-invariants")
        assert checked.returncode == 0, checked.stdout + checked.stderr


def json_lines(market: Market, *arguments: str) -> list[dict[str, Any]]:
    """Run `jishi …` and return the JSON lines that it prints."""
    done = market.command(*arguments)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def sign_in(market: Market, email: str) -> str:
    """Sign in to a demo account as an app does; return the session's token."""
    answer = httpx.post(
        f"{market.url}/_allauth/app/v1/auth/login",
        json={"email": email, "password": PASSWORD},
        timeout=PATIENCE_SECONDS, trust_env=False,
    )  # fmt: skip
    assert answer.is_success, answer.text
    return str(answer.json()["meta"]["session_token"])


def open_town(market: Market) -> Town:
    """Sign in the owner of a merchant."""
    email = f"{MERCHANT}@{DOMAIN}"
    clerk = Person(connection(market.url), sign_in(market, email), email)
    warehouse_id = clerk.done("GET", "/merchant/warehouses")["items"][0]["id"]
    town = Town(market, clerk, "", warehouse_id, Control(market.configuration.simulators_url))
    ((town.merchant_id,),) = town.ask(
        "SELECT merchant_id::text FROM inventory_warehouse WHERE id = %s", warehouse_id
    )
    return town
