"""Payments as channels know them, every word from a channel (forged ones too), refunds."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import F, Q
from django.http import HttpRequest

from jishi.entry.console.asking import PRIMARY, Asked, asks
from jishi.entry.console.base import Desk, all_rows, register, uuid_in
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
from jishi.entry.console.page import (
    Fact,
    Section,
    Table,
    amount,
    attach,
    code,
    facts_of,
    journals_of,
    label,
    link,
    merchant_names,
    moment,
)
from jishi.entry.console.roles import FINANCE, RISK, SERVICE
from jishi.entry.console.vocabulary import (
    CALLBACK_OUTCOME,
    CHANNEL,
    DISPOSITION,
    PAYMENT_STATUS,
    REFUND_REASON,
    REFUND_STATUS,
)
from jishi.entry.console.words import both, language
from jishi.flows import refund as refund_flow
from jishi.identity.accounts.models import User
from jishi.identity.merchants.models import Merchant
from jishi.kernel.db import atomic
from jishi.kernel.ids import RefundId
from jishi.money.payments.models import (
    Attempt,
    Callback,
    Capture,
    CapturePart,
    Payment,
    PaymentPart,
    Refund,
    RefundLine,
)
from jishi.trade.orders.models import Order, OrderLine

CALLBACKS_SHOWN = 50


def _orders_of_number(number: str) -> Any:
    return all_rows(Order).filter(number=number)


@register(Payment, both("支付", "payment"), both("支付", "Payments"))
class PaymentDesk(Desk):
    """What each trade costs its buyer, and how it was paid."""

    roles = (FINANCE, SERVICE, RISK)
    list_display = ("name", "state", "channel_name", "total", "back", "created", "paid")
    list_filter = (choice_filter("status", PAYMENT_STATUS), choice_filter("channel", CHANNEL))
    search_help_text = both(
        "订单号、支付单号、渠道交易号", "Order number, payment number, transaction at the channel"
    )

    name = attribute_column("numbers", both("订单", "Orders"))
    state = word_column("status", PAYMENT_STATUS)
    channel_name = word_column("channel", CHANNEL)
    total = amount_column("amount_minor", both("金额", "Amount"))
    back = amount_column("refunded_minor", both("已退款", "Refunded"))
    created = instant_column("created_at")
    paid = instant_column("paid_at")

    def matching(self, term: str) -> Q:
        # Looked up one by one: alternatives in one statement are answered by reading every payment.
        trades = _orders_of_number(term).values_list("trade_id", flat=True)
        attempts = Attempt.objects.filter(out_trade_no=term).values_list("payment_id", flat=True)
        captures = CapturePart.objects.filter(channel_transaction_id=term).values_list(
            "capture__payment_id", flat=True
        )
        return Q(trade_id__in=[*trades]) | Q(id__in=[*attempts, *captures])

    def prepare(self, rows: Sequence[Any]) -> None:
        numbers: dict[UUID, list[str]] = {}
        found = all_rows(Order).filter(trade_id__in=[row.trade_id for row in rows]).order_by("id")
        for trade_id, number in found.values_list("trade_id", "number"):
            numbers.setdefault(trade_id, []).append(number)
        for row in rows:
            row.numbers = ", ".join(numbers.get(row.trade_id, []))

    def name_of(self, row: Payment) -> str:
        return f"{money(row.amount_minor, row.currency)} · {instant(row.created_at)}"

    def people_of(self, row: Payment) -> list[UUID | None]:
        return [row.buyer_id]

    def facts(self, request: HttpRequest, row: Any) -> list[Fact]:
        return [
            Fact(PAYMENT_STATUS.title, label(PAYMENT_STATUS, row.status)),
            Fact(CHANNEL.title, CHANNEL.name(row.channel)),
            Fact(both("金额", "Amount"), amount(money(row.amount_minor, row.currency))),
            Fact(both("已退款", "Refunded"), amount(money(row.refunded_minor, row.currency))),
            Fact(
                both("买家", "Buyer"),
                link(request, User, row.buyer_id, row.people.get(row.buyer_id, NOTHING)),
            ),
            *facts_of(row, "created_at", "pay_before_at", "paid_at", "closed_at"),
            journals_of(request, row.id),
        ]

    def sections(self, request: HttpRequest, row: Payment) -> list[Section]:
        attempts = list(Attempt.objects.filter(payment_id=row.id).order_by("id"))
        return [
            _parts(request, row),
            _attempts(attempts),
            _captures(row),
            callbacks_table([one.out_trade_no for one in attempts]),
        ]


def _parts(request: HttpRequest, row: Payment) -> Table:
    found = list(all_rows(PaymentPart).filter(payment_id=row.id).order_by("position"))
    numbers = dict(all_rows(Order).filter(id__in=[one.order_id for one in found]).values_list("id", "number"))
    stores = merchant_names((one.merchant_id for one in found), language())
    return Table(
        both("按订单拆分", "Parts, one for each order"),
        (
            both("订单", "Order"),
            both("店铺", "Store"),
            both("金额", "Amount"),
            both("已退款", "Refunded"),
            both("担保中", "In escrow"),
            both("释放时间", "Released"),
        ),
        [
            (
                link(request, Order, one.order_id, numbers.get(one.order_id, one.order_id)),
                link(request, Merchant, one.merchant_id, stores.get(one.merchant_id, NOTHING)),
                amount(money(one.amount_minor, one.currency)),
                amount(money(one.refunded_minor, one.currency)),
                amount(money(one.escrow_minor, one.currency)),
                moment(one.released_at),
            )
            for one in found
        ],
    )


def _attempts(found: Sequence[Attempt]) -> Table:
    return Table(
        both("支付尝试", "Attempts"),
        (
            both("支付单号", "Payment number"),
            CHANNEL.title,
            both("终端", "Client"),
            PAYMENT_STATUS.title,
            both("金额", "Amount"),
            both("创建时间", "Created"),
            both("失效时间", "Expires"),
        ),
        [
            (
                code(one.out_trade_no),
                CHANNEL.name(one.channel),
                one.client,
                label(PAYMENT_STATUS, one.status),
                amount(money(one.amount_minor, one.currency)),
                moment(one.created_at),
                moment(one.expires_at),
            )
            for one in found
        ],
    )


def _captures(row: Payment) -> Table:
    found = Capture.objects.filter(payment_id=row.id).order_by("id")
    return Table(
        both("渠道收款", "Captures"),
        (
            both("渠道交易号", "Transaction at the channel"),
            CHANNEL.title,
            DISPOSITION.title,
            both("金额", "Amount"),
            both("支付时间", "Paid"),
            both("得知时间", "Learnt"),
            both("来源", "From"),
        ),
        [
            (
                code(one.channel_transaction_id),
                CHANNEL.name(one.channel),
                label(DISPOSITION, one.disposition),
                amount(money(one.amount_minor, one.currency)),
                moment(one.paid_at),
                moment(one.learnt_at),
                one.source,
            )
            for one in found
        ],
    )


def callbacks_table(numbers: Sequence[str]) -> Table:
    """Return what channels, and others in their name, said about payments; one statement."""
    found = Callback.objects.filter(out_trade_no__in=numbers).order_by("-id")[:CALLBACKS_SHOWN]
    return Table(
        both("渠道通知", "Callbacks"),
        (
            both("收到时间", "Received"),
            CALLBACK_OUTCOME.title,
            both("原因", "Reason"),
            both("渠道交易号", "Transaction at the channel"),
            both("金额", "Amount"),
        ),
        [
            (
                moment(one.received_at),
                label(CALLBACK_OUTCOME, one.outcome),
                one.reason or NOTHING,
                code(one.channel_transaction_id or NOTHING),
                amount(money(one.amount_minor, one.currency or "CNY")),
            )
            for one in found
        ],
    )


@register(Callback, both("渠道通知", "callback"), both("渠道通知", "Callbacks"))
class CallbackDesk(Desk):
    """Every word from outside, believed or not; forged ones with what was wrong."""

    roles = (FINANCE, RISK)
    has_trail = False
    list_display = ("received", "said", "told", "reason", "number", "amount")
    list_filter = (choice_filter("outcome", CALLBACK_OUTCOME), choice_filter("channel", CHANNEL))
    search_help_text = both("支付单号", "Payment number")

    received = instant_column("received_at")
    said = word_column("outcome", CALLBACK_OUTCOME)
    told = word_column("channel", CHANNEL)
    amount = amount_column("amount_minor", both("声称金额", "Amount claimed"))

    @titled(both("支付单号", "Payment number"))
    def number(self, row: Callback) -> str:
        return row.out_trade_no or NOTHING

    def matching(self, term: str) -> Q:
        return Q(out_trade_no=term)

    def name_of(self, row: Callback) -> str:
        return f"{CALLBACK_OUTCOME.name(row.outcome)} · {instant(row.received_at)}"

    def facts(self, request: HttpRequest, row: Callback) -> list[Fact]:
        attempt = Attempt.objects.filter(out_trade_no=row.out_trade_no or "").first()
        payment = attempt.payment_id if attempt else None
        return [
            Fact(CALLBACK_OUTCOME.title, label(CALLBACK_OUTCOME, row.outcome)),
            Fact(CHANNEL.title, CHANNEL.name(row.channel)),
            *facts_of(row, "received_at"),
            Fact(both("原因", "Reason"), row.reason or NOTHING, is_wide=True),
            Fact(
                both("支付", "Payment"), link(request, Payment, payment, both("查看支付", "Open the payment"))
            ),
            *facts_of(row, "out_trade_no", "channel_transaction_id", "event_id"),
            Fact(both("声称金额", "Amount claimed"), amount(money(row.amount_minor, row.currency or "CNY"))),
            Fact(both("内容摘要", "Digest of the body"), code(bytes(row.body_digest).hex()), is_wide=True),
        ]


# -- refunds ------------------------------------------------------------------------------------------------


@register(Refund, both("退款", "refund"), both("退款", "Refunds"))
class RefundDesk(Desk):
    """Money on its way back; what a channel has not taken can be sent again."""

    roles = (FINANCE, SERVICE)
    list_display = ("number", "store", "state", "total", "why", "tries", "problem", "requested")
    list_filter = (choice_filter("status", REFUND_STATUS), choice_filter("reason", REFUND_REASON))
    search_help_text = both("退款单号或订单号", "Refund number or order number")
    actions_detail = ("retry",)

    store = attribute_column("store", both("店铺", "Store"))
    state = word_column("status", REFUND_STATUS)
    total = amount_column("amount_minor", both("金额", "Amount"))
    why = word_column("reason", REFUND_REASON)
    requested = instant_column("requested_at")

    @titled(both("退款单号", "Refund number"))
    def number(self, row: Refund) -> str:
        return row.out_refund_no

    @titled(both("失败原因", "Failure"))
    def problem(self, row: Refund) -> str:
        return row.failure or NOTHING

    def matching(self, term: str) -> Q:
        orders = _orders_of_number(term).values_list("id", flat=True)
        return Q(out_refund_no=term) | Q(order_id__in=[*orders]) | Q(id=uuid_in(term))

    def prepare(self, rows: Sequence[Any]) -> None:
        attach(rows, "store", "merchant_id", merchant_names((row.merchant_id for row in rows), language()))

    def name_of(self, row: Refund) -> str:
        return f"{money(row.amount_minor, row.currency)} · {row.out_refund_no}"

    def people_of(self, row: Refund) -> list[UUID | None]:
        return [row.buyer_id, row.requested_by]

    def facts(self, request: HttpRequest, row: Any) -> list[Fact]:
        number = all_rows(Order).filter(id=row.order_id).values_list("number", flat=True).first()
        store = merchant_names([row.merchant_id], language()).get(row.merchant_id, NOTHING)
        return [
            Fact(REFUND_STATUS.title, label(REFUND_STATUS, row.status)),
            Fact(both("金额", "Amount"), amount(money(row.amount_minor, row.currency))),
            Fact(both("其中运费", "Of it freight"), amount(money(row.freight_minor, row.currency))),
            Fact(REFUND_REASON.title, REFUND_REASON.name(row.reason)),
            Fact(both("订单", "Order"), link(request, Order, row.order_id, number or NOTHING)),
            Fact(
                both("支付", "Payment"),
                link(request, Payment, row.payment_id, both("查看支付", "Open the payment")),
            ),
            Fact(both("店铺", "Store"), link(request, Merchant, row.merchant_id, store)),
            Fact(
                both("买家", "Buyer"),
                link(request, User, row.buyer_id, row.people.get(row.buyer_id, NOTHING)),
            ),
            journals_of(request, row.order_id),
            Fact(both("申请人", "Requested by"), row.people.get(row.requested_by, NOTHING)),
            *facts_of(row, "out_refund_no", "channel_refund_id", "requested_at", "done_at", "tries", "note"),
            Fact(both("失败原因", "Failure"), row.failure or NOTHING, is_wide=True),
        ]

    def sections(self, request: HttpRequest, row: Refund) -> list[Section]:
        found = list(RefundLine.objects.filter(refund_id=row.id).order_by("id"))
        titles = dict(
            all_rows(OrderLine)
            .filter(id__in=[one.order_line_id for one in found])
            .annotate(title=F("title_en" if language() == "en" else "title_zh"))
            .values_list("id", "title")
        )
        return [
            Table(
                both("退款明细", "Lines"),
                (
                    both("商品", "Product"),
                    both("数量", "Pieces"),
                    both("买家得", "Buyer gets"),
                    both("平台优惠退回", "Platform's discount back"),
                    both("积分退回", "Points back"),
                    both("佣金退回", "Commission back"),
                ),
                [
                    (
                        titles.get(one.order_line_id, NOTHING),
                        one.quantity or NOTHING,
                        amount(money(one.payable_minor, row.currency)),
                        amount(money(one.platform_discount_minor, row.currency)),
                        amount(money(one.points_discount_minor, row.currency)),
                        amount(money(one.commission_minor, row.currency)),
                    )
                    for one in found
                ],
            )
        ]

    @asks(
        name=both("立即重试", "Try again now"),
        question=both(
            "用同一退款单号再次提交渠道,不会重复退款。",
            "Sent again under the same number: it cannot go twice.",
        ),
        done=both("已重新提交", "It is being sent again"),
        icon="refresh",
        roles=(FINANCE, SERVICE),
        when=lambda row: row.status in {"failed", "requested"},
        variant=PRIMARY,
    )
    def retry(self, asked: Asked) -> None:
        """Send the refund again."""
        with atomic():
            refund_flow.execute.defer(refund_id=RefundId(asked.row_id))
