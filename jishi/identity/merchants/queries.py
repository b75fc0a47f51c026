"""Reading merchants."""

from collections.abc import Collection

from jishi.identity.accounts import queries as accounts
from jishi.identity.merchants import rules
from jishi.identity.merchants.models import Merchant
from jishi.identity.merchants.models import Staff as StaffRow
from jishi.identity.merchants.types import (
    AuditRow,
    BankAccount,
    MerchantCard,
    MerchantProfile,
    MerchantStatus,
    Seller,
    SettlementMode,
    Staff,
    StaffMember,
    StaffRole,
    Store,
    Terms,
)
from jishi.kernel import db
from jishi.kernel.errors import NotFound
from jishi.kernel.ids import MerchantId, UserId
from jishi.kernel.models import AuditEntry
from jishi.kernel.pagination import BATCH, Page, TimeSort, decode, keyset, limit_of, page
from jishi.kernel.words import Text


def cards(ids: Collection[MerchantId], *, language: str) -> dict[MerchantId, MerchantCard]:
    """Return the cards of merchants; one statement for any number."""
    found = db.rows(
        "SELECT id, name_zh, name_en, logo FROM merchants_merchant WHERE id = ANY(%s)", [list(ids)]
    )
    return {one: card(one, zh, en, logo, language=language) for one, zh, en, logo in found}


def card(merchant_id: MerchantId, zh: str, en: str, logo: str, *, language: str) -> MerchantCard:
    """Return a merchant's card from its columns, for reads that join merchants anyway."""
    return MerchantCard(id=merchant_id, name=Text(zh=zh, en=en).of(language), logo=logo or None)


def terms(ids: Collection[MerchantId]) -> dict[MerchantId, Terms]:
    """Return what is agreed with merchants; one statement for any number."""
    found = db.rows(f"SELECT {_TERMS} FROM merchants_merchant WHERE id = ANY(%s)", [list(ids)])
    return {agreed[0]: _terms(*agreed) for agreed in found}


def sellers(ids: Collection[MerchantId], *, language: str) -> dict[MerchantId, Seller]:
    """Return merchants as a sale needs them; one statement for any number."""
    found = db.rows(
        f"SELECT name_zh, name_en, logo, {_TERMS} FROM merchants_merchant WHERE id = ANY(%s)", [list(ids)]
    )
    return {
        agreed[0]: Seller(card=card(agreed[0], zh, en, logo, language=language), terms=_terms(*agreed))
        for zh, en, logo, *agreed in found
    }


_TERMS = "id, commission_basis_points, settlement_mode, statement_cycle"


def _terms(merchant_id: MerchantId, commission_basis_points: int, mode: str, cycle: str) -> Terms:
    return Terms(
        merchant_id=merchant_id,
        commission_basis_points=commission_basis_points,
        settlement_mode=SettlementMode(mode),
        statement_cycle=cycle,
    )


def active_ids(ids: Collection[MerchantId]) -> set[MerchantId]:
    """Return which of the merchants may sell; one statement."""
    rows = Merchant.objects.filter(id__in=ids, status=MerchantStatus.ACTIVE).values_list("id", flat=True)
    return {MerchantId(one) for one in rows}


def all_ids(*, statuses: Collection[MerchantStatus]) -> list[MerchantId]:
    """Return the merchants in any of the statuses, oldest first: for jobs that visit each."""
    rows = Merchant.objects.filter(status__in=statuses).order_by("id").values_list("id", flat=True)
    return [MerchantId(one) for one in rows]


def status(merchant_id: MerchantId) -> MerchantStatus:
    """Return a merchant's status. Raises: NotFound."""
    found = Merchant.objects.filter(id=merchant_id).values_list("status", flat=True).first()
    if found is None:
        raise NotFound
    return MerchantStatus(found)


def store(merchant_id: MerchantId, *, language: str) -> Store:
    """Return the public shop front of a merchant who may sell. Raises: NotFound."""
    row = Merchant.objects.filter(id=merchant_id, status=MerchantStatus.ACTIVE).first()
    if row is None:
        raise NotFound
    return Store(
        id=MerchantId(row.id),
        name=Text(zh=row.name_zh, en=row.name_en).of(language),
        logo=row.logo or None,
        banner=row.banner or None,
        introduction=Text(zh=row.introduction_zh, en=row.introduction_en).of(language),
    )


def memberships(user_id: UserId) -> list[Staff]:
    """Return for whom somebody works, the longest employment first; one statement.

    Merchants that never opened or have closed are left out.
    """
    rows = (
        StaffRow.objects.across_merchants()
        .filter(user_id=user_id, merchant__status__in=rules.WORKING)
        .order_by("since", "id")
        .values_list("merchant_id", "merchant__name_zh", "role")
    )
    return [
        Staff(user_id=user_id, merchant_id=MerchantId(merchant_id), merchant_name=name, role=StaffRole(role))
        for merchant_id, name, role in rows
    ]


def profile(merchant_id: MerchantId) -> MerchantProfile:
    """Return a merchant as his own staff see him. Raises: NotFound."""
    row = Merchant.objects.filter(id=merchant_id).first()
    if row is None:
        raise NotFound
    return MerchantProfile(
        id=MerchantId(row.id),
        status=MerchantStatus(row.status),
        legal_name=row.legal_name,
        name=Text(zh=row.name_zh, en=row.name_en),
        introduction=Text(zh=row.introduction_zh, en=row.introduction_en),
        logo=row.logo or None,
        banner=row.banner or None,
        contact_name=row.contact_name,
        contact_phone=accounts.masked_phone(row.contact_phone),
        bank_name=row.bank_name,
        bank_account=rules.mask_account(row.bank_account),
        terms=Terms(
            merchant_id=merchant_id,
            commission_basis_points=row.commission_basis_points,
            settlement_mode=SettlementMode(row.settlement_mode),
            statement_cycle=row.statement_cycle,
        ),
        version=row.version,
    )


def bank_account(merchant_id: MerchantId) -> BankAccount:
    """Return where a merchant's payouts go, in clear. Raises: NotFound."""
    row = Merchant.objects.filter(id=merchant_id).first()
    if row is None:
        raise NotFound
    return BankAccount(
        merchant_id=merchant_id,
        bank_name=row.bank_name,
        holder=row.bank_account_holder,
        number=row.bank_account,
    )


def staff_of(merchant_id: MerchantId) -> Page[StaffMember]:
    """Return a merchant's staff, the longest employment first; three statements for any number."""
    rows = list(
        StaffRow.objects.of_merchant(merchant_id)
        .order_by("since", "id")
        .values_list("user_id", "role", "since")
    )
    known = accounts.people([UserId(user_id) for user_id, _, _ in rows])
    return Page(
        items=[
            StaffMember(
                user_id=UserId(user_id),
                nickname=known[UserId(user_id)].nickname,
                login=known[UserId(user_id)].login,
                role=StaffRole(role),
                since=since,
            )
            for user_id, role, since in rows
        ]
    )


def audit_log(
    merchant_id: MerchantId,
    *,
    subject_kind: str = "",
    sort: TimeSort = TimeSort.NEWEST,
    cursor: str | None,
    limit: int | None,
) -> Page[AuditRow]:
    """Return what was done at a merchant, to one kind of thing if it is given, newest first unless `sort` says
    otherwise. Only his own staff are named.

    Raises: Invalid for a broken cursor.
    """
    size = limit_of(limit, most=BATCH)
    entries = AuditEntry.objects.filter(merchant_id=merchant_id)
    rows = keyset(
        entries.filter(subject_kind=subject_kind) if subject_kind else entries,
        by="id",
        cursor=decode(cursor, str),
        limit=size,
        descending=sort is TimeSort.NEWEST,
    )
    shown = page(list(rows), limit=size, key=lambda row: ("", row.id))
    staff = {row.actor_id for row in shown.items if row.actor_kind == "staff" and row.actor_id}
    names = accounts.people([UserId(one) for one in staff])
    items = [
        _audit_row(row, names[UserId(row.actor_id)].nickname if row.actor_id in names else None)
        for row in shown.items
    ]
    return Page(items=items, next_cursor=shown.next_cursor)


def _audit_row(row: AuditEntry, actor_name: str | None) -> AuditRow:
    return AuditRow(
        id=row.id,
        at=row.recorded_at,
        actor_kind=row.actor_kind,
        actor_id=row.actor_id if row.actor_kind == "staff" else None,
        actor_name=actor_name,
        action=row.action,
        subject_kind=row.subject_kind,
        subject_id=row.subject_id,
        data=row.data,
    )
