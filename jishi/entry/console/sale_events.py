"""Sale events and what merchants enrol in them: written, opened, decided on, run, ended."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html

from jishi.entry.console import promotion_looks
from jishi.entry.console.asking import DANGER, PRIMARY, Asked, asks
from jishi.entry.console.base import Desk, all_rows, register, uuid_in
from jishi.entry.console.columns import NOTHING, instant_column, titled, word_column
from jishi.entry.console.event_forms import NAMES, EventForm, PageForm, event_from, page_from
from jishi.entry.console.filters import choice_filter
from jishi.entry.console.forms import ReasonForm
from jishi.entry.console.page import Fact, Section, Table, facts_of, label, link, merchant_names, moment
from jishi.entry.console.promotion_forms import shares
from jishi.entry.console.promotion_text import said
from jishi.entry.console.promotions import SAYS, SPENT, spent
from jishi.entry.console.roles import FINANCE, OPERATIONS, RISK, SERVICE
from jishi.entry.console.words import Vocabulary, Word, both, language
from jishi.entry.console.written import WrittenDesk
from jishi.identity.merchants.models import Merchant
from jishi.kernel import clock
from jishi.kernel.ids import ProductId, SaleEventId, UserId
from jishi.kernel.words import Text
from jishi.offering.catalog.models import Product
from jishi.offering.events import services
from jishi.offering.events.models import EventEntry, SaleEvent
from jishi.offering.events.types import EntryStatus, EventStatus
from jishi.offering.promotions.models import PromotionRow
from jishi.offering.promotions.queries import read_wish

ENTRIES_SHOWN = 100
EVENT_STATUS = Vocabulary(
    both("状态", "Status"),
    {
        "draft": Word("草稿", "Draft", "warning"),
        "enrolling": Word("报名", "Enrolling", "info"),
        "running": Word("进行", "Running", "success"),
        "over": Word("结束", "Over"),
    },
)
ENTRY_STATUS = Vocabulary(
    both("状态", "Status"),
    {
        "applied": Word("待审核", "Waiting", "warning"),
        "accepted": Word("通过", "Accepted", "success"),
        "rejected": Word("驳回", "Rejected", "danger"),
        "withdrawn": Word("撤回", "Withdrawn"),
    },
)
ENTRY = both("活动报名", "Entries")


def _is(*statuses: EventStatus) -> Any:
    return lambda row: row.status in statuses


def _decides(*statuses: EntryStatus) -> Any:
    return lambda row: row.status in statuses and row.event.status == EventStatus.ENROLLING


def event_name(row: SaleEvent) -> str:
    """Return an event's name in the language of whoever looks."""
    return Text(row.name_zh, row.name_en or row.name_zh).of(language())


@register(SaleEvent, both("大促", "sale event"), both("大促", "Sale events"))
class EventDesk(WrittenDesk):
    """Events of the platform, with their entries and what they have spent."""

    roles = (OPERATIONS, FINANCE, SERVICE, RISK)
    editors = (OPERATIONS,)
    form = EventForm
    asked = NAMES
    list_display = ("name", "status_label", "enrolment", "starts", "ends", "spent_of_budget")
    list_filter = (choice_filter("status", EVENT_STATUS),)
    list_select_related = ("promotion",)
    search_help_text = both("网址", "Address")
    actions_detail = ("open_it", "accept_all", "reject_all", "start", "write_page", "end")

    status_label = word_column("status", EVENT_STATUS)
    enrolment = instant_column("enrol_until")
    starts = instant_column("starts_at")
    ends = instant_column("ends_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("promotion")

    def matching(self, term: str) -> Q:
        return Q(slug=term)

    @titled(both("名称", "Name"))
    def name(self, row: Any) -> str:
        return event_name(row)

    @titled(SPENT)
    def spent_of_budget(self, row: Any) -> object:
        return spent(row.promotion)

    def name_of(self, row: Any) -> str:
        return event_name(row)

    def facts(self, request: HttpRequest, row: Any) -> list[Fact]:
        says = read_wish(msgspec.json.encode(row.terms or row.promotion.wish).decode())
        preview = services.preview_path(row.slug, now=clock.now())
        return [
            Fact(EVENT_STATUS.title, label(EVENT_STATUS, row.status)),
            *facts_of(row, "enrol_from", "enrol_until", "starts_at", "ends_at"),
            Fact(
                both("促销", "Promotion"),
                link(request, PromotionRow, row.promotion_id, says.name.of(language())),
            ),
            Fact(SPENT, spent(row.promotion)),
            Fact(both("出资", "Paid by"), shares(says)),
            Fact(both("每店最多商品数", "Products of a store"), row.products_max),
            Fact(both("限定类目", "Categories"), len(row.category_ids) or both("不限", "All")),
            Fact(
                both("活动页", "Its page"),
                format_html(
                    '<a class="jishi-link" href="{}" target="_blank">/event/{}</a>', preview, row.slug
                ),
            ),
            Fact(SAYS, said(says.effect), is_wide=True),
        ]

    def sections(self, request: HttpRequest, row: Any) -> list[Section]:
        found = list(all_rows(EventEntry).filter(event=row).order_by("-id")[:ENTRIES_SHOWN])
        stores = merchant_names((one.merchant_id for one in found), language())
        return [
            *promotion_looks.sections(request, row.promotion, looks=("results",)),
            Table(
                ENTRY,
                (both("店铺", "Store"), both("商品数", "Products"), ENTRY_STATUS.title, both("时间", "When")),
                [
                    (
                        link(request, EventEntry, one.pk, stores.get(one.merchant_id, NOTHING)),
                        len(one.product_ids),
                        label(ENTRY_STATUS, one.status),
                        moment(one.changed_at),
                    )
                    for one in found
                ],
            ),
        ]

    def write(self, answers: Mapping[str, Any], *, actor: UserId, now: datetime) -> UUID:
        """Draft the event."""
        return services.draft(wish=event_from(answers), staff_id=actor, now=now)

    @asks(
        name=both("开放报名", "Open enrolment"),
        question=both(
            "商家可以看到并报名;优惠内容与出资比例从此固定。",
            "Merchants see it and may enrol; what is taken off and who pays is fixed from now on.",
        ),
        done=both("已开放报名", "Enrolment is open"),
        icon="how_to_reg",
        roles=(OPERATIONS,),
        when=_is(EventStatus.DRAFT),
        variant=PRIMARY,
    )
    def open_it(self, asked: Asked) -> None:
        """Let merchants enrol."""
        services.open_enrolment(event_id=SaleEventId(asked.row_id), staff_id=asked.actor, now=asked.now)

    @asks(
        name=both("全部通过", "Accept all"),
        question=both("通过所有待审核的报名。", "All entries that wait are accepted."),
        done=both("已全部通过", "All are accepted"),
        icon="done_all",
        roles=(OPERATIONS,),
        when=_is(EventStatus.ENROLLING),
    )
    def accept_all(self, asked: Asked) -> None:
        """Accept whatever waits."""
        _decide_all(asked, EntryStatus.ACCEPTED)

    @asks(
        name=both("全部驳回", "Reject all"),
        question=both(
            "驳回所有待审核的报名,商家会看到原因。", "All that wait are rejected; merchants see why."
        ),
        done=both("已全部驳回", "All are rejected"),
        icon="remove_done",
        roles=(OPERATIONS,),
        when=_is(EventStatus.ENROLLING),
        form=ReasonForm,
    )
    def reject_all(self, asked: Asked) -> None:
        """Reject whatever waits."""
        _decide_all(asked, EntryStatus.REJECTED)

    @asks(
        name=both("开始", "Start"),
        question=both(
            "报名结束,通过的商品成为促销的商品,活动页公开;优惠从促销的开始时间起生效。",
            "Enrolment ends, the accepted products become the promotion's goods, and the page is open to all; "
            "what is taken off counts from the promotion's start on.",
        ),
        done=both("已开始", "It runs"),
        icon="rocket_launch",
        roles=(OPERATIONS,),
        when=_is(EventStatus.ENROLLING, EventStatus.RUNNING),
        variant=PRIMARY,
    )
    def start(self, asked: Asked) -> None:
        """Run the event."""
        services.start(event_id=SaleEventId(asked.row_id), staff_id=asked.actor, now=asked.now)

    @asks(
        name=both("编辑活动页", "Edit the page"),
        question=both("公开的活动页几秒内更新。", "A page that is open shows it within seconds."),
        done=both("活动页已保存", "The page is saved"),
        icon="web",
        roles=(OPERATIONS,),
        when=_is(EventStatus.DRAFT, EventStatus.ENROLLING, EventStatus.RUNNING),
        form=PageForm,
    )
    def write_page(self, asked: Asked) -> None:
        """Write what the page says."""
        services.write_page(
            event_id=SaleEventId(asked.row_id),
            wish=page_from(asked.answers),
            staff_id=asked.actor,
            now=asked.now,
        )

    @asks(
        name=both("结束", "End"),
        question=both("活动与它的促销永久结束。", "The event and its promotion end for good."),
        done=both("已结束", "It is over"),
        icon="stop_circle",
        roles=(OPERATIONS,),
        when=_is(EventStatus.DRAFT, EventStatus.ENROLLING, EventStatus.RUNNING),
        form=ReasonForm,
        variant=DANGER,
    )
    def end(self, asked: Asked) -> None:
        """End the event."""
        services.end(event_id=SaleEventId(asked.row_id), staff_id=asked.actor, now=asked.now)


@register(EventEntry, both("报名", "entry"), ENTRY)
class EntryDesk(Desk):
    """The queue of what merchants enrol; what waits first."""

    roles = (OPERATIONS, RISK, SERVICE)
    list_display = ("event_label", "store_label", "product_count", "status_label", "changed")
    list_filter = (choice_filter("status", ENTRY_STATUS, default="applied"),)
    search_help_text = both("编号", "Number")
    actions_detail = ("accept", "reject")

    status_label = word_column("status", ENTRY_STATUS)
    changed = instant_column("changed_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("event")

    def matching(self, term: str) -> Q:
        return Q(id=uuid_in(term))

    def prepare(self, rows: Sequence[Any]) -> None:
        stores = merchant_names((row.merchant_id for row in rows), language())
        for row in rows:
            row.store = stores.get(row.merchant_id, NOTHING)

    @titled(both("活动", "Event"))
    def event_label(self, row: Any) -> str:
        return event_name(row.event)

    @titled(both("店铺", "Store"))
    def store_label(self, row: Any) -> str:
        return str(row.store)

    @titled(both("商品数", "Products"))
    def product_count(self, row: Any) -> int:
        return len(row.product_ids)

    def name_of(self, row: Any) -> str:
        return event_name(row.event)

    def facts(self, request: HttpRequest, row: Any) -> list[Fact]:
        store = merchant_names([row.merchant_id], language()).get(row.merchant_id)
        return [
            Fact(ENTRY_STATUS.title, label(ENTRY_STATUS, row.status)),
            Fact(both("活动", "Event"), link(request, SaleEvent, row.event_id, event_name(row.event))),
            Fact(both("店铺", "Store"), link(request, Merchant, row.merchant_id, store)),
            *facts_of(row, "changed_at", "reason"),
        ]

    def sections(self, request: HttpRequest, row: Any) -> list[Section]:
        found = all_rows(Product).filter(id__in=[ProductId(UUID(one)) for one in row.product_ids])
        return [
            Table(
                both("商品", "Products"),
                (both("商品", "Product"),),
                [
                    (link(request, Product, one.pk, Text(one.title_zh, one.title_en).of(language())),)
                    for one in found.order_by("id")
                ],
            )
        ]

    @asks(
        name=both("通过", "Accept"),
        question=both("商品将参加活动。", "Its products will take part."),
        done=both("已通过", "Accepted"),
        icon="check_circle",
        roles=(OPERATIONS,),
        when=_decides(EntryStatus.APPLIED, EntryStatus.REJECTED),
        variant=PRIMARY,
    )
    def accept(self, asked: Asked) -> None:
        """Accept the entry."""
        services.decide(entry_id=asked.row_id, to=EntryStatus.ACCEPTED, staff_id=asked.actor, now=asked.now)

    @asks(
        name=both("驳回", "Reject"),
        question=both("商家会看到原因,可以修改后再报名。", "The merchant sees why, and may enrol again."),
        done=both("已驳回", "Rejected"),
        icon="cancel",
        roles=(OPERATIONS,),
        when=_decides(EntryStatus.APPLIED, EntryStatus.ACCEPTED),
        form=ReasonForm,
    )
    def reject(self, asked: Asked) -> None:
        """Reject the entry."""
        services.decide(
            entry_id=asked.row_id,
            to=EntryStatus.REJECTED,
            reason=asked.reason,
            staff_id=asked.actor,
            now=asked.now,
        )


def _decide_all(asked: Asked, to: EntryStatus) -> None:
    services.decide_all(
        event_id=SaleEventId(asked.row_id),
        to=to,
        reason=str(asked.answers.get("reason", "")),
        staff_id=asked.actor,
        now=asked.now,
    )
