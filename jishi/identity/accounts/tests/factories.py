"""Buyers and addresses for tests of any context."""

import itertools
from datetime import UTC, datetime

from jishi.identity.accounts import services
from jishi.identity.accounts.types import AddressWish, PlatformRole
from jishi.kernel.ids import AddressId, UserId

A_DAY = datetime(2026, 6, 18, 10, 0, tzinfo=UTC)
SHANGHAI_XUHUI = "310104"
_numbers = itertools.count(1)


def make_buyer(
    *,
    email: str | None = None,
    phone: str | None = None,
    password: str | None = None,
    nickname: str = "小明",
    language: str = "zh",
    now: datetime = A_DAY,
) -> UserId:
    """Make a buyer with a verified e-mail address; without a password, because hashing one takes its time."""
    return services.make_account(
        email=email or f"buyer{next(_numbers)}@example.com",
        phone=phone,
        password=password,
        nickname=nickname,
        language=language,
        now=now,
    )


def make_address(
    buyer: UserId,
    *,
    recipient: str = "王小明",
    phone: str = "13800138000",
    area_code: str = SHANGHAI_XUHUI,
    street: str = "漕溪北路 100 号 3 栋 402",
    is_default: bool = False,
) -> AddressId:
    """Make an address of a buyer."""
    wish = AddressWish(
        recipient=recipient, phone=phone, area_code=area_code, street=street, is_default=is_default
    )
    return services.add_address(buyer=buyer, wish=wish).id


def make_platform_staff(role: PlatformRole, *, password: str | None = None, now: datetime = A_DAY) -> UserId:
    """Make a member of the platform's staff with a role."""
    return services.make_platform_staff(
        email=f"{role.value}{next(_numbers)}@example.com",
        password=password,
        nickname=role.value,
        role=role,
        now=now,
    )


def session_token(user_id: UserId) -> str:
    """Sign a person in and return the value of the header X-Session-Token."""
    return services.issue_token(user_id)
