"""What a merchant does with his statements, each in a transaction of its own and in the audit log."""

from datetime import datetime

from jishi.kernel import audit
from jishi.kernel.db import atomic
from jishi.kernel.ids import MerchantId, StatementId, UserId
from jishi.money.settlement import services
from jishi.money.settlement.types import StatementRow


def confirm(*, statement_id: StatementId, merchant_id: MerchantId, by: UserId, now: datetime) -> StatementRow:
    """Agree with a statement. Raises: NotFound, StatementMoved."""
    with atomic():
        confirmed = services.confirm(statement_id=statement_id, merchant_id=merchant_id, by=by, now=now)
        _note("statement.confirmed", confirmed, by, now)
    return confirmed


def dispute(
    *, statement_id: StatementId, merchant_id: MerchantId, by: UserId, reason: str, now: datetime
) -> StatementRow:
    """Object to a statement. Raises: NotFound, StatementMoved."""
    with atomic():
        disputed = services.dispute(statement_id=statement_id, merchant_id=merchant_id, reason=reason)
        _note("statement.disputed", disputed, by, now)
    return disputed


def _note(action: str, statement: StatementRow, by: UserId, now: datetime) -> None:
    audit.record(
        actor=by,
        actor_kind="merchant",
        action=action,
        subject_kind="statement",
        subject_id=statement.id,
        merchant_id=statement.merchant_id,
        data={"due_minor": statement.due.amount_minor},
        now=now,
    )
