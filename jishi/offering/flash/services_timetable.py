"""When sessions start: the platform's timetable."""

from collections.abc import Sequence
from datetime import datetime

from jishi.kernel import audit
from jishi.kernel.db import atomic, execute, rows
from jishi.kernel.errors import Invalid
from jishi.kernel.ids import FlashSessionId, UserId
from jishi.offering.flash import rules, services
from jishi.offering.flash.types import SLOTS_MAX


def set_slots(
    *, hours: Sequence[int], session_id: FlashSessionId, staff_id: UserId | None, now: datetime
) -> None:
    """Let sessions start at these hours of the day (China time); `session_id` is where it was asked for.

    Sessions ahead that have offers stay as they are, and so does the one that runs; the others are made anew.
    Raises: Invalid (`hours`) without any, for more than SLOTS_MAX, or for one that is no hour.
    """
    wanted = sorted(set(hours))
    if not 0 < len(wanted) <= SLOTS_MAX or not all(0 <= one <= 23 for one in wanted):
        raise Invalid(field="hours")
    with atomic():
        execute("LOCK TABLE flash_slot IN SHARE ROW EXCLUSIVE MODE")
        execute("DELETE FROM flash_slot")
        execute("INSERT INTO flash_slot (hour) SELECT unnest(%s::smallint[])", [wanted])
        _forget_empty(now)
        services.open_sessions(now=now)
        audit.record(
            actor=staff_id,
            actor_kind="platform",
            action="flash.timetable",
            subject_kind="flash_session",
            subject_id=session_id,
            merchant_id=None,
            data={"hours": wanted},
            now=now,
        )


def _forget_empty(now: datetime) -> None:
    """Forget sessions ahead that nobody has offered anything in; who is about to waits for it and is told."""
    ahead = rows(
        "SELECT id FROM flash_session s WHERE starts_at > %s AND NOT EXISTS "
        "(SELECT FROM flash_item i WHERE i.session_id = s.id) ORDER BY id FOR UPDATE SKIP LOCKED",
        [now + rules.PREHEAT],
    )
    execute("DELETE FROM flash_session WHERE id = ANY(%s::uuid[])", [[one for (one,) in ahead]])
