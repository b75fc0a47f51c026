"""Which piece of work is at hand: named in every log line, carried to jobs and gateways, exported where wanted.

Every request and every job is a span; a job belongs to the trace of what enqueued it, whichever process runs
it. Without an exporter a span costs a few microseconds and stays in this process.
"""

import re
from collections.abc import Callable
from contextvars import ContextVar, Token
from random import getrandbits
from types import TracebackType
from typing import Any, Protocol, Self

from jishi.kernel.ids import new_id

WEB, JOB, CALL = "web", "job", "call"
_PARENT = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-0([01])")  # what W3C's `traceparent` looks like


class Place:
    """Where a piece of work stands in its trace; one of another process is read from its `traceparent`."""

    __slots__ = ("is_sampled", "span_id", "trace_id")

    def __init__(self, trace_id: str, span_id: str, is_sampled: bool) -> None:
        self.trace_id, self.span_id, self.is_sampled = trace_id, span_id, is_sampled

    @property
    def traceparent(self) -> str:
        """What another process needs to go on with this trace."""
        return f"00-{self.trace_id}-{self.span_id}-0{int(self.is_sampled)}"


class Exporter(Protocol):
    """What sends finished spans away."""

    def begin(self, span: "Span", above: Place | None) -> tuple[Place, Any]:
        """Give a span its place, and whatever `end` needs."""

    def end(self, span: "Span", begun: Any, error: str | None) -> None:
        """Send a span when it is sampled; `error` is the kind of the error that ended it."""


class Span(Place):
    """One piece of work: use as `with Span("name", JOB, parent=...) as span:`.

    `name` and `attributes` may still change inside; they hold routes, names and numbers, never personal data.
    """

    __slots__ = ("_begun", "_parent", "_token", "attributes", "kind", "name", "sql_seconds", "statements")

    def __init__(self, name: Callable[[], str] | str, kind: str, *, parent: str | None = None) -> None:
        self.name, self.kind, self._parent = name, kind, parent
        self.attributes: dict[str, str | int | float] = {}
        self.statements, self.sql_seconds = 0, 0.0

    def __enter__(self) -> Self:
        above = read(self._parent) or _current.get()
        if _exporter is None:
            self.trace_id = above.trace_id if above else new_id().hex
            self.span_id = f"{getrandbits(64):016x}"
            self.is_sampled = above.is_sampled if above else False
        else:
            place, self._begun = _exporter.begin(self, above)
            self.trace_id, self.span_id, self.is_sampled = place.trace_id, place.span_id, place.is_sampled
        self._token: Token[Span | None] = _current.set(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        _current.reset(self._token)
        if _exporter is not None:
            _exporter.end(self, self._begun, kind.__name__ if kind else None)

    @property
    def what(self) -> str:
        """The route or the name of the job or gateway, as it is known by now."""
        return self.name if isinstance(self.name, str) else self.name()


_current: ContextVar[Span | None] = ContextVar("jishi_span", default=None)
_exporter: Exporter | None = None


def current() -> Span | None:
    """Return the innermost span that is open here."""
    return _current.get()


def carried() -> str | None:
    """Return what a job, an event or a gateway is told of the work that it follows from."""
    span = _current.get()
    return span.traceparent if span else None


def read(traceparent: str | None) -> Place | None:
    """Return the place that another process named, or None when it is no such name."""
    found = _PARENT.fullmatch(traceparent) if traceparent else None
    return Place(found[1], found[2], found[3] == "1") if found else None


def export_to(exporter: Exporter | None) -> None:
    """Send the spans of this process there from now on, or nowhere."""
    global _exporter  # noqa: PLW0603 - one for the process, set once at its start
    _exporter = exporter
