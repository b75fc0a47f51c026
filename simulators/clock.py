"""Two clocks: the wire's, which is the machine's, and business time, which tests may move ahead."""

from datetime import UTC, datetime, timedelta, timezone

CHINA_TIME = timezone(timedelta(hours=8), "CST")


class Clock:
    """Business time decides about expiry; signatures always carry the time on the wire."""

    def __init__(self) -> None:
        self._ahead = timedelta(0)

    def wire(self) -> datetime:
        """Return the machine's time."""
        return datetime.now(UTC)

    def now(self) -> datetime:
        """Return business time."""
        return self.wire() + self._ahead

    def advance(self, seconds: float) -> None:
        """Move business time ahead."""
        self._ahead += timedelta(seconds=seconds)

    def reset(self) -> None:
        """Bring business time back to the machine's."""
        self._ahead = timedelta(0)


def china_text(instant: datetime) -> str:
    """Write an instant as '2026-11-23 18:30:00' in China time."""
    return instant.astimezone(CHINA_TIME).strftime("%Y-%m-%d %H:%M:%S")


def china_rfc3339(instant: datetime) -> str:
    """Write an instant as '2026-11-23T18:30:00+08:00'."""
    return instant.astimezone(CHINA_TIME).replace(microsecond=0).isoformat()


def from_china_text(text: str) -> datetime:
    """Read '2026-11-23 18:30:00' in China time. Raises: ValueError."""
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=CHINA_TIME)
