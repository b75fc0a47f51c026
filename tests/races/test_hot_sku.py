"""One SKU that a thousand buyers want, against buyers who each want something else: what scarcity costs."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from time import perf_counter
from typing import Any

import httpx
import pytest

from benchmarks.rows import Row
from tests.races.people import Person, Town, at_once, said

pytestmark = [pytest.mark.slow, pytest.mark.proof]

BUYERS, PIECES, AT_ONCE = 1_000, 100, 8
SHARE_MIN, LOSERS_MS_MAX = 0.6, 150.0


@dataclass(frozen=True, slots=True)
class Seen:
    """An answer to a checkout, and when it came, in seconds since the first was sent."""

    word: str
    at: float
    seconds: float


def test_a_hot_sku_sells_exactly_and_costs_little(town: Town, figures: Callable[[Row], None]) -> None:
    buyers = town.buyers(BUYERS, connections=AT_ONCE)
    hot, *ordinary = town.goods(1 + AT_ONCE)
    usual = _submit_all(
        [(buyer, ordinary[place % AT_ONCE]) for place, buyer in enumerate(buyers[: 2 * PIECES])]
    )
    made = town.market.command("seed", "--rare", hot, "--pieces", str(PIECES))
    assert made.returncode == 0, made.stderr

    rush = _submit_all([(buyer, hot) for buyer in buyers])

    assert Counter(one.word for one in usual) == {"201": len(usual)}
    sold = [one for one in rush if one.word == "201"]
    lost = sorted(one.seconds for one in rush if one.word == "409 out_of_stock")
    figures(
        Row(
            work=f"one hot SKU, {BUYERS:,} buyers, {PIECES} pieces: sold",
            measured=len(sold),
            unit="pieces",
            measured_min=PIECES,
            measured_max=PIECES,
            errors=len(rush) - len(sold) - len(lost),
        )
    )
    town.check()
    figures(
        Row(
            work="one hot SKU: losers' answers, p99",
            measured=lost[int(len(lost) * 0.99)] * 1000,
            unit="ms",
            measured_max=LOSERS_MS_MAX,
            note=f"{AT_ONCE} at a time",
        )
    )
    figures(
        Row(
            work="one hot SKU: orders, beside buyers of different SKUs",
            measured=len(sold) / max(one.at for one in sold),
            unit="orders/s",
            limit=len(usual) / max(one.at for one in usual),
            share_min=SHARE_MIN,
            note=f"{AT_ONCE} at a time",
        )
    )


def _submit_all(wishes: Sequence[tuple[Person, str]]) -> list[Seen]:
    """Let everybody confirm a quote; then `AT_ONCE` submit at a time until all have."""
    quoted = at_once(*(partial(_quote_all, wishes[start::AT_ONCE]) for start in range(AT_ONCE)))
    began = perf_counter()
    return [
        one for share in at_once(*(partial(_submit_share, share, began) for share in quoted)) for one in share
    ]


def _quote_all(wishes: Sequence[tuple[Person, str]]) -> list[tuple[Person, dict[str, Any]]]:
    return [(buyer, buyer.quote((sku_id, 1))) for buyer, sku_id in wishes]


def _submit_share(share: Sequence[tuple[Person, dict[str, Any]]], began: float) -> list[Seen]:
    return [_seen(buyer.submit(quote), began) for buyer, quote in share]


def _seen(answer: httpx.Response, began: float) -> Seen:
    return Seen(said(answer), perf_counter() - began, answer.elapsed.total_seconds())
