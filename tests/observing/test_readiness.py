"""/readyz tells the truth: whatever is taken away is named to operators, and ready again once it is back."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import httpx
import pytest

from tests.engines import wait_until
from tests.observing.conftest import TOKEN, Watched

pytestmark = pytest.mark.market

ASKED = 8  # answers in a row: there are two web workers, and each keeps its answer for a moment


@contextmanager
def stopped(watched: Watched, process: str) -> Iterator[None]:
    """Freeze a process: it takes connections, perhaps, and answers nothing."""
    pid = watched.market.pid_of(process)
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


@contextmanager
def without_a_migration(watched: Watched) -> Iterator[None]:
    """Let the database be older than the code."""
    name = "0003_traces_and_ages"
    watched.rows("UPDATE django_migrations SET name = 'away' WHERE app = 'kernel' AND name = %s", (name,))
    try:
        yield
    finally:
        watched.rows("UPDATE django_migrations SET name = %s WHERE app = 'kernel' AND name = 'away'", (name,))


@contextmanager
def without_an_index(watched: Watched) -> Iterator[None]:
    """Take away the file that names this machine's index."""
    pointer = next((watched.market.home / "search").glob("*/current"))
    away = pointer.with_name("away")
    pointer.rename(away)
    try:
        yield
    finally:
        away.rename(pointer)


def wait_for_word(watched: Watched, missing: set[str]) -> None:
    """Return once every web worker says the same of what is missing (and of what hangs on it)."""
    agreed = 0

    def all_say_so() -> bool:
        nonlocal agreed
        status, found = watched.parts()
        is_so = missing <= set(found) and bool(missing) == bool(found) == (status == 503)
        agreed = agreed + 1 if is_so else 0
        return agreed >= ASKED

    wait_until(all_say_so, what=f"word of {missing or 'everything'}", seconds_max=60)


TAKEN: dict[str, tuple[Callable[[Watched], AbstractContextManager[None]], str]] = {
    "postgresql": (lambda watched: stopped(watched, "postgresql"), "ConnectionTimeout"),
    "valkey": (lambda watched: stopped(watched, "valkey"), "TimeoutError"),
    "worker": (lambda watched: stopped(watched, "worker"), "no job worker is alive"),
    "migrations": (without_a_migration, "1 migrations to run"),
    "index": (without_an_index, "there is no index yet"),
}


@pytest.mark.parametrize("part", TAKEN)
def test_what_is_missing_is_named_and_ready_follows_the_truth(watched: Watched, part: str) -> None:
    take, problem = TAKEN[part]
    wait_for_word(watched, set())
    with take(watched):
        wait_for_word(watched, {part})
        status, found = watched.parts()
        assert status == 503
        assert problem in found[part]
        if part != "postgresql":  # through whom others are asked
            assert set(found) == {part}
        public = httpx.get(f"{watched.market.url}/readyz", timeout=30, trust_env=False)
        assert (public.status_code, public.json()) == (503, {"status": "not ready"})
        assert httpx.get(f"{watched.inside}/livez", trust_env=False).text == "ok\n"
        excluded = httpx.get(f"{watched.inside}/readyz?exclude={part}", timeout=30, trust_env=False)
        assert part not in excluded.json()["parts"]
    wait_for_word(watched, set())


@pytest.mark.parametrize(
    "process",
    ["worker", *(pytest.param(one, marks=pytest.mark.proof) for one in ("postgresql", "valkey"))],
)
def test_ready_again_after_a_crash(watched: Watched, process: str) -> None:
    watched.market.kill(process)
    watched.market.wait_ready(seconds_max=60)
    wait_for_word(watched, set())


def test_figures_and_reasons_are_not_for_the_public(watched: Watched) -> None:
    public = watched.market.url
    assert httpx.get(f"{public}/metrics", trust_env=False).status_code == 404
    assert httpx.get(f"{public}/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 404
    assert httpx.get(f"{watched.inside}/metrics", headers={"Via": "1.1 proxy"}).status_code == 404
    token = {"Authorization": f"Bearer {TOKEN}"}
    assert "jishi_requests_total" in httpx.get(f"{public}/metrics", headers=token, timeout=30).text
    assert httpx.get(f"{public}/readyz", headers=token, timeout=30).json()["parts"]["disk"] == "ok"


def test_figures_are_answered_while_the_engines_are_away(watched: Watched) -> None:
    with stopped(watched, "valkey"):
        text = watched.figures()
        assert "jishi_valkey_up 0.0" in text
        assert "jishi_database_up 1.0" in text
        assert "jishi_requests_total{" in text
