"""How what is shown does: counts of a day, and which click a purchase goes back to."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from jishi.discovery.behaviour.types_shown import Bought, Led, Shown, ShownCounts
from jishi.kernel.db import rows
from jishi.kernel.tables import id_floor, milliseconds_of

_COUNTED = """
SELECT placement, model, arm, count(*) FILTER (WHERE kind = 'impression'), count(*) FILTER (WHERE kind = 'click'),
    count(*) FILTER (WHERE kind = 'add')
FROM behaviour_event WHERE id >= %s AND id < %s AND placement = ANY(%s) GROUP BY 1, 2, 3
"""
# The click lies in the same list of a person's events that erasing uses: one look by index for each purchase.
_LED = """
SELECT c.placement, c.model, c.arm, c.id, b.amount
FROM unnest(%(people)s::uuid[], %(products)s::uuid[], %(froms)s::uuid[], %(untils)s::uuid[], %(amounts)s::bigint[])
    AS b (person_id, product_id, from_id, until_id, amount)
CROSS JOIN LATERAL (
    SELECT placement, model, arm, id FROM behaviour_event e
    WHERE e.person_id = b.person_id AND e.product_id = b.product_id AND e.kind = 'click'
        AND e.id >= b.from_id AND e.id < b.until_id AND e.id >= %(first)s AND e.id < %(last)s
    ORDER BY e.id DESC LIMIT 1) c
WHERE c.placement = ANY(%(placements)s) AND coalesce(
    (SELECT allowed FROM behaviour_consent s WHERE s.person_id = b.person_id ORDER BY s.id DESC LIMIT 1), false)
"""


def counted(*, since: datetime, until: datetime, placements: Sequence[str]) -> list[ShownCounts]:
    """Count what was shown, opened and put into carts in [since, until): one statement."""
    found = rows(_COUNTED, [id_floor(since), id_floor(until), list(placements)])
    return [
        ShownCounts(
            shown=Shown(placement=placement, model=model, arm=arm),
            impressions=impressions,
            clicks=clicks,
            adds=adds,
        )
        for placement, model, arm, impressions, clicks, adds in found
    ]


def led(bought: Sequence[Bought], *, within: timedelta, placements: Sequence[str]) -> list[Led]:
    """Return for each purchase the same person's last click on the same product before it, if that was there and
    within so long: one statement. Who has said no since counts no more.
    """
    if not bought:
        return []
    found = rows(
        _LED,
        {
            "people": [one.person_id for one in bought],
            "products": [one.product_id for one in bought],
            "froms": [id_floor(one.at - within) for one in bought],
            "untils": [id_floor(one.at) for one in bought],
            "amounts": [one.amount_minor for one in bought],
            "first": id_floor(min(one.at for one in bought) - within),
            "last": id_floor(max(one.at for one in bought)),
            "placements": list(placements),
        },
    )
    return [
        Led(
            shown=Shown(placement=placement, model=model, arm=arm),
            clicked_at=_instant(clicked),
            amount_minor=amount,
        )
        for placement, model, arm, clicked, amount in found
    ]


def _instant(made: UUID) -> datetime:
    return datetime.fromtimestamp(milliseconds_of(made) / 1000, UTC)
