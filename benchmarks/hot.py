"""One SKU that a thousand buyers want, beside buyers who each want something else: what scarcity costs.

`tests/races/test_hot_sku.py` asks for the same through the edge, and for the books afterwards.
"""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks import purchase
from benchmarks.client import Client, Refused
from benchmarks.market import Market
from benchmarks.rows import Row
from jishi.kernel.ids import new_id

BUYERS, PIECES, AT_ONCE = 1_000, 100, 8
SHARE_MIN, LOSERS_MS_MAX = 0.6, 150.0
PLENTY = 1_000_000


@dataclass(frozen=True, slots=True)
class Seen:
    """What a checkout was answered, in how many seconds, and when, in seconds since the first was sent."""

    word: str
    seconds: float
    at: float


def rows(found: Market) -> list[Row]:
    """Sell what is scarce to a thousand buyers, and before that what is not to some of them."""
    api = f"{found.web}/api/v1/"
    crowd = found.seed("--buyers", str(BUYERS))
    with Client(api) as market:
        hot, *ordinary = purchase.skus(market, 1 + AT_ONCE)
    for sku_id in ordinary:
        found.seed("--rare", sku_id, "--pieces", str(PLENTY))
    usual = submitted(api, [(one, ordinary[at % AT_ONCE]) for at, one in enumerate(crowd[: 2 * PIECES])])
    found.seed("--rare", hot, "--pieces", str(PIECES))
    rush = submitted(api, [(one, hot) for one in crowd])
    sold = [one for one in rush if one.word == "sold"]
    lost = sorted(one.seconds for one in rush if one.word == "out_of_stock")
    wrong = [one.word for one in usual if one.word != "sold"]
    return [
        Row(
            work=f"one hot SKU, {BUYERS:,} buyers, {PIECES} pieces: sold",
            measured=len(sold),
            unit="pieces",
            measured_min=PIECES,
            measured_max=PIECES,
            errors=len(rush) - len(sold) - len(lost),
        ),
        Row(
            work="one hot SKU: orders, beside buyers of different SKUs (limit)",
            measured=rate(sold),
            unit="orders/s",
            limit=rate(usual),
            share_min=SHARE_MIN,
            errors=len(wrong),
            note=f"{AT_ONCE} at a time; {' '.join(wrong[:1])}",
        ),
        Row(
            work="one hot SKU: losers' answers, p99",
            measured=lost[int(len(lost) * 0.99)] * 1000,
            unit="ms",
            measured_max=LOSERS_MS_MAX,
            note=f"{AT_ONCE} at a time",
        ),
    ]


def rate(sold: Sequence[Seen]) -> float:
    """Return the orders a second until the last of them."""
    return len(sold) / max(one.at for one in sold)


def submitted(api: str, wishes: Sequence[tuple[dict[str, Any], str]]) -> list[Seen]:
    """Let everybody quote; then let `AT_ONCE` submit at a time, until all have."""
    seen: list[Seen] = []
    quoting, quoted = threading.Barrier(AT_ONCE), threading.Event()
    began: list[float] = []

    def go(share: Sequence[tuple[dict[str, Any], str]]) -> None:
        clients = [purchase.client(api, buyer) for buyer, _ in share]
        quotes = [_quote(market, *wish) for market, wish in zip(clients, share, strict=True)]
        if quoting.wait() == 0:
            began.append(time.perf_counter())
            quoted.set()
        quoted.wait()
        for market, quote in zip(clients, quotes, strict=True):
            seen.append(_submit(market, quote, began[0]))
            market.close()

    threads = [threading.Thread(target=go, args=(wishes[start::AT_ONCE],)) for start in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return seen


def _quote(market: Client, buyer: dict[str, Any], sku_id: str) -> dict[str, Any]:
    lines = [{"sku_id": sku_id, "quantity": 1}]
    found: dict[str, Any] = market.post("store/quotes", {"lines": lines, "address_id": buyer["address_id"]})
    return found


def _submit(market: Client, quote: dict[str, Any], began: float) -> Seen:
    wish = {"quote_id": quote["id"], "expected_total": quote["total"]}
    asked = time.perf_counter()
    try:
        market.post("store/trades", wish, {"Idempotency-Key": str(new_id())})
        word = "sold"
    except Refused as refused:
        word = "out_of_stock" if '"out_of_stock"' in str(refused) else str(refused)
    answered = time.perf_counter()
    return Seen(word, answered - asked, answered - began)
