"""The audit log as the back office writes and shows it."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from jishi.entry.console.audit_words import action_name, details
from jishi.entry.console.page import Table, moment
from jishi.entry.console.vocabulary import ACTOR
from jishi.entry.console.words import both
from jishi.kernel.models import AuditEntry

SHOWN_MAX = 20


def entries(row_id: object) -> list[AuditEntry]:
    """Return the latest of what was done to a row."""
    if not isinstance(row_id, UUID):
        return []
    return list(AuditEntry.objects.filter(subject_id=row_id).order_by("-id")[:SHOWN_MAX])


def table(found: Sequence[AuditEntry], names: Mapping[UUID, str]) -> Table:
    """Return what was done to a row as a table of its page."""
    return Table(
        both("操作记录", "Audit trail"),
        (both("时间", "When"), both("谁", "Who"), both("做了什么", "What"), both("内容", "Details")),
        [
            (
                moment(one.recorded_at),
                who(one, names),
                action_name(one.action),
                details(one.subject_kind, one.data),
            )
            for one in found
        ],
    )


def who(entry: AuditEntry, names: Mapping[UUID, str]) -> str:
    """Return who did something."""
    kind = ACTOR.name(entry.actor_kind)
    name = names.get(entry.actor_id) if entry.actor_id else None
    return f"{name} ({kind})" if name else kind
