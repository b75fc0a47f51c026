"""The next release migrates a large store while the old one goes on selling, and somebody's long report is open."""

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from benchmarks.rows import Row
from tests.chaos import books
from tests.chaos.shopping import Journal, reading, shopping
from tests.engines import CHECKOUT, wait_until
from tests.market import Market, running_market
from tools.migration_rules import faults

SHOPPERS = 2
ORDERS_OF_CI = 10_000
ORDERS_OF_THE_PROOF = 1_000_000
PRODUCTS, MERCHANTS = 1_000, 10
FILLED = ("orders_order", "orders_order_line", "payments_payment", "payments_capture", "ledger_posting")
PAGES = ("/", "/api/v1/store/products?limit=24")
SLOWEST_SECONDS_MAX = 5.0
STATEMENTS = (
    "ALTER TABLE orders_order ADD COLUMN next_gift_note text",
    "ALTER TABLE orders_order ADD COLUMN next_is_gift boolean NOT NULL DEFAULT false",
    "ALTER TABLE orders_order ADD CONSTRAINT next_short CHECK (length(next_gift_note) < 200) NOT VALID",
    "CREATE TABLE next_wish (id bigint PRIMARY KEY, order_id uuid NOT NULL)",
)
LINES = ("ALTER TABLE orders_order_line ADD COLUMN next_is_wrapped boolean NOT NULL DEFAULT false",)
LATER = (
    "CREATE INDEX CONCURRENTLY next_gifts ON orders_order (next_is_gift, id)",
    "CREATE INDEX CONCURRENTLY next_wrapped ON orders_order_line (next_is_wrapped, id)",
    "ALTER TABLE orders_order VALIDATE CONSTRAINT next_short",
)
BACK = (
    "DROP TABLE next_wish",
    "ALTER TABLE orders_order DROP COLUMN next_gift_note, DROP COLUMN next_is_gift",
)
LINES_BACK = ("ALTER TABLE orders_order_line DROP COLUMN next_is_wrapped",)
MIGRATION = """from django.db import migrations


class Migration(migrations.Migration):
    atomic = {atomic}
    dependencies = [({app!r}, {after!r})]
    operations = [migrations.RunSQL(sql, back) for sql, back in {pairs!r}]
"""


@pytest.fixture
def large_market() -> Iterator[Market]:
    """Give a market of its own: what it is filled with stays."""
    with running_market(Path(os.environ["JISHI_TEST_RUN"]) / "large-market") as found:
        yield found


def test_migrations_while_purchases_go_on(
    large_market: Market, tmp_path: Path, figures: Callable[[Row], None]
) -> None:
    _migrate_under_load(large_market, tmp_path, figures, orders=ORDERS_OF_CI)


@pytest.mark.proof
def test_migrations_of_a_million_orders_while_purchases_go_on(
    large_market: Market, tmp_path: Path, figures: Callable[[Row], None]
) -> None:
    _migrate_under_load(large_market, tmp_path, figures, orders=ORDERS_OF_THE_PROOF)


def test_the_rehearsed_migrations_keep_the_rule() -> None:
    assert list(faults(STATEMENTS)) == []
    assert list(faults(LINES)) == []
    assert list(faults(LATER)) == []


def _migrate_under_load(market: Market, folder: Path, figures: Callable[[Row], None], *, orders: int) -> None:
    release = _next_release(folder)
    buyers = books.new_buyers(market, SHOPPERS)
    journal, read = Journal(), Journal()
    filled = _fill(market, orders)
    with (
        shopping(market.url, buyers, books.rich_goods(market), journal),
        reading(market.url, PAGES, read),
    ):
        wait_until(lambda: bool(journal.bought or journal.problems), what="the first purchase")
        with _long_report(market):
            done = _run(market, release, "-m", "jishi.entry.cli.main", "migrate")
        bought = len(journal.bought)
        wait_until(lambda: len(journal.bought) > bought, what="a purchase after the migrations")
        try:
            assert "steps aside and tries again" in done, done  # the report was in the way
            assert books.rows(
                market,
                "SELECT indisvalid FROM pg_index "
                "WHERE indexrelid IN ('next_gifts'::regclass, 'next_wrapped'::regclass)",
            ) == [(True,), (True,)]
        finally:
            _run(market, release, "-m", "django", "migrate", "--skip-checks", "trade", _last_of_trade()[:4])
    failed = sum(journal.retried.values()) + sum(read.retried.values())
    note = f"{dict(journal.retried)} {dict(read.retried)}"
    figures(
        Row(
            work="migrating under load: orders in the store",
            measured=filled["orders_order"],
            unit="orders",
            measured_min=orders,
            note=", ".join(f"{count:,} of {table}" for table, count in filled.items()),
        )
    )
    figures(Row(work="migrating under load: requests", measured=journal.answered + read.answered, unit="requests",
                measured_min=100))  # fmt: skip
    figures(Row(work="migrating under load: failed requests", measured=failed, unit="requests", measured_min=0,
                measured_max=0, note=note))  # fmt: skip
    slowest = max(journal.slowest_seconds, read.slowest_seconds)
    figures(Row(work="migrating under load: slowest answer", measured=slowest,
                unit="s", measured_max=SLOWEST_SECONDS_MAX))  # fmt: skip
    books.close(market, buyers, journal, figures, what="migrating under load")


def _last_of_trade() -> str:
    return max(path.stem for path in (CHECKOUT / "jishi/trade/migrations").glob("0*.py"))


def _next_release(folder: Path) -> Path:
    """Return a copy of the code with three more migrations."""
    release = folder / "next"
    skip = shutil.ignore_patterns("__pycache__", "tests")
    shutil.copytree(CHECKOUT / "jishi", release / "jishi", ignore=skip)
    for name in ("requirements", "pyproject.toml", "simulators"):
        (release / name).symlink_to(CHECKOUT / name)
    last = _last_of_trade()
    for name, after, atomic, statements, back in (
        ("9001_next", last, True, STATEMENTS, BACK),
        ("9002_next", "9001_next", True, LINES, LINES_BACK),
        ("9003_next", "9002_next", False, LATER, ()),
    ):
        pairs = [(sql, "") for sql in statements] + [("", sql) for sql in back]
        (release / "jishi/trade/migrations" / f"{name}.py").write_text(
            MIGRATION.format(atomic=atomic, app="trade", after=after, pairs=pairs), encoding="utf-8"
        )
    return release


def _run(market: Market, release: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments],
        env={
            **market.environment,
            "PYTHONPATH": str(release),
            "JISHI_DEMO": "1",
            "DJANGO_SETTINGS_MODULE": "jishi.config.settings",
        },
        cwd=release,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _fill(market: Market, orders: int) -> dict[str, int]:
    """Let a market have so many orders more, with their lines, money and books; count what is in the tables then."""
    done = market.command(
        "seed", "--products", str(PRODUCTS), "--merchants", str(MERCHANTS), "--orders", str(orders)
    )
    assert done.returncode == 0, done.stderr
    filled = {table: int(books.rows(market, f"SELECT count(*) FROM {table}")[0][0]) for table in FILLED}
    assert min(filled.values()) >= orders // 2  # some were never paid
    return filled


@contextmanager
def _long_report(market: Market) -> Iterator[None]:
    """Hold a reader's lock on the orders, in a transaction of somebody's own, until a migration has met it."""

    def read() -> None:
        with (
            psycopg.connect(market.database_url) as report,
            psycopg.connect(market.database_url, autocommit=True) as watcher,
        ):
            report.execute("SELECT FROM orders_order LIMIT 1")
            is_open.set()
            wait_until(lambda: _waits(watcher), what="a migration that waits", seconds_max=120)
            wait_until(lambda: not _waits(watcher), what="a migration that steps aside")

    is_open = threading.Event()
    thread = threading.Thread(target=read)
    thread.start()
    try:
        assert is_open.wait(30)
        yield
    finally:
        thread.join()


def _waits(watcher: psycopg.Connection[tuple[object, ...]]) -> bool:
    found = watcher.execute(
        "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'ALTER TABLE orders_order%'"
    )
    return found.fetchone() is not None
