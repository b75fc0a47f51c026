"""Orders: found by number, with lines, parcels, timeline; cancelled and refunded for those who ask."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from django import forms
from django.db.models import Q
from django.http import HttpRequest
from unfold.widgets import UnfoldBooleanSwitchWidget

from jishi.entry.console.asking import DANGER, Asked, asks
from jishi.entry.console.base import Desk, no_rows, register
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
from jishi.entry.console.forms import DialogForm, ReasonForm, choice_field, decimal_field, minor, reason_field
from jishi.entry.console.goodwill_forms import GoodwillForm
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
from jishi.entry.console.roles import FINANCE, OPERATIONS, RISK, SERVICE
from jishi.entry.console.vocabulary import (
    ACTOR,
    CLOSE_REASON,
    FULFILMENT,
    ORDER_PAYMENT,
    ORDER_STATUS,
    PARCEL_STATUS,
    PAYMENT_STATUS,
    REFUND_REASON,
    REFUND_STATUS,
    SHIPPING_METHOD,
)
from jishi.entry.console.words import Vocabulary, Word, both, language
from jishi.flows import goodwill, service_desk
from jishi.identity.accounts.models import User
from jishi.identity.merchants.models import Merchant
from jishi.kernel.http import ShopRequest
from jishi.kernel.ids import CouponTemplateId, MerchantId, OrderId, TradeId
from jishi.money.payments import queries as payments
from jishi.money.payments.models import Payment, Refund
from jishi.offering.catalog.models import Product
from jishi.trade.orders import queries_pages
from jishi.trade.orders.models import Order
from jishi.trade.orders.types import CloseReason
from jishi.trade.orders.types import Order as ShownOrder
from jishi.trade.shipping.rules import CARRIERS

CAUSE = Vocabulary(
    both("为谁取消", "For whom"),
    {
        "cancelled_by_buyer": Word("买家要求取消", "The buyer asks for it"),
        "cancelled_by_merchant": Word("商家无法发货", "The merchant cannot ship"),
    },
)
CANCELLABLE = ("awaiting_payment", "awaiting_balance", "awaiting_shipment")
PAID = ("paid", "partially_refunded")


class CancelForm(DialogForm):
    """Asks for whom an order is cancelled, and why."""

    cause = choice_field(CAUSE)
    reason = reason_field()


class RefundForm(DialogForm):
    """Asks how much goes back."""

    amount = decimal_field(both("商品退款金额(元)", "Amount of the goods (¥)"))
    freight = forms.BooleanField(
        label=both("同时退还剩余运费", "The freight that is left as well"),
        required=False,
        widget=UnfoldBooleanSwitchWidget,
    )
    reason = reason_field()

    def first(self, row: Order) -> dict[str, Any]:
        """Return what is left of the goods."""
        left = row.total_minor - row.freight_minor - row.refunded_minor
        return {"amount": f"{max(left, 0) / 100:.2f}"}


def _is_refundable(row: Order) -> bool:
    return row.payment_status in PAID and row.status != "closed"


@register(Order, both("订单", "order"), both("订单", "Orders"))
class OrderDesk(Desk):
    """The orders of all merchants; where they go is masked."""

    roles = (SERVICE, OPERATIONS, FINANCE, RISK)
    list_display = ("name", "store", "state", "payment", "total", "piece_count", "placed")
    list_filter = (choice_filter("status", ORDER_STATUS),)
    search_help_text = both("订单号", "Order number")
    actions_detail = ("cancel", "refund_amount", "refund_rest", "give_coupon")

    store = attribute_column("store", both("店铺", "Store"))
    state = word_column("status", ORDER_STATUS)
    payment = word_column("payment_status", ORDER_PAYMENT)
    total = amount_column("total_minor", both("实付", "Total"))
    placed = instant_column("placed_at")

    @titled(both("订单号", "Order number"))
    def name(self, row: Order) -> str:
        return row.number

    def matching(self, term: str) -> Q:
        return Q(number=term) if term.isdigit() else no_rows()

    def prepare(self, rows: Sequence[Any]) -> None:
        attach(rows, "store", "merchant_id", merchant_names((row.merchant_id for row in rows), language()))

    def name_of(self, row: Order) -> str:
        return row.number

    def people_of(self, row: Order) -> list[Any]:
        return [row.buyer_id]

    def facts(self, request: HttpRequest, row: Any) -> list[Fact]:
        row.shown = queries_pages.order_of_merchant(
            order_id=OrderId(row.id),
            merchant_id=MerchantId(row.merchant_id),
            language=language(),
            now=_now(request),
        )
        return [
            Fact(ORDER_STATUS.title, label(ORDER_STATUS, row.status)),
            Fact(ORDER_PAYMENT.title, label(ORDER_PAYMENT, row.payment_status)),
            Fact(FULFILMENT.title, label(FULFILMENT, row.fulfilment_status)),
            Fact(CLOSE_REASON.title, CLOSE_REASON.name(row.close_reason)),
            Fact(both("店铺", "Store"), link(request, Merchant, row.merchant_id, row.shown.merchant.name)),
            Fact(
                both("买家", "Buyer"),
                link(request, User, row.buyer_id, row.people.get(row.buyer_id, NOTHING)),
            ),
            *_amounts(row),
            *facts_of(row, "placed_at", "pay_before_at", "shipped_at", "delivered_at", "completed_at"),
            journals_of(request, row.id),
            Fact(SHIPPING_METHOD.title, SHIPPING_METHOD.name(row.shipping_method)),
            Fact(both("收货信息", "Recipient"), _recipient(row.shown), is_wide=True),
            Fact(both("买家留言", "Note"), row.note or NOTHING, is_wide=True),
        ]

    def sections(self, request: HttpRequest, row: Any) -> list[Section]:
        return [
            _lines(request, row.shown),
            _parcels(row.shown),
            _money_table(request, row),
            _timeline(row.shown),
        ]

    @asks(
        name=both("取消订单", "Cancel"),
        question=both(
            "发货前取消:库存立即释放,已付款的全额退回;未付款的整笔交易一并关闭。",
            "Before shipment: its stock is free and its money goes back; unpaid, the whole trade is closed.",
        ),
        done=both("订单已取消", "The order is cancelled"),
        icon="cancel",
        roles=(SERVICE, OPERATIONS),
        when=lambda row: row.status in CANCELLABLE,
        form=CancelForm,
        variant=DANGER,
    )
    def cancel(self, asked: Asked) -> None:
        """Cancel the order for whoever asks."""
        service_desk.cancel_order(
            order_id=OrderId(asked.row_id),
            cause=CloseReason(asked.answers["cause"]),
            staff=asked.actor,
            reason=asked.reason,
            now=asked.now,
        )

    @asks(
        name=both("部分退款", "Refund an amount"),
        question=both("原路退回给买家,商品不退回。", "Back the way it came; the goods stay with the buyer."),
        done=both("退款已提交", "The refund is on its way"),
        icon="currency_yuan",
        roles=(SERVICE, FINANCE),
        when=_is_refundable,
        form=RefundForm,
    )
    def refund_amount(self, asked: Asked) -> None:
        """Send an amount back."""
        service_desk.refund_amount(
            order_id=OrderId(asked.row_id),
            amount=minor(asked.answers["amount"], asked.row.currency),
            freight=asked.answers["freight"],
            staff=asked.actor,
            reason=asked.reason,
            now=asked.now,
        )

    @asks(
        name=both("全额退款", "Refund the rest"),
        question=both(
            "剩余货款与运费全部原路退回,未发货的商品恢复销售。",
            "All that is left, freight included, goes back; pieces not sent are on sale again.",
        ),
        done=both("退款已提交", "The refund is on its way"),
        icon="undo",
        roles=(SERVICE, FINANCE),
        when=_is_refundable,
        form=ReasonForm,
    )
    def refund_rest(self, asked: Asked) -> None:
        """Send everything back."""
        service_desk.refund_rest(
            order_id=OrderId(asked.row_id), staff=asked.actor, reason=asked.reason, now=asked.now
        )

    @asks(
        name=both("补偿优惠券", "Give a coupon"),
        question=both(
            "每个订单一次,由平台承担;面额不超过您的角色上限。",
            "Once an order, and the platform pays; it may be worth no more than your role allows.",
        ),
        done=both("优惠券已发给买家", "The buyer has the coupon"),
        icon="redeem",
        roles=(SERVICE, OPERATIONS),
        when=lambda row: row.payment_status != "unpaid",
        form=GoodwillForm,
    )
    def give_coupon(self, asked: Asked) -> None:
        """Give the buyer one of the platform's goodwill coupons."""
        goodwill.give_coupon(
            order_id=OrderId(asked.row_id),
            template_id=CouponTemplateId(UUID(asked.answers["template"])),
            staff=asked.actor,
            reason=asked.reason,
            now=asked.now,
        )


def _now(request: HttpRequest) -> datetime:
    return cast(ShopRequest, request).now


def _amounts(row: Order) -> list[Fact]:
    figures = (
        (both("商品金额", "Goods"), row.goods_minor),
        (both("商家优惠", "Merchant's discounts"), -row.merchant_discount_minor),
        (both("平台优惠", "Platform's discounts"), -row.platform_discount_minor),
        (both("积分抵扣", "Points"), -row.points_discount_minor),
        (both("运费", "Freight"), row.freight_minor),
        (both("实付", "Total"), row.total_minor),
        (both("已退款", "Refunded"), row.refunded_minor),
    )
    return [Fact(title, amount(money(figure, row.currency))) for title, figure in figures]


def _recipient(shown: ShownOrder) -> str:
    to = shown.recipient  # the phone is masked already; nobody here sends the parcel
    return f"{to.recipient[:1]}** · {to.phone} · {to.province} {to.city} {to.district} ***"


def _lines(request: HttpRequest, shown: ShownOrder) -> Table:
    return Table(
        both("商品", "Lines"),
        (
            both("商品", "Product"),
            both("规格", "Choice"),
            both("单价", "Price"),
            both("数量", "Pieces"),
            both("应付", "Payable"),
            both("已发", "Shipped"),
            both("已退", "Refunded"),
        ),
        [
            (
                link(request, Product, line.product_id, line.title),
                line.choice_name or NOTHING,
                amount(money(line.unit_price.amount_minor, line.unit_price.currency)),
                line.quantity,
                amount(money(line.payable.amount_minor, line.payable.currency)),
                line.shipped_quantity,
                f"{line.refunded_quantity} · {money(line.refunded.amount_minor, line.refunded.currency)}",
            )
            for line in shown.lines
        ],
    )


def _parcels(shown: ShownOrder) -> Table:
    rows = [
        (
            CARRIERS[parcel.carrier].of(language()) if parcel.carrier in CARRIERS else parcel.carrier,
            code(parcel.tracking_number),
            label(PARCEL_STATUS, parcel.status),
            sum(line.quantity for line in parcel.lines),
            moment(parcel.shipped_at),
            f"{instant(parcel.scans[0].at)} {parcel.scans[0].description}" if parcel.scans else NOTHING,
        )
        for parcel in shown.parcels
    ]
    return Table(
        both("包裹", "Parcels"),
        (
            both("承运商", "Carrier"),
            both("运单号", "Tracking number"),
            PARCEL_STATUS.title,
            both("件数", "Pieces"),
            both("发货时间", "Shipped"),
            both("最新轨迹", "Latest scan"),
        ),
        rows,
    )


def _money_table(request: HttpRequest, row: Order) -> Table:
    trade_id = TradeId(row.trade_id)
    paid = payments.summaries([trade_id]).get(trade_id)
    refunds = payments.refunds_of([OrderId(row.id)]).get(OrderId(row.id), [])
    lines: list[tuple[object, ...]] = []
    if paid is not None:
        lines.append(
            (
                link(request, Payment, paid.id, both("付款(整笔交易)", "Payment of the trade")),
                label(PAYMENT_STATUS, paid.status),
                amount(money(paid.amount.amount_minor, paid.amount.currency)),
                NOTHING,
                NOTHING,
            )
        )
    lines += [
        (
            link(request, Refund, one.id, both("退款", "Refund")),
            label(REFUND_STATUS, one.status),
            amount(money(-one.amount.amount_minor, one.amount.currency)),
            moment(one.requested_at),
            f"{REFUND_REASON.name(one.reason)} {one.note}",
        )
        for one in refunds
    ]
    return Table(
        both("收退款", "Payment and refunds"),
        (
            both("款项", "What"),
            both("状态", "Status"),
            both("金额", "Amount"),
            both("时间", "When"),
            both("说明", "Why"),
        ),
        lines,
    )


def _timeline(shown: ShownOrder) -> Table:
    return Table(
        both("时间线", "Timeline"),
        (both("时间", "When"), both("事件", "What"), ACTOR.title),
        [(moment(one.at), one.text, ACTOR.name(one.actor)) for one in shown.timeline],
    )
