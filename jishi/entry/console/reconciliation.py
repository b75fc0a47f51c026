"""What channels say they took and sent back, day by day, and where our books differ."""

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpRequest

from jishi.entry.console.asking import PRIMARY, Asked, asks
from jishi.entry.console.base import Desk, register
from jishi.entry.console.columns import NOTHING, amount_column, instant_column, money, titled, word_column
from jishi.entry.console.filters import choice_filter, open_filter
from jishi.entry.console.forms import ReasonForm, ReferenceForm
from jishi.entry.console.page import Fact, Section, Table, amount, code, facts_of, journals_of, label, link
from jishi.entry.console.roles import FINANCE
from jishi.entry.console.vocabulary import BREAK_KIND, BREAK_SUBJECT, CHANNEL
from jishi.entry.console.words import both
from jishi.flows import reconcile
from jishi.money.payments import services_books as books
from jishi.money.payments.models import Attempt, Bill, Break, Payment

BREAKS_SHOWN = 100


@register(Break, both("对账差异", "break"), both("对账差异", "Reconciliation breaks"))
class BreakDesk(Desk):
    """Differences between a channel's bill and our books, each for a person to look at and close."""

    roles = (FINANCE,)
    list_display = ("reference", "sort", "about", "channel", "ours", "theirs", "found")
    list_filter = (open_filter("closed_at"), choice_filter("kind", BREAK_KIND))
    search_help_text = both("流水号或支付单号", "Reference or payment number")
    actions_detail = ("close",)

    sort = word_column("kind", BREAK_KIND)
    about = word_column("subject", BREAK_SUBJECT)
    ours = amount_column("our_amount_minor", both("我方金额", "Our amount"))
    theirs = amount_column("their_amount_minor", both("渠道金额", "Their amount"))
    found = instant_column("found_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("bill")

    @titled(CHANNEL.title)
    def channel(self, row: Break) -> str:
        return f"{CHANNEL.name(row.bill.channel)} · {row.bill.day_date}"

    def matching(self, term: str) -> Q:
        return Q(reference=term) | Q(out_trade_no=term)

    def name_of(self, row: Break) -> str:
        return f"{BREAK_KIND.name(row.kind)} · {row.reference}"

    def people_of(self, row: Break) -> list[UUID | None]:
        return [row.closed_by]

    def facts(self, request: HttpRequest, row: Any) -> list[Fact]:
        attempt = Attempt.objects.filter(out_trade_no=row.out_trade_no).first()
        payment = attempt.payment_id if attempt else None
        return [
            Fact(BREAK_KIND.title, label(BREAK_KIND, row.kind)),
            Fact(BREAK_SUBJECT.title, BREAK_SUBJECT.name(row.subject)),
            Fact(
                both("账单", "Bill"),
                link(request, Bill, row.bill_id, f"{CHANNEL.name(row.bill.channel)} · {row.bill.day_date}"),
            ),
            Fact(both("我方金额", "Our amount"), amount(money(row.our_amount_minor, row.bill.currency))),
            Fact(both("渠道金额", "Their amount"), amount(money(row.their_amount_minor, row.bill.currency))),
            Fact(both("流水号", "Reference"), code(row.reference)),
            Fact(both("支付单号", "Payment number"), code(row.out_trade_no)),
            Fact(
                both("支付", "Payment"), link(request, Payment, payment, both("查看支付", "Open the payment"))
            ),
            *facts_of(row, "found_at", "closed_at"),
            Fact(both("处理人", "Closed by"), row.people.get(row.closed_by, NOTHING)),
            Fact(both("说明", "Explanation"), row.note or NOTHING, is_wide=True),
        ]

    @asks(
        name=both("关闭差异", "Close"),
        question=both("请写明差异如何产生、如何处理。", "Say where it came from and what was done about it."),
        done=both("差异已关闭", "The break is closed"),
        icon="task_alt",
        roles=(FINANCE,),
        when=lambda row: row.closed_at is None,
        form=ReasonForm,
        variant=PRIMARY,
    )
    def close(self, asked: Asked) -> None:
        """Close the break with an explanation."""
        books.close_break(asked.row_id, note=asked.reason, by=asked.actor, now=asked.now)


@register(Bill, both("渠道账单", "bill"), both("渠道账单", "Channels' bills"))
class BillDesk(Desk):
    """A channel's bill of one day, once it was read and compared."""

    roles = (FINANCE,)
    list_display = (
        "day_date",
        "told",
        "captured",
        "refunded",
        "fee",
        "payment_count",
        "refund_count",
        "settled",
    )
    list_filter = (choice_filter("channel", CHANNEL),)
    ordering = ("-day_date", "channel")
    actions_detail = ("book_transfer",)

    told = word_column("channel", CHANNEL)
    captured = amount_column("captured_minor", both("收款", "Captured"))
    refunded = amount_column("refunded_minor", both("退款", "Refunded"))
    fee = amount_column("fee_minor", both("手续费", "Fee"))
    settled = instant_column("settled_at")

    def name_of(self, row: Bill) -> str:
        return f"{CHANNEL.name(row.channel)} · {row.day_date}"

    def facts(self, request: HttpRequest, row: Bill) -> list[Fact]:
        net = row.captured_minor - row.refunded_minor - row.fee_minor
        return [
            Fact(CHANNEL.title, CHANNEL.name(row.channel)),
            *facts_of(row, "day_date", "payment_count", "refund_count"),
            Fact(both("收款", "Captured"), amount(money(row.captured_minor, row.currency))),
            Fact(both("退款", "Refunded"), amount(money(row.refunded_minor, row.currency))),
            Fact(both("手续费", "Fee"), amount(money(row.fee_minor, row.currency))),
            Fact(both("应到账", "To arrive"), amount(money(net, row.currency))),
            *facts_of(row, "read_at", "settled_at", "bank_reference"),
            journals_of(request, row.id),
        ]

    def sections(self, request: HttpRequest, row: Bill) -> list[Section]:
        found = Break.objects.filter(bill_id=row.id).order_by("id")[:BREAKS_SHOWN]
        return [
            Table(
                both("差异", "Breaks"),
                (
                    both("流水号", "Reference"),
                    BREAK_KIND.title,
                    both("我方金额", "Our amount"),
                    both("渠道金额", "Their amount"),
                    both("说明", "Explanation"),
                ),
                [
                    (
                        link(request, Break, one.id, one.reference),
                        label(BREAK_KIND, one.kind),
                        amount(money(one.our_amount_minor, row.currency)),
                        amount(money(one.their_amount_minor, row.currency)),
                        one.note or NOTHING,
                    )
                    for one in found
                ],
                empty=both("与账本一致", "It agrees with our books"),
            )
        ]

    @asks(
        name=both("登记到账", "Book the transfer"),
        question=both("渠道已将该日净额打入银行账户。", "The channel has paid the day's net into our bank."),
        done=both("已登记到账", "The transfer is booked"),
        icon="account_balance",
        roles=(FINANCE,),
        when=lambda row: row.settled_at is None,
        form=ReferenceForm,
        variant=PRIMARY,
    )
    def book_transfer(self, asked: Asked) -> None:
        """Book the channel's transfer to the bank."""
        reconcile.book_transfer(
            bill_id=asked.row_id, bank_reference=asked.answers["reference"], by=asked.actor, now=asked.now
        )
