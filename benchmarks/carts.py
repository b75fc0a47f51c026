"""A full cart over HTTP: the last of twenty lines added with all totals, and a quote of them.

How many statements adding takes is counted from the code while it adds, in a process of its own:

    python -m benchmarks.carts        with `{"buyer": …, "sku_id": …}` on standard input
"""

import http.client
import json
import os
import subprocess
import sys
from collections.abc import Callable
from urllib.parse import urlsplit

from benchmarks import load, purchase
from benchmarks.market import Market
from benchmarks.pgbench import SETTINGS
from benchmarks.purchase import Buyer, Many
from benchmarks.rows import Row

LINES = 20
MILLISECONDS_MAX, STATEMENTS_MAX = 25, 8


def rows(found: Market, *, buyer: Buyer, times: int) -> list[Row]:
    """Add to a cart, count what that asks of PostgreSQL, and quote it, beside the smallest answer of the server."""
    api = f"{found.web}/api/v1/"
    with load.hello_world(found.checked.web_workers, found.checked.web_threads) as address:
        hello = _hello(address, times)
    filled = purchase.cart(api, buyer=buyer, lines=LINES, times=times)
    with purchase.client(api, buyer) as market:
        skus = purchase.fill(market, LINES)
        quoted = _many(lambda: market.post("store/quotes", {"address_id": buyer["address_id"]}), times)
        counted = _statements(found, buyer, skus[-1])
    return [
        Row(
            work="the smallest answer, one after the other, p95 (beside the next two)",
            measured=hello.p95_ms,
            unit="ms",
        ),
        Row(
            work=f"add the last of {LINES} lines to a cart, p95",
            measured=filled.p95_ms,
            unit="ms",
            limit=hello.p95_ms,
            measured_max=MILLISECONDS_MAX,
            errors=len(filled.refused),
            note=f"p50 {filled.p50_ms:.1f} ms; {filled.complaint}",
        ),
        Row(
            work=f"quote {LINES} lines, p95",
            measured=quoted.p95_ms,
            unit="ms",
            limit=hello.p95_ms,
            measured_max=MILLISECONDS_MAX,
            errors=len(quoted.refused),
            note=f"p50 {quoted.p50_ms:.1f} ms; {quoted.complaint}",
        ),
        Row(
            work=f"statements of adding to a cart of {LINES} lines",
            measured=counted,
            unit="",
            measured_max=STATEMENTS_MAX,
        ),
    ]


def _many(call: Callable[[], object], times: int) -> Many:
    return purchase.at_once([[call] * times])


def _hello(address: str, times: int) -> Many:
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=30)

    def ask() -> None:
        connection.request("GET", "/")
        connection.getresponse().read()

    try:
        return _many(ask, times)
    finally:
        connection.close()


def _statements(found: Market, buyer: Buyer, sku_id: str) -> int:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.carts"],
        env={**found.values, "DJANGO_SETTINGS_MODULE": SETTINGS, "PYTHONPATH": os.pathsep.join(sys.path)},
        input=json.dumps({"buyer": buyer, "sku_id": sku_id}),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise SystemExit(f"bench: the statements of a cart could not be counted: {done.stderr.strip()}")
    return int(done.stdout)


def counted(buyer: Buyer, sku_id: str) -> int:
    """Return the statements of adding a piece to a buyer's cart, once the process knows what it keeps."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from benchmarks.statements import post

    post("store/cart/lines", buyer, {"sku_id": sku_id, "quantity": 1})
    with CaptureQueriesContext(connection) as seen:
        post("store/cart/lines", buyer, {"sku_id": sku_id, "quantity": 1})
    return sum(not one["sql"].startswith(("BEGIN", "COMMIT")) for one in seen.captured_queries)


def main() -> None:
    """Count for the buyer and the SKU on standard input."""
    import django

    django.setup()
    print(counted(**json.load(sys.stdin)))


if __name__ == "__main__":
    main()
