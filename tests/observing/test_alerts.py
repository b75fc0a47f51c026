"""The files for Prometheus and Grafana: they parse, say what to do, and each alert fires when it should."""

import json
import re
from pathlib import Path
from typing import Any

import promql_parser as promql
import pytest
import yaml

from tests.observing.promql import Scrapes, fires, names

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "deploy" / "observability"
SECONDS = 600.0
ALERTS: dict[str, dict[str, Any]] = {
    rule["alert"]: rule
    for group in yaml.safe_load((FOLDER / "alerts.yml").read_text(encoding="utf-8"))["groups"]
    for rule in group["rules"]
}
PANELS = [
    (path.stem, panel)
    for path in sorted((FOLDER / "grafana").glob("*.json"))
    for panel in json.loads(path.read_text(encoding="utf-8"))["panels"]
]
# For each alert: series before, series after, in which it fires; and after, in which it keeps quiet.
CASES: dict[str, tuple[str, str, str]] = {
    "MarketDown": ("", 'up{job="jishi"} 0', 'up{job="jishi"} 1'),
    "DatabaseDown": ("", "jishi_database_up 0", "jishi_database_up 1"),
    "ValkeyDown": ("", "jishi_valkey_up 0", "jishi_valkey_up 1"),
    "WebErrors": (
        'jishi_requests_total{route="a",status="200"} 1000\njishi_requests_total{route="a",status="500"} 90',
        'jishi_requests_total{route="a",status="200"} 1900\njishi_requests_total{route="a",status="500"} 110',
        'jishi_requests_total{route="a",status="200"} 9000\njishi_requests_total{route="a",status="500"} 91',
    ),
    "WebSlow": (
        "",
        'jishi_request_seconds_bucket{route="a",le="1.0"} 90\njishi_request_seconds_bucket{route="a",le="+Inf"} 100',
        (
            'jishi_request_seconds_bucket{route="a",le="1.0"} 100\n'
            'jishi_request_seconds_bucket{route="a",le="+Inf"} 100\n'
            'jishi_request_seconds_bucket{route="metrics",le="1.0"} 0\n'
            'jishi_request_seconds_bucket{route="metrics",le="+Inf"} 900'
        ),
    ),
    "ConnectionsMissing": (
        'jishi_pool_failures_total{process="web"} 3',
        'jishi_pool_failures_total{process="web"} 4',
        'jishi_pool_failures_total{process="web"} 3',
    ),
    "ConnectionsNearLimit": (
        "",
        'jishi_database_connections{process="a",state="idle"} 90\njishi_database_connections_max 100',
        'jishi_database_connections{process="a",state="idle"} 70\njishi_database_connections_max 100',
    ),
    "SlowStatements": (
        'jishi_slow_statements_total{process="web"} 0',
        'jishi_slow_statements_total{process="web"} 1200',
        'jishi_slow_statements_total{process="web"} 60',
    ),
    "DiskFilling": (
        "",
        'jishi_disk_free_bytes{folder="home"} 9e9\njishi_disk_free_bytes{folder="media"} 1e9',
        'jishi_disk_free_bytes{folder="home"} 9e9',
    ),
    "LogArchiveAway": (
        "",
        'jishi_log_reader_up{reader="jishi_archive"} 0\njishi_log_reader_up{reader="replica"} 1',
        'jishi_log_reader_up{reader="jishi_archive"} 1\njishi_log_reader_up{reader="replica"} 0',
    ),
    "WorkersGone": ("", "jishi_workers 0", "jishi_workers 1"),
    "OutboxLate": ("", "jishi_outbox_lag_seconds 61", "jishi_outbox_lag_seconds 2"),
    "DeadlinesLate": ("", "jishi_jobs_overdue_seconds 61", "jishi_jobs_overdue_seconds 0"),
    "JobsLate": (
        "",
        'jishi_queue_oldest_seconds{queue="default"} 121',
        'jishi_queue_oldest_seconds{queue="default"} 5',
    ),
    "JobsStalled": ("jishi_stalled_jobs_total 1", "jishi_stalled_jobs_total 8", "jishi_stalled_jobs_total 2"),
    "DeadLetters": ("", "jishi_dead_letters_open 1", "jishi_dead_letters_open 0"),
    "IndexLate": ("", "jishi_search_index_lag_seconds 61", "jishi_search_index_lag_seconds 1"),
    "LedgerImbalance": ("", "jishi_ledger_imbalance_minor 1", "jishi_ledger_imbalance_minor 0"),
    "PaymentsNotStarted": (
        "",
        (
            'jishi_payment_outcomes_total{channel="alipay",outcome="started"} 8\n'
            'jishi_payment_outcomes_total{channel="alipay",outcome="no_answer"} 2'
        ),
        (
            'jishi_payment_outcomes_total{channel="alipay",outcome="started"} 80\n'
            'jishi_payment_outcomes_total{channel="alipay",outcome="no_answer"} 1\n'
            'jishi_payment_outcomes_total{channel="wechat",outcome="started"} 5\n'
            'jishi_payment_outcomes_total{channel="wechat",outcome="failed"} 5'
        ),
    ),
    "PartnerSilent": (
        "",
        (
            'jishi_outgoing_calls_total{origin="o",outcome="answered"} 5\n'
            'jishi_outgoing_calls_total{origin="o",outcome="resting"} 5'
        ),
        (
            'jishi_outgoing_calls_total{origin="o",outcome="answered"} 99\n'
            'jishi_outgoing_calls_total{origin="o",outcome="silent"} 1'
        ),
    ),
    "CallbacksDisbelieved": (
        "",
        'jishi_callbacks_total{channel="alipay",outcome="forged"} 6',
        'jishi_callbacks_total{channel="alipay",outcome="applied"} 600',
    ),
    "RefundsFail": (
        "",
        'jishi_refund_outcomes_total{channel="alipay",outcome="failed"} 4',
        'jishi_refund_outcomes_total{channel="alipay",outcome="done"} 40',
    ),
    "BreaksOpen": ("", "jishi_reconciliation_breaks_open 1", "jishi_reconciliation_breaks_open 0"),
    "StockConflicts": ("", "jishi_stock_conflicts_total 900", "jishi_stock_conflicts_total 9"),
}


@pytest.mark.parametrize("alert", ALERTS)
def test_an_alert_fires_when_it_should_and_then_only(alert: str) -> None:
    before, bad, good = CASES[alert]
    expression = ALERTS[alert]["expr"]
    assert fires(expression, Scrapes.of(before, bad + "\n", SECONDS)), "it keeps quiet"
    assert not fires(expression, Scrapes.of(before, good + "\n", SECONDS)), "it cries wolf"


@pytest.mark.parametrize("alert", ALERTS)
def test_an_alert_says_how_bad_it_is_and_what_to_do(alert: str) -> None:
    rule = ALERTS[alert]
    assert rule["labels"]["severity"] in {"critical", "warning"}
    assert re.fullmatch(r"\d+[smh]", rule["for"])
    assert len(rule["annotations"]["summary"]) > 10
    page, _, anchor = rule["annotations"]["runbook_url"].partition("#")
    for text in (ROOT / page, ROOT / page.replace("/en/", "/zh/")):
        assert f"{{#{anchor}}}" in text.read_text(encoding="utf-8"), text


def test_every_alert_has_its_case() -> None:
    assert set(CASES) == set(ALERTS)


@pytest.mark.parametrize(("board", "panel"), PANELS, ids=[f"{board} {one['title']}" for board, one in PANELS])
def test_every_panel_asks_what_parses(board: str, panel: dict[str, Any]) -> None:
    assert panel["targets"]
    for target in panel["targets"]:
        promql.parse(target["expr"])
        assert names(target["expr"])


def test_prometheus_finds_its_rules_and_the_market() -> None:
    found = yaml.safe_load((FOLDER / "prometheus.yml").read_text(encoding="utf-8"))
    assert all((FOLDER / name).is_file() for name in found["rule_files"])
    assert {job["job_name"] for job in found["scrape_configs"]} == {"jishi"}
