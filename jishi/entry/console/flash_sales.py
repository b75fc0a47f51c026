"""Flash sales: the sessions of every day with their figures, and the queue of what merchants offer in them."""

from collections.abc import Sequence
from typing import Any, cast

from django.db.models import Q, QuerySet
from django.http import HttpRequest

from jishi.entry.console.asking import PRIMARY, Asked, asks
from jishi.entry.console.base import Desk, all_rows, register, uuid_in
from jishi.entry.console.columns import (
    NOTHING,
    amount_column,
    instant,
    instant_column,
    money,
    titled,
    word_column,
)
from jishi.entry.console.filters import ChoiceFilter, choice_filter
from jishi.entry.console.flash_forms import TimetableForm
from jishi.entry.console.forms import ReasonForm
from jishi.entry.console.page import (
    Fact,
    Section,
    Table,
    amount,
    facts_of,
    label,
    link,
    merchant_names,
    moment,
)
from jishi.entry.console.roles import FINANCE, OPERATIONS, RISK, SERVICE
from jishi.entry.console.words import Vocabulary, Word, both, language
from jishi.identity.merchants.models import Merchant
from jishi.kernel import clock
from jishi.kernel.ids import FlashItemId, FlashSessionId, SkuId
from jishi.offering.catalog import queries as catalog
from jishi.offering.catalog.models import Product
from jishi.offering.catalog.types_for_sale import SkuForSale
from jishi.offering.flash import services
from jishi.offering.flash.models import FlashItemRow, FlashSessionRow
from jishi.offering.flash.queries_figures import apply_until, figures, left_of, stage
from jishi.offering.flash.services_timetable import set_slots
from jishi.offering.flash.types import FlashFigures, FlashStatus

ITEMS_SHOWN = 100
STAGE = Vocabulary(
    both("状态", "Status"),
    {
        "soon": Word("未开始", "To come", "info"),
        "running": Word("进行中", "Running", "success"),
        "over": Word("已结束", "Over"),
    },
)
ITEM_STATUS = Vocabulary(
    both("状态", "Status"),
    {
        "applied": Word("待审核", "Waiting", "warning"),
        "accepted": Word("通过", "Accepted", "success"),
        "rejected": Word("驳回", "Rejected", "danger"),
        "withdrawn": Word("撤回", "Withdrawn"),
    },
)
APPLICATIONS = both("秒杀报名", "Flash offers")
SESSION = both("场次", "Session")
STORE = both("店铺", "Store")
GOODS = both("商品", "Product")
USUAL = both("日常价", "Usual price")
FLASH_PRICE = both("秒杀价", "Flash price")
QUOTA = both("秒杀数量", "Quota")
EACH = both("每人限购", "Per buyer")
WAITING = both("待审核", "Waiting")
ACCEPTED = both("已通过", "Accepted")
SOLD = both("已售", "Sold")
LEFT = both("剩余", "Left")


class StageFilter(ChoiceFilter):
    """The sessions that run or come first; those that are over beside them."""

    title = both("时间", "When")
    parameter_name = "when"
    vocabulary = Vocabulary(
        title, {"ahead": Word("进行中与未开始", "Running and to come"), "over": Word("已结束", "Over")}
    )
    default = "ahead"

    def condition(self, chosen: str) -> Q:
        now = clock.now()
        return Q(ends_at__lte=now) if chosen == "over" else Q(ends_at__gt=now)


def times(row: FlashSessionRow) -> str:
    """Return a session's start as its name."""
    return instant(row.starts_at)


def goods_name(sku: SkuForSale | None) -> str:
    """Return a SKU as people know it: product and choice."""
    if sku is None:
        return NOTHING
    return " · ".join(filter(None, (sku.title.of(language()), sku.choice_name.of(language()))))


def _decides(*statuses: FlashStatus) -> Any:
    return lambda row: row.status in statuses


def _waits(row: Any) -> bool:
    """Tell whether offers of a session wait; asked for each action of its page, read once."""
    if not hasattr(row, "has_waiting"):
        offers = all_rows(FlashItemRow).filter(session_id=row.pk, status=FlashStatus.APPLIED)
        row.has_waiting = offers.exists()
    return bool(row.has_waiting)


def _is_ahead(row: Any) -> bool:
    return bool(row.ends_at > clock.now()) and _waits(row)


@register(FlashSessionRow, both("秒杀场次", "flash session"), both("限时秒杀", "Flash sale"))
class FlashSessionDesk(Desk):
    """Sessions, which the clock opens; with what merchants offer in them."""

    roles = (OPERATIONS, FINANCE, SERVICE, RISK)
    ordering = ("starts_at",)
    list_display = ("starts", "ends", "stage", "waiting", "accepted", "quota", "sold", "pieces_left")
    list_filter = (StageFilter,)
    actions_detail = ("accept_all", "reject_all", "timetable")

    starts = instant_column("starts_at")
    ends = instant_column("ends_at")

    def prepare(self, rows: Sequence[Any]) -> None:
        found, now = figures([row.pk for row in rows]), clock.now()
        for row in rows:
            row.figures = found.get(row.pk, FlashFigures())
            row.stage = stage(row.starts_at, row.ends_at, now=now).value

    @titled(STAGE.title, colours=STAGE.colours)
    def stage(self, row: Any) -> tuple[str, str]:
        return row.stage, STAGE.name(row.stage)

    @titled(WAITING)
    def waiting(self, row: Any) -> int:
        return cast(FlashFigures, row.figures).waiting_count

    @titled(ACCEPTED)
    def accepted(self, row: Any) -> int:
        return cast(FlashFigures, row.figures).accepted_count

    @titled(QUOTA)
    def quota(self, row: Any) -> int:
        return cast(FlashFigures, row.figures).quota

    @titled(SOLD)
    def sold(self, row: Any) -> int:
        return cast(FlashFigures, row.figures).sold

    @titled(LEFT)
    def pieces_left(self, row: Any) -> int:
        return cast(FlashFigures, row.figures).left

    def name_of(self, row: Any) -> str:
        return times(row)

    def facts(self, request: HttpRequest, row: Any) -> list[Fact]:
        self.prepare([row])
        known: FlashFigures = row.figures
        return [
            Fact(STAGE.title, label(STAGE, row.stage)),
            *facts_of(row, "starts_at", "ends_at"),
            Fact(both("报名截止", "Enrolment until"), instant(apply_until(row.starts_at))),
            Fact(WAITING, known.waiting_count),
            Fact(ACCEPTED, known.accepted_count),
            Fact(QUOTA, known.quota),
            Fact(SOLD, known.sold),
            Fact(LEFT, known.left),
        ]

    def sections(self, request: HttpRequest, row: Any) -> list[Section]:
        found = list(all_rows(FlashItemRow).filter(session=row).order_by("-id")[:ITEMS_SHOWN])
        attach(found)
        return [
            Table(
                APPLICATIONS,
                (GOODS, STORE, USUAL, FLASH_PRICE, QUOTA, SOLD, LEFT, ITEM_STATUS.title),
                [
                    (
                        link(request, FlashItemRow, one.pk, goods_name(one.goods)),
                        one.store,
                        amount(usual(one)),
                        amount(money(one.price_minor, one.currency)),
                        one.quota,
                        one.sold,
                        one.left,
                        label(ITEM_STATUS, one.status),
                    )
                    for one in found
                ],
            )
        ]

    @asks(
        name=both("全部通过", "Accept all"),
        question=both("通过本场所有待审核的报名。", "All offers of this session that wait are accepted."),
        done=both("已全部通过", "All are accepted"),
        icon="done_all",
        roles=(OPERATIONS,),
        when=_is_ahead,
        variant=PRIMARY,
    )
    def accept_all(self, asked: Asked) -> None:
        """Accept whatever waits."""
        _decide_all(asked, FlashStatus.ACCEPTED)

    @asks(
        name=both("全部驳回", "Reject all"),
        question=both(
            "驳回本场所有待审核的报名,商家会看到原因。",
            "All offers of this session that wait are rejected; merchants see why.",
        ),
        done=both("已全部驳回", "All are rejected"),
        icon="remove_done",
        roles=(OPERATIONS,),
        when=_waits,
        form=ReasonForm,
    )
    def reject_all(self, asked: Asked) -> None:
        """Reject whatever waits."""
        _decide_all(asked, FlashStatus.REJECTED)

    @asks(
        name=both("设置场次时间", "Set the timetable"),
        question=both(
            "以后的场次按新的整点安排。进行中的场次和已有商家报名的场次保持不变。",
            "Sessions to come start at these hours. The one that runs, and those with offers, stay as they are.",
        ),
        done=both("场次时间已更新", "The timetable is set"),
        icon="schedule",
        roles=(OPERATIONS,),
        form=TimetableForm,
    )
    def timetable(self, asked: Asked) -> None:
        """Set the hours at which sessions start."""
        set_slots(
            hours=asked.answers["hours"],
            session_id=FlashSessionId(asked.row_id),
            staff_id=asked.actor,
            now=asked.now,
        )


@register(FlashItemRow, both("秒杀报名", "flash offer"), APPLICATIONS)
class FlashItemDesk(Desk):
    """The queue of what merchants offer; what waits first."""

    roles = (OPERATIONS, RISK, SERVICE)
    list_display = (
        "goods", "store", "session_start", "usual_price", "flash_price", "quota_of", "each", "status_label",
    )  # fmt: skip
    list_filter = (choice_filter("status", ITEM_STATUS, default="applied"),)
    search_help_text = both("编号", "Number")
    actions_detail = ("accept", "reject")

    flash_price = amount_column("price_minor", FLASH_PRICE)
    status_label = word_column("status", ITEM_STATUS)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("session")

    def matching(self, term: str) -> Q:
        return Q(id=uuid_in(term))

    def prepare(self, rows: Sequence[Any]) -> None:
        attach(rows)

    @titled(GOODS)
    def goods(self, row: Any) -> str:
        return goods_name(row.goods)

    @titled(STORE)
    def store(self, row: Any) -> str:
        return str(row.store)

    @titled(SESSION)
    def session_start(self, row: Any) -> str:
        return moment(row.session.starts_at)

    @titled(USUAL)
    def usual_price(self, row: Any) -> str:
        return amount(usual(row))

    @titled(QUOTA)
    def quota_of(self, row: Any) -> int:
        return int(row.quota)

    @titled(EACH)
    def each(self, row: Any) -> int:
        return int(row.per_buyer_max)

    def name_of(self, row: Any) -> str:
        return times(row.session)

    def facts(self, request: HttpRequest, row: Any) -> list[Fact]:
        attach([row])
        return [
            Fact(ITEM_STATUS.title, label(ITEM_STATUS, row.status)),
            Fact(SESSION, link(request, FlashSessionRow, row.session_id, times(row.session))),
            Fact(STORE, link(request, Merchant, row.merchant_id, row.store)),
            Fact(GOODS, link(request, Product, row.product_id, goods_name(row.goods))),
            Fact(USUAL, amount(usual(row))),
            Fact(FLASH_PRICE, amount(money(row.price_minor, row.currency))),
            Fact(QUOTA, row.quota),
            Fact(EACH, row.per_buyer_max),
            Fact(SOLD, row.sold),
            Fact(LEFT, row.left),
            *facts_of(row, "applied_at", "decided_at", "reason"),
        ]

    @asks(
        name=both("通过", "Accept"),
        question=both(
            "开场前 10 分钟为它留出库存。", "Its pieces are set aside ten minutes before the session begins."
        ),
        done=both("已通过", "Accepted"),
        icon="check_circle",
        roles=(OPERATIONS,),
        when=_decides(FlashStatus.APPLIED),
        variant=PRIMARY,
    )
    def accept(self, asked: Asked) -> None:
        """Let the offer into its session."""
        services.accept(item_id=FlashItemId(asked.row_id), staff_id=asked.actor, now=asked.now)

    @asks(
        name=both("驳回", "Reject"),
        question=both("商家会看到原因,可以修改后再报名。", "The merchant sees why, and may offer it again."),
        done=both("已驳回", "Rejected"),
        icon="cancel",
        roles=(OPERATIONS,),
        when=_decides(FlashStatus.APPLIED),
        form=ReasonForm,
    )
    def reject(self, asked: Asked) -> None:
        """Refuse the offer."""
        services.reject(
            item_id=FlashItemId(asked.row_id), reason=asked.reason, staff_id=asked.actor, now=asked.now
        )


def attach(found: Sequence[Any]) -> None:
    """Attach store, goods and figures to offers, in three statements."""
    stores = merchant_names((one.merchant_id for one in found), language())
    skus = catalog.skus_for_sale([SkuId(one.sku_id) for one in found])
    left = left_of([one.pk for one in found])
    for one in found:
        one.store = stores.get(one.merchant_id, NOTHING)
        one.goods = skus.get(one.sku_id)
        one.left = one.quota if one.opened_at is None else left.get(one.pk, 0)
        one.sold = one.cut - one.unsold - left.get(one.pk, 0)


def usual(row: Any) -> str:
    """Return the price without the sale of an offer's goods."""
    sku: SkuForSale | None = row.goods
    return NOTHING if sku is None else money(sku.price.amount_minor, sku.price.currency)


def _decide_all(asked: Asked, to: FlashStatus) -> None:
    services.decide_all(
        session_id=FlashSessionId(asked.row_id),
        to=to,
        reason=str(asked.answers.get("reason", "")),
        staff_id=asked.actor,
        now=asked.now,
    )
