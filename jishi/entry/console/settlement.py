"""What merchants are owed, and the money sent to them: one person prepares, another approves."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest

from jishi.entry.console.asking import PRIMARY, Asked, asks
from jishi.entry.console.base import Desk, register
from jishi.entry.console.columns import (
    NOTHING,
    amount_column,
    attribute_column,
    instant,
    instant_column,
    money,
    titled,
    word_column,
)
from jishi.entry.console.filters import choice_filter
from jishi.entry.console.forms import DialogForm, ReasonForm, ReferenceForm, reason_field
from jishi.entry.console.page import (
    Fact,
    Section,
    Table,
    amount,
    attach,
    facts_of,
    journals_of,
    label,
    link,
    merchant_names,
    moment,
)
from jishi.entry.console.roles import FINANCE
from jishi.entry.console.vocabulary import ENTRY_KIND, PAYOUT_STATUS, STATEMENT_STATUS
from jishi.entry.console.words import both, language
from jishi.flows import pay_out, settle
from jishi.identity.merchants import queries as merchants
from jishi.identity.merchants.models import Merchant
from jishi.kernel.ids import MerchantId, PayoutId, StatementId
from jishi.money.settlement import queries
from jishi.money.settlement.models import Payout, Statement
from jishi.money.settlement.types import StatementEntry
from jishi.trade.orders.models import Order

ENTRIES_SHOWN = 100


class AnswerForm(DialogForm):
    """Asks for the answer to a merchant's objection."""

    reason = reason_field(both("答复", "Answer"))


def _is(*statuses: str) -> Callable[[Any], bool]:
    return lambda row: row.status in statuses


def _store(request: HttpRequest, merchant_id: UUID) -> Fact:
    name = merchant_names([merchant_id], language()).get(merchant_id, NOTHING)
    return Fact(both("店铺", "Store"), link(request, Merchant, merchant_id, name))


@register(Statement, both("结算单", "statement"), both("结算单", "Statements"))
class StatementDesk(Desk):
    """What a merchant is owed for a period, down to the order line."""

    roles = (FINANCE,)
    list_display = ("store", "period", "state", "sales", "refunds", "commission", "due", "order_count")
    list_filter = (choice_filter("status", STATEMENT_STATUS),)
    actions_detail = ("prepare_payout", "answer_dispute")

    store = attribute_column("store", both("店铺", "Store"))
    state = word_column("status", STATEMENT_STATUS)
    sales = amount_column("sales_minor", both("销售", "Sales"))
    refunds = amount_column("refunds_minor", both("退款", "Refunds"))
    commission = amount_column("commission_minor", both("佣金", "Commission"))
    due = amount_column("due_minor", both("应付", "Due"))

    def prepare(self, rows: Sequence[Any]) -> None:
        attach(rows, "store", "merchant_id", merchant_names((row.merchant_id for row in rows), language()))

    @titled(both("周期", "Period"))
    def period(self, row: Statement) -> str:
        return self.name_of(row)

    def name_of(self, row: Statement) -> str:
        return f"{row.from_date} – {row.to_date}"

    def people_of(self, row: Statement) -> list[UUID | None]:
        return [row.confirmed_by]

    def facts(self, request: HttpRequest, row: Any) -> list[Fact]:
        payout = Payout.objects.across_merchants().filter(statement_id=row.id).first()
        return [
            Fact(STATEMENT_STATUS.title, label(STATEMENT_STATUS, row.status)),
            _store(request, row.merchant_id),
            *facts_of(row, "from_date", "to_date", "issued_at", "confirmed_at"),
            Fact(both("确认人", "Confirmed by"), row.people.get(row.confirmed_by, NOTHING)),
            *_figures(row),
            Fact(
                both("打款", "Payout"),
                link(request, Payout, payout.id, PAYOUT_STATUS.name(payout.status)) if payout else NOTHING,
            ),
            Fact(both("异议原因", "Objection"), row.disputed_reason or NOTHING, is_wide=True),
        ]

    def sections(self, request: HttpRequest, row: Statement) -> list[Section]:
        page = queries.entries_of(statement_id=StatementId(row.id), cursor=None, limit=ENTRIES_SHOWN)
        note = both(f"仅显示前 {ENTRIES_SHOWN} 条", f"The first {ENTRIES_SHOWN}") if page.next_cursor else ""
        return [
            Table(
                both("明细", "Lines"),
                (
                    both("时间", "When"),
                    ENTRY_KIND.title,
                    both("订单", "Order"),
                    both("货款", "Goods"),
                    both("运费", "Freight"),
                    both("补贴", "Subsidy"),
                    both("商家优惠", "Merchant’s discount"),
                    both("佣金", "Commission"),
                    both("合计", "Amount"),
                ),
                [_entry(request, one) for one in page.items],
                note=note,
            )
        ]

    @asks(
        name=both("发起打款", "Prepare the payout"),
        question=both(
            "按应付金额生成打款单,由另一位同事复核后放款。",
            "A payout of what is due is made; a colleague has to approve it.",
        ),
        done=both("打款单已生成,等待复核", "The payout waits for a colleague's approval"),
        icon="payments",
        roles=(FINANCE,),
        when=lambda row: row.status == "confirmed" and row.due_minor > 0,
        variant=PRIMARY,
    )
    def prepare_payout(self, asked: Asked) -> None:
        """Make the payout, or make one again that failed or came back."""
        pay_out.prepare(statement_id=StatementId(asked.row_id), by=asked.actor, now=asked.now)

    @asks(
        name=both("答复异议", "Answer the objection"),
        question=both(
            "结算单维持原样;更正以调整的形式计入下一张。",
            "It stands as issued; a correction comes as an adjustment on the next one.",
        ),
        done=both("已答复", "Answered"),
        icon="reply",
        roles=(FINANCE,),
        when=_is("disputed"),
        form=AnswerForm,
    )
    def answer_dispute(self, asked: Asked) -> None:
        """Close the merchant's objection."""
        settle.answer_dispute(
            statement_id=StatementId(asked.row_id), answer=asked.reason, by=asked.actor, now=asked.now
        )


def _figures(row: Statement) -> list[Fact]:
    figures = (
        (both("期初", "Opening"), row.opening_minor),
        (both("销售", "Sales"), row.sales_minor),
        (both("退款", "Refunds"), row.refunds_minor),
        (both("佣金", "Commission"), -row.commission_minor),
        (both("调整", "Adjustments"), row.adjustments_minor),
        (both("应付", "Due"), row.due_minor),
    )
    return [Fact(title, amount(money(figure, row.currency))) for title, figure in figures]


def _entry(request: HttpRequest, one: StatementEntry) -> tuple[object, ...]:
    figures = (one.goods, one.freight, one.subsidy, one.merchant_discount, -one.commission, one.amount)
    return (
        moment(one.at),
        label(ENTRY_KIND, one.kind),
        link(request, Order, one.order_id, one.order_number),
        *(amount(money(figure.amount_minor, figure.currency)) for figure in figures),
    )


# -- payouts ------------------------------------------------------------------------------------------------


@register(Payout, both("打款单", "payout"), both("打款单", "Payouts"))
class PayoutDesk(Desk):
    """Money to merchants. Who prepared a payout cannot approve it: not here, and not in the database."""

    roles = (FINANCE,)
    list_display = ("store", "total", "state", "created", "paid", "reference")
    list_filter = (choice_filter("status", PAYOUT_STATUS),)
    actions_detail = ("approve", "mark_paid", "mark_failed", "mark_returned")

    store = attribute_column("store", both("店铺", "Store"))
    state = word_column("status", PAYOUT_STATUS)
    total = amount_column("amount_minor", both("金额", "Amount"))
    created = instant_column("created_at")
    paid = instant_column("paid_at")

    @titled(both("银行流水号", "Bank reference"))
    def reference(self, row: Payout) -> str:
        return row.bank_reference or NOTHING

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("statement")

    def prepare(self, rows: Sequence[Any]) -> None:
        attach(rows, "store", "merchant_id", merchant_names((row.merchant_id for row in rows), language()))

    def name_of(self, row: Payout) -> str:
        return f"{money(row.amount_minor, row.currency)} · {instant(row.created_at)}"

    def people_of(self, row: Payout) -> list[UUID | None]:
        return [row.prepared_by, row.approved_by]

    def facts(self, request: HttpRequest, row: Any) -> list[Fact]:
        profile = merchants.profile(MerchantId(row.merchant_id))
        period = f"{row.statement.from_date} – {row.statement.to_date}"
        return [
            Fact(PAYOUT_STATUS.title, label(PAYOUT_STATUS, row.status)),
            Fact(both("金额", "Amount"), amount(money(row.amount_minor, row.currency))),
            Fact(
                both("店铺", "Store"), link(request, Merchant, row.merchant_id, profile.name.of(language()))
            ),
            Fact(both("收款账户", "Bank account"), f"{profile.bank_name} {profile.bank_account}"),
            Fact(both("结算单", "Statement"), link(request, Statement, row.statement_id, period)),
            Fact(both("发起人", "Prepared by"), row.people.get(row.prepared_by, NOTHING)),
            Fact(both("复核人", "Approved by"), row.people.get(row.approved_by, NOTHING)),
            Fact(both("提交银行次数", "Given to the bank"), row.attempt),
            *facts_of(row, "created_at", "paid_at", "bank_reference", "failure"),
            journals_of(request, row.id),
        ]

    @asks(
        name=both("复核放款", "Approve"),
        question=both(
            "放款给商家。须由发起人以外的同事操作。", "Releases the money. Not for who prepared it."
        ),
        done=both("已放款,等待银行结果", "Released: the bank has it now"),
        icon="how_to_reg",
        roles=(FINANCE,),
        when=_is("pending"),
        variant=PRIMARY,
    )
    def approve(self, asked: Asked) -> None:
        """Release a payout that somebody else prepared."""
        pay_out.approve(payout_id=PayoutId(asked.row_id), by=asked.actor, now=asked.now)

    @asks(
        name=both("已到账", "Mark as paid"),
        question=both("银行已转账成功。", "The bank has made the transfer."),
        done=both("已登记到账", "Marked as paid"),
        icon="task_alt",
        roles=(FINANCE,),
        when=_is("processing"),
        form=ReferenceForm,
        variant=PRIMARY,
    )
    def mark_paid(self, asked: Asked) -> None:
        """Note the bank's reference."""
        pay_out.mark_paid(
            payout_id=PayoutId(asked.row_id),
            bank_reference=asked.answers["reference"],
            by=asked.actor,
            now=asked.now,
        )

    @asks(
        name=both("打款失败", "Mark as failed"),
        question=both("银行未能转账,可重新发起。", "The bank did not make it; it can be prepared again."),
        done=both("已登记失败", "Marked as failed"),
        icon="error",
        roles=(FINANCE,),
        when=_is("processing"),
        form=ReasonForm,
    )
    def mark_failed(self, asked: Asked) -> None:
        """Note that the transfer was not made."""
        pay_out.mark_failed(
            payout_id=PayoutId(asked.row_id), reason=asked.reason, by=asked.actor, now=asked.now
        )

    @asks(
        name=both("被退回", "Mark as returned"),
        question=both("款项已被退回,可重新发起。", "The money came back; it can be prepared again."),
        done=both("已登记退回", "Marked as returned"),
        icon="undo",
        roles=(FINANCE,),
        when=_is("processing", "paid"),
        form=ReasonForm,
    )
    def mark_returned(self, asked: Asked) -> None:
        """Note that the money came back."""
        pay_out.mark_returned(
            payout_id=PayoutId(asked.row_id), reason=asked.reason, by=asked.actor, now=asked.now
        )
