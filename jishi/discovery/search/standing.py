"""How this machine's index stands, for whoever watches it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from jishi.discovery.search import places, schema
from jishi.offering.catalog import queries_index as catalog

SILENT_AFTER = timedelta(minutes=3)  # the indexer notes every minute that it follows


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexStanding:
    """What the index has still to take in: `waiting` changes (up to a cap), the oldest `lag_seconds` old."""

    waiting: int
    lag_seconds: float


def index_standing(*, now: datetime) -> IndexStanding:
    """Return how far this machine's index is behind; where there is none, behind everything."""
    folder = places.place().current()
    state = places.read_state(folder) if folder else None
    waiting, oldest = catalog.behind(state.cursor if state else "0:0")
    lag = (now - oldest).total_seconds() if oldest else 0.0
    return IndexStanding(waiting=waiting, lag_seconds=max(0.0, lag))


def index_problem(*, now: datetime) -> str:
    """Return why this machine's index cannot be trusted, or nothing."""
    folder = places.place().current()
    state = places.read_state(folder) if folder else None
    if state is None:
        return "there is no index yet"
    if state.version != schema.VERSION:
        return "the index is of another version"
    silent = now - datetime.fromisoformat(state.followed_at)
    return f"the indexer is silent for {silent.total_seconds():.0f} s" if silent > SILENT_AFTER else ""
