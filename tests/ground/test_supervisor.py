"""Nothing outlives the supervisor, whatever kills it, and whatever else is killed comes back."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.engines import CHECKOUT, wait_until
from tests.market import Market, alive, family, market_environment, wait_gone

SMALL = Path(__file__).with_name("small_market.py")
GONE_SECONDS_MAX = 20.0
START_SECONDS_MAX = 90.0
SERVICES = ("postgresql", "valkey", "web", "edge")
WORKERS_AND_MAIN = 3
Starter = Callable[..., Market]


@pytest.fixture
def start_small(tmp_path: Path) -> Iterator[Starter]:
    """Start small markets in folders of their own; all are gone after the test."""
    started: list[Market] = []

    def start(*arguments: str, home: Path | None = None) -> Market:
        place = home or tmp_path / f"home{len(started)}"
        environment, port = market_environment(place, {"JISHI_DEMO": "1"})
        with place.with_suffix(".log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, str(SMALL), *arguments],
                env={**environment, "PYTHONPATH": str(CHECKOUT)},
                cwd=CHECKOUT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        started.append(Market(home=place, port=port, environment=environment, supervisor=process))
        return started[-1]

    yield start
    for market in started:
        market.stop(signal.SIGTERM)
        market.remove()


def all_ready(market: Market) -> bool:
    """Tell whether every service of a small market runs and none is one that was killed."""
    found = market.processes()
    return all(name in found and found[name]["ready"] for name in SERVICES) and all(
        found[name]["pid"] != pid for name, pid in market.killed.items()
    )


def wait_all_ready(market: Market) -> None:
    """Return once every service of a small market can work."""

    def ready_or_ended() -> bool:
        return all_ready(market) or market.supervisor.poll() is not None

    wait_until(ready_or_ended, what="the small market", seconds_max=START_SECONDS_MAX)
    assert market.supervisor.poll() is None, market.log.read_text(encoding="utf-8")


@pytest.mark.slow
def test_kill_9_of_the_supervisor_leaves_no_orphan_and_it_starts_again(start_small: Starter) -> None:
    market = start_small()
    wait_all_ready(market)
    processes = family(market.supervisor.pid)
    assert len(processes & family(market.pid_of("web"))) >= WORKERS_AND_MAIN
    market.stop(signal.SIGKILL)
    wait_gone(processes, seconds_max=GONE_SECONDS_MAX)
    again = start_small(home=market.home)
    wait_all_ready(again)
    assert again.stop(signal.SIGTERM) == 0


@pytest.mark.slow
def test_whatever_is_killed_comes_back_by_itself(start_small: Starter) -> None:
    market = start_small()
    wait_all_ready(market)
    for name in SERVICES:
        members = family(market.pid_of(name))
        market.kill(name)
        wait_all_ready(market)
        assert not {pid for pid in members if alive(pid)}, f"{name} left its children behind"
    last = family(market.supervisor.pid)
    assert market.stop(signal.SIGINT) == 0
    wait_gone(last, seconds_max=GONE_SECONDS_MAX)
    said = market.log.read_text(encoding="utf-8")
    assert "stopping" in said
    assert "killed by SIGKILL" in said


@pytest.mark.slow
def test_a_killed_web_worker_is_replaced_while_the_other_serves(start_small: Starter) -> None:
    market = start_small()
    wait_all_ready(market)
    main = market.pid_of("web")
    workers = family(main) - {main}
    victim = max(workers)
    os.kill(victim, signal.SIGKILL)
    wait_until(
        lambda: len(family(main)) >= WORKERS_AND_MAIN and not alive(victim),
        what="a new worker",
        seconds_max=START_SECONDS_MAX,
    )
    assert market.pid_of("web") == main


@pytest.mark.slow
def test_a_service_that_cannot_start_ends_the_start_with_its_reason(start_small: Starter) -> None:
    market = start_small("broken")
    assert market.supervisor.wait(START_SECONDS_MAX) != 0
    said = market.log.read_text(encoding="utf-8")
    assert "broken does not start (exit code 1)" in said
    assert "the reason stands here" in said


@pytest.mark.slow
def test_it_works_below_a_closed_folder_under_a_tight_umask_without_a_locale(
    start_small: Starter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    parents = [closed, *closed.parents]
    modes = [path.stat().st_mode for path in parents]
    for name in ("LANG", "LC_ALL", "LC_CTYPE", "LANGUAGE"):
        monkeypatch.delenv(name, raising=False)
    before = os.umask(0o077)
    try:
        market = start_small(home=closed / "home")
    finally:
        os.umask(before)
    wait_all_ready(market)
    assert [path.stat().st_mode for path in parents] == modes
    assert _similarity(market) > 0
    assert market.stop(signal.SIGTERM) == 0


def _similarity(market: Market) -> float:
    import psycopg

    with psycopg.connect(market.database_url) as connection:
        connection.execute("CREATE EXTENSION pg_trgm")
        found = connection.execute("SELECT similarity('华为手机壳', '华为手机')").fetchone()
    assert found
    return float(found[0])
