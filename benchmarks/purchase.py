"""Whole purchases by several buyers at once: cart, quote, trade, start of payment."""

import json
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from jishi.kernel.ids import new_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Purchases:
    """What a run of purchases saw."""

    orders_per_second: float
    p50_ms: float
    refused: int


def buyers(count: int) -> list[str]:
    """Make demo buyers with an address; return their tokens."""
    command = [sys.executable, "-m", "jishi", "seed", "--buyers", str(count)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    return [line["token"] for line in lines]


def run(api: str, *, tokens: Sequence[str], skus: Sequence[str], each: int) -> Purchases:
    """Let every token buy `skus`, one of each, `each` times; SKUs should be of two merchants."""
    times: list[float] = []
    refused: list[str] = []
    threads = [
        threading.Thread(target=_shop, args=(api, token, skus, each, times, refused)) for token in tokens
    ]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - began
    return Purchases(
        orders_per_second=len(times) / seconds,
        p50_ms=statistics.median(times) * 1000 if times else 0.0,
        refused=len(refused),
    )


def _shop(
    api: str, token: str, skus: Sequence[str], each: int, times: list[float], refused: list[str]
) -> None:
    with httpx.Client(base_url=api, headers={"X-Session-Token": token}, timeout=30) as client:
        for _ in range(each):
            began = time.perf_counter()
            try:
                buy(client, skus)
            except httpx.HTTPStatusError as error:
                refused.append(error.response.text)
            else:
                times.append(time.perf_counter() - began)


def buy(client: httpx.Client, skus: Sequence[str]) -> dict[str, Any]:
    """Quote `skus`, place the trade and start its payment; return the trade."""
    lines = [{"sku_id": sku, "quantity": 1} for sku in skus]
    address = _json(client.get("store/addresses"))["items"][0]["id"]
    quote = _json(client.post("store/quotes", json={"lines": lines, "address_id": address}))
    trade = _json(
        client.post(
            "store/trades",
            json={"quote_id": quote["id"], "expected_total": quote["total"]},
            headers={"Idempotency-Key": str(new_id())},
        )
    )
    _json(client.post(f"store/trades/{trade['id']}/payments", json={"channel": "alipay"}))
    return trade


def _json(response: httpx.Response) -> dict[str, Any]:
    response.raise_for_status()
    found: dict[str, Any] = response.json()
    return found
