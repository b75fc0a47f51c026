"""Keeping somebody out, and letting him in again. Who is blocked is out at his next request, everywhere."""

from datetime import datetime

from django.db import transaction

from jishi.identity.accounts import queries
from jishi.identity.accounts.models import User
from jishi.identity.accounts.types import PlatformRole
from jishi.kernel import audit
from jishi.kernel.errors import Conflict, NotAllowed, NotFound
from jishi.kernel.ids import UserId
from jishi.kernel.words import Text


class CannotBlockYourself(Conflict):
    """Nobody locks himself out."""

    code = "cannot_block_yourself"
    message = Text(zh="不能封禁自己", en="You cannot block yourself")


class BlockedAlready(Conflict):
    code = "blocked_already"
    message = Text(zh="该用户已被封禁", en="This person is blocked already")


class NotBlocked(Conflict):
    code = "not_blocked"
    message = Text(zh="该用户未被封禁", en="This person is not blocked")


def block(*, user_id: UserId, reason: str, actor: UserId, now: datetime) -> None:
    """Keep somebody out; his orders go on. Colleagues of the platform are blocked by administrators only.

    Raises: NotFound, NotAllowed (403), CannotBlockYourself, BlockedAlready (409).
    """
    if user_id == actor:
        raise CannotBlockYourself
    with transaction.atomic():
        user = _locked(user_id)
        if user.is_staff and PlatformRole.ADMINISTRATOR not in queries.platform_roles(actor):
            raise NotAllowed
        if not user.is_active:
            raise BlockedAlready
        _set_active(user, False, reason, actor, now)


def unblock(*, user_id: UserId, reason: str, actor: UserId, now: datetime) -> None:
    """Let somebody in again. Raises: NotFound, NotAllowed (403), NotBlocked (409)."""
    with transaction.atomic():
        user = _locked(user_id)
        if user.is_staff and PlatformRole.ADMINISTRATOR not in queries.platform_roles(actor):
            raise NotAllowed
        if user.is_active:
            raise NotBlocked
        _set_active(user, True, reason, actor, now)


def _locked(user_id: UserId) -> User:
    user = User.objects.select_for_update(no_key=True).filter(pk=user_id).first()
    if user is None:
        raise NotFound
    return user


def _set_active(user: User, is_active: bool, reason: str, actor: UserId, now: datetime) -> None:
    user.is_active = is_active
    user.save(update_fields=["is_active"])
    audit.record(
        actor=actor,
        actor_kind="platform",
        action="user.unblocked" if is_active else "user.blocked",
        subject_kind="user",
        subject_id=user.pk,
        merchant_id=None,
        data={"reason": reason},
        now=now,
    )
