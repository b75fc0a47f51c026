"""Changing merchants. Every change is audited; every change of status is told as an event."""

from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from django.db import transaction

from jishi.identity.accounts import queries as accounts
from jishi.identity.merchants import queries, rules
from jishi.identity.merchants.events import MerchantMoved, StoreChanged
from jishi.identity.merchants.models import Merchant
from jishi.identity.merchants.models import Staff as StaffRow
from jishi.identity.merchants.types import (
    Application,
    BankAccount,
    MerchantProfile,
    MerchantStatus,
    ProfileChange,
    StaffMember,
    StaffRole,
    StaffWish,
    Terms,
)
from jishi.kernel import audit
from jishi.kernel.errors import Conflict, Invalid, NotFound
from jishi.kernel.ids import MerchantId, UserId
from jishi.kernel.outbox import publish
from jishi.kernel.words import Text


class ProfileChanged(Conflict):
    """A colleague saved the profile in the meantime."""

    code = "profile_changed"
    message = Text(
        zh="店铺资料已被同事修改,请刷新后再试", en="A colleague changed the profile meanwhile; please reload"
    )


class PersonUnknown(NotFound):
    """Nobody has proven to own this e-mail address or phone."""

    code = "person_unknown"
    message = Text(
        zh="没有找到使用该邮箱或手机号(已验证)的账号",
        en="Nobody has an account with this verified e-mail address or phone",
    )


class AlreadyStaff(Conflict):
    code = "already_staff"
    message = Text(zh="该用户已经是店铺员工", en="This person is on the staff already")


# -- becoming a merchant, and ceasing to be one -------------------------------------------------------------


def apply(*, applicant: UserId, application: Application, now: datetime) -> MerchantId:
    """Take in an application to sell; the applicant becomes the owner."""
    row = Merchant(
        legal_name=application.legal_name,
        registration_number=application.registration_number,
        contact_name=application.contact_name,
        contact_phone=application.contact_phone,
        bank_name=application.bank_name,
        bank_account_holder=application.bank_account_holder,
        bank_account=application.bank_account,
        applied_at=now,
        **asdict(application.texts),
    )
    merchant_id = MerchantId(row.id)
    with transaction.atomic():
        row.save(force_insert=True)
        StaffRow(merchant_id=merchant_id, user_id=applicant, role=StaffRole.OWNER, since=now).save(
            force_insert=True
        )
        _audit("merchant.applied", merchant_id, actor=applicant, actor_kind="staff", data={}, now=now)
    return merchant_id


def submit(*, merchant_id: MerchantId, actor: UserId, now: datetime) -> None:
    """Hand an application over for review. Raises: NotFound, MoveNotAllowed."""
    _move(merchant_id, MerchantStatus.IN_REVIEW, actor=actor, actor_kind="staff", reason="", now=now)


def approve(*, merchant_id: MerchantId, actor: UserId, now: datetime) -> None:
    """Let a merchant sell, after review or after a suspension. Raises: NotFound, MoveNotAllowed."""
    _move(merchant_id, MerchantStatus.ACTIVE, actor=actor, actor_kind="platform", reason="", now=now)


def reject(*, merchant_id: MerchantId, actor: UserId, reason: str, now: datetime) -> None:
    """Turn an application down. Raises: NotFound, MoveNotAllowed."""
    _move(merchant_id, MerchantStatus.REJECTED, actor=actor, actor_kind="platform", reason=reason, now=now)


def reopen_application(*, merchant_id: MerchantId, actor: UserId, now: datetime) -> None:
    """Let a rejected merchant correct his application. Raises: NotFound, MoveNotAllowed."""
    _move(merchant_id, MerchantStatus.APPLYING, actor=actor, actor_kind="staff", reason="", now=now)


def suspend(*, merchant_id: MerchantId, actor: UserId, reason: str, now: datetime) -> None:
    """Stop a merchant's selling; what is sold is still shipped. Raises: NotFound, MoveNotAllowed."""
    _move(merchant_id, MerchantStatus.SUSPENDED, actor=actor, actor_kind="platform", reason=reason, now=now)


def start_closing(*, merchant_id: MerchantId, actor: UserId, reason: str, now: datetime) -> None:
    """Begin to wind a suspended merchant down. Raises: NotFound, MoveNotAllowed."""
    _move(merchant_id, MerchantStatus.CLOSING, actor=actor, actor_kind="platform", reason=reason, now=now)


def close(*, merchant_id: MerchantId, actor: UserId, now: datetime) -> None:
    """End it: his staff cannot enter the merchant centre any more. Raises: NotFound, MoveNotAllowed."""
    _move(merchant_id, MerchantStatus.CLOSED, actor=actor, actor_kind="platform", reason="", now=now)


def _move(
    merchant_id: MerchantId,
    wanted: MerchantStatus,
    *,
    actor: UserId,
    actor_kind: str,
    reason: str,
    now: datetime,
) -> None:
    with transaction.atomic():
        row = _locked(merchant_id)
        was = MerchantStatus(row.status)
        rules.check_move(was, wanted)
        row.status = wanted
        row.save(update_fields=["status"])
        _audit(
            f"merchant.{wanted.value}",
            merchant_id,
            actor=actor,
            actor_kind=actor_kind,
            data={"was": was.value, "reason": reason},
            now=now,
        )
        publish(MerchantMoved(merchant_id=merchant_id, was=was, status=wanted, occurred_at=now))


# -- what was agreed ----------------------------------------------------------------------------------------


def agree_terms(*, terms: Terms, actor: UserId, now: datetime) -> None:
    """Note what was agreed with a merchant; it holds for what is sold from now on.

    Raises: NotFound, Invalid for a commission outside 0–10 000 basis points.
    """
    if not 0 <= terms.commission_basis_points <= rules.BASIS_POINTS_MAX:
        raise Invalid(field="commission_basis_points")
    with transaction.atomic():
        row = _locked(terms.merchant_id)
        before = queries.terms([terms.merchant_id])[terms.merchant_id]
        row.commission_basis_points = terms.commission_basis_points
        row.settlement_mode = terms.settlement_mode
        row.statement_cycle = terms.statement_cycle
        row.save(update_fields=["commission_basis_points", "settlement_mode", "statement_cycle"])
        _audit(
            "merchant.terms_agreed",
            terms.merchant_id,
            actor=actor,
            actor_kind="platform",
            data={"before": _figures(before), "after": _figures(terms)},
            now=now,
        )


def _figures(terms: Terms) -> dict[str, object]:
    return {name: value for name, value in asdict(terms).items() if name != "merchant_id"}


def change_bank_account(*, account: BankAccount, actor: UserId, now: datetime) -> None:
    """Send a merchant's payouts somewhere else from now on. Raises: NotFound."""
    with transaction.atomic():
        row = _locked(account.merchant_id)
        row.bank_name = account.bank_name
        row.bank_account_holder = account.holder
        row.bank_account = account.number
        row.save(update_fields=["bank_name", "bank_account_holder", "bank_account"])
        _audit(
            "merchant.bank_account_changed",
            account.merchant_id,
            actor=actor,
            actor_kind="platform",
            data={},
            now=now,
        )


# -- the store ----------------------------------------------------------------------------------------------


def change_profile(
    *, merchant_id: MerchantId, staff: UserId, change: ProfileChange, now: datetime
) -> MerchantProfile:
    """Change the store's profile. Raises: NotFound, ProfileChanged (409) when a colleague was faster."""
    wanted = {
        name: value for name, value in asdict(change).items() if name != "version" and value is not None
    }
    with transaction.atomic():
        row = _locked(merchant_id)
        if row.version != change.version:
            raise ProfileChanged(version=row.version)
        for name, value in wanted.items():
            setattr(row, name, value)
        row.version += 1
        row.save(update_fields=[*wanted, "version"])
        _audit(
            "merchant.profile_changed",
            merchant_id,
            actor=staff,
            actor_kind="staff",
            data={"fields": sorted(wanted)},
            now=now,
        )
        publish(StoreChanged(merchant_id=merchant_id, occurred_at=now))
    return queries.profile(merchant_id)


# -- staff --------------------------------------------------------------------------------------------------


def add_staff(
    *, merchant_id: MerchantId, user_id: UserId, role: StaffRole, actor: UserId, now: datetime
) -> None:
    """Give somebody a role at a merchant. Raises: NotFound, AlreadyStaff (409)."""
    with transaction.atomic():
        _locked(merchant_id)
        if StaffRow.objects.of_merchant(merchant_id).filter(user_id=user_id).exists():
            raise AlreadyStaff
        StaffRow(merchant_id=merchant_id, user_id=user_id, role=role, since=now).save(force_insert=True)
        _audit_staff("staff.added", merchant_id, user_id, actor=actor, data={"role": role.value}, now=now)


def invite_staff(*, merchant_id: MerchantId, wish: StaffWish, actor: UserId, now: datetime) -> StaffMember:
    """Give the person who has proven to own an e-mail address or phone a role.

    Raises: PersonUnknown (404), AlreadyStaff (409).
    """
    user_id = accounts.find_by_login(wish.login)
    if user_id is None:
        raise PersonUnknown
    add_staff(merchant_id=merchant_id, user_id=user_id, role=wish.role, actor=actor, now=now)
    return _member(merchant_id, user_id)


def change_role(
    *, merchant_id: MerchantId, user_id: UserId, role: StaffRole, actor: UserId, now: datetime
) -> StaffMember:
    """Give a member of the staff another role. Raises: NotFound, LastOwner (409)."""
    with transaction.atomic():
        roles = _roles(merchant_id)
        if user_id not in roles:
            raise NotFound
        was = roles[user_id]
        rules.check_owner_stays([*(roles | {user_id: role}).values()])
        StaffRow.objects.of_merchant(merchant_id).filter(user_id=user_id).update(role=role)
        _audit_staff(
            "staff.role_changed",
            merchant_id,
            user_id,
            actor=actor,
            data={"was": was.value, "role": role.value},
            now=now,
        )
    return _member(merchant_id, user_id)


def remove_staff(*, merchant_id: MerchantId, user_id: UserId, actor: UserId, now: datetime) -> None:
    """Take somebody off the staff; he is out at his next request. Raises: NotFound, LastOwner (409)."""
    with transaction.atomic():
        roles = _roles(merchant_id)
        was = roles.pop(user_id, None)
        if was is None:
            raise NotFound
        rules.check_owner_stays([*roles.values()])
        StaffRow.objects.of_merchant(merchant_id).filter(user_id=user_id).delete()
        _audit_staff("staff.removed", merchant_id, user_id, actor=actor, data={"was": was.value}, now=now)


def _roles(merchant_id: MerchantId) -> dict[UserId, StaffRole]:
    _locked(merchant_id)
    rows = StaffRow.objects.of_merchant(merchant_id).values_list("user_id", "role")
    return {UserId(user_id): StaffRole(role) for user_id, role in rows}


def _member(merchant_id: MerchantId, user_id: UserId) -> StaffMember:
    return next(one for one in queries.staff_of(merchant_id).items if one.user_id == user_id)


def _locked(merchant_id: MerchantId) -> Merchant:
    row = Merchant.objects.select_for_update().filter(id=merchant_id).first()
    if row is None:
        raise NotFound
    return row


def _audit_staff(
    action: str,
    merchant_id: MerchantId,
    user_id: UserId,
    *,
    actor: UserId,
    data: dict[str, object],
    now: datetime,
) -> None:
    audit.record(
        actor=actor,
        actor_kind="staff",
        action=action,
        subject_kind="user",
        subject_id=user_id,
        merchant_id=merchant_id,
        data=data,
        now=now,
    )


def _audit(
    action: str,
    merchant_id: MerchantId,
    *,
    actor: UUID,
    actor_kind: str,
    data: dict[str, object],
    now: datetime,
) -> None:
    audit.record(
        actor=actor,
        actor_kind=actor_kind,
        action=action,
        subject_kind="merchant",
        subject_id=merchant_id,
        merchant_id=merchant_id,
        data=data,
        now=now,
    )
