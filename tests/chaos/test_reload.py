"""`jishi reload` while buyers buy and readers read: every process is another one, and no request fails."""

import socket
from collections.abc import Callable

from benchmarks.rows import Row
from tests.chaos import books
from tests.chaos.shopping import Journal, reading, shopping
from tests.engines import wait_until
from tests.market import Market, family

SHOPPERS = 2
RELOADED = ("web", "live", "worker", "indexer")
PAGES = ("/", "/api/v1/store/products?limit=24", "/healthz")


def test_a_reload_drops_no_request_even_if_it_fails(market: Market, figures: Callable[[Row], None]) -> None:
    before = {name: market.pid_of(name) for name in RELOADED}
    workers = family(market.pid_of("web"))
    buyers = books.new_buyers(market, SHOPPERS)
    journal, read = Journal(), Journal()
    with (
        shopping(market.url, buyers, books.rich_goods(market), journal),
        reading(market.url, PAGES, read),
    ):
        wait_until(lambda: bool(journal.bought or journal.problems), what="the first purchase")
        # A new web server that cannot start (its port is taken) must not touch the one that works.
        with socket.create_server(("127.0.0.1", market.configuration.ports.stand_in)):
            failed_reload = market.command("reload")
        untouched = {name: market.pid_of(name) for name in RELOADED} == before
        done = market.command("reload")
        bought = len(journal.bought)
        wait_until(lambda: len(journal.bought) > bought, what="a purchase after the reload")
    assert failed_reload.returncode == 2
    assert "not reloaded" in failed_reload.stderr
    assert f"port {market.configuration.ports.stand_in} is already in use" in failed_reload.stderr
    assert untouched
    assert done.returncode == 0, done.stdout + done.stderr
    assert {name for name in RELOADED if market.pid_of(name) == before[name]} == set()
    assert not workers & family(market.pid_of("web"))
    assert "stand-in" not in market.processes()
    failed = sum(journal.retried.values()) + sum(read.retried.values())
    note = f"{dict(journal.retried)} {dict(read.retried)}"
    figures(
        Row(
            work="reload: requests",
            measured=journal.answered + read.answered,
            unit="requests",
            measured_min=100,
        )
    )
    figures(
        Row(
            work="reload: failed requests",
            measured=failed,
            unit="requests",
            measured_min=0,
            measured_max=0,
            note=note,
        )
    )
    books.close(market, buyers, journal, figures, what="reload")


def test_a_reload_needs_a_market(market: Market, tmp_path: object) -> None:
    alone = market.environment | {"JISHI_HOME": str(tmp_path), "JISHI_DEMO": "1"}
    elsewhere = Market(home=market.home, port=market.port, environment=alone, supervisor=market.supervisor)
    refused = elsewhere.command("reload")
    assert refused.returncode == 2
    assert refused.stderr == f"jishi: no market runs in {tmp_path}\n"
