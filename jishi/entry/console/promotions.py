"""Promotions: the platform's are written here, merchants' are seen and can be stopped, with a reason."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast
from uuid import UUID

import msgspec
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.html import format_html
from django.utils.safestring import SafeString

from jishi.entry.console import promotion_calendar, promotion_looks
from jishi.entry.console.asking import DANGER, PRIMARY, Asked, asks
from jishi.entry.console.base import register, uuid_in
from jishi.entry.console.columns import NOTHING, instant_column, money, titled, word_column
from jishi.entry.console.filters import ChoiceFilter, choice_filter
from jishi.entry.console.forms import ReasonForm
from jishi.entry.console.page import Fact, Section, Table, facts_of, label, link, merchant_names, moment
from jishi.entry.console.promotion_forms import (
    CHANNEL,
    NAMES,
    ChangeForm,
    PromotionForm,
    shares,
    title,
    wish_from,
)
from jishi.entry.console.promotion_text import EFFECT_KIND, PROMOTION_STATUS, kind_of, said
from jishi.entry.console.roles import FINANCE, OPERATIONS, RISK, SERVICE, may
from jishi.entry.console.words import Vocabulary, Word, both, language
from jishi.entry.console.written import WrittenDesk
from jishi.identity.merchants.models import Merchant
from jishi.kernel.ids import PromotionId, UserId
from jishi.offering.pricing.types_promotions import Audience
from jishi.offering.promotions import services
from jishi.offering.promotions.models import PromotionRow, PromotionVersion
from jishi.offering.promotions.queries import read_wish
from jishi.offering.promotions.types import GoodsWish, PromotionStatus, PromotionWish

VERSIONS_SHOWN = 20
PLATFORM = both("平台", "Platform")
SPENT = both("已优惠 / 预算", "Spent / budget")
SAYS = both("优惠内容", "What it does")


class OwnerFilter(ChoiceFilter):
    """The platform's promotions first; the merchants' beside them."""

    title = both("发起方", "Whose")
    parameter_name = "owner"
    vocabulary = Vocabulary(
        title, {"platform": Word("平台", "Platform"), "merchant": Word("商家", "Merchants")}
    )
    default = "platform"

    def condition(self, chosen: str) -> Q:
        return Q(merchant__isnull=chosen == "platform")


def wish_of(row: Any) -> PromotionWish:
    """Return what a row of a promotion or of one of its versions says."""
    return read_wish(msgspec.json.encode(row.wish).decode())


def spent(row: Any) -> SafeString | str:
    """Return what a promotion has taken off, of its budget as a bar."""
    taken = money(row.spent_minor)
    if row.budget_minor is None:
        return taken
    return format_html(
        '<span class="jishi-amount">{} / {}</span> <progress max="{}" value="{}" aria-label="{}"></progress>',
        taken, money(row.budget_minor), row.budget_minor, row.spent_minor, SPENT,
    )  # fmt: skip


def _is(*statuses: PromotionStatus, own: bool = False) -> Any:
    return lambda row: row.status in statuses and not (own and row.merchant_id)


def _move(asked: Asked, to: PromotionStatus) -> None:
    services.move(
        merchant_id=asked.row.merchant_id,
        promotion_id=PromotionId(asked.row_id),
        to=to,
        staff_id=asked.actor,
        now=asked.now,
        reason=str(asked.answers.get("reason", "")),
    )


@register(PromotionRow, both("促销", "promotion"), both("促销", "Promotions"))
class PromotionDesk(WrittenDesk):
    """All promotions: the platform's to write, the merchants' to watch."""

    roles = (OPERATIONS, FINANCE, SERVICE, RISK)
    list_display = ("name", "owner", "kind", "status_label", "starts", "ends", "spent_of_budget")
    list_before_template = "console/promotions.html"
    list_filter = (OwnerFilter, choice_filter("status", PROMOTION_STATUS))
    search_help_text = both("编号", "Number")
    form = PromotionForm
    editors = (OPERATIONS,)
    asked = NAMES
    actions_detail = ("put_live", "change_it", "pause", "end")

    status_label = word_column("status", PROMOTION_STATUS)
    starts = instant_column("starts_at")
    ends = instant_column("ends_at")

    def get_urls(self) -> list[Any]:
        """Add the calendar."""
        view = self.admin_site.admin_view(self.calendar)
        return [path("calendar/", view, name="offering_promotionrow_calendar"), *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the list below the way to the calendar."""
        words = {"calendar_title": promotion_calendar.TITLE, **(extra_context or {})}
        return cast(HttpResponse, super().changelist_view(request, words))

    def calendar(self, request: HttpRequest) -> HttpResponse:
        """Show the platform's promotions of a month."""
        if not may(request, *self.roles):
            raise PermissionDenied
        return promotion_calendar.page(request, self)

    def matching(self, term: str) -> Q:
        return Q(id=uuid_in(term))

    def prepare(self, rows: Any) -> None:
        stores = merchant_names((row.merchant_id for row in rows), language())
        for row in rows:
            row.says, row.store = wish_of(row), stores.get(row.merchant_id, PLATFORM)

    @titled(both("名称", "Name"))
    def name(self, row: Any) -> str:
        return title(row.says.name)

    @titled(OwnerFilter.title)
    def owner(self, row: Any) -> str:
        return str(row.store)

    @titled(EFFECT_KIND.title, colours=EFFECT_KIND.colours)
    def kind(self, row: Any) -> tuple[str, str]:
        found = kind_of(row.says.effect)
        return found, EFFECT_KIND.name(found)

    @titled(SPENT)
    def spent_of_budget(self, row: Any) -> SafeString | str:
        return spent(row)

    def name_of(self, row: Any) -> str:
        return title(wish_of(row).name)

    def facts(self, request: HttpRequest, row: Any) -> list[Fact]:
        wish = wish_of(row)
        store = merchant_names([row.merchant_id], language()).get(row.merchant_id)
        return [
            Fact(PROMOTION_STATUS.title, label(PROMOTION_STATUS, row.status)),
            Fact(OwnerFilter.title, link(request, Merchant, row.merchant_id, store) if store else PLATFORM),
            Fact(EFFECT_KIND.title, label(EFFECT_KIND, kind_of(wish.effect))),
            *facts_of(row, "version", "starts_at", "ends_at"),
            Fact(SPENT, spent(row)),
            Fact(both("每人限用(单)", "Orders a buyer"), wish.per_buyer_max or NOTHING),
            Fact(both("出资", "Paid by"), shares(wish) or both("商家", "Merchant")),
            Fact(both("人群", "For whom"), audience_said(wish.audience)),
            Fact(
                both("渠道", "Channels"),
                ", ".join(CHANNEL.name(one) for one in sorted(wish.channels)) or both("全部", "All"),
            ),
            Fact(both("优先级", "Priority"), wish.priority),
            Fact(both("商品范围", "Goods"), goods_said(wish.goods), is_wide=True),
            Fact(SAYS, said(wish.effect), is_wide=True),
        ]

    def sections(self, request: HttpRequest, row: Any) -> list[Section]:
        found = PromotionVersion.objects.filter(promotion_id=row.pk).order_by("-version")[:VERSIONS_SHOWN]
        return [
            *promotion_looks.sections(request, row),
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

    # -- writing ------------------------------------------------------------------------------------------

    def write(self, answers: Mapping[str, Any], *, actor: UserId, now: datetime) -> UUID:
        """Draft the promotion."""
        return services.draft(merchant_id=None, wish=wish_from(answers), staff_id=actor, now=now)

    @asks(
        name=both("上线", "Go live"),
        question=both("从开始时间起对买家生效。", "From its start on it counts for buyers."),
        done=both("已上线", "It is live"),
        icon="rocket_launch",
        roles=(OPERATIONS,),
        when=_is(PromotionStatus.DRAFT, PromotionStatus.PAUSED, own=True),
        variant=PRIMARY,
    )
    def put_live(self, asked: Asked) -> None:
        """Put the promotion in force."""
        _move(asked, PromotionStatus.LIVE)

    @asks(
        name=both("修改", "Change"),
        question=both(
            "成为新的版本,生效中的马上按新版本计算;已下的订单不变。",
            "It becomes the next version and counts at once if it is live; orders that were placed keep theirs.",
        ),
        done=both("已修改", "Changed"),
        icon="edit",
        roles=(OPERATIONS,),
        when=_is(PromotionStatus.DRAFT, PromotionStatus.LIVE, PromotionStatus.PAUSED, own=True),
        form=ChangeForm,
    )
    def change_it(self, asked: Asked) -> None:
        """Write the next version."""
        services.change(
            merchant_id=None,
            promotion_id=PromotionId(asked.row_id),
            wish=wish_from(asked.answers),
            staff_id=asked.actor,
            now=asked.now,
        )

    @asks(
        name=both("暂停", "Pause"),
        question=both(
            "新的订单不再享受;商家在操作记录中看到原因。",
            "New orders get nothing of it any more; a merchant reads the reason in his log.",
        ),
        done=both("已暂停", "Paused"),
        icon="pause_circle",
        roles=(OPERATIONS,),
        when=_is(PromotionStatus.LIVE),
        form=ReasonForm,
    )
    def pause(self, asked: Asked) -> None:
        """Take the promotion out of force."""
        _move(asked, PromotionStatus.PAUSED)

    @asks(
        name=both("结束", "End"),
        question=both("永久结束,不能再上线。", "It ends for good and cannot go live again."),
        done=both("已结束", "Ended"),
        icon="stop_circle",
        roles=(OPERATIONS,),
        when=_is(PromotionStatus.DRAFT, PromotionStatus.LIVE, PromotionStatus.PAUSED),
        form=ReasonForm,
        variant=DANGER,
    )
    def end(self, asked: Asked) -> None:
        """End the promotion for good."""
        _move(asked, PromotionStatus.ENDED)


def audience_said(audience: Audience) -> str:
    """Return for whom something is, in a line for people."""
    named = [*sorted(audience.levels), *sorted(audience.segments)]
    if audience.is_new_only:
        named.append(str(both("新客", "New customers")))
    return ", ".join(named) or str(both("所有人", "Everybody"))


def goods_said(goods: GoodsWish) -> str:
    """Return which goods are meant, in a line for people."""
    counts = (
        (len(goods.product_ids), both("件商品", "products")),
        (len(goods.category_ids), both("个类目", "categories")),
        (len(goods.brand_ids), both("个品牌", "brands")),
        (len(goods.tags), both("个标签", "tags")),
    )
    named = ", ".join(f"{count} {words}" for count, words in counts if count)
    return named or str(both("全部商品", "All goods"))
