"""Reading sets of rules."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from jishi.discovery.steering import rules
from jishi.discovery.steering.types import Edition, RuleKind, Rules, RuleWish, Target, TargetKind
from jishi.kernel.db import row, rows

NO_EDITION = Edition(number=0, changes_at=None)
COLUMNS = "kind, words, means, target_kind, target_id, factor_percent, path, starts_at, ends_at"
_LIVE = """
SELECT s.number, (SELECT min(moment.at) FROM steering_rule r, LATERAL (VALUES (r.starts_at), (r.ends_at)) moment (at)
                  WHERE r.rule_set_id = s.id AND moment.at > %s)
FROM steering_set s WHERE s.status = 'live'
"""


def edition(*, now: datetime) -> Edition:
    """Return which set is live, and until when its rules hold as they do now; one statement."""
    found = row(_LIVE, [now])
    return Edition(number=found[0], changes_at=found[1]) if found else NO_EDITION


def live_rules(*, now: datetime) -> Rules:
    """Return the rules that are live at an instant; none where there is no set."""
    found = row("SELECT id FROM steering_set WHERE status = 'live'")
    return rules_of(found[0], now=now) if found else Rules()


def rules_of(set_id: UUID, *, now: datetime) -> Rules:
    """Return what the rules of a set are at an instant, live or not."""
    found = row("SELECT number FROM steering_set WHERE id = %s", [set_id])
    return rules.effective(found[0] if found else 0, wishes_of(set_id), now)


def wishes_of(set_id: UUID) -> list[RuleWish]:
    """Return the rules of a set as they were wished, the oldest first."""
    found = rows(f"SELECT {COLUMNS} FROM steering_rule WHERE rule_set_id = %s ORDER BY id", [set_id])
    return [_wish(one) for one in found]


def _wish(found: tuple[Any, ...]) -> RuleWish:
    kind, words, means, target_kind, target_id, factor_percent, path, starts_at, ends_at = found
    return RuleWish(
        kind=RuleKind(kind),
        words=msgspec.json.decode(words),
        means=msgspec.json.decode(means),
        target=Target(kind=TargetKind(target_kind), id=target_id) if target_id else None,
        factor_percent=factor_percent,
        path=path,
        starts_at=starts_at,
        ends_at=ends_at,
    )
