"""Merchants and their staff for tests of any context."""

import itertools
from datetime import datetime

from jishi.identity.accounts.tests.factories import A_DAY, make_buyer
from jishi.identity.merchants import services
from jishi.identity.merchants.types import (
    Application,
    MerchantStatus,
    SettlementMode,
    StaffRole,
    StoreTexts,
    Terms,
)
from jishi.kernel.ids import MerchantId, UserId

_numbers = itertools.count(1)


def make_application(*, name_zh: str = "青竹茶铺", name_en: str = "Green Bamboo Tea") -> Application:
    """Return what a merchant hands in."""
    return Application(
        legal_name=f"{name_zh}有限公司",
        registration_number="91310104MA1FR0000X",
        texts=StoreTexts(
            name_zh=name_zh,
            name_en=name_en,
            introduction_zh="好茶,慢慢喝。",
            introduction_en="Good tea, slowly.",
        ),
        contact_name="李青",
        contact_phone="13900139000",
        bank_name="中国工商银行",
        bank_account_holder=f"{name_zh}有限公司",
        bank_account="6222021001112223334",
    )


def make_merchant(
    *,
    owner: UserId | None = None,
    name_zh: str | None = None,
    name_en: str | None = None,
    commission_basis_points: int = 500,
    settlement_mode: SettlementMode = SettlementMode.OWN_CLEARING,
    statement_cycle: str = "t1",
    status: MerchantStatus = MerchantStatus.ACTIVE,
    now: datetime = A_DAY,
) -> MerchantId:
    """Make a merchant with an owner, on the way real ones go, up to `status` (suspended at most)."""
    number = next(_numbers)
    boss = owner or make_buyer(nickname="店主", now=now)
    merchant_id = services.apply(
        applicant=boss,
        application=make_application(
            name_zh=name_zh or f"青竹茶铺 {number}",
            name_en=f"Green Bamboo Tea {number}" if name_en is None else name_en,
        ),
        now=now,
    )
    services.agree_terms(
        terms=Terms(
            merchant_id=merchant_id,
            commission_basis_points=commission_basis_points,
            settlement_mode=settlement_mode,
            statement_cycle=statement_cycle,
        ),
        actor=boss,
        now=now,
    )
    _bring_to(status, merchant_id, boss, now)
    return merchant_id


def _bring_to(status: MerchantStatus, merchant_id: MerchantId, actor: UserId, now: datetime) -> None:
    if status == MerchantStatus.APPLYING:
        return
    services.submit(merchant_id=merchant_id, actor=actor, now=now)
    if status == MerchantStatus.IN_REVIEW:
        return
    services.approve(merchant_id=merchant_id, actor=actor, now=now)
    if status == MerchantStatus.SUSPENDED:
        services.suspend(merchant_id=merchant_id, actor=actor, reason="test", now=now)


def make_staff(
    merchant_id: MerchantId,
    *,
    role: StaffRole = StaffRole.OPERATOR,
    user: UserId | None = None,
    now: datetime = A_DAY,
) -> UserId:
    """Make somebody who works for a merchant."""
    member = user or make_buyer(nickname="店员", now=now)
    services.add_staff(merchant_id=merchant_id, user_id=member, role=role, actor=member, now=now)
    return member
