"""Which jobs there are, and how each is called, locked and retried."""

import importlib
import inspect
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, Generic, ParamSpec, TypeVar, get_type_hints

import msgspec
from django.apps import apps

from jishi.kernel.errors import ProgrammingError
from jishi.kernel.jobs import queue

P = ParamSpec("P")
R = TypeVar("R")

NAME_LENGTH_MAX = 128  # procrastinate_jobs.task_name
_OURS = "jishi."


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """How often a job is tried, and how long it rests: doubling from `first` up to `longest`."""

    attempts: int = 10
    first: timedelta = timedelta(seconds=1)
    longest: timedelta = timedelta(minutes=10)

    def delay(self, failures: int) -> timedelta:
        """Return the rest after so many failures (from 1): exponential, with up to a fifth of jitter."""
        seconds = min(self.first.total_seconds() * 2 ** min(failures - 1, 30), self.longest.total_seconds())
        return timedelta(seconds=seconds * random.uniform(1, 1.2))


ONCE = Retry(attempts=1)


class Job(Generic[P, R]):
    """A registered function: call it to run it here and now, `defer` it to run it later."""

    def __init__(
        self, function: Callable[P, R], *, name: str, retry: Retry, lock: str | None, priority: int
    ) -> None:
        self.function = function
        self.name = name
        self.retry = retry
        self.priority = priority
        self.cron: str | None = None
        self._lock = lock

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        return self.function(*args, **kwargs)

    def __repr__(self) -> str:
        return f"Job({self.name})"

    def defer(self, *, at: datetime | None = None, **arguments: Any) -> None:
        """Enqueue the job in the current transaction, to run at once or not before `at`.

        Raises: ProgrammingError when the arguments do not fit the function.
        """
        queue.add([self.call_with(arguments)], at=at)

    def defer_many(self, calls: list[dict[str, Any]], *, at: datetime | None = None) -> None:
        """Enqueue the job once for each mapping of arguments, in one statement."""
        queue.add([self.call_with(arguments) for arguments in calls], at=at)

    def call_with(self, arguments: dict[str, Any]) -> queue.Call:
        """Return the call as the queue keeps it. Raises: ProgrammingError."""
        self._check(arguments)
        return queue.Call(
            name=self.name,
            lock=self._lock.format_map(arguments) if self._lock else None,
            arguments={name: msgspec.to_builtins(value) for name, value in arguments.items()},
            priority=self.priority,
        )

    def run(self, arguments: dict[str, Any], read_clock: Callable[[], datetime]) -> None:
        """Call the function with stored arguments turned back into their types."""
        values = {name: msgspec.convert(value, self._types[name]) for name, value in arguments.items()}
        if self._wants_now:
            values["now"] = read_clock()
        self.function(**values)  # type: ignore[call-arg]

    def _check(self, arguments: dict[str, Any]) -> None:
        missing = self._types.keys() - self._optional - arguments.keys()
        unknown = arguments.keys() - self._types.keys()
        if missing or unknown:
            raise ProgrammingError(f"{self.name}: missing {sorted(missing)}, unknown {sorted(unknown)}")

    @cached_property
    def _types(self) -> dict[str, Any]:
        hints = get_type_hints(self.function)
        return {name: hints[name] for name in inspect.signature(self.function).parameters if name != "now"}

    @cached_property
    def _optional(self) -> set[str]:
        parameters = inspect.signature(self.function).parameters.items()
        return {name for name, parameter in parameters if parameter.default is not parameter.empty}

    @cached_property
    def _wants_now(self) -> bool:
        return "now" in inspect.signature(self.function).parameters


JOBS: dict[str, Job[Any, Any]] = {}


def job(
    *, retry: Retry | None = None, lock: str | None = None, priority: int = 0, name: str | None = None
) -> Callable[[Callable[P, R]], Job[P, R]]:
    """Turn a keyword-only function into a job.

    `lock` (for example "trade:{trade_id}") lets only one of the jobs with the same text run at a time, in the
    order they were enqueued. A higher `priority` runs first. `name` defaults to the dotted path and must stay
    the same for ever.
    """

    def register(function: Callable[P, R]) -> Job[P, R]:
        made = Job(
            function, name=name or dotted(function), retry=retry or Retry(), lock=lock, priority=priority
        )
        return add_to_registry(made)

    return register


def add_to_registry(made: Job[P, R]) -> Job[P, R]:
    """Make a job known to the workers. Raises: ProgrammingError for a name that is taken or too long."""
    if len(made.name) > NAME_LENGTH_MAX:
        raise ProgrammingError(f"the job name {made.name} is longer than {NAME_LENGTH_MAX} characters")
    if made.name in JOBS:
        raise ProgrammingError(f"there are two jobs called {made.name}")
    JOBS[made.name] = made
    return made


def periodic(cron: str) -> Callable[[Job[P, R]], Job[P, R]]:
    """Run a job without arguments by the clock, under its lock; put it above `@job(...)`. `cron`: UTC, 5 fields."""

    def schedule(made: Job[P, R]) -> Job[P, R]:
        made.cron = cron
        return made

    return schedule


def dotted(function: Callable[..., Any]) -> str:
    """Return the stable name of a function: its module without `jishi.`, and its name."""
    return f"{function.__module__.removeprefix(_OURS)}.{function.__qualname__}"


def discover() -> None:
    """Import every `tasks` module of our installed apps, so that all jobs are known. Only workers need it."""
    for config in apps.get_app_configs():
        if not config.name.startswith(_OURS):
            continue
        home = Path(config.path)
        for path in sorted([*home.rglob("tasks.py"), *home.rglob("tasks/__init__.py")]):
            parts = path.relative_to(home).with_suffix("").parts
            importlib.import_module(".".join([config.name, *(part for part in parts if part != "__init__")]))
