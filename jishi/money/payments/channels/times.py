"""Instants as the channels write them; both count in China Standard Time, which has no summer time."""

from datetime import datetime, timedelta, timezone

CHINA_TIME = timezone(timedelta(hours=8), "CST")
_PLAIN = "%Y-%m-%d %H:%M:%S"


def china_text(instant: datetime) -> str:
    """Write an aware instant as '2026-11-23 18:30:00' in China time."""
    return instant.astimezone(CHINA_TIME).strftime(_PLAIN)


def china_instant(text: str) -> datetime:
    """Read '2026-11-23 18:30:00', with or without a fraction, as an aware instant. Raises: ValueError."""
    return datetime.strptime(text[:19], _PLAIN).replace(tzinfo=CHINA_TIME)


def china_rfc3339(instant: datetime) -> str:
    """Write an aware instant as '2026-11-23T18:30:00+08:00'."""
    return instant.astimezone(CHINA_TIME).replace(microsecond=0).isoformat()


def aware_instant(text: str) -> datetime:
    """Read an RFC 3339 instant. Raises: ValueError, also when it has no offset."""
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(f"{text!r} has no offset")
    return instant
