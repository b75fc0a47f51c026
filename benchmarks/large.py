"""What only shows in a large market: reads that nothing has cached, search, long lists, a day's settlement."""

import contextlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import UUID

import psycopg
import valkey

from benchmarks import load
from benchmarks.market import Market
from benchmarks.rows import Row
from jishi.config.env_sources import CHECKOUT
from jishi.kernel.pagination import Cursor

COLD_DETAIL_MIN, COLD_LIST_MIN, SEARCH_MIN = 2_500, 1_500, 1_000
SEARCH_P50_MS_MAX, SEARCH_P99_MS_MAX, SUGGESTIONS_P99_MS_MAX, ORDERS_P95_MS_MAX = 5, 25, 5, 30
RECOMMENDED_P99_MS_MAX = 10
IMPORTED_MIN, IMPORT_MB_MAX = 2_000, 300  # products a second; of the worker, at its largest
SETTLED_LINES, SETTLEMENT_SECONDS_MAX, SETTLEMENT_GROWS_MB_MAX = 100_000, 60, 200
PATHS_MAX = 50_000
# By the end of an id, which is random: from all of the catalogue, and the same ones each time.
_SOME = (
    "SELECT id, published_at FROM catalog_product WHERE status = 'live' ORDER BY right(id::text, 12) LIMIT %s"
)


def rows_of(found: Market, seconds: int) -> list[Row]:
    """Measure everything here. Settles what waits: last, for it can be done once."""
    return [
        *cold(found, seconds),
        *searching(found, seconds),
        recommended(found),
        orders(found),
        *imports(found),
        *settlement(found),
    ]


# -- nothing cached ------------------------------------------------------------------------------------------


def cold(found: Market, seconds: int) -> list[Row]:
    """Read another product, and another page of the list, with each request, from empty caches."""
    with psycopg.connect(found.checked.database_url) as connection:
        some: list[tuple[UUID, datetime]] = connection.execute(_SOME, [PATHS_MAX]).fetchall()
    details = [f"/api/v1/store/products/{product_id}" for product_id, _ in some]
    pages = [
        f"/api/v1/store/products?limit=24&cursor={Cursor(published_at, product_id).encode()}"
        for product_id, published_at in some
    ]
    return [
        _cold(found, "product detail, JSON, cold", details, COLD_DETAIL_MIN, seconds),
        _cold(found, "product list, JSON, cold", pages, COLD_LIST_MIN, seconds),
    ]


def _cold(found: Market, work: str, paths: Sequence[str], least: int, seconds: int) -> Row:
    seen, times = _asked_cold(found, paths, seconds)
    return Row(
        work=work,
        measured=seen.requests_per_second,
        unit="req/s",
        measured_min=least if times <= 1 else None,  # what is asked again is not cold
        errors=seen.errors,
        note=f"p99 {seen.p99_ms:.1f} ms; each of {len(paths):,} asked {times:.1f} times",
    )


def _asked_cold(found: Market, paths: Sequence[str], seconds: int) -> tuple[load.Load, float]:
    """Ask from an empty cache; return also how often each path was asked."""
    valkey.Valkey.from_url(found.checked.redis_url).flushdb()
    seen = ask(found, paths, seconds)
    return seen, seen.requests_per_second * seconds / len(paths)


def ask(found: Market, paths: Sequence[str], seconds: int) -> load.Load:
    """Ask for these paths one after the other, without a warm-up."""
    with tempfile.NamedTemporaryFile("w", suffix=".paths") as file:
        file.write("\n".join(paths) + "\n")
        file.flush()
        script = Path(__file__).with_name("paths.lua")
        command = [
            "wrk",
            "-t1",
            f"-c{load.CONNECTIONS}",
            "--latency",
            f"-d{seconds}s",
            "-s",
            str(script),
            found.web,
        ]
        done = subprocess.run([*command, "--", file.name], check=True, capture_output=True, text=True)
    return load.read_wrk(done.stdout)


# -- inside the server ---------------------------------------------------------------------------------------


def inside(found: Market, work: str) -> dict[str, Any]:
    """Measure a piece of work in a process beside the market's own. Raises: SystemExit when it fails."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.inside", work],
        cwd=CHECKOUT, env={**found.values, "JISHI_ENV_FILE": ""}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        raise SystemExit(f"bench: {work} failed: {done.stderr.strip()[-2_000:]}")
    measured: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return measured


def searching(found: Market, seconds: int) -> list[Row]:
    """Measure the mix of queries and the suggestions inside the server, and the mix over HTTP."""
    asked, typed = inside(found, "search"), inside(found, "suggestions")
    parts = "; ".join(f"{name} p50 {one['p50']:.1f}" for name, one in asked["of"].items())
    paths = [f"/api/v1/store/search?q={quote(word)}" for word in inside(found, "words")["words"]]
    seen, times = _asked_cold(found, paths, seconds)
    return [
        Row(
            work="search, p50 inside",
            measured=asked["p50"],
            unit="ms",
            measured_max=SEARCH_P50_MS_MAX,
            note=parts,
        ),
        Row(work="search, p99 inside", measured=asked["p99"], unit="ms", measured_max=SEARCH_P99_MS_MAX),
        Row(work="search, selective, p50 inside", measured=asked["of"]["selective"]["p50"], unit="ms"),
        Row(
            work="search, mix of queries",
            measured=seen.requests_per_second,
            unit="req/s",
            measured_min=SEARCH_MIN,
            errors=seen.errors,
            note=f"p99 {seen.p99_ms:.1f} ms; each of {len(paths):,} asked {times:.1f} times",
        ),
        Row(
            work="suggestions, p99 inside",
            measured=typed["p99"],
            unit="ms",
            measured_max=SUGGESTIONS_P99_MS_MAX,
        ),
    ]


def orders(found: Market) -> Row:
    """Measure the longest list of orders that a merchant of the market has."""
    seen = inside(found, "orders")
    return Row(
        work="merchant's order list, p95 inside",
        measured=seen["p95"],
        unit="ms",
        measured_max=ORDERS_P95_MS_MAX,
        errors=seen["counting"],
        note=f"{seen['orders']:,} orders of his; {seen['statements']} statements, {seen['counting']} of them count",
    )


def recommended(found: Market) -> Row:
    """Measure every place where goods are recommended, after training the market's own models."""
    seen = inside(found, "recommendations")
    return Row(
        work="recommendations, p99 inside",
        measured=seen["p99"],
        unit="ms",
        measured_max=RECOMMENDED_P99_MS_MAX,
        note="; ".join(f"{place} p50 {one['p50']:.1f}" for place, one in seen["of"].items()),
    )


def imports(found: Market) -> list[Row]:
    """Measure how fast a table of products comes in through the market's worker, and how large that gets."""
    seen = inside(found, "imports")
    rate = seen["products"] / seen["writing_seconds"]
    measured = [
        Row(
            work="import of a table, products a second",
            measured=rate,
            unit="/s",
            measured_min=IMPORTED_MIN,
            errors=int(not seen["products"]),
            note=f"{seen['products']:,}, validated again; checked first at "
            f"{seen['products'] / seen['checking_seconds']:,.0f}/s",
        )
    ]
    if found.supervisor is not None:
        peak = max(_peak(process) for process in _family(found.supervisor) if _is_worker(process))
        work = "import, the worker at its largest"
        measured.append(Row(work=work, measured=peak / 1024, unit="MB", measured_max=IMPORT_MB_MAX))
    return measured


def settlement(found: Market) -> list[Row]:
    """Measure the issue of every statement that waits; judged from a hundred thousand lines on."""
    seen = inside(found, "settlement")
    is_large = seen["lines"] >= SETTLED_LINES
    waited = "" if seen["lines"] else "; nothing waits here any more: remove this market to measure it again"
    return [
        Row(
            work="settlement of what waits",
            measured=seen["seconds"],
            unit="s",
            measured_max=SETTLEMENT_SECONDS_MAX if is_large else None,
            errors=int(not seen["lines"]),
            note=f"{seen['lines']:,} lines, {seen['statements']} statements{waited}",
        ),
        Row(
            work="memory that it took more",
            measured=seen["grown_mb"],
            unit="MB",
            measured_max=SETTLEMENT_GROWS_MB_MAX if is_large else None,
        ),
    ]


# -- memory --------------------------------------------------------------------------------------------------


def idle_memory(supervisor: int) -> float:
    """Return the memory of a market's own processes in megabytes (PSS), without PostgreSQL."""
    return sum(_pss(process) for process in _family(supervisor)) / 1024


def _family(parent: int) -> Iterator[int]:
    """Yield a process and everything below it but PostgreSQL."""
    with contextlib.suppress(OSError):
        if "postgres" in Path(f"/proc/{parent}/comm").read_text(encoding="utf-8"):
            return
        yield parent
        for task in Path(f"/proc/{parent}/task").iterdir():
            for child in (task / "children").read_text(encoding="ascii").split():
                yield from _family(int(child))


def _is_worker(process: int) -> bool:
    with contextlib.suppress(OSError):
        return b"worker" in Path(f"/proc/{process}/cmdline").read_bytes()
    return False


def _peak(process: int) -> int:
    """Return the most memory that a process ever held in kilobytes; 0 when it has gone."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1])
    return 0


def _pss(process: int) -> int:
    """Return a process's memory in kilobytes, each shared page by its share; 0 when it has gone."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    return 0
