"""Nothing outlives the supervisor, whatever kills it, and whatever else is killed comes back."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from jishi.entry.cli import places
from jishi.entry.cli.supervisor import FIRST_START_CRASHES_MAX
from tests.engines import CHECKOUT, wait_until
from tests.market import Market, alive, family, market_environment, wait_gone

SMALL = Path(__file__).with_name("small_market.py")
GONE_SECONDS_MAX = 20.0
START_SECONDS_MAX = 90.0
SERVICES = ("postgresql", "valkey", "web", "edge")
WORKERS_AND_MAIN = 3
Starter = Callable[..., Market]


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who is not root, with a Python that he can start."""

    uid: int
    gid: int
    python: str


def ordinary_users() -> list[User | None]:
    """Return whom to run as: ourselves, and for root also an ordinary user, if one can reach all it takes.

    A Python below root's own folder cannot be started by anybody else.
    """
    if os.geteuid() != 0:
        return [None]
    nobody = pwd.getpwnam("nobody")
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    needed = f"import sys; sys.path[:0] = [{str(CHECKOUT)!r}, {sysconfig.get_path('purelib')!r}]; "
    for python in (os.path.realpath(sys.executable), f"/usr/local/bin/{version}", f"/usr/bin/{version}"):
        try:
            done = subprocess.run(
                [python, "-c", needed + "import jishi.entry.cli.main, granian, psycopg"],
                user=nobody.pw_uid,
                group=nobody.pw_gid,
                extra_groups=[],
                cwd="/",
                capture_output=True,
                check=False,
            )
        except OSError:
            continue
        if done.returncode == 0:
            return [None, User(nobody.pw_uid, nobody.pw_gid, python)]
    return [None]


@pytest.fixture
def start_small(tmp_path: Path) -> Iterator[Starter]:
    """Start small markets in folders of their own; all are gone after the test."""
    started: list[Market] = []

    def start(*arguments: str, home: Path | None = None, user: User | None = None) -> Market:
        place = home or tmp_path / f"home{len(started)}"
        environment, port = market_environment(place, {"JISHI_DEMO": "1"})
        packages = sysconfig.get_path("purelib")
        with place.with_suffix(".log").open("ab") as log:
            process = subprocess.Popen(
                [user.python if user else sys.executable, str(SMALL), *arguments],
                env={**environment, "PYTHONPATH": f"{CHECKOUT}:{packages}"},
                cwd=CHECKOUT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                user=user.uid if user else None,
                group=user.gid if user else None,
                extra_groups=[] if user else None,
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
    market = start_small("away")
    wait_all_ready(market)
    for name in SERVICES:
        members = family(market.pid_of(name))
        market.kill(name)
        wait_all_ready(market)
        assert not {pid for pid in members if alive(pid)}, f"{name} left its children behind"
    # What may be away, such as a disk for backups, is tried more often than a first start and ends nothing.
    again = "away ended (exit code 1), starting it again"
    wait_until(
        lambda: market.log.read_text(encoding="utf-8").count(again) >= FIRST_START_CRASHES_MAX, what=again
    )
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
def test_changed_code_starts_its_processes_again_and_no_other(start_small: Starter) -> None:
    market = start_small("follow")
    wait_all_ready(market)
    before = {name: market.pid_of(name) for name in SERVICES}
    (market.home / "code").mkdir()
    (market.home / "code" / "price.py").write_text("PRICE = 2\n")
    market.killed["web"] = before["web"]
    wait_all_ready(market)
    after = {name: market.pid_of(name) for name in SERVICES}
    assert {name for name in SERVICES if after[name] != before[name]} == {"web"}
    assert "the code changed" in market.log.read_text(encoding="utf-8")
    assert market.stop(signal.SIGINT) == 0


@pytest.mark.slow
def test_code_that_does_not_load_changes_nothing_until_it_is_mended(start_small: Starter) -> None:
    market = start_small("follow")
    wait_all_ready(market)
    before = {name: market.pid_of(name) for name in SERVICES}
    code = market.home / "code"
    code.mkdir()
    (code / "first.py").write_text("PRICE = \n")
    wait_until(
        lambda: "running first.py failed (1)" in market.log.read_text(encoding="utf-8"), what="the refusal"
    )
    assert {name: market.pid_of(name) for name in SERVICES} == before
    (code / "second.py").write_text("PRICE = 2\n")
    market.killed["web"] = before["web"]
    wait_all_ready(market)
    (code / "endless.py").write_text("import time\nwhile True:\n    time.sleep(1)\n")
    wait_until(lambda: "running endless.py" in market.log.read_text(encoding="utf-8"), what="the errand")
    assert market.stop(signal.SIGINT) == 0


@pytest.mark.slow
def test_a_service_that_cannot_start_ends_the_start_with_its_reason(start_small: Starter) -> None:
    market = start_small("broken")
    assert market.supervisor.wait(START_SECONDS_MAX) != 0
    said = market.log.read_text(encoding="utf-8")
    assert "broken does not start (exit code 1)" in said
    assert "the reason stands here" in said


@pytest.mark.slow
@pytest.mark.parametrize("user", ordinary_users(), ids=lambda user: "somebody else" if user else "ourselves")
def test_it_works_below_a_closed_folder_under_a_tight_umask_without_a_locale(
    start_small: Starter, user: User | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = Path(tempfile.mkdtemp(prefix="jishi-closed-"))  # 0700
    if user:
        os.chown(closed, user.uid, user.gid)
    parents = [closed, *closed.parents]
    modes = [path.stat().st_mode for path in parents]
    for name in ("LANG", "LC_ALL", "LC_CTYPE", "LANGUAGE"):
        monkeypatch.delenv(name, raising=False)
    before = os.umask(0o077)
    try:
        market = start_small(home=closed / "home", user=user)
    finally:
        os.umask(before)
    wait_all_ready(market)
    assert [path.stat().st_mode for path in parents] == modes
    assert _similarity(market) > 0
    owner = (user.uid,) if user else (os.geteuid(), places.system_user().uid if os.geteuid() == 0 else None)
    assert {uid for pid in family(market.supervisor.pid) if (uid := _owner_of(pid)) is not None} <= set(owner)
    assert market.stop(signal.SIGTERM) == 0
    shutil.rmtree(closed)


def _similarity(market: Market) -> float:
    import psycopg

    with psycopg.connect(market.database_url) as connection:
        connection.execute("CREATE EXTENSION pg_trgm")
        found = connection.execute("SELECT similarity('华为手机壳', '华为手机')").fetchone()
    assert found
    return float(found[0])


def _owner_of(pid: int) -> int | None:
    """Return whose a process is; None for one that has ended since it was listed."""
    try:
        return Path(f"/proc/{pid}").stat().st_uid
    except FileNotFoundError:
        return None
