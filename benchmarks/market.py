"""The market that is measured: the one that runs, or one of our own for as long as it takes."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from jishi.config.env_sources import CHECKOUT
from jishi.config.environment import Environment, collect, load

OWN_HOME = CHECKOUT / ".cache" / "bench"  # kept: filling a market takes a minute
START_SECONDS_MAX = 300.0
STOP_SECONDS_MAX = 90.0
PORTS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Market:
    """A running demo market: what its own processes read, as text and checked."""

    values: dict[str, str]
    checked: Environment
    supervisor: int | None = None  # the process that started it, when that was the bench
    start_seconds: float | None = None  # of a start that did not make the market too

    @property
    def web(self) -> str:
        """The address of the web server itself."""
        return f"http://127.0.0.1:{self.checked.ports.web}"

    @property
    def edge(self) -> str:
        """The address that people open."""
        return self.checked.public_url

    def seed(self, *arguments: str) -> list[dict[str, Any]]:
        """Run `jishi seed …` and return the JSON lines that it prints. Raises: SystemExit when it fails."""
        done = subprocess.run(
            [*_jishi(), "seed", *arguments], env=self.values, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise SystemExit(f"bench: `jishi seed` failed: {done.stderr.strip()}")
        return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


@contextlib.contextmanager
def measured() -> Iterator[Market]:
    """Give the market that runs in this checkout (or JISHI_HOME), else start one and stop it in the end.

    Raises: SystemExit when it is not a demo market: orders are placed in it.
    """
    running = _market(dict(os.environ))
    if _answers(running):
        if not running.checked.demo:
            raise SystemExit("bench: this market is not a demo market, and the bench would buy in it")
        yield running
        return
    print("bench: no market runs here; starting one for as long as it takes", flush=True)
    with own_market(OWN_HOME) as own:
        yield own


def _market(
    environment: dict[str, str], supervisor: int | None = None, seconds: float | None = None
) -> Market:
    values = collect(environment)
    return Market(
        values={**environment, **values}, checked=load(values), supervisor=supervisor, start_seconds=seconds
    )


def _answers(market: Market) -> bool:
    try:
        return httpx.get(f"{market.web}/readyz", trust_env=False, timeout=5).is_success
    except httpx.TransportError:
        return False


@contextlib.contextmanager
def own_market(home: Path) -> Iterator[Market]:
    """Start the market that lives at `home`, made when there is none, and stop it in the end. Raises: SystemExit."""
    own = {
        "JISHI_HOME": str(home),
        "JISHI_PORT": str(_free_ports()),
        "JISHI_ENV_FILE": "",
        "JISHI_DEMO": "1",
        "JISHI_DEMO_SIZE": os.environ.get("JISHI_DEMO_SIZE", "full"),
        "JISHI_FOLLOW_PARENT": "1",
    }
    others = {name: value for name, value in os.environ.items() if not name.startswith("JISHI_")}
    environment = {**others, **own}
    home.mkdir(parents=True, exist_ok=True)
    is_made = (home / "up.log").exists()
    begun = time.monotonic()
    with (
        (home / "up.log").open("wb") as log,
        subprocess.Popen(
            [*_jishi(), "up", "--demo"],
            env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
        ) as supervisor,
    ):  # fmt: skip
        try:
            _wait_until_open(supervisor, home / "up.log")
            took = time.monotonic() - begun if is_made else None
            yield _market(environment, supervisor.pid, took)
        finally:
            supervisor.send_signal(signal.SIGINT)
            supervisor.wait(STOP_SECONDS_MAX)


def _wait_until_open(supervisor: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS_MAX
    while "Ctrl-C stops everything" not in log.read_text(encoding="utf-8", errors="replace"):
        if supervisor.poll() is not None or time.monotonic() > deadline:
            raise SystemExit(f"bench: the market did not start; see {log}")
        time.sleep(0.1)


def _free_ports() -> int:
    """Return the first of six ports in a row that nobody listens on."""
    for first in range(18_000, 19_000, 10):
        with contextlib.suppress(OSError), contextlib.ExitStack() as stack:
            for offset in range(PORTS):
                stack.enter_context(socket.socket()).bind(("127.0.0.1", first + offset))
            return first
    raise SystemExit("bench: no six free ports in a row")


def _jishi() -> list[str]:
    return [str(Path(sys.executable).with_name("jishi"))]
