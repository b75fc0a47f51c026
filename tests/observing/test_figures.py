"""What Prometheus reads of a running market: all that alerts and panels ask for, over all processes, about nobody."""

import re

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.engines import wait_until
from tests.market import family
from tests.observing.conftest import Bought, Watched
from tests.observing.promql import Scrapes, fires, names
from tests.observing.test_alerts import ALERTS, PANELS

pytestmark = pytest.mark.market

# What `jishi up --demo` has not got ready in its first minutes may not be called a fault of the rules.
ABOUT_SPEED = {"WebSlow", "SlowStatements", "DiskFilling"}
SUFFIXES = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count"), "gauge": ("",)}
LABEL_VALUES_MAX = 400


def test_every_figure_of_alerts_and_panels_is_one_that_the_market_has(watched: Watched) -> None:
    asked = {name for rule in ALERTS.values() for name in names(rule["expr"])}
    asked |= {name for _, panel in PANELS for target in panel["targets"] for name in names(target["expr"])}
    exposed = {
        f"{one.name}{suffix}"
        for one in text_string_to_metric_families(watched.figures())
        for suffix in SUFFIXES[one.type]
    }
    assert asked - exposed == {"up"}  # which is Prometheus' own


def test_a_market_that_is_well_sets_off_no_alert(watched: Watched, bought: Bought) -> None:
    before = watched.figures()
    for _ in range(20):
        assert httpx.get(f"{watched.market.url}/", trust_env=False, timeout=30).is_success
    scrapes = Scrapes.of(before, watched.figures(), 60.0)
    found = {name for name, rule in ALERTS.items() if fires(rule["expr"], scrapes)}
    assert found <= ABOUT_SPEED


def test_a_request_is_counted_once_whichever_process_answers_it_and_is_asked(watched: Watched) -> None:
    def count() -> float:
        return sum(
            float(line.rpartition(" ")[2])
            for line in watched.figures().splitlines()
            if line.startswith("jishi_requests_total") and 'route="livez"' in line
        )

    before = count()
    asked = 60
    for _ in range(asked):  # a connection each: the kernel spreads them over the workers
        assert httpx.get(f"{watched.inside}/livez", trust_env=False).is_success
    assert {count() for _ in range(6)} == {before + asked}


def test_routes_are_templates_and_labels_are_few(watched: Watched, bought: Bought) -> None:
    for number in range(30):
        httpx.get(f"{watched.market.url}/no/such/page/{number}", trust_env=False)
        httpx.request(f"MADE{number}", f"{watched.market.url}/livez", trust_env=False)
    text = watched.figures()
    routes = set(re.findall(r'route="([^"]*)"', text))
    assert "api/v1/store/orders/<order_id>/cancel" in routes
    assert not [route for route in routes if re.search(r"[0-9a-f]{8}-|such/page", route)]
    assert len(routes) < LABEL_VALUES_MAX
    assert "MADE" not in text


def test_flows_are_counted(watched: Watched, bought: Bought) -> None:
    text = watched.figures()
    assert re.search(r'jishi_payment_outcomes_total\{channel="alipay",outcome="started"\} [1-9]', text)
    assert re.search(r'jishi_payment_outcomes_total\{channel="alipay",outcome="applied"\} [1-9]', text)
    assert re.search(r'jishi_callbacks_total\{channel="alipay",outcome="applied"\} [1-9]', text)
    wait_until(
        lambda: 'jishi_refund_outcomes_total{channel="alipay",outcome="done"}' in watched.figures(),
        what="a refund that is done",
    )
    assert re.search(r'jishi_outgoing_seconds_count\{origin="[^"]+",status="2xx"\} [1-9]', text)


def test_what_stood_in_a_process_that_died_is_forgotten(watched: Watched) -> None:
    def held() -> float:
        return watched.figure("jishi_pool_connections")

    wait_until(lambda: held() > 0, what="figures of the pools", seconds_max=30)
    web = watched.market.pid_of("web")
    workers = family(web) - {web}
    folder = watched.market.home / "run" / "metrics"
    watched.market.kill("web")
    watched.market.wait_ready()
    watched.figures()
    left = {path.stem.rpartition("_")[2] for path in folder.glob("gauge_live*.db")}
    assert not left & {str(pid) for pid in workers}
