"""The next release migrates a large store while the old one goes on selling, and somebody's long report is open."""

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
from tests.market import Market
from tools.migration_rules import faults

SHOPPERS = 2
ORDERS_OF_CI = 20_000
ORDERS_OF_THE_PROOF = 1_000_000
PAGES = ("/", "/api/v1/store/products?limit=24")
SLOWEST_SECONDS_MAX = 5.0
STATEMENTS = (
    "ALTER TABLE orders_order ADD COLUMN next_gift_note text",
    "ALTER TABLE orders_order ADD COLUMN next_is_gift boolean NOT NULL DEFAULT false",
    "ALTER TABLE orders_order ADD CONSTRAINT next_short CHECK (length(next_gift_note) < 200) NOT VALID",
    "CREATE TABLE next_wish (id bigint PRIMARY KEY, order_id uuid NOT NULL)",
)
LATER = (
    "CREATE INDEX CONCURRENTLY next_gifts ON orders_order (next_is_gift, id)",
    "ALTER TABLE orders_order VALIDATE CONSTRAINT next_short",
)
BACK = (
    "DROP TABLE next_wish",
    "ALTER TABLE orders_order DROP COLUMN next_gift_note, DROP COLUMN next_is_gift",
)
MIGRATION = """from django.db import migrations


class Migration(migrations.Migration):
    atomic = {atomic}
    dependencies = [({app!r}, {after!r})]
    operations = [migrations.RunSQL(sql, back) for sql, back in {pairs!r}]
"""


def test_migrations_while_purchases_go_on(
    market: Market, tmp_path: Path, figures: Callable[[Row], None]
) -> None:
    _migrate_under_load(market, tmp_path, figures, orders=ORDERS_OF_CI)


@pytest.mark.proof
def test_migrations_of_a_million_orders_while_purchases_go_on(
    market: Market, tmp_path: Path, figures: Callable[[Row], None]
) -> None:
    _migrate_under_load(market, tmp_path, figures, orders=ORDERS_OF_THE_PROOF)


def test_the_rehearsed_migrations_keep_the_rule() -> None:
    assert list(faults(STATEMENTS)) == []
    assert list(faults(LATER)) == []


def _migrate_under_load(market: Market, folder: Path, figures: Callable[[Row], None], *, orders: int) -> None:
    release = _next_release(folder)
    buyers = books.new_buyers(market, SHOPPERS)
    journal, read = Journal(), Journal()
    with (
        _many_orders(market, orders) as rows,
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
                market, "SELECT indisvalid FROM pg_index WHERE indexrelid = 'next_gifts'::regclass"
            ) == [(True,)]
        finally:
            _run(market, release, "-m", "django", "migrate", "--skip-checks", "trade", _last_of_trade()[:4])
    failed = sum(journal.retried.values()) + sum(read.retried.values())
    note = f"{dict(journal.retried)} {dict(read.retried)}"
    figures(
        Row(
            work="migrating under load: orders in the store",
            measured=rows,
            unit="orders",
            measured_min=orders,
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
    """Return a copy of the code with two more migrations."""
    release = folder / "next"
    skip = shutil.ignore_patterns("__pycache__", "tests")
    shutil.copytree(CHECKOUT / "jishi", release / "jishi", ignore=skip)
    for name in ("requirements", "pyproject.toml", "simulators"):
        (release / name).symlink_to(CHECKOUT / name)
    last = _last_of_trade()
    for name, after, atomic, statements, back in (
        ("9001_next", last, True, STATEMENTS, BACK),
        ("9002_next", "9001_next", False, LATER, ()),
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


@contextmanager
def _many_orders(market: Market, orders: int) -> Iterator[int]:
    """Fill the table of orders with finished ones of another time, copied from those that are there."""
    with psycopg.connect(market.database_url, autocommit=True) as connection:
        found = connection.execute(
            "SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum), string_agg(CASE attname "
            "WHEN 'id' THEN 'gen_random_uuid()' WHEN 'number' THEN '(''x'' || lpad(n::text, 14, ''0''))' "
            "ELSE 'o.' || quote_ident(attname) END, ', ' ORDER BY attnum) FROM pg_attribute "
            "WHERE attrelid = 'orders_order'::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''"
        ).fetchone()
        assert found is not None
        connection.execute(
            f"INSERT INTO orders_order ({found[0]}) SELECT {found[1]} FROM generate_series(1, {orders}) n, "
            "LATERAL (SELECT * FROM orders_order WHERE status = 'completed' LIMIT 1) o"
        )
        (rows,) = connection.execute(
            "SELECT count(*) FROM orders_order WHERE number LIKE 'x%'"
        ).fetchone() or (0,)
    try:
        yield rows
    finally:
        with psycopg.connect(market.database_url, autocommit=True) as connection:
            connection.execute("DELETE FROM orders_order WHERE number LIKE 'x%'")


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
