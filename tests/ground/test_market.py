"""The whole market as people start it: every process comes back, the edge routes, a second start is short."""

import os
import signal
from pathlib import Path

import httpx
import pytest

from jishi.entry.cli.dev import code_watcher
from tests.market import SERVICES, Market, family, wait_gone

GONE_SECONDS_MAX = 20.0


@pytest.mark.parametrize("process", SERVICES)
def test_a_killed_process_comes_back_and_the_shop_answers(market: Market, process: str) -> None:
    before = market.kill(process)
    market.wait_ready()
    assert market.pid_of(process) != before
    assert httpx.get(f"{market.url}/healthz").status_code == httpx.codes.OK


def test_the_edge_leads_to_every_part(market: Market) -> None:
    with httpx.Client(base_url=market.url) as browser:
        assert browser.get("/readyz").json() == {"postgresql": "ok", "valkey": "ok"}
        assert browser.get("/").headers["content-type"].startswith("text/html")
        assert browser.get("/_sim/inbox").status_code == httpx.codes.OK
        assert browser.get("/live/no-such-topic").status_code < httpx.codes.INTERNAL_SERVER_ERROR
        assert "jishi" in browser.get("/metrics").text
        assert "server" not in browser.get("/healthz").headers


def test_files_are_served_with_safe_headers(market: Market) -> None:
    media = market.configuration.media_root
    (media / "witness.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>")
    found = httpx.get(f"{market.url}/media/witness.svg")
    assert found.status_code == httpx.codes.OK
    assert found.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in found.headers["content-security-policy"]
    assert "script-src" not in found.headers["content-security-policy"]
    assert "default-src 'none'" in found.headers["content-security-policy"]
    assert "immutable" in found.headers["cache-control"]
    assert httpx.get(f"{market.url}/media/../secrets/secret_key").status_code != httpx.codes.OK
    assert httpx.get(f"{market.url}/media/%2e%2e/secrets/secret_key").status_code != httpx.codes.OK
    collected = next(path for path in market.configuration.static_root.rglob("*.css"))
    address = f"{market.url}/static/{collected.relative_to(market.configuration.static_root)}"
    assert httpx.get(address).headers["x-content-type-options"] == "nosniff"
    assert httpx.get(f"{market.url}/static/").status_code == httpx.codes.NOT_FOUND


def test_other_commands_find_the_running_market(market: Market) -> None:
    alone = {name: value for name, value in market.environment.items() if name != "JISHI_PORT"}
    found = Market(home=market.home, port=market.port, environment=alone, supervisor=market.supervisor)
    said = found.command("addresses")
    assert said.returncode == 0, said.stderr
    assert f"{market.url}/merchant/" in said.stdout


def test_no_promise_is_broken_by_killing(market: Market) -> None:
    said = market.command("check-invariants")
    assert said.returncode == 0, said.stdout + said.stderr
    assert "all invariants hold" in said.stdout


def test_a_killed_market_leaves_nothing_and_its_second_start_repeats_nothing(market: Market) -> None:
    everything = family(market.supervisor.pid)
    assert len(everything) > len(SERVICES)
    assert market.stop(signal.SIGKILL) == -signal.SIGKILL
    wait_gone(everything, seconds_max=GONE_SECONDS_MAX)
    before = market.log.stat().st_size
    collected = market.configuration.static_root / "nobody-collected-this"
    collected.touch()
    market.restart()
    market.wait_ready()
    said = market.log.read_bytes()[before:].decode()
    assert "the first page is at" in said
    assert "migrations" not in said
    assert "filling" not in said
    assert collected.exists()


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """Give a folder with some code."""
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "price.py").write_text("PRICE = 1\n")
    return tmp_path


def test_the_watcher_sees_changed_new_and_lost_code_once(sources: Path) -> None:
    changed = code_watcher([sources])
    assert not changed()
    price = sources / "shop" / "price.py"
    os.utime(price, ns=(1, 1))
    assert changed()
    assert not changed()
    (sources / "shop" / "stock.py").write_text("")
    assert changed()
    price.unlink()
    assert changed()
    (sources / "shop" / "readme.md").write_text("no code")
    assert not changed()
