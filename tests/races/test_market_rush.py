"""Two hundred buyers, fifty pieces, real processes, real HTTP through the edge."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest

from benchmarks.rows import Row
from tests.market import Market
from tests.races.people import json_lines

pytestmark = pytest.mark.slow

PIECES = 50
CONNECTIONS = 64  # a buyer beyond these has submitted too, and waits for a connection


@pytest.mark.parametrize("count", [200, pytest.param(1_000, marks=pytest.mark.proof)])
def test_many_buyers_for_fifty_pieces(market: Market, figures: Callable[[Row], None], count: int) -> None:
    sku_id = _rare_sku(market)
    buyers = json_lines(market, "seed", "--buyers", str(count))

    answers = asyncio.run(_rush(market, sku_id, buyers))

    said = Counter(map(_said, answers))
    errors = sum(number for word, number in said.items() if word not in {"201", "409 out_of_stock"})
    figures(
        Row(
            work=f"{count:,} buyers for {PIECES} pieces: sold",
            measured=said["201"],
            unit="pieces",
            measured_min=PIECES,
            measured_max=PIECES,
            errors=errors,
            note=f"{said['409 out_of_stock']} refused, p99 {_p99_ms(answers):.0f} ms in one queue",
        )
    )
    assert said == {"201": PIECES, "409 out_of_stock": count - PIECES}
    assert _available(market, sku_id) == 0
    checked = market.command("check-invariants")
    assert checked.returncode == 0, checked.stdout + checked.stderr


def _p99_ms(answers: Sequence[httpx.Response]) -> float:
    """Return the time that 99 of 100 refused buyers waited less than; all of them submitted at the same moment."""
    times = sorted(one.elapsed.total_seconds() for one in answers if not one.is_success)
    return times[int(len(times) * 0.99)] * 1000


def test_one_checkout_sent_ten_times_is_one_trade(market: Market) -> None:
    sku_id = _rare_sku(market)
    (buyer,) = json_lines(market, "seed", "--buyers", "1")

    trades = asyncio.run(_repeat(market, sku_id, buyer))

    assert len(trades) == 10
    assert len(set(trades)) == 1
    assert _available(market, sku_id) == PIECES - 1


def _rare_sku(market: Market) -> str:
    """Leave fifty pieces of the first SKU that can be had, and return it."""
    with httpx.Client(base_url=f"{market.url}/api/v1/store", trust_env=False, timeout=30) as http:
        newest = http.get("/products?limit=24").raise_for_status().json()["items"]
        product = next(one for one in newest if one["in_stock"])
        sku = http.get(f"/products/{product['id']}").raise_for_status().json()["skus"][0]
    (made,) = json_lines(market, "seed", "--rare", sku["id"])
    assert made["available"] == PIECES
    return str(sku["id"])


async def _rush(market: Market, sku_id: str, buyers: list[dict[str, Any]]) -> list[httpx.Response]:
    """Let every buyer confirm a quote, then all submit at once; return the answers."""
    async with _client(market) as http:
        quotes = await asyncio.gather(*[_quote(http, sku_id, buyer) for buyer in buyers])
        submitted = [
            _submit(http, quote, buyer, f"rush-{uuid4()}")
            for quote, buyer in zip(quotes, buyers, strict=True)
        ]
        return await asyncio.gather(*submitted)


async def _repeat(market: Market, sku_id: str, buyer: dict[str, Any]) -> list[str]:
    """Submit one checkout ten times at once with one key; return the trades that were answered."""
    async with _client(market) as http:
        quote = await _quote(http, sku_id, buyer)
        answers = await asyncio.gather(*[_submit(http, quote, buyer, "again-and-again") for _ in range(10)])
    return [answer.raise_for_status().json()["id"] for answer in answers]


def _client(market: Market) -> httpx.AsyncClient:
    limits = httpx.Limits(max_connections=CONNECTIONS)
    return httpx.AsyncClient(
        base_url=f"{market.url}/api/v1/store", trust_env=False, timeout=120, limits=limits
    )


async def _quote(http: httpx.AsyncClient, sku_id: str, buyer: dict[str, Any]) -> dict[str, Any]:
    answer = await http.post(
        "/quotes",
        json={"lines": [{"sku_id": sku_id, "quantity": 1}], "address_id": buyer["address_id"]},
        headers={"X-Session-Token": buyer["session_token"]},
    )
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def _submit(
    http: httpx.AsyncClient, quote: dict[str, Any], buyer: dict[str, Any], key: str
) -> httpx.Response:
    return await http.post(
        "/trades",
        json={"quote_id": quote["id"], "expected_total": quote["total"]},
        headers={"X-Session-Token": buyer["session_token"], "Idempotency-Key": key},
    )


def _said(answer: httpx.Response) -> str:
    return "201" if answer.status_code == 201 else f"{answer.status_code} {answer.json().get('code')}"


def _available(market: Market, sku_id: str) -> int:
    with psycopg.connect(market.database_url) as connection:
        found = connection.execute(
            "SELECT sum(on_hand - reserved - bucketed)::int FROM inventory_stock WHERE sku_id = %s", [sku_id]
        ).fetchone()
    return int(found[0]) if found else -1
