"""Who hears of which event, and how each handler wants to be run."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

import msgspec

from jishi.kernel.errors import ProgrammingError
from jishi.kernel.events import Event
from jishi.kernel.jobs.registry import JOBS, Job, Retry, add_to_registry, dotted
from jishi.kernel.outbox.delivery import Delivery, run_inside, run_outside

Handler = Callable[..., None]
H = TypeVar("H", bound=Handler)

_OPTIONS = "_outbox_options"
_PREFIX = "on:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a handler wants to be run."""

    own_transaction: bool = False
    latest_only: bool = False
    retry: Retry = field(default_factory=Retry)


def handler(
    *, own_transaction: bool = False, latest_only: bool = False, retry: Retry | None = None
) -> Callable[[H], H]:
    """Declare how a handler is run; without this it runs inside one transaction, once for every event.

    `own_transaction`: it talks to the network or to Valkey, or opens transactions itself; it runs outside one
    and at least once. `latest_only`: an event older than one already seen of the same aggregate is ignored.
    """

    def declare(function: H) -> H:
        options = Options(own_transaction=own_transaction, latest_only=latest_only, retry=retry or Retry())
        setattr(function, _OPTIONS, options)
        return function

    return declare


EVENT_TYPES: dict[str, type[Event]] = {}
HANDLERS: dict[str, tuple[str, ...]] = {}


def subscribe(table: Mapping[type[Event], tuple[Handler, ...]]) -> None:
    """Set the table of subscriptions; called once at start, by the layer that knows them all.

    A handler takes the event, and `now` by keyword when it asks for it.
    Raises: ProgrammingError when two events share a name.
    """
    for name in [name for name in JOBS if name.startswith(_PREFIX)]:
        del JOBS[name]
    EVENT_TYPES.clear()
    HANDLERS.clear()
    for event_type, handlers in table.items():
        if event_type.name in EVENT_TYPES:
            raise ProgrammingError(f"two events are called {event_type.name}")
        EVENT_TYPES[event_type.name] = event_type
        HANDLERS[event_type.name] = tuple(_register(one) for one in handlers)


def decode(name: str, body: dict[str, Any]) -> Event:
    """Turn stored JSON back into the event. Raises: ProgrammingError for a name nobody subscribed to."""
    if name not in EVENT_TYPES:
        raise ProgrammingError(f"this release knows no event {name}")
    return msgspec.convert(body, EVENT_TYPES[name])


def _register(function: Handler) -> str:
    """Make the job that delivers events to a handler, and return its name."""
    name = _PREFIX + dotted(function)
    if name not in JOBS:
        options: Options = getattr(function, _OPTIONS, Options())
        deliver = _deliverer(name, function, options)
        add_to_registry(Job(deliver, name=name, retry=options.retry, lock=None, priority=0))
    return name


def _deliverer(name: str, function: Handler, options: Options) -> Callable[..., None]:
    run = run_outside if options.own_transaction else run_inside
    wants_now = "now" in inspect.signature(function).parameters

    def deliver(
        *, event: str, event_id: UUID, aggregate_id: UUID, sequence: int, body: dict[str, Any], now: datetime
    ) -> None:
        call = partial(function, decode(event, body), **({"now": now} if wants_now else {}))
        delivery = Delivery(handler=name, event_id=event_id, aggregate_id=aggregate_id, sequence=sequence)
        run(delivery, call, latest_only=options.latest_only)

    return deliver
