"""Measure the market and print each figure beside its limit from the same run, and beside its budget.

Measures the demo market that runs in this checkout (or in JISHI_HOME), and buys in it; when none runs, it
starts one under .cache/bench and stops it in the end. Reads need wrk (`make bench` installs it). The table is
written to benchmarks/latest.json too, which belongs to the machine and is not committed. The exit code is 1
when something fell short of its budget or was answered with errors. Reads that nothing has cached empty its Valkey.

With --products 10000,100000,1000000 it measures a market of its own for each of these sizes instead (under
.cache/bench-N, kept; --orders-in-all as many orders), and the settlement of all that waits too. --chart draws
docs/bench.svg from it. `search-quality` measures instead how well the search of the demo market answers a labelled
set of queries, and `recommendations` how well the models recommend, on public data.

The recommendations are trained and asked, and a table of products is imported, in markets of the bench's own alone:
both leave something behind. The race for one scarce SKU is a test with a budget of its own
(tests/races/test_hot_sku.py), because it must know who lost and that nothing was oversold.
"""

import argparse
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from math import ceil
from pathlib import Path
from typing import Any

import httpx

from benchmarks import (
    callbacks,
    carts,
    chart,
    large,
    load,
    market,
    pgbench,
    prices,
    purchase,
    recommendations,
    rows,
    search_quality,
    sizes,
)
from benchmarks.market import Market
from benchmarks.rows import Row
from jishi.entry.cli import places

PURCHASES_EACH = 15  # of a buyer; he may leave 20 trades unpaid
JSON_SHARE, HTML_SHARE, STATEMENTS_SHARE = 0.20, 0.10, 0.25
STATEMENTS_MAX = 25
# What is measured instead of what things cost.
QUALITY = {"search-quality": search_quality, "recommendations": recommendations}


def main(arguments: Sequence[str] = ()) -> int:
    """Measure, print, keep; return 1 when something answered with errors or fell short of its budget."""
    options = options_of(arguments)
    measured = QUALITY[options.what].rows() if options.what else speed(options)
    print(rows.table(measured))
    rows.keep(measured, options.output)
    if options.chart:
        picture = chart.draw(measured, machine=sizes.machine(), on=datetime.now(UTC).date())
        chart.PICTURE.write_text(picture, encoding="utf-8")
    return int(any(row.verdict in ("short", "errors") for row in measured))


def speed(options: argparse.Namespace) -> list[Row]:
    """Measure the market that runs, or one of each size that is asked for."""
    load.require_wrk()
    return at_sizes(options) if options.products else at_once(options)


def at_once(options: argparse.Namespace) -> list[Row]:
    """Measure the market that runs, or one of its own; all but the settlement, which settles what waits."""
    with market.measured() as found:
        return [
            *sizes.standing(found),
            *reads(found, options.seconds),
            *large.cold(found, options.seconds),
            *large.searching(found, options.seconds),
            *writes(found, options),
            *prices.rows(),
            large.orders(found),
        ]


def at_sizes(options: argparse.Namespace) -> list[Row]:
    """Measure a market of each size."""
    measured: list[Row] = []
    for size in options.products:
        with sizes.market_of(size, options.orders_in_all) as (found, filled):
            every = [*filled, *reads(found, options.seconds), *writes(found, options)]
            every += large.rows_of(found, options.seconds)
        measured += [replace(row, products=size) for row in every]
    return [*measured, *sizes.growth(measured)]


# -- reads ---------------------------------------------------------------------------------------------------


def reads(found: Market, seconds: int) -> list[Row]:
    """Measure what anonymous people read, warm, at the web server and, beside it, through the edge."""
    with load.hello_world(found.checked.web_workers, found.checked.web_threads) as address:
        hello = load.wrk(address, seconds=seconds)
    head = Row(work="hello world (limit of reads)", measured=hello.requests_per_second, unit="req/s")
    return [head, *(_read(found, *target, hello.requests_per_second, seconds) for target in targets(found))]


def targets(found: Market) -> list[tuple[str, str, float | None, dict[str, str]]]:
    """Return what is read: its name, path, budget as a share of the limit, and headers."""
    api = f"{found.web}/api/v1/store"
    product = _json(f"{api}/products?limit=1")["items"][0]
    category = _json(f"{api}/categories")["items"][0]
    detail = f"/api/v1/store/products/{product['id']}"
    etag = httpx.get(f"{found.web}{detail}", trust_env=False).raise_for_status().headers["ETag"]
    return [
        ("product detail, JSON", detail, JSON_SHARE, {}),
        ("the same, 304", detail, JSON_SHARE, {"If-None-Match": etag}),
        ("product list, JSON", "/api/v1/store/products?limit=24", JSON_SHARE, {}),
        ("category, JSON", f"/api/v1/store/products?category_id={category['id']}", JSON_SHARE, {}),
        ("home, JSON", "/api/v1/store/home", JSON_SHARE, {}),
        ("search, JSON", "/api/v1/store/search?q=%E8%80%B3%E6%9C%BA", None, {}),
        ("suggestions, JSON", "/api/v1/store/suggestions?q=er", None, {}),
        ("home, HTML", "/", HTML_SHARE, {}),
        ("product, HTML", f"/p/{product['id']}", HTML_SHARE, {}),
        ("category, HTML", f"/c/{category['id']}", HTML_SHARE, {}),
        ("search, HTML", "/s?q=%E8%80%B3%E6%9C%BA", None, {}),
    ]


def _read(
    found: Market,
    work: str,
    path: str,
    share: float | None,
    headers: dict[str, str],
    hello: float,
    seconds: int,
) -> Row:
    seen = load.wrk(f"{found.web}{path}", headers=headers, seconds=seconds)
    edge = load.wrk(f"{found.edge}{path}", headers=headers, seconds=seconds)
    return Row(
        work=work,
        measured=seen.requests_per_second,
        unit="req/s",
        limit=hello,
        share_min=share,
        errors=seen.errors + edge.errors,
        note=f"p99 {seen.p99_ms:.1f} ms; {edge.requests_per_second:,.0f} req/s through the edge",
    )


# -- writes --------------------------------------------------------------------------------------------------


def writes(found: Market, options: argparse.Namespace) -> list[Row]:
    """Measure a full cart, orders and callbacks; the limit of orders is pgbench with the order's statements."""
    api = f"{found.web}/api/v1/"
    buyers = found.seed("--buyers", str(options.buyers))
    filled = carts.rows(found, buyer=buyers[0], times=options.orders * 2)
    limit = pgbench.transactions_per_second(
        found.checked.database_url, pgbench_program(), clients=options.buyers, seconds=options.seconds
    )
    skus = purchase.skus_of_two_merchants(api)
    alone = pgbench.orders(found, pgbench_program(), buyers=buyers, skus=skus, seconds=options.seconds)
    crowd = found.seed("--buyers", str(options.buyers * ceil(options.orders / PURCHASES_EACH)))
    bought, steps = purchase.purchases(
        api, buyers=crowd, skus=skus, each=PURCHASES_EACH, threads=options.buyers
    )
    told = callbacks.run(found, steps, threads=options.buyers)
    return [
        *filled,
        Row(work="pgbench TPC-B-like (to compare machines by)", measured=limit, unit="tps"),
        Row(
            work="pgbench, the statements of an order (limit of orders)",
            measured=alone.per_second,
            unit="orders/s",
        ),
        Row(work="statements of an order", measured=alone.statements, unit="", measured_max=STATEMENTS_MAX),
        Row(
            work=f"place an order, 3 lines, 2 merchants, {options.buyers} buyers",
            measured=bought.per_second,
            unit="orders/s",
            limit=alone.per_second,
            share_min=STATEMENTS_SHARE,
            measured_min=200,
            errors=len(bought.refused),
            note=f"p50 {bought.p50_ms:.0f} ms; {bought.complaint}",
        ),
        Row(
            work=f"payment callback, {options.buyers} at once",
            measured=told.per_second,
            unit="/s",
            limit=limit,
            measured_min=300,
            errors=len(told.refused),
            note=f"p50 {told.p50_ms:.0f} ms; {told.complaint}",
        ),
    ]


def pgbench_program() -> Path:
    """Return the pgbench that came with the embedded PostgreSQL."""
    return places.wheel_folder() / "pginstall" / "bin" / "pgbench"


def _json(url: str) -> dict[str, Any]:
    found: dict[str, Any] = httpx.get(url, trust_env=False).raise_for_status().json()
    return found


def options_of(arguments: Sequence[str]) -> argparse.Namespace:
    """Read the arguments of the bench."""
    parser = argparse.ArgumentParser(
        prog="jishi bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "what", nargs="?", choices=list(QUALITY), help="measure this instead of what things cost"
    )
    parser.add_argument("--seconds", type=int, default=load.SECONDS, help="length of each measurement")
    parser.add_argument("--buyers", type=int, default=8, help="buyers at once")
    parser.add_argument("--orders", type=int, default=60, help="purchases of each that buys at once")
    parser.add_argument("--products", type=sizes.listed, default=[], metavar="N,N", help="sizes to compare")
    parser.add_argument(
        "--orders-in-all", type=int, metavar="K", help="orders in each of them (as many as products)"
    )
    parser.add_argument("--chart", action="store_true", help="draw docs/bench.svg too")
    parser.add_argument("--output", type=Path, default=rows.LATEST, help="where the table is kept as JSON")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    raise SystemExit(main())
