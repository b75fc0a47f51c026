"""Coupon templates: the platform's are written here, merchants' are seen and can be stopped, with a reason."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, cast
from uuid import UUID

import msgspec
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html

from jishi.entry.console import coupon_figures as figures
from jishi.entry.console.asking import DANGER, PRIMARY, Asked, asks
from jishi.entry.console.base import register, uuid_in
from jishi.entry.console.columns import NOTHING, instant, instant_column, money, titled, word_column
from jishi.entry.console.coupon_forms import NAMES, WAY, ChangeCouponForm, CodesForm, CouponForm, wish_from
from jishi.entry.console.filters import choice_filter
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
from jishi.entry.console.promotion_forms import shares, title
from jishi.entry.console.promotion_text import said
from jishi.entry.console.promotions import PLATFORM, SAYS, OwnerFilter, audience_said, goods_said
from jishi.entry.console.roles import FINANCE, OPERATIONS, RISK, SERVICE, may
from jishi.entry.console.words import Vocabulary, Word, both, language
from jishi.entry.console.written import WrittenDesk
from jishi.identity.merchants.models import Merchant
from jishi.kernel import audit, clock
from jishi.kernel.http import ShopRequest
from jishi.kernel.ids import CouponTemplateId, UserId
from jishi.kernel.spreadsheet import csv_lines
from jishi.offering.coupons import queries, queries_figures, queries_platform, services
from jishi.offering.coupons.models import CouponTemplateRow, CouponTemplateVersion
from jishi.offering.coupons.types import CodeCard, CouponTemplateWish, TemplateStatus
from jishi.offering.coupons.types_platform import TemplateFigures

VERSIONS_SHOWN = 20
TEMPLATE_STATUS = Vocabulary(
    both("状态", "Status"),
    {
        "draft": Word("草稿", "Draft", "warning"),
        "live": Word("发放中", "Live", "success"),
        "paused": Word("已暂停", "Paused", "info"),
        "ended": Word("已结束", "Ended"),
    },
)
DOWNLOAD = both("下载全部兑换码", "Download all codes")


def wish_of(row: Any) -> CouponTemplateWish:
    """Return what a row of a template or of one of its versions says."""
    return queries.read_wish(msgspec.json.encode(row.wish).decode())


def _is(*statuses: TemplateStatus, own: bool = False) -> Any:
    return lambda row: row.status in statuses and not (own and row.merchant_id)


def _gives_by_code(row: Any) -> bool:
    return (
        queries_platform.gives_by_code(row.way) and not row.merchant_id and row.status != TemplateStatus.ENDED
    )


def _move(asked: Asked, to: TemplateStatus) -> None:
    services.move(
        merchant_id=asked.row.merchant_id,
        template_id=CouponTemplateId(asked.row_id),
        to=to,
        staff_id=asked.actor,
        now=asked.now,
        reason=str(asked.answers.get("reason", "")),
    )


@register(CouponTemplateRow, both("优惠券", "coupon"), both("优惠券", "Coupons"))
class CouponDesk(WrittenDesk):
    """All coupon templates: the platform's to write, the merchants' to watch."""

    roles = (OPERATIONS, FINANCE, SERVICE, RISK)
    list_display = ("name", "owner", "way_label", "status_label", "does", "given", "used", "cost", "changed")
    list_filter = (OwnerFilter, choice_filter("status", TEMPLATE_STATUS), choice_filter("way", WAY))
    search_help_text = both("编号或兑换码", "Number or code")
    form = CouponForm
    editors = (OPERATIONS,)
    asked = NAMES
    actions_detail = ("put_live", "make_codes", "change_it", "pause", "end")

    status_label = word_column("status", TEMPLATE_STATUS)
    way_label = word_column("way", WAY)
    changed = instant_column("changed_at")

    def matching(self, term: str) -> Q:
        return Q(id=uuid_in(term) or queries_platform.template_of_code(term))

    def prepare(self, rows: Any) -> None:
        stores = merchant_names((row.merchant_id for row in rows), language())
        found = queries_platform.figures([row.pk for row in rows])
        for row in rows:
            row.says, row.store = wish_of(row), stores.get(row.merchant_id, PLATFORM)
            row.figures = found.get(row.pk, TemplateFigures())

    @titled(both("名称", "Name"))
    def name(self, row: Any) -> str:
        return title(row.says.name)

    @titled(OwnerFilter.title)
    def owner(self, row: Any) -> str:
        return str(row.store)

    @titled(SAYS)
    def does(self, row: Any) -> str:
        return said(row.says.effect)

    @titled(figures.STOCK)
    def given(self, row: Any) -> object:
        return figures.stock(row)

    @titled(figures.USED)
    def used(self, row: Any) -> str:
        return f"{row.figures.used_count:,}"

    @titled(figures.COST)
    def cost(self, row: Any) -> object:
        return amount(money(row.figures.discount_minor))

    def name_of(self, row: Any) -> str:
        return title(wish_of(row).name)

    def facts(self, request: HttpRequest, row: Any) -> list[Fact]:
        wish, template_id = wish_of(row), CouponTemplateId(row.pk)
        store = merchant_names([row.merchant_id], language()).get(row.merchant_id)
        card = queries.template(row.merchant_id, template_id)
        return [
            Fact(TEMPLATE_STATUS.title, label(TEMPLATE_STATUS, row.status)),
            Fact(OwnerFilter.title, link(request, Merchant, row.merchant_id, store) if store else PLATFORM),
            Fact(WAY.title, label(WAY, row.way)),
            *facts_of(row, "version"),
            Fact(both("有效期", "Good"), _validity(wish)),
            Fact(both("发放时间", "Given when"), _span(wish.claim_from, wish.claim_until)),
            Fact(both("每人限领(张)", "Each buyer"), row.per_person_max),
            *([Fact(both("消费满", "Order's amount"), money(row.spend_minor))] if row.spend_minor else []),
            Fact(figures.STOCK, figures.stock(row)),
            Fact(figures.USED, f"{card.used_count:,}"),
            Fact(figures.COST, amount(money(card.discount_minor))),
            Fact(figures.REVENUE, amount(money(card.revenue_minor))),
            Fact(both("费用承担", "Borne by"), figures.borne(template_id)),
            Fact(both("出资", "Paid by"), shares(wish) or both("商家", "Merchant")),
            Fact(both("人群", "For whom"), audience_said(wish.audience)),
            Fact(both("叠加组", "Stack group"), wish.stack_group or NOTHING),
            Fact(
                both("全部退货后退还", "Comes back when all goods do"),
                both("是", "Yes") if wish.is_returned_on_refund else both("否", "No"),
            ),
            *self._codes_fact(request, row, card.code_count),
            Fact(both("商品范围", "Goods"), goods_said(wish.goods), is_wide=True),
            Fact(SAYS, said(wish.effect), is_wide=True),
        ]

    def sections(self, request: HttpRequest, row: Any) -> list[Section]:
        template_id = CouponTemplateId(row.pk)
        found = CouponTemplateVersion.objects.filter(template_id=row.pk).order_by("-version")[:VERSIONS_SHOWN]
        today = timezone.localtime(clock.now()).date()
        return [
            figures.days(queries_figures.statistics(row.merchant_id, template_id, until=today)),
            figures.coupons(template_id),
            Table(
                both("版本", "Versions"),
                (both("版本", "Version"), both("时间", "When"), both("名称", "Name"), SAYS),
                [
                    (f"#{one.version}", moment(one.written_at), title(says.name), said(says.effect))
                    for one in found
                    for says in [wish_of(one)]
                ],
            ),
        ]

    # -- codes --------------------------------------------------------------------------------------------

    def _codes_fact(self, request: HttpRequest, row: Any, count: int) -> list[Fact]:
        if not queries_platform.gives_by_code(row.way):
            return []
        value: object = f"{count:,}"
        if count and not row.merchant_id and may(request, OPERATIONS):
            where = reverse("admin:offering_coupontemplaterow_codes", args=[row.pk])
            value = format_html('{} · <a class="jishi-link" href="{}">{}</a>', value, where, DOWNLOAD)
        return [Fact(both("兑换码", "Codes"), value)]

    def get_urls(self) -> list[Any]:
        """Add the table of codes."""
        view = self.admin_site.admin_view(self.codes)
        own = path("<uuid:template_id>/codes.csv", view, name="offering_coupontemplaterow_codes")
        return [own, *super().get_urls()]

    def codes(self, request: HttpRequest, template_id: UUID) -> StreamingHttpResponse:
        """Send the platform's codes as CSV, as they are read; who took them is noted."""
        if not may(request, OPERATIONS):
            raise PermissionDenied
        row = self.get_object(request, str(template_id))
        if row is None or row.merchant_id:
            raise Http404
        found = queries.codes_of(None, CouponTemplateId(template_id))
        audit.record(
            actor=UserId(cast(Any, request.user).pk),
            actor_kind="platform",
            action="coupon_template.codes_read",
            subject_kind="coupon_template",
            subject_id=template_id,
            merchant_id=None,
            data={"version": row.version},
            now=cast(ShopRequest, request).now,
        )
        return StreamingHttpResponse(
            _csv(found),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="codes-{template_id}.csv"'},
        )

    # -- writing ------------------------------------------------------------------------------------------

    def write(self, answers: Mapping[str, Any], *, actor: UserId, now: datetime) -> UUID:
        """Draft the template."""
        return services.draft(merchant_id=None, wish=wish_from(answers), staff_id=actor, now=now)

    @asks(
        name=both("开始发放", "Let it give"),
        question=both("买家从发放开始时间起可以得到它。", "From its time on buyers get it."),
        done=both("已开始发放", "It gives"),
        icon="rocket_launch",
        roles=(OPERATIONS,),
        when=_is(TemplateStatus.DRAFT, TemplateStatus.PAUSED, own=True),
        variant=PRIMARY,
    )
    def put_live(self, asked: Asked) -> None:
        """Let the template give."""
        _move(asked, TemplateStatus.LIVE)

    @asks(
        name=both("生成兑换码", "Make codes"),
        question=both(
            "一次最多 10,000 个;生成后在本页下载。",
            "10,000 at once at most; they are downloaded from this page.",
        ),
        done=both("兑换码已生成", "The codes are made"),
        icon="qr_code",
        roles=(OPERATIONS,),
        when=_gives_by_code,
        form=CodesForm,
    )
    def make_codes(self, asked: Asked) -> None:
        """Make a batch of codes."""
        services.make_codes(
            merchant_id=None,
            template_id=CouponTemplateId(asked.row_id),
            count=asked.answers["count"],
            word=asked.answers["word"] or None,
            staff_id=asked.actor,
            now=asked.now,
        )

    @asks(
        name=both("修改", "Change"),
        question=both(
            "成为新的版本,只对之后发出的券有效;买家手里的券保持原来的条件。",
            "It becomes the next version, for coupons given from now on; those in buyers' hands keep their terms.",
        ),
        done=both("已修改", "Changed"),
        icon="edit",
        roles=(OPERATIONS,),
        when=_is(TemplateStatus.DRAFT, TemplateStatus.LIVE, TemplateStatus.PAUSED, own=True),
        form=ChangeCouponForm,
    )
    def change_it(self, asked: Asked) -> None:
        """Write the next version."""
        services.change(
            merchant_id=None,
            template_id=CouponTemplateId(asked.row_id),
            wish=wish_from(asked.answers),
            staff_id=asked.actor,
            now=asked.now,
        )

    @asks(
        name=both("暂停", "Pause"),
        question=both(
            "不再发放,已发出的券仍可使用;商家在操作记录中看到原因。",
            "It gives no more, coupons that were given stay good; a merchant reads the reason in his log.",
        ),
        done=both("已暂停", "Paused"),
        icon="pause_circle",
        roles=(OPERATIONS,),
        when=_is(TemplateStatus.LIVE),
        form=ReasonForm,
    )
    def pause(self, asked: Asked) -> None:
        """Let the template give no more for now."""
        _move(asked, TemplateStatus.PAUSED)

    @asks(
        name=both("结束", "End"),
        question=both(
            "永久停止发放,已发出的券仍可使用;商家在操作记录中看到原因。",
            "It stops giving for good, coupons that were given stay good; a merchant reads the reason in his log.",
        ),
        done=both("已结束", "Ended"),
        icon="stop_circle",
        roles=(OPERATIONS,),
        when=_is(TemplateStatus.DRAFT, TemplateStatus.LIVE, TemplateStatus.PAUSED),
        form=ReasonForm,
        variant=DANGER,
    )
    def end(self, asked: Asked) -> None:
        """End the template for good."""
        _move(asked, TemplateStatus.ENDED)


def _csv(found: Iterator[CodeCard]) -> Iterator[bytes]:
    yield csv_lines([["code", "given"]])
    for one in found:
        yield csv_lines([[one.code, str(one.given_count)]])


def _validity(wish: CouponTemplateWish) -> str:
    if wish.valid_days is not None:
        return str(both(f"领取后 {wish.valid_days} 天", f"{wish.valid_days} days from when it is given"))
    return _span(wish.valid_from, wish.valid_until)


def _span(begin: datetime | None, end: datetime | None) -> str:
    if begin is None and end is None:
        return str(both("不限", "Any time"))
    return f"{instant(begin)} – {instant(end)}"
