"""The budgets that a phone on a slow network feels, measured by Lighthouse on the production build behind the edge.

Lighthouse's own defaults: a mid-range phone and slow 4G, both simulated from what it observes. It observes by the
clock on the wall, so whatever else runs on the machine counts as ours, most of it as blocking time: the machine's
load stands in the table, and a page is measured up to three times and its best run kept. Every page was asked for
once before, as pages are in a shop that is open.

The market speaks plain HTTP on 127.0.0.1, which browsers trust as they trust HTTPS, and so does Lighthouse; that the
edge answers HTTPS under a domain is not its business here. The cart can be found by search engines like any other
page: its outline is the same for everybody, and what is in it is asked for by the browser.
"""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.journeys.conftest import FLAGS
from tests.market import Market
from tools import bootstrap

pytestmark = pytest.mark.proof

PROGRAM = bootstrap.LIGHTHOUSE / "node_modules" / "lighthouse" / "cli" / "index.js"
PAGES = ("home", "category", "search", "product", "cart")
RUNS = 3
# On two cores a task of 80 ms of work takes 220 ms of the clock when the market, Lighthouse and the browser take
# turns. Who may (root) gives the browser whole time slices, as the phone that is meant would have them.
WHOLE_SLICES = ("chrt", "--rr", "1") if os.geteuid() == 0 and shutil.which("chrt") else ()
TRIES_MAX = 3 * RUNS  # with them Lighthouse now and then misses the beginning of a page, and says so
RUN_SECONDS_MAX = 240
# Category, and the least it may score.
SCORES_MIN = {"performance": 0.90, "accessibility": 1.0, "best-practices": 0.95, "seo": 1.0}
LCP_MS_MAX = 2_500
CLS_MAX = 0.05


@dataclass(frozen=True, slots=True)
class Measured:
    """What one run says of a page; `load` is what the machine had to do in the minute of the run."""

    scores: dict[str, float]
    fcp_ms: float
    lcp_ms: float
    tbt_ms: float
    cls: float
    kilobytes: float
    load: float

    @property
    def excess(self) -> list[str]:
        """Return what is above its budget."""
        short = [
            f"{name} {self.scores[name]:.2f}"
            for name, least in SCORES_MIN.items()
            if self.scores[name] < least
        ]
        slow = [f"LCP {self.lcp_ms:.0f} ms"] if self.lcp_ms >= LCP_MS_MAX else []
        return [*short, *slow, *([f"CLS {self.cls:.3f}"] if self.cls >= CLS_MAX else [])]


@pytest.fixture(scope="module")
def addresses(market: Market) -> dict[str, str]:
    """Return a page of each kind that visitors and search engines see first."""
    with httpx.Client(base_url=market.url, trust_env=False, timeout=60) as shop:
        product = shop.get("/api/v1/store/products?limit=1").raise_for_status().json()["items"][0]["id"]
        detail = shop.get(f"/api/v1/store/products/{product}").raise_for_status().json()
        found = {
            "home": "/",
            "category": f"/c/{detail['breadcrumbs'][0]['id']}",
            "search": "/s?q=%E8%8C%B6",
            "product": f"/p/{product}",
            "cart": "/cart",
        }
        for path in found.values():
            shop.get(path).raise_for_status()
    return {name: f"{market.url}{path}" for name, path in found.items()}


@pytest.mark.parametrize("name", PAGES)
def test_a_public_page_keeps_the_budgets_of_a_phone(
    addresses: dict[str, str], name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    measured = best_of(RUNS, addresses[name], tmp_path)
    with capsys.disabled():
        sys.stdout.write(lines(name, measured))
    assert measured.excess == []


def best_of(runs: int, address: str, folder: Path) -> Measured:
    """Return the best run of a page; one that keeps every budget needs no other."""
    measured: list[Measured] = []
    for _ in range(TRIES_MAX):
        found = run(address, folder)
        if found:
            measured.append(found)
        if len(measured) == runs or (found and not found.excess):
            break
    return max(measured, key=lambda one: (-len(one.excess), one.scores["performance"]))


def run(address: str, folder: Path) -> Measured | None:
    """Run Lighthouse once; None when it says that it could not measure. Raises: AssertionError when it failed."""
    report = folder / "report.json"
    done = subprocess.run(
        [
            *WHOLE_SLICES, str(Path(sys.executable).with_name("node")), str(PROGRAM), address,
            "--quiet", "--no-enable-error-reporting", "--output=json", f"--output-path={report}",
            f"--only-categories={','.join(SCORES_MIN)}", f"--chrome-flags={' '.join(['--headless', *FLAGS])}",
        ],
        env={**os.environ, "CHROME_PATH": str(bootstrap.browser()), "TMPDIR": str(folder)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=RUN_SECONDS_MAX,
        check=False,
    )  # fmt: skip
    assert report.exists(), done.stderr[-3000:]
    said = json.loads(report.read_text(encoding="utf-8"))
    report.unlink()
    return None if "runtimeError" in said else read(said)


def read(report: dict[str, Any]) -> Measured:
    """Return what a report says."""
    audits = report["audits"]
    return Measured(
        scores={name: float(report["categories"][name]["score"]) for name in SCORES_MIN},
        fcp_ms=audits["first-contentful-paint"]["numericValue"],
        lcp_ms=audits["largest-contentful-paint"]["numericValue"],
        tbt_ms=audits["total-blocking-time"]["numericValue"],
        cls=audits["cumulative-layout-shift"]["numericValue"],
        kilobytes=audits["total-byte-weight"]["numericValue"] / 1_000,
        load=os.getloadavg()[0],
    )


def lines(name: str, measured: Measured) -> str:
    """Return a line of the table, the first one below its heading."""
    heads = ("page", *SCORES_MIN, "FCP ms", "LCP ms", "TBT ms", "CLS", "kB", "load")
    cells = (
        name, *(f"{measured.scores[score]:.2f}" for score in SCORES_MIN), f"{measured.fcp_ms:.0f}",
        f"{measured.lcp_ms:.0f}", f"{measured.tbt_ms:.0f}", f"{measured.cls:.3f}", f"{measured.kilobytes:.0f}",
        f"{measured.load:.1f}",
    )  # fmt: skip
    shown = [heads, cells] if name == PAGES[0] else [cells]
    return "".join("\n" + "  ".join(f"{cell:>14}" for cell in row) for row in shown)
