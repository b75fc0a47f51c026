"""What the columns of all tables are called, and how their values are shown."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar, cast
from uuid import UUID

from django.db.models import Model
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import display

from jishi.entry.console.words import Vocabulary, both, language

NOTHING = "–"
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
SYMBOLS = {"CNY": "¥"}

NAMES: Mapping[str, tuple[str, str]] = {
    "actor_kind": ("操作方", "By"),
    "aggregate_id": ("对象编号", "Subject id"),
    "applied_at": ("申请时间", "Applied"),
    "arguments": ("参数", "Arguments"),
    "at": ("收到时间", "Received"),
    "attempts": ("尝试次数", "Attempts"),
    "bank_name": ("开户银行", "Bank"),
    "bank_reference": ("银行流水号", "Bank reference"),
    "booked_at": ("记账时间", "Booked"),
    "body": ("内容", "Body"),
    "brand": ("品牌", "Brand"),
    "built_at": ("重建时间", "Built"),
    "category": ("类目", "Category"),
    "changed_at": ("更新时间", "Changed"),
    "channel_refund_id": ("渠道退款号", "Refund at the channel"),
    "channel_transaction_id": ("渠道交易号", "Transaction at the channel"),
    "choices": ("可选值", "Choices"),
    "closed_at": ("关闭时间", "Closed"),
    "code": ("代码", "Code"),
    "completed_at": ("完成时间", "Completed"),
    "confirmed_at": ("确认时间", "Confirmed"),
    "created_at": ("创建时间", "Created"),
    "day_date": ("账单日", "Day"),
    "decided_at": ("处理时间", "Decided"),
    "delivered_at": ("送达时间", "Delivered"),
    "died_at": ("失败时间", "Died"),
    "dispatched_at": ("派发时间", "Dispatched"),
    "disputed_reason": ("异议原因", "Objection"),
    "done_at": ("完成时间", "Done"),
    "event_id": ("通知编号", "Event id"),
    "enrol_from": ("报名开始", "Enrolment from"),
    "enrol_until": ("报名截止", "Enrolment until"),
    "ends_at": ("结束", "Until"),
    "ended_at": ("结束时间", "Ended"),
    "explored_every": (
        "B 组每多少个位置试一件新品",
        "Arm b: one of so many places shows something new",
    ),
    "failure": ("失败原因", "Failure"),
    "found_at": ("发现时间", "Found"),
    "followed_at": ("最近跟进", "Followed"),
    "from_date": ("起始日", "From"),
    "icon": ("图标", "Icon"),
    "is_active": ("启用", "Active"),
    "is_filterable": ("可筛选", "Filterable"),
    "is_required": ("必填", "Required"),
    "is_sale_axis": ("销售属性", "Sale axis"),
    "issued_at": ("出账时间", "Issued"),
    "joined_at": ("注册时间", "Joined"),
    "key": ("幂等键", "Key"),
    "kind": ("类型", "Kind"),
    "language": ("语言", "Language"),
    "last_login": ("最近登录", "Last sign-in"),
    "legal_name": ("公司名称", "Legal name"),
    "live_at": ("上线时间", "Went live"),
    "lock": ("锁", "Lock"),
    "name": ("名称", "Name"),
    "name_en": ("英文名", "English name"),
    "name_zh": ("中文名", "Chinese name"),
    "needs_authorisation": ("需要授权", "Needs authorisation"),
    "nickname": ("昵称", "Nickname"),
    "note": ("备注", "Note"),
    "number": ("编号", "Number"),
    "opened_at": ("起草时间", "Begun"),
    "order_count": ("订单数", "Orders"),
    "out_refund_no": ("退款单号", "Refund number"),
    "out_trade_no": ("支付单号", "Payment number"),
    "paid_at": ("支付时间", "Paid"),
    "parent": ("上级类目", "Parent"),
    "pay_before_at": ("付款期限", "Pay before"),
    "payment_count": ("收款笔数", "Payments"),
    "piece_count": ("件数", "Pieces"),
    "placed_at": ("下单时间", "Placed"),
    "published_at": ("上架时间", "Published"),
    "product_count": ("商品数", "Products"),
    "read_at": ("对账时间", "Read"),
    "reason": ("原因", "Reason"),
    "rebuild_asked_at": ("要求重建时间", "Rebuild asked for"),
    "received_at": ("收到时间", "Received"),
    "recorded_at": ("时间", "When"),
    "reference": ("流水号", "Reference"),
    "reference_id": ("关联编号", "About"),
    "refund_count": ("退款笔数", "Refunds"),
    "requested_at": ("申请时间", "Requested"),
    "sequence": ("序号", "Sequence"),
    "settled_at": ("到账时间", "Settled"),
    "share_percent": ("B 组比例(%)", "Share of arm b (%)"),
    "shipped_at": ("发货时间", "Shipped"),
    "sold_count": ("销量", "Sold"),
    "severity": ("处理方式", "What happens"),
    "sort": ("排序", "Sort"),
    "text": ("敏感词", "Word"),
    "text_en": ("英文内容", "English text"),
    "text_zh": ("中文内容", "Chinese text"),
    "subject_id": ("对象编号", "Subject id"),
    "subject_kind": ("对象", "Subject"),
    "starts_at": ("开始", "From"),
    "started_at": ("开始时间", "Started"),
    "submitted_at": ("提交时间", "Submitted"),
    "to_date": ("截止日(不含)", "Until (excluded)"),
    "tries": ("尝试次数", "Tries"),
    "unit": ("单位", "Unit"),
    "updated_at": ("更新时间", "Updated"),
    "uses_previous": ("B 组使用上一版模型", "Arm b: the version before"),
    "version": ("版本", "Version"),
}


def title_of(name: str) -> str:
    """Return what people call a column."""
    return both(*NAMES[name])


def name_columns(model: type[Model]) -> None:
    """Give a model's fields their names for people; migrations do not see them."""
    for field in model._meta.concrete_fields:
        if field.name in NAMES:
            field.verbose_name = title_of(field.name)


# -- how values are shown -----------------------------------------------------------------------------------


def money(amount_minor: int | None, currency: str = "CNY") -> str:
    """Return an amount for people: ¥1,234.50."""
    if amount_minor is None:
        return NOTHING
    sign = "-" if amount_minor < 0 else ""
    whole, cents = divmod(abs(amount_minor), 100)
    return f"{sign}{SYMBOLS.get(currency, currency + ' ')}{whole:,}.{cents:02d}"


def instant(at: datetime | None) -> str:
    """Return an instant in China time: 2026-06-18 18:00, or 18 Jun 2026, 18:00."""
    if at is None:
        return NOTHING
    local = timezone.localtime(at)
    if language() == "zh":
        return f"{local:%Y-%m-%d %H:%M}"
    return f"{local.day} {MONTHS[local.month - 1]} {local.year}, {local:%H:%M}"


def percent(basis_points: int) -> str:
    """Return basis points for people: 5.00 %."""
    return f"{basis_points / 100:.2f} %"


def short(value: UUID | None) -> SafeString | str:
    """Return the part of an id that tells it from its neighbours, the whole one as a hint."""
    if value is None:
        return NOTHING
    return format_html('<span class="jishi-id" title="{}">…{}</span>', value, str(value)[-8:])


# -- columns of lists ---------------------------------------------------------------------------------------

Column = Callable[[Any, Any], Any]
Method = TypeVar("Method", bound=Callable[..., Any])


def titled(title: str, *, colours: Mapping[str, str] | None = None) -> Callable[[Method], Method]:
    """Give a desk's method its heading in a list; with `colours` it answers a label: (value, text)."""
    return cast(Callable[[Method], Method], display(description=title, label=colours))


def amount_column(field: str, title: str) -> Column:
    """Return a column that shows an amount of money."""

    @titled(title)
    def column(_: Any, row: Any) -> SafeString:
        text = money(getattr(row, field), getattr(row, "currency", None) or "CNY")
        return format_html('<span class="jishi-amount">{}</span>', text)

    return column


def instant_column(field: str) -> Column:
    """Return a column that shows an instant."""

    @titled(title_of(field))
    def column(_: Any, row: Any) -> SafeString:
        return format_html('<span class="jishi-instant">{}</span>', instant(getattr(row, field)))

    return column


def word_column(field: str, vocabulary: Vocabulary) -> Column:
    """Return a column that shows a value as a coloured label in people's words."""

    @titled(vocabulary.title, colours=vocabulary.colours)
    def column(_: Any, row: Any) -> tuple[str, str] | str:
        value = getattr(row, field)
        return (value, vocabulary.name(value)) if value in vocabulary.words else vocabulary.name(value)

    return column


def attribute_column(attribute: str, title: str) -> Column:
    """Return a column that shows what `Desk.prepare` has attached to the row."""

    @titled(title)
    def column(_: Any, row: Any) -> Any:
        return getattr(row, attribute, None) or NOTHING

    return column
