"""Who gets letters with recommendations."""

from datetime import datetime

from jishi.discovery.recommendations.models_letters import LetterRow
from jishi.discovery.recommendations.types_letters import Letters
from jishi.identity.accounts import queries as accounts
from jishi.kernel.db import rows
from jishi.kernel.ids import UserId


def letters(buyer: UserId) -> Letters:
    """Return whether a buyer gets letters, and could."""
    email, _ = accounts.proven_email(buyer)
    return Letters(wanted=LetterRow.objects.filter(buyer_id=buyer).exists(), has_address=email is not None)


def to_write(*, sent_before: datetime) -> list[UserId]:
    """Return who wants a letter and has had none since then."""
    found = rows(
        "SELECT buyer_id FROM recommendations_letter WHERE sent_at IS NULL OR sent_at < %s ORDER BY buyer_id",
        [sent_before],
    )
    return [UserId(buyer) for (buyer,) in found]
