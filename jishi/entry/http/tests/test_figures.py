"""Figures for Prometheus: true over all processes, cheap, and there even while the engines are away."""

import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connection

from jishi.discovery.search import indexer, places, reading
from jishi.entry.http import figures
from jishi.kernel import clock, hot, metrics
from jishi.kernel.db import atomic, execute
from jishi.kernel.ids import OrderId, new_id
from jishi.kernel.outbox import publish
from jishi.kernel.tests.samples import Moved, tick
from jishi.offering.catalog.tests.factories import NOW as MADE_AT
from jishi.offering.catalog.tests.factories import make_product
from jishi.offering.inventory import services as inventory
from jishi.offering.inventory.tests.factories import make_stock
from jishi.offering.inventory.types import StockLine

NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)


@pytest.mark.django_db(transaction=True)
def test_the_figures_show_requests_jobs_and_what_waits() -> None:
    with atomic():
        publish(Moved(occurred_at=NOW, thing_id=OrderId(new_id()), step=1))
    metrics.request_answered("GET", "/api/v1/store/products/{id}", 200, 0.003)
    metrics.job_finished("tests.one", "done", 0.5)
    text = figures.render(now=clock.now() + timedelta(seconds=30)).decode()
    assert "jishi_outbox_waiting 1.0" in text
    assert 30 <= figure(text, "jishi_outbox_lag_seconds") < 90
    assert "jishi_dead_letters_open 0.0" in text
    assert 'jishi_jobs_total{job="tests.one",outcome="done"} 1.0' in text
    assert 'jishi_requests_total{method="GET",route="/api/v1/store/products/{id}",status="200"} 1.0' in text


def figure(text: str, name: str) -> float:
    """Return the value of a figure, its labels included in the name; 0 for what nobody has counted yet."""
    found = [line.rpartition(" ")[2] for line in text.splitlines() if line.rpartition(" ")[0] == name]
    assert len(found) <= 1
    return float(found[0]) if found else 0.0


def stands(name: str, *, now: datetime | None = None) -> float:
    """Return a figure as it stands at an instant, or now."""
    return figure(figures.render(now=now or clock.now()).decode(), name)


@pytest.mark.django_db(transaction=True)
def test_a_refused_reservation_is_counted_and_a_granted_one_is_not() -> None:
    product = make_product()
    warehouse = make_stock(product.sku_id, 3)
    before = stands("jishi_stock_conflicts_total")
    lines = [StockLine(owner_id=new_id(), sku_id=product.sku_id, warehouse_id=warehouse, quantity=2)]
    with atomic():
        inventory.reserve(lines, now=NOW)
    assert stands("jishi_stock_conflicts_total") == before
    with pytest.raises(inventory.OutOfStock), atomic():
        inventory.reserve(lines, now=NOW)
    assert stands("jishi_stock_conflicts_total") == before + 1


@pytest.mark.django_db(transaction=True)
def test_jobs_that_nobody_does_show_by_number_and_age() -> None:
    depth, age = (
        'jishi_queue_jobs{queue="default",status="todo"}',
        'jishi_queue_oldest_seconds{queue="default"}',
    )
    assert (stands(depth), stands(age)) == (0, 0)
    for _ in range(2):
        tick.defer()
    execute(
        "UPDATE procrastinate_jobs SET enqueued_at = now() - interval '90 seconds' WHERE id IN "
        "(SELECT min(id) FROM procrastinate_jobs WHERE status = 'todo')"
    )
    assert stands(depth) == 2
    assert 90 <= stands(age) < 150


@pytest.mark.django_db(transaction=True)
def test_a_change_that_the_index_has_not_taken_in_shows_by_number_and_age() -> None:
    later = MADE_AT + timedelta(seconds=45)
    try:
        make_product()
        indexer.catch_up()
        assert stands("jishi_search_index_waiting") == 0
        assert stands("jishi_search_index_lag_seconds", now=later) == 0
        make_product()
        assert stands("jishi_search_index_waiting") >= 1
        assert stands("jishi_search_index_lag_seconds", now=later) == 45
        indexer.catch_up()
        assert stands("jishi_search_index_waiting") == 0
    finally:
        shutil.rmtree(places.place().root, ignore_errors=True)
        reading.forget()
        hot.forget()


_COUNT_ONE = """
import django
django.setup()
from jishi.entry.http import figures
from jishi.kernel import clock, metrics
metrics.job_finished("tests.shared", "done", 0.1)
print(figures.render(now=clock.now()).decode())
"""


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_processes_count_together(tmp_path: Path) -> None:
    url = urlsplit(os.environ["DATABASE_URL"])
    environment = {
        **os.environ,
        "PROMETHEUS_MULTIPROC_DIR": str(tmp_path),
        "DATABASE_URL": urlunsplit(url._replace(path=f"/{connection.settings_dict['NAME']}")),
    }
    for count in (1, 2):
        text = subprocess.check_output([sys.executable, "-c", _COUNT_ONE], env=environment, text=True)
        assert f'jishi_jobs_total{{job="tests.shared",outcome="done"}} {count}.0' in text
        assert text.count("\njishi_outbox_waiting 0.0") == 1


@pytest.mark.django_db(transaction=True)
def test_a_figure_that_cannot_be_had_takes_no_other_with_it() -> None:
    execute("ALTER TABLE payments_break RENAME TO payments_break_of_another_release")
    try:
        told = figures.render(now=clock.now()).decode()
    finally:
        execute("ALTER TABLE payments_break_of_another_release RENAME TO payments_break")
    assert "jishi_database_up 1.0" in told
    assert "jishi_ledger_imbalance_minor 0.0" in told
    assert "jishi_search_index_waiting" in told
    assert "jishi_reconciliation_breaks_open" not in told
