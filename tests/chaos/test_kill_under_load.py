"""`kill -9` of anything, at any moment of a purchase, while buyers buy: nothing acknowledged is lost.

`JISHI_TEST_KILLS=100 JISHI_TEST_SEED=7 pytest tests/chaos` kills longer, and otherwise.
"""

import logging
import os
import random
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from benchmarks.rows import Row
from tests.chaos import books
from tests.chaos.shopping import STEPS, Journal, shopping
from tests.engines import wait_until
from tests.market import SERVICES, Market, family

log = logging.getLogger(__name__)

SHOPPERS = 4
WORKER_OF_WEB = "a worker of web"
VICTIMS = (*SERVICES, WORKER_OF_WEB)
KILLS_OF_THE_PROOF = 3 * len(VICTIMS)
SEED = "20261124"
PURCHASES_AFTER_A_KILL = 1
PATIENCE_SECONDS = 180.0
# From the kill to the next whole purchase; `make test` may share its machine, so only the proof asks for it.
RECOVERY_SECONDS_MAX = 10.0


@dataclass(frozen=True, slots=True)
class Kill:
    """What is killed, and which request is under way then."""

    victim: str
    step: str


def plan(kills: int, seed: int) -> list[Kill]:
    """Return who is killed and when: everything in turn, in an order and at steps that follow from `seed`."""
    chance = random.Random(seed)
    found: list[Kill] = []
    while len(found) < kills:
        victims = chance.sample(VICTIMS, len(VICTIMS))
        steps = [*STEPS, *chance.sample(STEPS, len(VICTIMS) - len(STEPS))]
        chance.shuffle(steps)
        found += [Kill(*one) for one in zip(victims, steps, strict=True)]
    return found[:kills]


def test_killing_anything_under_load_loses_nothing(market: Market, figures: Callable[[Row], None]) -> None:
    _kill_under_load(market, figures, kills=len(VICTIMS), seconds_max=PATIENCE_SECONDS)


@pytest.mark.proof
def test_killing_everything_again_and_again_loses_nothing(
    market: Market, figures: Callable[[Row], None]
) -> None:
    _kill_under_load(market, figures, kills=KILLS_OF_THE_PROOF, seconds_max=RECOVERY_SECONDS_MAX)


def _kill_under_load(
    market: Market, figures: Callable[[Row], None], *, kills: int, seconds_max: float
) -> None:
    seed = int(os.environ.get("JISHI_TEST_SEED", SEED))
    plan_of_kills = plan(int(os.environ.get("JISHI_TEST_KILLS", str(kills))), seed)
    buyers = books.new_buyers(market, SHOPPERS)
    journal = Journal()
    with shopping(market.url, buyers, books.rich_goods(market), journal):
        wait_until(lambda: bool(journal.bought or journal.problems), what="the first purchase")
        recovered = [(kill, _recovery_seconds(market, kill, journal)) for kill in plan_of_kills]
    for kill, seconds in recovered:
        log.info("%s killed at the step %s: %.1f s", kill.victim, kill.step, seconds)
    slowest, longest = max(recovered, key=lambda one: one[1])
    figures(
        Row(
            work="kill -9 under load: kills",
            measured=len(recovered),
            unit="kills",
            measured_min=kills,
            note=f"seed {seed}; asked again after {dict(journal.retried)}",
        )
    )
    figures(
        Row(
            work="kill -9 under load: slowest recovery",
            measured=longest,
            unit="s",
            measured_max=seconds_max,
            note=f"{slowest.victim} at the step {slowest.step}",
        )
    )
    books.close(market, buyers, journal, figures, what="kill -9 under load")


def _recovery_seconds(market: Market, kill: Kill, journal: Journal) -> float:
    """Kill while the step is under way; return how long it took until a whole purchase succeeded again."""
    journal.wait_for(kill.step)
    old = _pid(market, kill.victim)
    if kill.victim == WORKER_OF_WEB:
        os.kill(old, signal.SIGKILL)
    else:
        market.kill(kill.victim)
    killed = time.monotonic()

    def is_well() -> bool:
        if journal.problems:
            raise AssertionError(f"{kill}: {journal.problems}")
        return _is_back(market, kill.victim, old) and journal.bought_since(killed) >= PURCHASES_AFTER_A_KILL

    wait_until(is_well, what=f"recovery from {kill}", seconds_max=PATIENCE_SECONDS)
    return time.monotonic() - killed


def _pid(market: Market, victim: str) -> int:
    if victim == WORKER_OF_WEB:
        return max(_web_workers(market))
    return market.pid_of(victim)


def _web_workers(market: Market) -> set[int]:
    web = market.pid_of("web")
    return family(web) - {web}


def _is_back(market: Market, victim: str, old: int) -> bool:
    if victim == WORKER_OF_WEB:
        workers = _web_workers(market)
        return old not in workers and len(workers) >= market.configuration.web_workers
    found = market.processes().get(victim)
    return found is not None and found["pid"] != old and bool(found["ready"])
