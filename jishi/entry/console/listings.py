"""The queue of versions to review, each with what the checks found and what it changes."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any
from uuid import UUID

import msgspec
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString

from jishi.entry.console import listing_findings
from jishi.entry.console.asking import DANGER, PRIMARY, Asked, asks
from jishi.entry.console.base import Desk, all_rows, register
from jishi.entry.console.columns import (
    NOTHING,
    attribute_column,
    instant_column,
    titled,
    word_column,
)
from jishi.entry.console.filters import choice_filter
from jishi.entry.console.forms import ReasonForm
from jishi.entry.console.listing_diff import Names, compare
from jishi.entry.console.page import (
    Block,
    Fact,
    Section,
    attach,
    facts_of,
    label,
    link,
    merchant_names,
)
from jishi.entry.console.roles import OPERATIONS, RISK, SERVICE
from jishi.entry.console.vocabulary import FINDING_SEVERITY, LISTING_STATUS, VERSION_STATUS, WAIT_CAUSE
from jishi.entry.console.words import both, language
from jishi.identity.merchants.models import Merchant
from jishi.kernel.errors import NotFound
from jishi.kernel.ids import MediaId, MerchantId, ProductId
from jishi.kernel.words import Text
from jishi.offering.catalog import queries, services
from jishi.offering.catalog.models import Brand, Category, Product, ProductVersion
from jishi.offering.catalog.types import ListingStatus, ProductWish
from jishi.offering.media import queries as media

VERSION = both("版本", "Version")
PREVIEW = both("预览", "Preview")
REVIEWERS = (OPERATIONS, RISK)
AUTOMATIC = both("系统自动通过", "Approved by the rules")
SELLABLE = (ListingStatus.LIVE, ListingStatus.OFF_SHELF)
DIFF_WORDS = {
    "heading": both("内容", "Part"),
    "live_title": both("现在销售的版本", "Live now"),
    "proposed_title": both("提交的版本", "Proposed"),
    "unchanged_title": both("未变化的内容", "Unchanged"),
    "new_title": both("新增图片", "Added picture"),
    "gone_title": both("移除图片", "Removed picture"),
}


def _waits(row: ProductVersion) -> bool:
    return row.status == "in_review"


def _preview(row: ProductVersion) -> SafeString:
    """The way to the page of the product as this version would show it."""
    address = f"/preview/product/{row.product_id}?number={row.number}"
    return format_html('<a href="{}" target="_blank" rel="noopener">{}</a>', address, PREVIEW)


def product_of(row: Any) -> ProductId:
    """Return the product that a row of either desk is about."""
    return ProductId(row.product_id if isinstance(row, ProductVersion) else row.id)


def bans(when: Callable[[Any], bool]) -> Any:
    """Return the action that takes a product off the market; the same on both desks."""

    @asks(
        name=both("封禁商品", "Ban"),
        question=both(
            "商品立即下架,商家会看到原因,可申诉。",
            "Off the shelf at once; the merchant sees why and may appeal.",
        ),
        done=both("商品已封禁", "The product is banned"),
        icon="gpp_bad",
        roles=REVIEWERS,
        when=when,
        form=ReasonForm,
        variant=DANGER,
    )
    def ban(_: Any, asked: Asked) -> None:
        """Take the product out of the market."""
        services.ban(
            product_id=product_of(asked.row), reason=asked.reason, reviewer_id=asked.actor, now=asked.now
        )

    return ban


@register(ProductVersion, both("商品审核", "listing review"), both("商品审核", "Listing review"))
class ListingDesk(Desk):
    """Versions of products that wait for a decision, those that have waited longest first."""

    roles = (OPERATIONS, RISK, SERVICE)
    list_display = ("title", "store", "version", "state", "found", "submitted")
    list_filter = (
        choice_filter("status", VERSION_STATUS, default="in_review"),
        listing_findings.CheckFilter,
        listing_findings.SeverityFilter,
    )
    actions_detail = ("approve", "reject", "ban")

    state = word_column("status", VERSION_STATUS)
    found = word_column("severity", FINDING_SEVERITY)
    store = attribute_column("store", both("店铺", "Store"))
    submitted = instant_column("submitted_at")
    ban = bans(lambda row: row.status == "in_review" and row.product.status in SELLABLE)

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        waiting = request.GET.get("status", "in_review") == "in_review"
        return ("submitted_at", "id") if waiting else ("-id",)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("product")

    def prepare(self, rows: Sequence[Any]) -> None:
        attach(rows, "store", "merchant_id", merchant_names((row.merchant_id for row in rows), language()))

    @titled(VERSION)
    def version(self, row: ProductVersion) -> str:
        return f"#{row.number}"

    @titled(both("商品", "Product"))
    def title(self, row: ProductVersion) -> str:
        return self.name_of(row)

    def name_of(self, row: ProductVersion) -> str:
        title = row.wish["title"]
        return Text(title["zh"], title["en"]).of(language())

    def people_of(self, row: ProductVersion) -> list[UUID | None]:
        return [row.written_by_id, row.decided_by_id]

    def facts(self, request: HttpRequest, row: Any) -> list[Fact]:
        store = merchant_names([row.merchant_id], language()).get(row.merchant_id)
        return [
            Fact(VERSION_STATUS.title, label(VERSION_STATUS, row.status)),
            Fact(both("店铺", "Store"), link(request, Merchant, row.merchant_id, store)),
            Fact(
                both("商品", "Product"), link(request, Product, row.product_id, title_of_product(row.product))
            ),
            Fact(both("商品现状", "On the shelf"), label(LISTING_STATUS, row.product.status)),
            Fact(VERSION, f"#{row.number}"),
            Fact(both("商品页", "Its page"), _preview(row)),
            *facts_of(row, "submitted_at"),
            Fact(both("提交人", "Written by"), row.people.get(row.written_by_id, NOTHING)),
            Fact(
                both("审核人", "Decided by"),
                AUTOMATIC if row.is_automatic else row.people.get(row.decided_by_id, NOTHING),
            ),
            Fact(WAIT_CAUSE.title, listing_findings.causes(row) or NOTHING),
            *facts_of(row, "reason"),
        ]

    def sections(self, request: HttpRequest, row: ProductVersion) -> list[Section]:
        proposed, live = _read(row), _live(row)
        changes = compare(live, proposed, _names(proposed, live))
        html = render_to_string(
            "console/diff.html",
            {
                "changed": [one for one in changes if one.is_change],
                "unchanged": [one for one in changes if not one.is_change],
                "is_first": live is None,
                "pictures": _pictures(row, proposed, live),
                **DIFF_WORDS,
            },
        )
        return [
            listing_findings.section(request, row),
            Block(both("变更内容", "What changes"), SafeString(html)),
        ]

    @asks(
        name=both("通过", "Approve"),
        question=both("新版本将立即上架销售。", "The new version is sold from now on."),
        done=both("已通过,新版本已上架", "Approved: the new version is on the shelf"),
        icon="check_circle",
        roles=REVIEWERS,
        when=_waits,
        variant=PRIMARY,
    )
    def approve(self, asked: Asked) -> None:
        """Put the version on the shelf."""
        services.approve(product_id=product_of(asked.row), reviewer_id=asked.actor, now=asked.now)

    @asks(
        name=both("驳回", "Reject"),
        question=both(
            "商家会看到原因;已上架的版本继续销售。", "The merchant sees why; what is live stays on sale."
        ),
        done=both("已驳回", "Rejected"),
        icon="cancel",
        roles=REVIEWERS,
        when=_waits,
        form=listing_findings.RejectForm,
    )
    def reject(self, asked: Asked) -> None:
        """Refuse the version."""
        services.reject(
            product_id=product_of(asked.row), reason=asked.reason, reviewer_id=asked.actor, now=asked.now
        )


def _read(row: ProductVersion) -> ProductWish:
    return msgspec.convert(row.wish, ProductWish)


def _live(row: ProductVersion) -> ProductWish | None:
    """Return what buyers see now, unless it is this very version."""
    if row.product.live_number is None or row.product.live_number == row.number:
        return None
    found = all_rows(ProductVersion).filter(product_id=row.product_id, number=row.product.live_number).first()
    return _read(found) if found else None


def _names(*wishes: ProductWish | None) -> Names:
    present = [wish for wish in wishes if wish]
    return Names(
        categories=_named(Category, (wish.category_id for wish in present)),
        brands=_named(Brand, (wish.brand_id for wish in present)),
        attributes=_attribute_names(present[0]),
    )


def title_of_product(row: Product) -> str:
    """Return what a product is called."""
    return Text(row.title_zh, row.title_en).of(language())


def _named(model: type[Category] | type[Brand], ids: Iterable[UUID | None]) -> dict[UUID, str]:
    found = model._default_manager.filter(id__in={one for one in ids if one})
    return {one: Text(zh, en).of(language()) for one, zh, en in found.values_list("id", "name_zh", "name_en")}


def _attribute_names(wish: ProductWish) -> dict[str, str]:
    try:
        known = queries.category_attributes(wish.category_id, language=language())
    except NotFound:  # switched off since: the codes have to do
        return {}
    return {one.code: one.name for one in known}


def _pictures(row: ProductVersion, proposed: ProductWish, live: ProductWish | None) -> list[dict[str, Any]]:
    """Return the addresses of the pictures of both versions, with what became of each."""
    before: Sequence[MediaId] = live.media_ids if live else []
    every = list(dict.fromkeys([*proposed.media_ids, *before]))
    entries = media.entries(MerchantId(row.merchant_id), every)
    return [
        {
            "src": media.small_url(entries[one]["key"]),
            "is_new": live is not None and one not in before,
            "is_gone": one not in proposed.media_ids,
        }
        for one in every
        if one in entries
    ]
