"""A person gives himself a picture, or takes it away."""

from datetime import datetime

from jishi.identity.accounts import services as accounts
from jishi.identity.accounts.types import Me
from jishi.kernel.ids import UserId
from jishi.offering.media import services as media

SIDE_MAX = 480  # twice what the widest place shows, for dense screens


def change_avatar(*, buyer: UserId, data: bytes, declared_type: str | None, now: datetime) -> Me:
    """Show the middle of an uploaded picture as a person's own; the same picture again changes nothing.

    Raises: NotFound, and as media.services.upload does.
    """
    kept = media.upload(
        merchant_id=None,
        data=data,
        file_name="",
        declared_type=declared_type,
        staff_id=buyer,
        square_max=SIDE_MAX,
        now=now,
    )
    return accounts.keep_avatar(user_id=buyer, url=kept.image.src)


def remove_avatar(*, buyer: UserId) -> None:
    """Show no picture of a person any more. Safe to repeat. Raises: NotFound."""
    accounts.keep_avatar(user_id=buyer, url="")
