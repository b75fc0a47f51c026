"""Figures for Prometheus: true over all processes, cheap, and there even while the engines are away."""

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connection

from jishi.entry.http import figures
from jishi.kernel import clock, metrics
from jishi.kernel.db import atomic, execute
from jishi.kernel.ids import OrderId, new_id
from jishi.kernel.outbox import publish
from jishi.kernel.tests.samples import Moved

NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)


@pytest.mark.django_db(transaction=True)
def test_the_figures_show_requests_jobs_and_what_waits() -> None:
    with atomic():
        publish(Moved(occurred_at=NOW, thing_id=OrderId(new_id()), step=1))
    metrics.request_answered("GET", "/api/v1/store/products/{id}", 200, 0.003)
    metrics.job_finished("tests.one", "done", 0.5)
    text = figures.render(now=clock.now()).decode()
    assert "jishi_outbox_waiting 1.0" in text
    assert 0 <= float(text.split("jishi_outbox_lag_seconds ")[-1].split()[0]) < 60
    assert "jishi_dead_letters_open 0.0" in text
    assert 'jishi_jobs_total{job="tests.one",outcome="done"} 1.0' in text
    assert 'jishi_requests_total{method="GET",route="/api/v1/store/products/{id}",status="200"} 1.0' in text


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
