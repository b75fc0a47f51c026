"""Markets of a given size: made once, started anew for each measurement."""

import argparse
import json
import os
import platform
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from benchmarks import large
from benchmarks.market import Market, own_market
from benchmarks.rows import Row
from jishi.config.env_sources import CHECKOUT

FILL_SECONDS_MAX = 300.0  # for a million of products; for a million of orders twice as long
START_SECONDS_MAX, IDLE_MB_MAX, GROWTH_MAX = 10, 800, 3
INDEX_SECONDS_MAX = 7_200.0
MILLION = 1_000_000


def listed(text: str) -> list[int]:
    """Read `10000,100000` for argparse."""
    found = [int(part) for part in text.split(",")]
    if any(one < 1 for one in found):
        raise argparse.ArgumentTypeError("sizes are whole numbers above zero")
    return found


@contextmanager
def market_of(size: int, orders: int | None) -> Iterator[tuple[Market, list[Row]]]:
    """Give a running market of so many products and orders, and what making and starting it took."""
    home = CHECKOUT / ".cache" / f"bench-{size}"
    note = home / "filled.json"
    if not note.is_file():
        with own_market(home) as made:
            (filled,) = made.seed(
                "--products", str(size), "--orders", str(size if orders is None else orders)
            )
            filled["index_seconds"] = wait_for_index(made, size)
            filled["at"] = datetime.now(UTC).isoformat(timespec="minutes")
            note.write_text(json.dumps(filled), encoding="ascii")
    with own_market(home) as again:
        yield again, [*_filling(json.loads(note.read_text(encoding="ascii"))), *standing(again)]


def wait_for_index(found: Market, size: int) -> float:
    """Wait until this machine's index knows so many products; return how long its building took, in seconds."""
    deadline = time.monotonic() + INDEX_SECONDS_MAX
    with psycopg.connect(found.checked.database_url, autocommit=True) as connection:
        while time.monotonic() < deadline:
            built = connection.execute(
                "SELECT extract(epoch FROM followed_at - built_at) FROM search_node "
                "WHERE product_count >= %s AND built_at >= rebuild_asked_at", [size]
            ).fetchone()  # fmt: skip
            if built is not None:
                return float(built[0])
            time.sleep(1)
    raise SystemExit("bench: the index was not built; see logs/indexer.log")


def _filling(filled: dict[str, Any]) -> list[Row]:
    """Return the rows of making it, when it was made; a budget for a million is a rate."""
    products, orders = int(filled["products"]), int(filled["orders"])
    return [
        Row(
            work="generate products, for a million",
            measured=filled["products_seconds"] * MILLION / products,
            unit="s",
            measured_max=FILL_SECONDS_MAX if products >= MILLION else None,
            note=f"{products:,} in {filled['products_seconds']:.0f} s, {filled['at']}",
        ),
        Row(
            work="generate orders, for a million",
            measured=filled["orders_seconds"] * MILLION / max(orders, 1),
            unit="s",
            measured_max=2 * FILL_SECONDS_MAX if orders >= MILLION else None,
            note=f"{orders:,} in {filled['orders_seconds']:.0f} s, {filled['at']}",
        ),
        Row(work="build the search index", measured=filled["index_seconds"], unit="s"),
    ]


def standing(found: Market) -> list[Row]:
    """Return what the second start took and what the idle market holds in memory, where the bench started it."""
    measured = []
    if found.start_seconds is not None:
        start = found.start_seconds
        measured.append(
            Row(work="start, the second time", measured=start, unit="s", measured_max=START_SECONDS_MAX)
        )
    if found.supervisor is not None:
        memory = large.idle_memory(found.supervisor)
        work = "idle memory (PSS), without PostgreSQL"
        measured.append(Row(work=work, measured=memory, unit="MB", measured_max=IDLE_MB_MAX))
    return measured


def growth(measured: Sequence[Row]) -> list[Row]:
    """Return how much more a selective search costs in the largest market than in the smallest."""
    found = sorted(
        (row for row in measured if row.work == "search, selective, p50 inside"),
        key=lambda row: row.products or 0,
    )
    if len(found) < 2:
        return []
    small, big = found[0], found[-1]
    note = f"{small.measured:.1f} ms at {small.products:,}, {big.measured:.1f} ms at {big.products:,}"
    times = big.measured / small.measured
    return [
        Row(
            work="growth of a selective search",
            measured=times,
            unit="times",
            measured_max=GROWTH_MAX,
            note=note,
        )
    ]


def machine() -> str:
    """Say what this machine is, for the caption."""
    model = next(
        (
            line.split(":", 1)[1].strip()
            for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    return f"{os.cpu_count()} × {model}"
