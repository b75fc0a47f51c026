"""Merchants from application to closure, and their staff, on a real database."""

import json
import threading
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from jishi.identity.accounts.tests.factories import A_DAY, make_buyer
from jishi.identity.merchants import queries, services
from jishi.identity.merchants.models import Merchant
from jishi.identity.merchants.models import Staff as StaffRow
from jishi.identity.merchants.rules import LastOwner, MoveNotAllowed
from jishi.identity.merchants.tests.factories import make_merchant, make_staff
from jishi.identity.merchants.types import (
    BankAccount,
    MerchantStatus,
    ProfileChange,
    SettlementMode,
    StaffRole,
    StaffWish,
    Terms,
)
from jishi.kernel.db import rows
from jishi.kernel.errors import Invalid, NotFound, ProgrammingError
from jishi.kernel.ids import MerchantId, UserId, new_id

pytestmark = pytest.mark.django_db


def events(name: str) -> list[dict[str, Any]]:
    found = rows("SELECT body::text FROM kernel_outbox WHERE name = %s ORDER BY id", [name])
    return [json.loads(body) for (body,) in found]


def owner_of(merchant_id: MerchantId) -> UserId:
    return next(one.user_id for one in queries.staff_of(merchant_id).items if one.role == StaffRole.OWNER)


def test_a_merchant_goes_from_application_to_closure() -> None:
    merchant_id, boss = make_merchant(status=MerchantStatus.APPLYING), make_buyer()
    assert queries.status(merchant_id) == MerchantStatus.APPLYING
    services.submit(merchant_id=merchant_id, actor=boss, now=A_DAY)
    services.reject(merchant_id=merchant_id, actor=boss, reason="资料不全", now=A_DAY)
    services.reopen_application(merchant_id=merchant_id, actor=boss, now=A_DAY)
    services.submit(merchant_id=merchant_id, actor=boss, now=A_DAY)
    services.approve(merchant_id=merchant_id, actor=boss, now=A_DAY)
    services.suspend(merchant_id=merchant_id, actor=boss, reason="投诉", now=A_DAY)
    services.start_closing(merchant_id=merchant_id, actor=boss, reason="退出", now=A_DAY)
    services.close(merchant_id=merchant_id, actor=boss, now=A_DAY)
    assert queries.status(merchant_id) == MerchantStatus.CLOSED
    assert [(one["was"], one["status"]) for one in events("merchants.moved")][-2:] == [
        ("suspended", "closing"),
        ("closing", "closed"),
    ]
    actions = [row.action for row in queries.audit_log(merchant_id, cursor=None, limit=100).items]
    assert actions[0] == "merchant.closed"
    assert actions[-1] == "merchant.applied"


def test_a_move_that_is_not_in_the_table_changes_and_tells_nothing() -> None:
    merchant_id, boss = make_merchant(), make_buyer()
    before = len(events("merchants.moved"))
    with pytest.raises(MoveNotAllowed) as refused:
        services.close(merchant_id=merchant_id, actor=boss, now=A_DAY)
    assert refused.value.detail("en") == "A merchant cannot go from active to closed"
    assert queries.status(merchant_id) == MerchantStatus.ACTIVE
    assert len(events("merchants.moved")) == before


def test_a_suspended_merchant_sells_nothing_but_his_staff_still_work() -> None:
    merchant_id = make_merchant(status=MerchantStatus.SUSPENDED)
    assert queries.active_ids([merchant_id]) == set()
    with pytest.raises(NotFound):
        queries.store(merchant_id, language="zh")
    assert [one.merchant_id for one in queries.memberships(owner_of(merchant_id))] == [merchant_id]


@pytest.mark.parametrize("status", [MerchantStatus.APPLYING, MerchantStatus.IN_REVIEW])
def test_who_is_not_admitted_yet_has_no_merchant_centre(status: MerchantStatus) -> None:
    merchant_id = make_merchant(status=status)
    assert queries.memberships(owner_of(merchant_id)) == []


def test_what_others_read_costs_one_statement(django_assert_num_queries: Any) -> None:
    ids = [make_merchant(name_zh="茶", name_en="Tea"), make_merchant(name_zh="书", name_en="")]
    with django_assert_num_queries(1):
        cards = queries.cards(ids, language="en")
    assert [cards[one].name for one in ids] == ["Tea", "书"]
    with django_assert_num_queries(1):
        assert queries.active_ids([*ids, MerchantId(new_id())]) == set(ids)
    with django_assert_num_queries(1):
        assert queries.terms(ids)[ids[0]].commission_basis_points == 500
    with django_assert_num_queries(1):
        queries.memberships(UserId(new_id()))


def test_terms_hold_from_now_on_and_are_audited() -> None:
    merchant_id, finance = make_merchant(), make_buyer()
    terms = Terms(
        merchant_id=merchant_id,
        commission_basis_points=650,
        settlement_mode=SettlementMode.CHANNEL_SPLIT,
        statement_cycle="weekly",
    )
    services.agree_terms(terms=terms, actor=finance, now=A_DAY)
    assert queries.terms([merchant_id]) == {merchant_id: terms}
    entry = queries.audit_log(merchant_id, cursor=None, limit=1).items[0]
    assert entry.action == "merchant.terms_agreed"
    assert entry.data["before"]["commission_basis_points"] == 500
    assert entry.data["after"]["commission_basis_points"] == 650
    assert entry.actor_id is None  # the platform's people stay unnamed


@pytest.mark.parametrize("commission", [-1, 10_001])
def test_a_commission_lies_between_nothing_and_all(commission: int) -> None:
    terms = Terms(
        merchant_id=make_merchant(),
        commission_basis_points=commission,
        settlement_mode=SettlementMode.OWN_CLEARING,
        statement_cycle="t1",
    )
    with pytest.raises(Invalid):
        services.agree_terms(terms=terms, actor=make_buyer(), now=A_DAY)


def test_the_profile_is_changed_once_per_version() -> None:
    merchant_id = make_merchant()
    boss = owner_of(merchant_id)
    read = queries.profile(merchant_id)
    change = ProfileChange(version=read.version, name_zh="新名字", logo="/media/m/logo.webp")
    changed = services.change_profile(merchant_id=merchant_id, staff=boss, change=change, now=A_DAY)
    assert (changed.name.zh, changed.logo, changed.version) == (
        "新名字",
        "/media/m/logo.webp",
        read.version + 1,
    )
    assert changed.introduction == read.introduction
    assert len(events("merchants.store_changed")) == 1
    with pytest.raises(services.ProfileChanged):
        services.change_profile(merchant_id=merchant_id, staff=boss, change=change, now=A_DAY)


def test_account_numbers_and_contacts_are_sealed_and_masked() -> None:
    merchant_id = make_merchant()
    profile = queries.profile(merchant_id)
    assert (profile.bank_account, profile.contact_phone) == ("**** 3334", "139****9000")
    assert queries.bank_account(merchant_id).number == "6222021001112223334"
    ((stored,),) = rows("SELECT m::text FROM merchants_merchant m WHERE id = %s", [merchant_id])
    for personal in ("6222021001112223334", "13900139000", "李青", "91310104MA1FR0000X"):
        assert personal not in stored
        assert personal.encode().hex() not in stored


def test_a_new_bank_account_is_audited_without_its_number() -> None:
    merchant_id = make_merchant()
    account = BankAccount(
        merchant_id=merchant_id, bank_name="建设银行", holder="青竹", number="6217000010001"
    )
    services.change_bank_account(account=account, actor=make_buyer(), now=A_DAY)
    assert queries.bank_account(merchant_id) == account
    entry = queries.audit_log(merchant_id, cursor=None, limit=1).items[0]
    assert (entry.action, entry.data) == ("merchant.bank_account_changed", {})


# -- staff --------------------------------------------------------------------------------------------------


def test_staff_come_and_go() -> None:
    merchant_id = make_merchant()
    boss = owner_of(merchant_id)
    clerk = make_buyer(phone="13800138000", nickname="小李")
    member = services.invite_staff(
        merchant_id=merchant_id,
        wish=StaffWish(login="138 0013 8000", role=StaffRole.WAREHOUSE),
        actor=boss,
        now=A_DAY,
    )
    assert (member.user_id, member.nickname, member.role) == (clerk, "小李", StaffRole.WAREHOUSE)
    assert [one.role for one in queries.memberships(clerk)] == [StaffRole.WAREHOUSE]
    changed = services.change_role(
        merchant_id=merchant_id, user_id=clerk, role=StaffRole.FINANCE, actor=boss, now=A_DAY
    )
    assert changed.role == StaffRole.FINANCE
    services.remove_staff(merchant_id=merchant_id, user_id=clerk, actor=boss, now=A_DAY)
    assert queries.memberships(clerk) == []
    log = queries.audit_log(merchant_id, cursor=None, limit=3).items
    assert [one.action for one in log] == ["staff.removed", "staff.role_changed", "staff.added"]
    assert {one.actor_name for one in log} == {"店主"}


def test_a_stranger_cannot_be_hired_and_nobody_twice() -> None:
    merchant_id = make_merchant()
    boss = owner_of(merchant_id)
    with pytest.raises(services.PersonUnknown):
        services.invite_staff(
            merchant_id=merchant_id,
            wish=StaffWish(login="nobody@example.com", role=StaffRole.OPERATOR),
            actor=boss,
            now=A_DAY,
        )
    clerk = make_staff(merchant_id)
    with pytest.raises(services.AlreadyStaff):
        services.add_staff(
            merchant_id=merchant_id, user_id=clerk, role=StaffRole.FINANCE, actor=boss, now=A_DAY
        )


def test_the_last_owner_stays() -> None:
    merchant_id = make_merchant()
    boss = owner_of(merchant_id)
    with pytest.raises(LastOwner):
        services.remove_staff(merchant_id=merchant_id, user_id=boss, actor=boss, now=A_DAY)
    with pytest.raises(LastOwner):
        services.change_role(
            merchant_id=merchant_id, user_id=boss, role=StaffRole.OPERATOR, actor=boss, now=A_DAY
        )
    heir = make_staff(merchant_id, role=StaffRole.OWNER)
    services.remove_staff(merchant_id=merchant_id, user_id=boss, actor=heir, now=A_DAY)
    assert owner_of(merchant_id) == heir


def test_the_neighbours_staff_are_out_of_reach() -> None:
    mine, theirs = make_merchant(), make_merchant()
    boss, clerk = owner_of(mine), make_staff(theirs)
    with pytest.raises(NotFound):
        services.remove_staff(merchant_id=mine, user_id=clerk, actor=boss, now=A_DAY)
    with pytest.raises(NotFound):
        services.change_role(merchant_id=mine, user_id=clerk, role=StaffRole.OPERATOR, actor=boss, now=A_DAY)
    assert [one.role for one in queries.memberships(clerk)] == [StaffRole.OPERATOR]


@pytest.mark.django_db(transaction=True)
def test_two_owners_who_remove_each_other_at_once_leave_one() -> None:
    merchant_id = make_merchant()
    first = owner_of(merchant_id)
    second = make_staff(merchant_id, role=StaffRole.OWNER)
    barrier = threading.Barrier(2)

    def remove(actor: UserId, other: UserId) -> None:
        try:
            barrier.wait()
            services.remove_staff(merchant_id=merchant_id, user_id=other, actor=actor, now=A_DAY)
        except LastOwner:
            return
        finally:
            connection.close()

    threads = [threading.Thread(target=remove, args=pair) for pair in ((first, second), (second, first))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(queries.staff_of(merchant_id).items) == 1


def test_staff_rows_need_a_scope() -> None:
    make_merchant()
    for reading in (
        lambda: list(StaffRow.objects.all()),
        StaffRow.objects.count,
        lambda: StaffRow.objects.filter(role="owner").exists(),
        lambda: StaffRow.objects.update(role="owner"),
        lambda: StaffRow.objects.filter(role="owner").delete(),
    ):
        with pytest.raises(ProgrammingError):
            reading()


def test_the_audit_log_has_pages() -> None:
    merchant_id = make_merchant()
    first = queries.audit_log(merchant_id, cursor=None, limit=2)
    second = queries.audit_log(merchant_id, cursor=first.next_cursor, limit=2)
    assert len(first.items) == len(second.items) == 2
    assert second.next_cursor is None
    assert first.items[-1].id > second.items[0].id
    with pytest.raises(Invalid):
        queries.audit_log(merchant_id, cursor="nonsense", limit=2)


def test_the_staff_list_costs_the_same_for_any_number(django_assert_num_queries: Any) -> None:
    merchant_id = make_merchant()
    for _ in range(3):
        make_staff(merchant_id)
    with django_assert_num_queries(3):
        queries.staff_of(merchant_id)
    for _ in range(5):
        make_staff(merchant_id)
    with django_assert_num_queries(3):
        assert len(queries.staff_of(merchant_id).items) == 9


def test_a_wrong_status_never_gets_into_the_table() -> None:
    merchant_id = make_merchant()
    with pytest.raises(IntegrityError), transaction.atomic():
        Merchant.objects.filter(id=merchant_id).update(status="thriving")
