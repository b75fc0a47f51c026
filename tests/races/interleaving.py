"""Two calls, one statement at a time: the orders in which their statements can reach the database.

Each call has a thread and a connection of its own and stops before every statement and before its commit.
Whoever plays it says who goes on. Who waits for a lock of the other is known from PostgreSQL itself, never
from a time that passed, so that the same choices are the same run.
"""

import random
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.db import connection

from jishi.kernel.db import row
from jishi.kernel.errors import ShopError

GLANCE_SECONDS = 0.002  # between two looks at a statement that has not come back
# After a commit, on no row, and only so often: nothing to play with.
WAKING = ("SELECT pg_notify(", "NOTIFY ")
CIRCLE_SECONDS_MAX = 30.0  # PostgreSQL ends a circle of waiters after one second

Call = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a call came to: its answer, or the code of its refusal."""

    value: object = None
    refusal: str | None = None


class Chooser(Protocol):
    """Says which of the calls that can go on does."""

    def choose(self, ready: Sequence[int]) -> int: ...


def play(calls: Sequence[Call], chooser: Chooser) -> list[Outcome]:
    """Run all calls in the order that `chooser` wants; raise whatever is neither an answer nor a refusal."""
    actors = [_Actor(call) for call in calls]
    try:
        for actor in actors:
            actor.start()
        while any(not actor.is_done for actor in actors):
            ready = [place for place, actor in enumerate(actors) if actor.is_ready]
            if ready:
                mover = actors[chooser.choose(ready)]
                mover.go()
                mover.settle()  # before those who may wait for what it is about to let go of
            else:
                _wait_for_the_end_of_a_circle(actors)
            for actor in actors:
                actor.settle()
    finally:
        for actor in actors:
            actor.run_free()
    return [actor.outcome() for actor in actors]


def _wait_for_the_end_of_a_circle(actors: Sequence["_Actor"]) -> None:
    """Wait until PostgreSQL has ended one of those who wait for each other; its error fails the test."""
    for _ in range(int(CIRCLE_SECONDS_MAX / GLANCE_SECONDS)):
        if any(actor.comes_to_rest() for actor in actors if not actor.is_done):
            return
    raise TimeoutError("every call waits for another, and PostgreSQL ends none of them")


class _Actor:
    """A call in a thread that stops before each statement."""

    def __init__(self, call: Call) -> None:
        self._call = call
        self._changed = threading.Condition()
        self._is_stopped = self._may_go = self._is_free = self._waits = False
        self._backend = 0
        self._value: object = None
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.is_done = False

    @property
    def is_ready(self) -> bool:
        """Whether it stands before a statement."""
        return not self.is_done and not self._waits

    def start(self) -> None:
        """Run up to the first statement."""
        self._thread.start()
        self.settle()

    def go(self) -> None:
        """Send the statement it stands before."""
        with self._changed:
            self._is_stopped, self._may_go = False, True
            self._changed.notify_all()

    def settle(self) -> None:
        """Return once it stands before a statement, is done, or waits for somebody's lock."""
        # Who waited is asked at once whether he still does: most steps of the other let go of nothing.
        patience = 0.0 if self._waits else GLANCE_SECONDS
        while not self.comes_to_rest(patience):
            if self._backend and _waits_for_a_lock(self._backend):
                self._waits = True
                return
            patience = GLANCE_SECONDS
        self._waits = False

    def comes_to_rest(self, patience_seconds: float = GLANCE_SECONDS) -> bool:
        """Wait for a moment; say whether it stands before a statement or is done."""
        with self._changed:
            return self._changed.wait_for(lambda: self._is_stopped or self.is_done, patience_seconds)

    def run_free(self) -> None:
        """Stop nowhere any more, and end."""
        with self._changed:
            self._is_free = True
            self._changed.notify_all()
        self._thread.join()

    def outcome(self) -> Outcome:
        """Return what came of it. Raises: whatever was raised, but for a refusal."""
        if isinstance(self._error, ShopError):
            return Outcome(refusal=self._error.code)
        if self._error is not None:
            raise self._error
        return Outcome(value=self._value)

    def _run(self) -> None:
        try:
            self._stop_before_commits()
            with connection.execute_wrapper(self._stop_before_statement):
                self._value = self._call()
        except BaseException as error:  # noqa: BLE001 - raised again by `outcome`, in the test's thread
            self._error = error
        finally:
            connection.close()
            with self._changed:
                self.is_done = True
                self._changed.notify_all()

    def _stop_before_commits(self) -> None:
        """A commit is no statement to Django, but it is what the other sees."""
        mine: Any = connection
        mine.ensure_connection()
        self._backend = mine.connection.info.backend_pid
        commit = mine._commit

        def stop_and_commit() -> None:
            self._stop()
            commit()

        mine._commit = stop_and_commit

    def _stop_before_statement(
        self, execute: Callable[..., object], sql: str, params: object, many: bool, context: object
    ) -> object:
        if not sql.startswith(WAKING):
            self._stop()
        return execute(sql, params, many, context)

    def _stop(self) -> None:
        with self._changed:
            if self._is_free:
                return
            self._is_stopped = True
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._may_go or self._is_free)
            self._is_stopped = self._may_go = False


def _waits_for_a_lock(backend: int) -> bool:
    found = row("SELECT cardinality(pg_blocking_pids(%s)) > 0", [backend])
    return bool(found and found[0])


# -- choosing ------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class AnyOrder:
    """Whoever chance wants; the same seed wants the same."""

    seed: int
    _chance: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)

    def choose(self, ready: Sequence[int]) -> int:
        return self._chance.choice(ready)


@dataclass(slots=True)
class EveryOrder:
    """One order after the other, until all were had that take the word from a call at most `switches_max` times.

    A call that ends or waits gives the word away; that does not count.
    """

    switches_max: int
    _taken: list[int] = field(default_factory=list)
    _widths: list[int] = field(default_factory=list)
    _at: int = 0
    _last: int | None = None
    _switches: int = 0

    def choose(self, ready: Sequence[int]) -> int:
        options = self._options(ready)
        if self._at == len(self._taken):
            self._taken.append(0)
            self._widths.append(len(options))
        if self._widths[self._at] != len(options):
            raise AssertionError("the same choices led elsewhere: the calls depend on more than each other")
        chosen = options[self._taken[self._at]]
        self._switches += self._last in ready and chosen != self._last
        self._at, self._last = self._at + 1, chosen
        return chosen

    def _options(self, ready: Sequence[int]) -> list[int]:
        if self._last is None or self._last not in ready:
            return list(ready)
        others = [one for one in ready if one != self._last] if self._switches < self.switches_max else []
        return [self._last, *others]

    def next_order(self) -> bool:
        """Turn to the next order; False when all were had."""
        while self._taken and self._taken[-1] + 1 == self._widths[-1]:
            self._taken.pop()
            self._widths.pop()
        if not self._taken:
            return False
        self._taken[-1] += 1
        self._at, self._last, self._switches = 0, None, 0
        return True
