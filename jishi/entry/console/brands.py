"""Who may sell which brand: requests of merchants with the brand's letter, and what was decided."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join

from jishi.entry.console.asking import DANGER, PRIMARY, Asked, asks
from jishi.entry.console.base import Desk, register
from jishi.entry.console.columns import NOTHING, instant_column, titled, word_column
from jishi.entry.console.filters import choice_filter
from jishi.entry.console.forms import ReasonForm
from jishi.entry.console.page import Fact, facts_of, label, link
from jishi.entry.console.roles import OPERATIONS, RISK, SERVICE
from jishi.entry.console.vocabulary import AUTHORISATION_STATUS
from jishi.entry.console.words import both, language
from jishi.identity.merchants.models import Merchant
from jishi.kernel.ids import MediaId, MerchantId
from jishi.kernel.words import Text
from jishi.offering.catalog import services_brands as brands
from jishi.offering.catalog.models import Brand
from jishi.offering.catalog.models_brands import BrandAuthorisation
from jishi.offering.media import queries as media


def _is(*statuses: str) -> Callable[[Any], bool]:
    return lambda row: row.status in statuses


@register(
    BrandAuthorisation, both("品牌授权", "brand authorisation"), both("品牌授权", "Brand authorisations")
)
class BrandAuthorisationDesk(Desk):
    """Requests to sell a brand; those that wait are decided here."""

    roles = (OPERATIONS, RISK, SERVICE)
    list_display = ("brand_name", "merchant_name", "state", "requested")
    list_filter = (choice_filter("status", AUTHORISATION_STATUS),)
    search_help_text = both("品牌名", "Name of a brand")
    actions_detail = ("grant", "refuse", "withdraw")

    state = word_column("status", AUTHORISATION_STATUS)
    requested = instant_column("requested_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("brand", "merchant")

    @titled(both("品牌", "Brand"))
    def brand_name(self, row: BrandAuthorisation) -> str:
        return Text(row.brand.name_zh, row.brand.name_en).of(language())

    @titled(both("商家", "Merchant"))
    def merchant_name(self, row: BrandAuthorisation) -> str:
        return Text(row.merchant.name_zh, row.merchant.name_en).of(language())

    def matching(self, term: str) -> Q:
        named = Q(name_zh__icontains=term) | Q(name_en__icontains=term)
        return Q(brand_id__in=Brand.objects.filter(named).values("id"))

    def name_of(self, row: BrandAuthorisation) -> str:
        return f"{self.brand_name(row)} · {self.merchant_name(row)}"

    def people_of(self, row: BrandAuthorisation) -> list[UUID | None]:
        return [row.decided_by_id]

    def facts(self, request: HttpRequest, row: Any) -> list[Fact]:
        return [
            Fact(AUTHORISATION_STATUS.title, label(AUTHORISATION_STATUS, row.status)),
            Fact(both("品牌", "Brand"), link(request, Brand, row.brand_id, self.brand_name(row))),
            Fact(both("商家", "Merchant"), link(request, Merchant, row.merchant_id, self.merchant_name(row))),
            *facts_of(row, "requested_at", "decided_at"),
            Fact(both("处理人", "Decided by"), row.people.get(row.decided_by_id, NOTHING)),
            Fact(both("商家说明", "Merchant's note"), row.note or NOTHING, is_wide=True),
            Fact(both("处理原因", "Reason"), row.reason or NOTHING, is_wide=True),
            Fact(both("授权资料", "Proof"), _pictures(row), is_wide=True),
        ]

    @asks(
        name=both("授权", "Grant"),
        question=both("商家将可以销售该品牌的商品。", "The merchant may sell goods of the brand."),
        done=both("已授权", "Granted"),
        icon="verified",
        roles=(OPERATIONS, RISK),
        when=_is("requested"),
        variant=PRIMARY,
    )
    def grant(self, asked: Asked) -> None:
        """Let the merchant sell the brand."""
        brands.grant_authorisation(authorisation_id=asked.row_id, reviewer_id=asked.actor, now=asked.now)

    @asks(
        name=both("不予授权", "Refuse"),
        question=both(
            "商家会看到原因,可补充资料后再次提交。", "The merchant sees why, and may hand in again."
        ),
        done=both("已拒绝", "Refused"),
        icon="cancel",
        roles=(OPERATIONS, RISK),
        when=_is("requested"),
        form=ReasonForm,
    )
    def refuse(self, asked: Asked) -> None:
        """Turn the request down."""
        brands.refuse_authorisation(
            authorisation_id=asked.row_id, reason=asked.reason, reviewer_id=asked.actor, now=asked.now
        )

    @asks(
        name=both("收回授权", "Withdraw"),
        question=both(
            "不再接受该商家的此品牌商品;已在售的请逐个处理。",
            "Nothing new of the brand is accepted from the merchant; what is on sale is yours to ban.",
        ),
        done=both("已收回", "Withdrawn"),
        icon="gpp_bad",
        roles=(OPERATIONS, RISK),
        when=_is("granted"),
        form=ReasonForm,
        variant=DANGER,
    )
    def withdraw(self, asked: Asked) -> None:
        """Take the authorisation away."""
        brands.withdraw_authorisation(
            authorisation_id=asked.row_id, reason=asked.reason, reviewer_id=asked.actor, now=asked.now
        )


def _pictures(row: BrandAuthorisation) -> str:
    entries = media.entries(MerchantId(row.merchant_id), [MediaId(UUID(one)) for one in row.proof])
    shown = (
        (shown.src, media.small_url(entry["key"]), str(both("授权资料", "Proof")))
        for entry in entries.values()
        if (shown := media.image(entry, alt=""))
    )
    images = format_html_join(
        " ",
        '<a href="{}" target="_blank" rel="noopener"><img src="{}" alt="{}" width="160" height="160" '
        'class="inline-block rounded-default object-contain"></a>',
        shown,
    )
    return images or format_html("{}", NOTHING)
