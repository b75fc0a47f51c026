"""Products: the queue of versions to review, each with what it changes, and what is on the shelf."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any
from uuid import UUID

import msgspec
from django.db.models import Q
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString

from jishi.discovery.search import queries as search
from jishi.discovery.search.types import SearchWish
from jishi.entry.console.asking import DANGER, PRIMARY, Asked, asks
from jishi.entry.console.base import Desk, all_rows, register, uuid_in
from jishi.entry.console.columns import (
    NOTHING,
    amount_column,
    attribute_column,
    instant_column,
    money,
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
    Table,
    amount,
    attach,
    code,
    facts_of,
    label,
    link,
    merchant_names,
    moment,
)
from jishi.entry.console.roles import OPERATIONS, RISK, SERVICE
from jishi.entry.console.vocabulary import LISTING_STATUS, VERSION_STATUS
from jishi.entry.console.words import both, language
from jishi.identity.merchants.models import Merchant
from jishi.kernel.errors import NotFound, ShopError
from jishi.kernel.ids import MediaId, MerchantId, ProductId
from jishi.kernel.words import Text
from jishi.offering.catalog import queries, services
from jishi.offering.catalog.models import Brand, Category, PriceRow, Product, ProductVersion, SkuRow
from jishi.offering.catalog.types import ListingStatus, ProductWish
from jishi.offering.media import queries as media

VERSION = both("版本", "Version")
REVIEWERS = (OPERATIONS, RISK)
VERSIONS_SHOWN = PRICES_SHOWN = 20
YES_NO = {True: both("是", "Yes"), False: both("否", "No")}
NOT_FOR_SALE = both("停售", "Not for sale")
FOUND_MAX = 50
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


def _product_of(row: Any) -> ProductId:
    return ProductId(row.product_id if isinstance(row, ProductVersion) else row.id)


def _bans(when: Callable[[Any], bool]) -> Any:
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
            product_id=_product_of(asked.row), reason=asked.reason, reviewer_id=asked.actor, now=asked.now
        )

    return ban


@register(ProductVersion, both("商品审核", "listing review"), both("商品审核", "Listing review"))
class ListingDesk(Desk):
    """Versions of products that wait for a decision, those that have waited longest first."""

    roles = (OPERATIONS, RISK, SERVICE)
    list_display = ("title", "store", "version", "state", "submitted")
    list_filter = (choice_filter("status", VERSION_STATUS, default="in_review"),)
    actions_detail = ("approve", "reject", "ban")

    state = word_column("status", VERSION_STATUS)
    store = attribute_column("store", both("店铺", "Store"))
    submitted = instant_column("submitted_at")
    ban = _bans(lambda row: row.status == "in_review" and row.product.status in SELLABLE)

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
            Fact(both("商品", "Product"), link(request, Product, row.product_id, _title(row.product))),
            Fact(both("商品现状", "On the shelf"), label(LISTING_STATUS, row.product.status)),
            Fact(VERSION, f"#{row.number}"),
            *facts_of(row, "submitted_at"),
            Fact(both("提交人", "Written by"), row.people.get(row.written_by_id, NOTHING)),
            Fact(both("审核人", "Decided by"), row.people.get(row.decided_by_id, NOTHING)),
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
        return [Block(both("变更内容", "What changes"), SafeString(html))]

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
        services.approve(product_id=_product_of(asked.row), reviewer_id=asked.actor, now=asked.now)

    @asks(
        name=both("驳回", "Reject"),
        question=both(
            "商家会看到原因;已上架的版本继续销售。", "The merchant sees why; what is live stays on sale."
        ),
        done=both("已驳回", "Rejected"),
        icon="cancel",
        roles=REVIEWERS,
        when=_waits,
        form=ReasonForm,
    )
    def reject(self, asked: Asked) -> None:
        """Refuse the version."""
        services.reject(
            product_id=_product_of(asked.row), reason=asked.reason, reviewer_id=asked.actor, now=asked.now
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


def _title(row: Product) -> str:
    return Text(row.title_zh, row.title_en).of(language())


def _name(row: Category | Brand | None) -> str:
    return Text(row.name_zh, row.name_en).of(language()) if row else NOTHING


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


@register(Product, both("商品", "product"), both("商品", "Products"))
class ProductDesk(Desk):
    """Everything merchants offer, on the shelf or not."""

    roles = (OPERATIONS, RISK, SERVICE)
    list_display = ("name", "store", "state", "price", "sold_count", "updated")
    list_filter = (choice_filter("status", LISTING_STATUS),)
    search_help_text = both(
        "SKU 编码、商品编号,或在售商品的关键词", "SKU code, product id, or words of what is on sale"
    )
    actions_detail = ("ban", "reopen")

    state = word_column("status", LISTING_STATUS)
    store = attribute_column("store", both("店铺", "Store"))
    price = amount_column("price_from_minor", both("最低价", "Price from"))
    updated = instant_column("updated_at")
    ban = _bans(lambda row: row.status in SELLABLE)

    def matching(self, term: str) -> Q:
        wanted = uuid_in(term)
        if wanted is not None:
            return Q(id=wanted)
        of_sku = all_rows(SkuRow).filter(code=term).values_list("product_id", flat=True)[:FOUND_MAX]
        return Q(id__in=[*of_sku, *_on_sale(term)])

    def prepare(self, rows: Sequence[Any]) -> None:
        attach(rows, "store", "merchant_id", merchant_names((row.merchant_id for row in rows), language()))

    @titled(both("商品", "Product"))
    def name(self, row: Product) -> SafeString:
        picture = media.small_url(row.media[0]["key"]) if row.media else ""
        image = (
            format_html('<img src="{}" alt="" width="40" height="40" loading="lazy">', picture)
            if picture
            else ""
        )
        return format_html('<span class="jishi-product">{}<span>{}</span></span>', image, self.name_of(row))

    def name_of(self, row: Product) -> str:
        return _title(row)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("category", "brand")

    def facts(self, request: HttpRequest, row: Product) -> list[Fact]:
        store = merchant_names([row.merchant_id], language()).get(row.merchant_id)
        prices = dict.fromkeys((row.price_from_minor, row.price_to_minor))
        return [
            Fact(LISTING_STATUS.title, label(LISTING_STATUS, row.status)),
            Fact(both("店铺", "Store"), link(request, Merchant, row.merchant_id, store)),
            Fact(both("类目", "Category"), link(request, Category, row.category_id, _name(row.category))),
            Fact(both("品牌", "Brand"), link(request, Brand, row.brand_id, _name(row.brand))),
            Fact(both("价格", "Price"), amount(" – ".join(money(one, row.currency) for one in prices))),
            Fact(both("有货", "In stock"), YES_NO[row.in_stock]),
            *facts_of(row, "sold_count", "published_at", "updated_at"),
        ]

    def sections(self, request: HttpRequest, row: Product) -> list[Section]:
        skus = list(all_rows(SkuRow).filter(product_id=row.id).order_by("position", "id"))
        return [_skus(skus), _prices(skus), _versions(request, row)]

    @asks(
        name=both("解除封禁", "Grant the appeal"),
        question=both("商品回到草稿,须重新审核。", "It becomes a draft again, to be reviewed anew."),
        done=both("已解除封禁", "The product is a draft again"),
        icon="gavel",
        roles=REVIEWERS,
        when=lambda row: row.status == "banned",
        variant=PRIMARY,
    )
    def reopen(self, asked: Asked) -> None:
        """Let the merchant propose it again."""
        services.reopen(product_id=_product_of(asked.row), reviewer_id=asked.actor, now=asked.now)


def _on_sale(words: str) -> list[ProductId]:
    """Return products on sale that match words; none while the index is being built."""
    try:
        found = search.search(SearchWish(words=words, size=FOUND_MAX), language=language())
    except ShopError:
        return []
    return [card.id for card in found.items]


def _skus(skus: Sequence[SkuRow]) -> Table:
    return Table(
        "SKU",
        (both("编码", "Code"), both("规格", "Choice"), both("价格", "Price"), both("有货", "In stock")),
        [
            (
                code(one.code),
                Text(one.choice_name_zh, one.choice_name_en).of(language()) or NOTHING,
                amount(money(one.price_minor, one.currency)),
                YES_NO[one.in_stock],
            )
            for one in skus
            if one.is_active
        ],
    )


def _prices(skus: Sequence[SkuRow]) -> Table:
    codes = {one.id: one.code for one in skus}
    found = all_rows(PriceRow).filter(sku_id__in=codes).order_by("-offered_from", "sku_id")[:PRICES_SHOWN]
    return Table(
        both("价格记录", "Price history"),
        (both("时间", "From"), both("编码", "Code"), both("价格", "Price")),
        [
            (
                moment(one.offered_from),
                code(codes[one.sku_id]),
                amount(money(one.price_minor, one.currency)) if one.price_minor else NOT_FOR_SALE,
            )
            for one in found
        ],
    )


def _versions(request: HttpRequest, row: Product) -> Table:
    found = all_rows(ProductVersion).filter(product_id=row.id).order_by("-number")[:VERSIONS_SHOWN]
    return Table(
        both("版本", "Versions"),
        (
            VERSION,
            VERSION_STATUS.title,
            both("提交时间", "Submitted"),
            both("原因", "Reason"),
        ),
        [
            (
                link(request, ProductVersion, one.id, f"#{one.number}"),
                label(VERSION_STATUS, one.status),
                moment(one.submitted_at),
                one.reason or NOTHING,
            )
            for one in found
        ],
    )
