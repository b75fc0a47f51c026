"""The whole market as people start it: every process comes back, the edge routes, a second start is short."""

import os
import signal
from collections.abc import Callable, Sequence
from pathlib import Path

import httpx
import pytest

from jishi.entry.cli.dev import code_follower
from jishi.entry.cli.supervisor import Errand
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
        assert browser.get("/readyz").json() == {"status": "ready"}
        assert browser.get("/").headers["content-type"].startswith("text/html")
        assert browser.get("/_sim/inbox").status_code == httpx.codes.OK
        assert browser.get("/live/no-such-topic").status_code < httpx.codes.INTERNAL_SERVER_ERROR
        assert browser.get("/metrics").status_code == httpx.codes.NOT_FOUND
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
    """Give a checkout with some code."""
    for name in ("jishi/price.py", "web/apps/storefront/src/Home.vue", "web/packages/ui/tokens.css"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text("1")
    return tmp_path


def what_follows(changed: Callable[[], Sequence[Errand] | None]) -> list[str]:
    """Return what a developer would be told."""
    return [errand.what for errand in changed() or ()]


def test_changed_new_and_lost_code_is_seen_once(sources: Path) -> None:
    changed = code_follower(sources)
    assert what_follows(changed) == []
    price = sources / "jishi" / "price.py"
    os.utime(price, ns=(1, 1))
    assert what_follows(changed) == ["preparing"]
    assert what_follows(changed) == []
    (sources / "jishi" / "stock.py").write_text("")
    assert what_follows(changed) == ["preparing"]
    price.unlink()
    assert what_follows(changed) == ["preparing"]
    (sources / "jishi" / "readme.md").write_text("no code")
    assert what_follows(changed) == []


def test_an_app_is_built_when_its_own_code_changed_and_both_are_when_what_they_share_did(
    sources: Path,
) -> None:
    changed = code_follower(sources)
    os.utime(sources / "web" / "apps" / "storefront" / "src" / "Home.vue", ns=(1, 1))
    assert what_follows(changed) == ["building web/apps/storefront", "preparing"]
    os.utime(sources / "web" / "packages" / "ui" / "tokens.css", ns=(1, 1))
    assert what_follows(changed) == [
        *("building web/apps/storefront", "building web/apps/merchant", "building web/packages/ui"),
        "preparing",
    ]
    (sources / "web" / "apps" / "storefront" / "node_modules").mkdir()
    (sources / "web" / "apps" / "storefront" / "node_modules" / "cache.js").write_text("no source")
    assert what_follows(changed) == []
