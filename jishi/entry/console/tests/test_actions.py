"""Every action of every desk, through its dialog: who may, what it asks, what it does, what the log keeps."""

import pytest
from django.contrib import admin
from django.db.models import Model

from jishi.entry.console.base import all_rows
from jishi.entry.console.tests.action_case import Case, read
from jishi.entry.console.tests.action_cases import CASES
from jishi.entry.console.tests.action_rows import merchant
from jishi.entry.console.tests.conftest import Colleague, Hire, action_address
from jishi.entry.console.tests.factories import (
    make_statement,
)
from jishi.identity.accounts.types import PlatformRole
from jishi.identity.merchants.types import MerchantStatus
from jishi.kernel.models import AuditEntry
from jishi.money.settlement.models import Payout

pytestmark = [pytest.mark.django_db, pytest.mark.slow]  # every action of every desk


def every(case: Case) -> str:
    return f"{case.name}.{case.action}" if case.name else case.action


def notes(somebody: Colleague, row: Model) -> list[str]:
    """Return what the audit log says that somebody did to a row in the back office."""
    found = AuditEntry.objects.filter(subject_id=row.pk, actor_id=somebody.id, action__startswith="console.")
    return [*found.order_by("id").values_list("action", flat=True)]


@pytest.mark.parametrize("case", CASES, ids=every)
def test_an_action_asks_then_does_what_it_says(hire: Hire, case: Case) -> None:
    row, somebody = case.make(), hire(min(case.roles))
    assert case.look(read(row)) == case.before
    assert action_address(row, case.action) in somebody.page(row).content.decode()

    asked = somebody.ask(row, case.action)
    assert asked.status_code == 200
    for name in case.answers:
        assert f'name="{name}"' in asked.content.decode()
    assert case.look(read(row)) == case.before, "asking alone must change nothing"
    assert notes(somebody, row) == []

    said = somebody.act(row, case.action, **case.answers)
    assert case.look(read(row)) == case.after, said
    assert len(said) == 1
    assert notes(somebody, row) == [f"console.{row._meta.model_name}.{case.action}"]


@pytest.mark.parametrize("case", [one for one in CASES if "reason" in one.answers], ids=every)
def test_an_action_that_needs_a_reason_does_nothing_without(hire: Hire, case: Case) -> None:
    row, somebody = case.make(), hire(min(case.roles))
    answers = {**case.answers, "reason": "  "}
    answer = somebody.client.post(action_address(row, case.action), {"_form_submitted": "on", **answers})
    assert answer.status_code == 200
    assert "请填写这一项" in answer.content.decode()
    assert case.look(read(row)) == case.before
    assert notes(somebody, row) == []


@pytest.mark.parametrize("case", CASES, ids=every)
def test_an_action_is_for_its_roles_only(hire: Hire, case: Case) -> None:
    row = case.make()
    for role in {one.value for one in PlatformRole} - case.roles - {"administrator"}:
        somebody = hire(role)
        assert somebody.ask(row, case.action).status_code == 403, role
        done = somebody.client.post(
            action_address(row, case.action), {"_form_submitted": "on", **case.answers}
        )
        assert done.status_code == 403, role
        page = somebody.page(row)
        assert page.status_code == (200 if role in case.sees else page.status_code)
        assert action_address(row, case.action) not in page.content.decode(), role
        assert notes(somebody, row) == []
    assert case.look(read(row)) == case.before


def test_no_action_is_without_its_tests() -> None:
    known = {(case.table, case.action) for case in CASES}
    offered = {
        (model, action)
        for model, desk in admin.site._registry.items()
        for action in getattr(desk, "actions_detail", ())
    }
    assert offered == known


def test_who_prepared_a_payout_cannot_approve_it(hire: Hire) -> None:
    somebody, colleague = hire("finance"), hire("finance")
    statement = make_statement()
    somebody.act(statement, "prepare_payout")
    row = all_rows(Payout).get(statement_id=statement.id)

    assert somebody.act(row, "approve")[-1] == "打款需要另一位同事复核"
    assert read(row).status == "pending"
    assert notes(somebody, row) == ["console.payout.approve", "console.payout.approve.refused"]

    assert colleague.act(row, "approve") == ["已放款,等待银行结果"]
    assert read(row).status == "processing"


@pytest.mark.parametrize("ending", ["mark_failed", "mark_returned"])
def test_a_payout_that_did_not_arrive_is_prepared_again(hire: Hire, ending: str) -> None:
    somebody, colleague = hire("finance"), hire("finance")
    statement = make_statement()
    somebody.act(statement, "prepare_payout")
    row = all_rows(Payout).get(statement_id=statement.id)
    colleague.act(row, "approve")
    somebody.act(row, ending, reason="账户有误")

    somebody.act(statement, "prepare_payout")
    assert read(row).status == "pending"
    colleague.act(row, "approve")
    colleague.act(row, "mark_paid", reference="ICBC-7")
    assert read(row).status == "paid"
    assert read(statement).status == "paid"


def test_an_action_that_comes_too_late_is_refused_and_noted(hire: Hire) -> None:
    somebody = hire("operations")
    row = merchant(MerchantStatus.IN_REVIEW)()
    somebody.act(row, "approve")
    said = somebody.act(row, "reject", reason="太晚了")
    assert said != ["已驳回"]
    assert read(row).status == "active"
    assert notes(somebody, row)[-1] == "console.merchant.reject.refused"
