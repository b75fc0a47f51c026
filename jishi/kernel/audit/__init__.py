"""The audit log: append-only proof of who did what; ids only, personal columns left out."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import msgspec

from jishi.kernel.db import execute
from jishi.kernel.ids import new_id

__all__ = ["record"]


def record(
    *,
    actor: UUID | None,
    actor_kind: str,
    action: str,
    subject_kind: str,
    subject_id: UUID,
    merchant_id: UUID | None,
    data: Mapping[str, object],
    now: datetime,
) -> None:
    """Write one entry in the current transaction; `data` holds ids and changed values, never personal data.

    `actor_kind` is buyer, staff, platform, system or channel; `actor` is None for the last two.
    """
    execute(
        "INSERT INTO kernel_audit_entry (id, recorded_at, actor_id, actor_kind, action, subject_kind, "
        "subject_id, merchant_id, data) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s::jsonb)",
        [
            new_id(),
            now,
            actor,
            actor_kind,
            action,
            subject_kind,
            subject_id,
            merchant_id,
            msgspec.json.encode(dict(data)).decode(),
        ],
    )
