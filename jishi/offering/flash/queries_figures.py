"""Reads of flash sales for those who run them: what waits, what went, what is left."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from jishi.kernel.db import rows
from jishi.offering.flash import rules
from jishi.offering.flash.types import FlashFigures, FlashStage
from jishi.offering.inventory import queries_buckets as buckets

_FIGURES = """
SELECT session_id, sum((status = 'applied')::int)::int, sum((status = 'accepted')::int)::int,
       coalesce(sum(quota) FILTER (WHERE status = 'accepted'), 0)::bigint, sum(cut - unsold)::bigint,
       coalesce(sum(quota) FILTER (WHERE status = 'accepted' AND opened_at IS NULL), 0)::bigint,
       coalesce(array_agg(id) FILTER (WHERE opened_at IS NOT NULL AND closed_at IS NULL), '{}')
FROM flash_item WHERE session_id = ANY(%s::uuid[]) GROUP BY session_id
"""


def figures(session_ids: Sequence[UUID]) -> dict[UUID, FlashFigures]:
    """Return the figures of sessions, in two statements; a session without any offer is missing."""
    found = rows(_FIGURES, [list(session_ids)])
    left_now = buckets.left_of([item for one in found for item in one[-1]])
    return {
        session_id: FlashFigures(
            waiting_count=waiting,
            accepted_count=accepted,
            quota=quota,
            sold=gone - (in_bucket := sum(left_now.get(one, 0) for one in open_items)),
            left=to_come + in_bucket,
        )
        for session_id, waiting, accepted, quota, gone, to_come, open_items in found
    }


def left_of(item_ids: Sequence[UUID]) -> dict[UUID, int]:
    """Return the pieces of items that can be had this moment; an item that was never opened is missing."""
    return buckets.left_of(item_ids)


def stage(starts_at: datetime, ends_at: datetime, *, now: datetime) -> FlashStage:
    """Return where a session stands at an instant."""
    return rules.stage(starts_at, ends_at, now)


def apply_until(starts_at: datetime) -> datetime:
    """Return when applications for a session end that starts then."""
    return starts_at - rules.PREHEAT
