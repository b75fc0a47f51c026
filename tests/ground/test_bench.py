"""The bench: what it reads from others' reports, how it judges, and that its parts run on a real market."""

import json
import os
from argparse import ArgumentTypeError
from collections.abc import Iterator
from datetime import date
from functools import partial
from pathlib import Path
from xml.etree import ElementTree as ET

import httpx
import pytest

from benchmarks import callbacks, chart, large, load, pgbench, purchase, rows, run, sizes
from benchmarks.client import Client, Refused
from benchmarks.market import Market as Measured
from benchmarks.rows import Row
from tests.market import Market, running_market

WRK = """Running 1s test @ http://127.0.0.1:8001/
  1 threads and 16 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     1.63ms    0.96ms  20.21ms   82.27%
    Req/Sec     9.88k     1.21k   12.11k    70.00%
  Latency Distribution
     50%  870.00us
     75%    2.09ms
     90%    2.70ms
     99%    1.20s
  9837 requests in 1.00s, 1.18MB read
  Non-2xx or 3xx responses: 12
Requests/sec:   9831.77
Transfer/sec:      1.18MB
"""
PGBENCH = """transaction type: <builtin: TPC-B (sort of)>
number of transactions actually processed: 962
tps = 480.912345 (without initial connection time)
"""


@pytest.fixture
def market_to_fill() -> Iterator[Market]:
    """A market of its own: hundreds of products more would be found by every other test of the shared one."""
    with running_market(Path(os.environ["JISHI_TEST_RUN"]) / "filled-market") as found:
        yield found


def test_the_report_of_wrk_is_read_with_its_units() -> None:
    seen = load.read_wrk(WRK)
    assert (seen.requests_per_second, seen.p50_ms, seen.p99_ms, seen.errors) == (9831.77, 0.87, 1200.0, 12)
    with pytest.raises(ValueError, match="wrk said nothing"):
        load.read_wrk("unable to connect to 127.0.0.1:8001 Connection refused")


def test_the_report_of_pgbench_is_read() -> None:
    assert pgbench.read(PGBENCH) == 480.912345


@pytest.mark.parametrize(
    ("row", "verdict"),
    [
        (Row(work="read", measured=20, unit="req/s", limit=100, share_min=0.2), "ok"),
        (Row(work="read", measured=19, unit="req/s", limit=100, share_min=0.2), "short"),
        (Row(work="read", measured=90, unit="req/s", limit=100, share_min=0.2, errors=1), "errors"),
        (Row(work="read", measured=90, unit="req/s", limit=100), ""),
        (Row(work="order", measured=200, unit="orders/s", limit=900, measured_min=200), "ok"),
        (Row(work="order", measured=199, unit="orders/s", measured_min=200), "short"),
        (Row(work="sold", measured=51, unit="pieces", measured_min=50, measured_max=50), "short"),
        (Row(work="cart", measured=25, unit="ms", measured_max=25), "ok"),
        (Row(work="cart", measured=26, unit="ms", measured_max=25), "short"),
    ],
)
def test_a_row_is_judged_by_its_budget(row: Row, verdict: str) -> None:
    assert row.verdict == verdict


def test_the_table_is_printed_and_kept(tmp_path: Path) -> None:
    made = [
        Row(work="product detail", measured=3_000, unit="req/s", limit=10_000, share_min=0.2, note="p99 2 ms")
    ]
    line = rows.table(made).splitlines()[1]
    assert line.split() == [
        "product",
        "detail",
        "3,000",
        "req/s",
        "30.0%",
        ">=",
        "20%",
        "ok",
        "p99",
        "2",
        "ms",
    ]
    rows.keep(made, tmp_path / "latest.json")
    kept = json.loads((tmp_path / "latest.json").read_text(encoding="utf-8"))["rows"]
    assert [(one["work"], one["ratio"], one["verdict"]) for one in kept] == [("product detail", 0.3, "ok")]


@pytest.mark.slow
def test_every_kind_of_work_is_done_by_a_real_market(market: Market) -> None:
    measured = Measured(values=market.environment, checked=market.configuration)
    api = f"{measured.web}/api/v1/"
    buyers = measured.seed("--buyers", "2")
    filled = purchase.cart(api, buyer=buyers[0], lines=20, times=2)
    skus = purchase.skus_of_two_merchants(api)
    bought, steps = purchase.purchases(api, buyers=buyers, skus=skus, each=2, threads=2)
    told = callbacks.run(measured, steps, threads=2)
    assert (filled.refused, bought.refused, told.refused) == ([], [], [])
    assert (len(filled.times), len(bought.times), len(told.times)) == (2, 4, 4)
    program = run.pgbench_program()
    assert pgbench.transactions_per_second(measured.checked.database_url, program, clients=2, seconds=1)
    alone = pgbench.orders(measured, program, buyers=buyers, skus=skus, seconds=1)
    assert alone.per_second > 0
    assert alone.statements > 10
    with Client(api, {"X-Session-Token": buyers[0]["session_token"]}) as mine:
        newest = mine.get("store/orders")["items"][0]
        assert mine.get(f"store/orders/{newest['id']}")["recipient"]["recipient"] == "买家1"


def test_every_target_of_the_reads_is_there(market: Market) -> None:
    measured = Measured(values=market.environment, checked=market.configuration)
    with httpx.Client(base_url=measured.web, trust_env=False) as http:
        answers = {
            work: http.get(path, headers=headers).status_code
            for work, path, _, headers in run.targets(measured)
        }
    assert answers == {work: 304 if work.endswith("304") else 200 for work in answers}


def test_what_was_refused_most_is_told() -> None:
    def fail(word: str) -> None:
        raise Refused(word)

    none, three = [purchase.at_once([calls]) for calls in ([], [partial(fail, one) for one in "bab"])]
    assert (none.complaint, three.complaint) == ("", "b")


def test_the_smallest_application_is_served_like_the_market() -> None:
    with load.hello_world(1, 1) as address:
        assert httpx.get(address, trust_env=False).text == "hello"


def test_a_margin_says_how_often_a_budget_is_kept() -> None:
    kept = [
        Row(work="read", measured=30, unit="req/s", limit=100, share_min=0.2).margin,
        Row(work="order", measured=100, unit="/s", measured_min=200).margin,
        Row(work="cart", measured=5, unit="ms", measured_max=25).margin,
        Row(work="limit", measured=5, unit="ms").margin,
    ]
    assert kept == [pytest.approx(1.5), 0.5, 5, None]


def test_of_several_budgets_the_one_that_is_missed_shows() -> None:
    order = Row(work="order", measured=100, unit="/s", limit=250, share_min=0.25, measured_min=200)
    between = Row(work="between", measured=12, unit="", measured_min=10, measured_max=15)
    assert (order.margin, order.budget, order.verdict) == (0.5, ">= 25%, >= 200", "short")
    assert (between.margin, between.budget, between.verdict) == (1.2, ">= 10, <= 15", "ok")
    assert [line.rpartition(order.budget)[2].split()[0] for line in rows.table([order]).splitlines()[1:]] == [
        "short"
    ]


def test_the_chart_marks_every_judged_row_at_every_size() -> None:
    made = [
        Row(work="<search> & facets", measured=took, unit="ms", measured_max=5, products=size)
        for size, took in ((10_000, 2.0), (1_000_000, 6.0))
    ]
    picture = chart.draw(
        [*made, Row(work="limit", measured=9, unit="req/s")], machine="two cores", on=date(2026, 11, 30)
    )
    drawn = ET.fromstring(picture)
    marks = [one for one in drawn.iter("{http://www.w3.org/2000/svg}circle") if one.get("cy") != "48"]
    assert [one.get("class") for one in marks] == ["size0", "size1 short"]
    words = "".join(drawn.itertext())
    assert "<search> & facets" in words
    assert "two cores, 2026-11-30" in words
    assert "limit" not in words


def test_growth_compares_the_largest_market_with_the_smallest() -> None:
    work = "search, selective, p50 inside"
    made = [
        Row(work=work, measured=took, unit="ms", products=size) for size, took in ((10, 2.0), (1_000, 7.0))
    ]
    (grown,) = sizes.growth(made)
    assert (grown.measured, grown.verdict) == (3.5, "short")
    assert sizes.growth(made[:1]) == []


@pytest.mark.parametrize("text", ["0", "10,-1", "many"])
def test_a_size_that_is_none_is_refused(text: str) -> None:
    with pytest.raises((ArgumentTypeError, ValueError)):
        sizes.listed(text)


def test_only_our_own_processes_count_as_idle_memory(market: Market) -> None:
    own = large.idle_memory(market.supervisor.pid)
    assert 50 < own < 2_000


@pytest.mark.slow
@pytest.mark.market
def test_a_larger_market_is_made_and_measured(market_to_fill: Market) -> None:
    measured = Measured(values=market_to_fill.environment, checked=market_to_fill.configuration)
    (filled,) = measured.seed("--products", "400", "--merchants", "4", "--orders", "600")
    assert (filled["products"], filled["orders"]) == (400, 600)
    assert sizes.wait_for_index(measured, 400) > 0
    found = large.rows_of(measured, seconds=1)
    assert [row.work for row in found if row.errors] == []
    assert {row.work: row.measured > 0 for row in found if row.unit == "req/s"} == {
        "product detail, JSON, cold": True,
        "product list, JSON, cold": True,
        "search, mix of queries": True,
    }
