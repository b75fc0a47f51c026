"""Two hundred buyers, fifty pieces, real processes, real HTTP through the edge."""

import asyncio
import json
from collections import Counter
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest

from tests.market import Market

pytestmark = pytest.mark.slow

BUYERS, PIECES = 200, 50


def test_two_hundred_buyers_for_fifty_pieces(market: Market) -> None:
    sku_id = _rare_sku(market)
    buyers = _json_lines(market, "seed", "--buyers", str(BUYERS))

    answers = asyncio.run(_rush(market, sku_id, buyers))

    assert Counter(answers) == {"201": PIECES, "409 out_of_stock": BUYERS - PIECES}
    assert _available(market, sku_id) == 0
    checked = market.command("check-invariants")
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_one_checkout_sent_ten_times_is_one_trade(market: Market) -> None:
    sku_id = _rare_sku(market)
    (buyer,) = _json_lines(market, "seed", "--buyers", "1")

    trades = asyncio.run(_repeat(market, sku_id, buyer))

    assert len(trades) == 10
    assert len(set(trades)) == 1
    assert _available(market, sku_id) == PIECES - 1


def _rare_sku(market: Market) -> str:
    """Leave fifty pieces of the first SKU on sale, and return it."""
    with httpx.Client(base_url=f"{market.url}/api/v1/store", trust_env=False, timeout=30) as http:
        product = http.get("/products?limit=1").raise_for_status().json()["items"][0]
        sku = http.get(f"/products/{product['id']}").raise_for_status().json()["skus"][0]
    (made,) = _json_lines(market, "seed", "--rare", sku["id"])
    assert made["available"] == PIECES
    return str(sku["id"])


def _json_lines(market: Market, *arguments: str) -> list[dict[str, Any]]:
    done = market.command(*arguments)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


async def _rush(market: Market, sku_id: str, buyers: list[dict[str, Any]]) -> list[str]:
    """Let every buyer confirm a quote, then all submit at once; return the answers."""
    async with _client(market) as http:
        quotes = [await _quote(http, sku_id, buyer) for buyer in buyers]
        submitted = [
            _submit(http, quote, buyer, f"rush-{uuid4()}")
            for quote, buyer in zip(quotes, buyers, strict=True)
        ]
        answers = await asyncio.gather(*submitted)
    return [_said(answer) for answer in answers]


async def _repeat(market: Market, sku_id: str, buyer: dict[str, Any]) -> list[str]:
    """Submit one checkout ten times at once with one key; return the trades that were answered."""
    async with _client(market) as http:
        quote = await _quote(http, sku_id, buyer)
        answers = await asyncio.gather(*[_submit(http, quote, buyer, "again-and-again") for _ in range(10)])
    return [answer.raise_for_status().json()["id"] for answer in answers]


def _client(market: Market) -> httpx.AsyncClient:
    limits = httpx.Limits(max_connections=64)
    return httpx.AsyncClient(
        base_url=f"{market.url}/api/v1/store", trust_env=False, timeout=60, limits=limits
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
