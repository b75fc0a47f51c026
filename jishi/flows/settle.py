"""Tell merchants what they are owed: statements by cycle, and corrections outside any order."""

from collections import defaultdict
from datetime import datetime

from jishi.identity.merchants import queries as merchants
from jishi.kernel import audit
from jishi.kernel.db import atomic
from jishi.kernel.errors import Invalid
from jishi.kernel.ids import MerchantId, StatementId, UserId, new_id
from jishi.kernel.money import Money
from jishi.money.settlement import queries
from jishi.money.settlement import services as settlement
from jishi.money.settlement.types import StatementRow


def run_cycle(now: datetime) -> list[StatementId]:
    """Issue the statements that are due now, each merchant by his own cycle; return the new ones.

    Safe to run at any time and again: a period is issued once. One transaction per cycle, set-based.
    """
    by_cycle: dict[str, list[MerchantId]] = defaultdict(list)
    waiting = queries.merchants_waiting(before=now)
    for merchant_id, terms in merchants.terms(waiting).items():
        by_cycle[terms.statement_cycle].append(merchant_id)
    issued: list[StatementId] = []
    for cycle, merchant_ids in sorted(by_cycle.items()):
        with atomic():
            issued += settlement.issue(merchant_ids=merchant_ids, cycle=cycle, now=now)
    return issued


def adjust(*, merchant_id: MerchantId, amount: Money, reason: str, by: UserId, now: datetime) -> None:
    """Grant a merchant an amount, or charge him for one below zero; it stands on his next statement.

    Raises: Invalid for nothing.
    """
    if amount.amount_minor == 0:
        raise Invalid(field="amount")
    adjustment_id = new_id()
    with atomic():
        settlement.adjust(merchant_id=merchant_id, amount=amount, adjustment_id=adjustment_id, now=now)
        audit.record(
            actor=by,
            actor_kind="platform",
            action="merchant.adjusted",
            subject_kind="adjustment",
            subject_id=adjustment_id,
            merchant_id=merchant_id,
            data={"amount_minor": amount.amount_minor, "reason": reason},
            now=now,
        )


def answer_dispute(*, statement_id: StatementId, answer: str, by: UserId, now: datetime) -> StatementRow:
    """Close a merchant's objection: the statement stands; a correction is an adjustment on the next one.

    Raises: NotFound, StatementMoved.
    """
    with atomic():
        again = settlement.issue_again(statement_id=statement_id, now=now)
        audit.record(
            actor=by,
            actor_kind="platform",
            action="statement.dispute_answered",
            subject_kind="statement",
            subject_id=statement_id,
            merchant_id=again.merchant_id,
            data={"answer": answer},
            now=now,
        )
    return again
