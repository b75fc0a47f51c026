"""What buyers and channels do at once: whole purchases, callbacks of money, a full cart."""

import http.client
import statistics
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from benchmarks.client import Client, Refused
from jishi.kernel.ids import new_id

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
            except Refused as error:
                refused.append(str(error))
            except (OSError, http.client.HTTPException) as error:
                refused.append(repr(error))
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
    """Return the first SKUs of three products of two merchants that travel in parcels, two of the first merchant."""
    by_merchant: dict[str, list[str]] = {}
    with Client(api) as market:
        for product in market.get("store/products?limit=48")["items"]:
            if product["in_stock"]:
                detail = market.get(f"store/products/{product['id']}")
                is_sent = detail["kind"] == "physical"
                found = [sku["id"] for sku in detail["skus"] if sku["in_stock"] and is_sent]
                by_merchant.setdefault(product["merchant"]["id"], []).extend(found[:1])
    one, other = sorted(by_merchant.values(), key=len)[-2:]
    return [other[0], other[1], one[0]]


def purchases(
    api: str, *, buyers: Sequence[Buyer], skus: Sequence[str], each: int, threads: int
) -> tuple[Many, list[str]]:
    """Let every buyer buy one of each SKU, `each` times, so many buyers at once; return also where each purchase is
    to be paid. Nobody pays meanwhile: `each` stays below what one buyer may leave unpaid.
    """
    steps: list[str] = []
    clients = [client(api, buyer) for buyer in buyers]

    def buy_once(market: Client, buyer: Buyer) -> None:
        steps.append(buy(market, buyer, skus))

    every = [partial(buy_once, market, buyer) for market, buyer in zip(clients, buyers, strict=True)]
    done = at_once([[one for one in every[start::threads] for _ in range(each)] for start in range(threads)])
    for market in clients:
        market.close()
    return done, steps


def buy(market: Client, buyer: Buyer, skus: Sequence[str]) -> str:
    """Quote, place the trade and start its payment; return the cashier's address."""
    lines = [{"sku_id": sku, "quantity": 1} for sku in skus]
    quote = market.post("store/quotes", {"lines": lines, "address_id": buyer["address_id"]})
    trade = market.post(
        "store/trades",
        {"quote_id": quote["id"], "expected_total": quote["total"]},
        {"Idempotency-Key": str(new_id())},
    )
    step = market.post(f"store/trades/{trade['id']}/payments", {"channel": "alipay"})
    return str(step["redirect_url"])


def skus(market: Client, count: int) -> list[str]:
    """Return a SKU of each of so many products that can be had. Raises: SystemExit when there are fewer."""
    sold = [one for one in market.get("store/products?limit=48")["items"] if one["in_stock"]][:count]
    if len(sold) < count:
        raise SystemExit(f"bench: only {len(sold)} products where {count} are wanted")
    return [market.get(f"store/products/{one['id']}")["skus"][0]["id"] for one in sold]


def fill(market: Client, lines: int) -> list[str]:
    """Put one of each of so many products into an empty cart; return their SKUs."""
    wanted = skus(market, lines)
    market.send("DELETE", "store/cart/lines")
    for sku in wanted:
        market.post("store/cart/lines", {"sku_id": sku, "quantity": 1})
    return wanted


def cart(api: str, *, buyer: Buyer, lines: int, times: int) -> Many:
    """Add the last of `lines` lines to a cart, which is answered with all its totals, so many times.

    Raises: SystemExit when the market does not sell so many products.
    """
    with client(api, buyer) as market:
        wanted = fill(market, lines)
        held = market.get("store/cart/lines")["groups"]
        (last,) = (line["id"] for group in held for line in group["lines"] if line["sku_id"] == wanted[-1])
        market.send("DELETE", f"store/cart/lines/{last}")

        def add() -> None:
            full = market.post("store/cart/lines", {"sku_id": wanted[-1], "quantity": 1})
            found = {line["sku_id"]: line["id"] for group in full["groups"] for line in group["lines"]}
            if found.keys() != set(wanted):
                raise Refused(f"a cart of {len(found)} lines instead of {lines}")
            added.append(found[wanted[-1]])

        added: list[str] = []
        done = []
        for _ in range(times):
            done.append(at_once([[add]]))
            if added:
                market.send("DELETE", f"store/cart/lines/{added.pop()}")
    return Many(
        seconds=sum(one.seconds for one in done),
        times=[seconds for one in done for seconds in one.times],
        refused=[said for one in done for said in one.refused],
    )


def client(api: str, buyer: Buyer) -> Client:
    """Return a connection of a buyer."""
    return Client(api, {"X-Session-Token": buyer["session_token"]})
