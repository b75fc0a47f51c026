"""`make bench`: measure the running market and print each figure beside its limit from the same run."""

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from benchmarks import load, purchase
from jishi.config.environment import environment

LATEST = Path(__file__).parent / "latest.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One measured figure; `needed` is the budget as a share of the limit, None where there is none yet."""

    work: str
    measured: float
    unit: str
    limit: float | None
    needed: float | None
    errors: int

    @property
    def ratio(self) -> float | None:
        """The share of the limit that was reached."""
        return self.measured / self.limit if self.limit else None

    @property
    def verdict(self) -> str:
        """`ok`, `short`, or nothing where there is no budget."""
        if self.errors:
            return "errors"
        if self.needed is None or self.ratio is None:
            return ""
        return "ok" if self.ratio >= self.needed else "short"


def main(arguments: Sequence[str] = ()) -> int:
    """Measure, print, keep; return 1 when something answered with errors or fell short of its budget."""
    options = _options(arguments)
    env = environment()
    api = f"http://127.0.0.1:{env.ports.web}/api/v1/"
    products = httpx.get(f"{api}store/products", params={"size": 24}).raise_for_status().json()["items"]
    with load.hello_world(env.web_workers, env.web_threads) as address:
        hello = load.wrk(address, seconds=options.seconds).requests_per_second
    rows = [
        Row(
            work="hello world (limit of reads)",
            measured=hello,
            unit="req/s",
            limit=None,
            needed=None,
            errors=0,
        ),
        *_reads(api, products[0]["id"], hello, options.seconds),
        _purchases(api, products, options),
    ]
    print(table(rows))
    _keep(rows)
    return int(any(row.verdict in ("short", "errors") for row in rows))


def _reads(api: str, product_id: str, hello: float, seconds: int) -> list[Row]:
    root = api.removesuffix("api/v1/")
    targets = (
        ("product detail, JSON", f"{api}store/products/{product_id}", 0.20),
        ("product list, JSON", f"{api}store/products?size=24", 0.20),
        ("home, JSON", f"{api}store/home", 0.20),
        ("search, JSON", f"{api}store/search?q=%E8%80%B3%E6%9C%BA", None),
        ("suggestions, JSON", f"{api}store/suggestions?q=er", None),
        ("home, HTML", root, 0.10),
        ("product, HTML", f"{root}p/{product_id}", 0.10),
    )
    found = []
    for work, url, needed in targets:
        seen = load.wrk(url, seconds=seconds)
        found.append(
            Row(
                work=f"{work} (p99 {seen.p99_ms:.1f} ms)",
                measured=seen.requests_per_second,
                unit="req/s",
                limit=hello,
                needed=needed,
                errors=seen.errors,
            )
        )
    return found


def _purchases(api: str, products: Sequence[dict[str, Any]], options: argparse.Namespace) -> Row:
    by_merchant: dict[str, str] = {}
    for product in (one for one in products if one["in_stock"]):
        detail = httpx.get(f"{api}store/products/{product['id']}").raise_for_status().json()
        by_merchant.setdefault(product["merchant"]["id"], detail["skus"][0]["id"])
    skus = list(by_merchant.values())[:2]
    seen = purchase.run(api, tokens=purchase.buyers(options.buyers), skus=skus, each=options.orders)
    return Row(
        work=f"purchase, {options.buyers} buyers, 2 merchants (p50 {seen.p50_ms:.0f} ms)",
        measured=seen.orders_per_second,
        unit="trades/s",
        limit=None,
        needed=None,
        errors=seen.refused,
    )


def table(rows: Sequence[Row]) -> str:
    """Return the rows as a table for a terminal."""
    lines = [f"{'work':<52} {'measured':>12} {'unit':<9} {'of limit':>9} {'budget':>7}"]
    for row in rows:
        ratio = f"{row.ratio:.0%}" if row.ratio is not None else ""
        needed = f"{row.needed:.0%}" if row.needed is not None else ""
        lines.append(
            f"{row.work:<52} {row.measured:>12,.0f} {row.unit:<9} {ratio:>9} {needed:>7} {row.verdict}"
        )
    return "\n".join(lines)


def _keep(rows: Sequence[Row]) -> None:
    kept = [asdict(row) | {"ratio": row.ratio, "verdict": row.verdict} for row in rows]
    at = datetime.now(UTC).isoformat(timespec="seconds")
    LATEST.write_text(json.dumps({"at": at, "rows": kept}, ensure_ascii=False, indent=2) + "\n")


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="jishi bench", description=__doc__)
    parser.add_argument("--seconds", type=int, default=load.SECONDS, help="length of each read measurement")
    parser.add_argument("--buyers", type=int, default=8, help="buyers at once")
    parser.add_argument("--orders", type=int, default=25, help="purchases of each buyer")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    raise SystemExit(main())
