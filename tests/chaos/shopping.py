"""Buyers as programs: each buys over HTTP without a pause and asks again whatever went unanswered.

Of five orders one is left unpaid (ten of a buyer at most), and of two one half is cancelled once it is paid.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from uuid import uuid4

import httpx

from tests.engines import wait_until

ANSWER_SECONDS_MAX = 15.0
PATIENCE_SECONDS = 180.0  # how long a buyer asks again before he calls the market dead
RETRY_SECONDS = 0.1
CALLBACK_SECONDS = 3.0  # then the page that waits asks the channel too
# What a buyer may be in the middle of when something dies.
STEPS = ("cart", "quote", "trade", "payment", "cashier", "wait")
SETTLED = frozenset({"paid", "partially_refunded", "refunded"})
# What becomes of each order in turn.
PAY, CANCEL, LEAVE = "pay", "cancel", "leave"
HABITS = (PAY, CANCEL, CANCEL, LEAVE, PAY)
CLOSED = "payment_closed"
LEFT_MAX = 10  # unpaid orders of a buyer: the shop takes no more of him when he leaves too many


class Refused(Exception):
    """The market said no: nobody should hear that here, least of all because something was killed."""

    def __init__(self, code: str, what: str) -> None:
        super().__init__(what)
        self.code = code

    @classmethod
    def by(cls, answer: httpx.Response) -> "Refused":
        """Return what an answer says; the code of one that is no problem of ours is its status."""
        is_problem = "problem" in answer.headers.get("content-type", "")
        code = str(answer.json()["code"]) if is_problem else str(answer.status_code)
        return cls(code, f"{answer.request.method} {answer.url}: {answer.status_code} {answer.text}")


@dataclass(frozen=True, slots=True)
class Bought:
    """A purchase from the first request to the moment when the shop knew of the money."""

    began: float
    trade: dict[str, Any]


@dataclass(slots=True)
class Journal:
    """What all buyers saw. `answers` are the trades that a key was acknowledged with, every time it was."""

    answers: dict[str, list[str]] = field(default_factory=dict)
    bought: list[Bought] = field(default_factory=list)
    unpaid: list[dict[str, Any]] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)  # orders
    retried: Counter[str] = field(default_factory=Counter)
    # Codes of refusals after which a buyer goes on with his next purchase.
    borne: frozenset[str] = frozenset()
    problems: list[BaseException] = field(default_factory=list)
    answered: int = 0
    slowest_seconds: float = 0.0
    closing: threading.Event = field(default_factory=threading.Event)
    _entered: Counter[str] = field(default_factory=Counter)
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def enter(self, step: str) -> None:
        """Note that a buyer is about to send the request of a step."""
        with self._changed:
            self._entered[step] += 1
            self._changed.notify_all()

    def wait_for(self, step: str) -> None:
        """Return when the next buyer enters a step: his request is under way. Raises: TimeoutError."""
        with self._changed:
            seen = self._entered[step]
            if not self._changed.wait_for(
                lambda: self._entered[step] > seen or self.problems, PATIENCE_SECONDS
            ):
                raise TimeoutError(f"nobody got to the step {step}")

    def note_answer(self, seconds: float) -> None:
        """Count a request that was answered for good."""
        with self._changed:
            self.answered += 1
            self.slowest_seconds = max(self.slowest_seconds, seconds)

    def bought_since(self, moment: float) -> int:
        """Count the whole purchases that began after a moment."""
        return sum(one.began > moment for one in self.bought)


@contextmanager
def shopping(
    url: str,
    buyers: Sequence[dict[str, str]],
    goods: Sequence[Sequence[str]],
    journal: Journal,
    *,
    simulators: str = "",
) -> Iterator[None]:
    """Let everybody buy, until the block ends and each has finished what he had begun."""
    threads = [
        threading.Thread(
            target=Shopper(url, buyer, [*goods[place:], *goods[:place]], journal, simulators).shop,
            daemon=True,
        )
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


@contextmanager
def reading(url: str, paths: Sequence[str], journal: Journal) -> Iterator[None]:
    """Let somebody read pages one after the other until the block ends; what fails is noted, not asked again."""

    def read() -> None:
        with httpx.Client(base_url=url, timeout=ANSWER_SECONDS_MAX, trust_env=False) as http:
            for number in count():
                if journal.closing.is_set():
                    return
                asked = time.monotonic()
                try:
                    answer = http.get(paths[number % len(paths)])
                except httpx.TransportError as error:
                    journal.retried[type(error).__name__] += 1
                    continue
                if answer.is_success:
                    journal.note_answer(time.monotonic() - asked)
                else:
                    journal.retried[str(answer.status_code)] += 1

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    try:
        yield
    finally:
        journal.closing.set()
        thread.join()


@dataclass(slots=True)
class Shopper:
    """One buyer with an app token, buying one piece of each of `goods`' next choice again and again."""

    url: str
    buyer: dict[str, str]
    goods: Sequence[Sequence[str]]
    journal: Journal
    simulators: str = ""  # where a phone scans WeChat's codes; the shop itself unless told

    def shop(self) -> None:
        """Buy until the market closes; the purchase that is under way is finished."""
        with httpx.Client(base_url=self.url, timeout=ANSWER_SECONDS_MAX, trust_env=False) as http:
            for number in count():
                if self.journal.closing.is_set():
                    return
                try:
                    self._act(http, number)
                except BaseException as error:
                    self.journal.problems.append(error)
                    raise

    def _act(self, http: httpx.Client, number: int) -> None:
        skus, habit = self.goods[number % len(self.goods)], HABITS[number % len(HABITS)]
        if habit == LEAVE and number // len(HABITS) < LEFT_MAX:
            self.journal.unpaid.append(self._order(http, skus))
            return
        try:
            trade = self._buy(http, skus, is_wechat=number % 2 == 1)
            if habit == CANCEL:
                self._cancel(http, trade["orders"][0]["id"])
        except Refused as refused:
            if refused.code not in self.journal.borne:
                raise
            self.journal.retried[refused.code] += 1

    def buy_once(self) -> Bought:
        """Buy the first of the goods and return what was bought."""
        with httpx.Client(base_url=self.url, timeout=ANSWER_SECONDS_MAX, trust_env=False) as http:
            self._buy(http, self.goods[0], is_wechat=False)
        return self.journal.bought[-1]

    def _buy(self, http: httpx.Client, skus: Sequence[str], *, is_wechat: bool) -> dict[str, Any]:
        began = time.monotonic()
        trade = self._order(http, skus)
        self._pay_for(http, trade, began=began, is_wechat=is_wechat)
        return trade

    def order_once(self) -> dict[str, Any]:
        """Order the first of the goods and leave it unpaid; return the trade."""
        with httpx.Client(base_url=self.url, timeout=ANSWER_SECONDS_MAX, trust_env=False) as http:
            return self._order(http, self.goods[0])

    def pay_for(self, trade: dict[str, Any]) -> None:
        """Pay a trade by WeChat."""
        with httpx.Client(base_url=self.url, timeout=ANSWER_SECONDS_MAX, trust_env=False) as http:
            self._pay_for(http, trade, began=time.monotonic(), is_wechat=True)

    def _order(self, http: httpx.Client, skus: Sequence[str]) -> dict[str, Any]:
        for sku_id in skus:
            self._ask(http, "cart", "POST", "/cart/lines", json={"sku_id": sku_id, "quantity": 1})
        quote = self._ask(http, "quote", "POST", "/quotes", json={"address_id": self.buyer["address_id"]})
        return self._submit(http, quote)

    def _pay_for(self, http: httpx.Client, trade: dict[str, Any], *, began: float, is_wechat: bool) -> None:
        channel = {"channel": "wechat" if is_wechat else "alipay"}
        step = self._ask(http, "payment", "POST", f"/trades/{trade['id']}/payments", json=channel)
        self._pay(http, step)
        self.journal.enter("wait")
        self._wait_until_paid(http, trade["id"])
        self.journal.bought.append(Bought(began, trade))

    def cancel(self, order_id: str) -> None:
        """Cancel an order."""
        with httpx.Client(base_url=self.url, timeout=ANSWER_SECONDS_MAX, trust_env=False) as http:
            self._cancel(http, order_id)

    def _cancel(self, http: httpx.Client, order_id: str) -> None:
        """Cancel an order; when the answer is lost, it is cancelled already the next time one asks."""
        try:
            self._ask(http, "", "POST", f"/orders/{order_id}/cancel", json={"reason": "不想要了"})
        except Refused as refused:
            if (refused.code, self._ask(http, "", "GET", f"/orders/{order_id}")["status"]) != (
                "cannot_cancel", "closed",
            ):  # fmt: skip
                raise
        self.journal.cancelled.append(order_id)

    def _submit(self, http: httpx.Client, quote: dict[str, Any]) -> dict[str, Any]:
        """Submit a quote and, as an impatient thumb does, submit it again: one key, one trade."""
        key = f"chaos-{uuid4()}"
        self.journal.answers[key] = []
        for _ in range(2):
            trade = self._ask(
                http, "trade", "POST", "/trades",
                json={"quote_id": quote["id"], "expected_total": quote["total"]},
                headers={"Idempotency-Key": key},
            )  # fmt: skip
            self.journal.answers[key].append(trade["id"])
        return trade

    def _pay(self, http: httpx.Client, step: dict[str, Any]) -> None:
        """Open the cashier as a browser or a phone does, and press its button."""
        address = step["redirect_url"] or httpx.URL(
            f"{self.simulators or self.url}/_sim/wechat/cashier", params={"code_url": step["qr_code"]}
        )
        cashier = self._answer("cashier", lambda: http.get(address, follow_redirects=True)).url
        self._answer("cashier", lambda: http.post(cashier, data={"action": "pay"}))

    def _wait_until_paid(self, http: httpx.Client, trade_id: str) -> None:
        """Watch the trade, which the callback pays; after a while ask as the waiting page asks."""
        began = time.monotonic()

        def is_paid() -> bool:
            if time.monotonic() - began < CALLBACK_SECONDS:
                payment = self._ask(http, "", "GET", f"/trades/{trade_id}")["payment"]
            else:
                payment = self._ask(http, "", "GET", f"/trades/{trade_id}/payments")
            if payment["status"] == "closed" and CLOSED in self.journal.borne:
                raise Refused(CLOSED, f"{trade_id} was closed before it was paid")
            return payment["status"] in SETTLED

        wait_until(is_paid, what=f"the payment of {trade_id}", seconds_max=PATIENCE_SECONDS)

    def _ask(
        self, http: httpx.Client, step: str, method: str, path: str,
        *, json: Any = None, headers: dict[str, str] | None = None,
    ) -> dict[str, Any]:  # fmt: skip
        """Ask the shop until it answers; `json` and `headers` stay the same."""
        token = {"X-Session-Token": self.buyer["session_token"]}
        answer = self._answer(
            step,
            lambda: http.request(
                method, f"/api/v1/store{path}", json=json, headers={**token, **(headers or {})}
            ),
        )
        found: dict[str, Any] = answer.json()
        return found

    def _answer(self, step: str, send: Callable[[], httpx.Response]) -> httpx.Response:
        """Send until somebody answers for good. Raises: Refused for a 4xx, TimeoutError."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            if step:
                self.journal.enter(step)
            asked = time.monotonic()
            try:
                answer = send()
            except httpx.TransportError as error:
                self.journal.retried[type(error).__name__] += 1
            else:
                if answer.is_client_error:
                    raise Refused.by(answer)
                if not answer.is_server_error:
                    self.journal.note_answer(time.monotonic() - asked)
                    return answer
                self.journal.retried[_reason(answer)] += 1
            threading.Event().wait(RETRY_SECONDS)
        raise TimeoutError(f"{step or 'the shop'} did not answer for {PATIENCE_SECONDS:.0f} s")


def _reason(answer: httpx.Response) -> str:
    """Return the status of a failure and, where it is a problem of ours, its code."""
    if "problem" in answer.headers.get("content-type", ""):
        return f"{answer.status_code} {answer.json()['code']}"
    return str(answer.status_code)
