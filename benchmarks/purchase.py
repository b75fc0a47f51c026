"""What buyers and channels do at once: whole purchases, callbacks of money, a full cart."""

import statistics
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import httpx

from jishi.kernel.ids import new_id

TIMEOUT_SECONDS = 30.0
Buyer = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Many:
    """What came of one piece of work done many times by several threads."""

    seconds: float
    times: list[float]
    refused: list[str]

    @property
    def per_second(self) -> float:
        """Pieces of work a second, of all threads together."""
        return len(self.times) / self.seconds

    @property
    def p50_ms(self) -> float:
        """The median time of one."""
        return statistics.median(self.times) * 1000 if self.times else 0.0

    @property
    def p95_ms(self) -> float:
        """The time that nineteen of twenty stay below."""
        return sorted(self.times)[int(len(self.times) * 0.95)] * 1000 if self.times else 0.0

    @property
    def complaint(self) -> str:
        """What was answered most often when something was refused."""
        return Counter(self.refused).most_common(1)[0][0] if self.refused else ""


def at_once(shares: Sequence[Sequence[Callable[[], object]]]) -> Many:
    """Let a thread do each share, one call after the other; a refusal is kept, not raised."""
    times: list[float] = []
    refused: list[str] = []

    def work(share: Sequence[Callable[[], object]]) -> None:
        for call in share:
            began = time.perf_counter()
            try:
                call()
            except httpx.HTTPError as error:
                refused.append(
                    error.response.text if isinstance(error, httpx.HTTPStatusError) else repr(error)
                )
            else:
                times.append(time.perf_counter() - began)

    threads = [threading.Thread(target=work, args=(share,)) for share in shares]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Many(seconds=time.perf_counter() - began, times=times, refused=refused)


def skus_of_two_merchants(api: str) -> list[str]:
    """Return the first SKUs of three products of two merchants, two of the first merchant."""
    by_merchant: dict[str, list[str]] = {}
    with httpx.Client(base_url=api, trust_env=False, timeout=TIMEOUT_SECONDS) as http:
        for product in json_of(http.get("store/products", params={"limit": 48}))["items"]:
            if product["in_stock"]:
                detail = json_of(http.get(f"store/products/{product['id']}"))
                found = [sku["id"] for sku in detail["skus"] if sku["in_stock"]]
                by_merchant.setdefault(product["merchant"]["id"], []).extend(found[:1])
    one, other = sorted(by_merchant.values(), key=len)[-2:]
    return [other[0], other[1], one[0]]


def purchases(api: str, *, buyers: Sequence[Buyer], skus: Sequence[str], each: int) -> tuple[Many, list[str]]:
    """Let every buyer buy one of each SKU, `each` times; return also where each purchase is to be paid."""
    steps: list[str] = []
    clients = [_client(api, buyer) for buyer in buyers]

    def buy_once(http: httpx.Client, buyer: Buyer) -> None:
        steps.append(buy(http, buyer, skus))

    shares = [[partial(buy_once, http, buyer)] * each for http, buyer in zip(clients, buyers, strict=True)]
    done = at_once(shares)
    for client in clients:
        client.close()
    return done, steps


def buy(http: httpx.Client, buyer: Buyer, skus: Sequence[str]) -> str:
    """Quote, place the trade and start its payment; return the cashier's address."""
    lines = [{"sku_id": sku, "quantity": 1} for sku in skus]
    wish = {"lines": lines, "address_id": buyer["address_id"]}
    quote = json_of(http.post("store/quotes", json=wish))
    trade = json_of(
        http.post(
            "store/trades",
            json={"quote_id": quote["id"], "expected_total": quote["total"]},
            headers={"Idempotency-Key": str(new_id())},
        )
    )
    step = json_of(http.post(f"store/trades/{trade['id']}/payments", json={"channel": "alipay"}))
    return str(step["redirect_url"])


def cart(api: str, *, buyer: Buyer, lines: int, changes: int) -> Many:
    """Fill a cart with up to `lines` lines, then change one of them again and again."""
    with _client(api, buyer) as http:
        products = json_of(http.get("store/products", params={"limit": 48}))["items"]
        details = (json_of(http.get(f"store/products/{one['id']}")) for one in products if one["in_stock"])
        for detail, _ in zip(details, range(lines), strict=False):
            found = http.post("store/cart/lines", json={"sku_id": detail["skus"][0]["id"], "quantity": 1})
        line_id = json_of(found)["groups"][0]["lines"][0]["id"]

        def change(pieces: int) -> None:
            json_of(http.patch(f"store/cart/lines/{line_id}", json={"quantity": pieces}))

        return at_once([[partial(change, 1 + number % 2) for number in range(changes)]])


def _client(api: str, buyer: Buyer) -> httpx.Client:
    headers = {"X-Session-Token": buyer["session_token"]}
    return httpx.Client(base_url=api, headers=headers, timeout=TIMEOUT_SECONDS, trust_env=False)


def json_of(response: httpx.Response) -> dict[str, Any]:
    """Return what was answered. Raises: HTTPStatusError."""
    response.raise_for_status()
    found: dict[str, Any] = response.json()
    return found
