"""Logs without personal data, figures for Prometheus."""

import json
import logging
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
import structlog
from django.db import connection

from jishi.kernel import logging as jishi_logging
from jishi.kernel import metrics
from jishi.kernel.db import atomic
from jishi.kernel.ids import OrderId, new_id
from jishi.kernel.logging import HIDDEN, hide_personal_data, without_personal_data
from jishi.kernel.outbox import publish
from jishi.kernel.tests.samples import Moved

NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("call 13800138000 now", "call [phone] now"),
        ("call +8613800138000", "call [phone]"),
        ("mail a.b+c@shop.example.com.", "mail [mail]."),
        ("id 11010519491231002X", "id [id]"),
        ("order 261123482715670", "order 261123482715670"),
        ("0190c2a0-0000-7000-8000-138001380001", "0190c2a0-0000-7000-8000-138001380001"),
        ("amount 12345678901", "amount 12345678901"),
    ],
)
def test_people_are_taken_out_of_texts_and_numbers_of_things_stay(text: str, safe: str) -> None:
    assert without_personal_data(text) == safe


def test_values_under_telling_names_are_hidden_at_any_depth() -> None:
    event = hide_personal_data(
        None,
        "info",
        {
            "event": "signed_in 13800138000",
            "phone": "1",
            "order_id": "o-1",
            "error_code": "sign_in_needed",
            "payload": {"recipient_name": "张三", "lines": [{"sms_code": "123456", "n": 3}]},
            "ticket": "t",
            "status_code": 200,
        },
    )
    assert event == {
        "event": "signed_in [phone]",
        "phone": HIDDEN,
        "order_id": "o-1",
        "error_code": "sign_in_needed",
        "payload": {"recipient_name": HIDDEN, "lines": [{"sms_code": HIDDEN, "n": 3}]},
        "ticket": HIDDEN,
        "status_code": 200,
    }


def test_a_line_is_json_with_the_request_it_belongs_to(capsys: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    try:
        jishi_logging.configure("INFO")
        with structlog.contextvars.bound_contextvars(request_id="r-1"):
            structlog.get_logger("shop").info("paid", order_id="o-1", phone="13800138000")
            logging.getLogger("other").warning("from %s", "13800138000")
            try:
                raise ValueError("13800138000")
            except ValueError:
                structlog.get_logger("shop").exception("failed")
    finally:
        root.handlers[:], root.level = handlers, level
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [(line["event"], line["level"], line["request_id"]) for line in lines] == [
        ("paid", "info", "r-1"),
        ("from [phone]", "warning", "r-1"),
        ("failed", "error", "r-1"),
    ]
    assert lines[0]["phone"] == HIDDEN
    assert "ValueError: [phone]" in lines[2]["exception"]


@pytest.mark.django_db(transaction=True)
def test_the_figures_show_requests_jobs_and_what_waits() -> None:
    with atomic():
        publish(Moved(occurred_at=NOW, thing_id=OrderId(new_id()), step=1))
    metrics.request_answered("GET", "/api/v1/store/products/{id}", 200, 0.003)
    metrics.job_finished("tests.one", "done", 0.5)
    text = metrics.render().decode()
    assert "jishi_outbox_waiting 1.0" in text
    assert 0 <= float(text.split("jishi_outbox_lag_seconds ")[-1].split()[0]) < 60
    assert "jishi_dead_letters_open 0.0" in text
    assert 'jishi_jobs_total{job="tests.one",outcome="done"} 1.0' in text
    assert 'jishi_requests_total{method="GET",route="/api/v1/store/products/{id}",status="200"} 1.0' in text


_COUNT_ONE = """
import django
django.setup()
from jishi.kernel import metrics
metrics.job_finished("tests.shared", "done", 0.1)
print(metrics.render().decode())
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
