"""The clock. Only the edges (`entry`, the job runner) call `now`; everything else takes it as an argument."""

from datetime import UTC, datetime


def now() -> datetime:
    """Return the present instant, aware, in UTC."""
    return datetime.now(UTC)
