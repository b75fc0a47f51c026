"""Products: what merchants offer, on the shelf or not, with prices and versions."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from jishi.discovery.search import queries as search
from jishi.discovery.search.types import SearchWish
from jishi.entry.console.asking import PRIMARY, Asked, asks
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
from jishi.entry.console.listings import (
    AUTOMATIC,
    REVIEWERS,
    SELLABLE,
    VERSION,
    bans,
    product_of,
    title_of_product,
)
from jishi.entry.console.page import (
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
    people_names,
)
from jishi.entry.console.roles import OPERATIONS, RISK, SERVICE
from jishi.entry.console.vocabulary import LISTING_STATUS, VERSION_STATUS
from jishi.entry.console.words import both, language
from jishi.identity.merchants.models import Merchant
from jishi.kernel.errors import ShopError
from jishi.kernel.ids import ProductId
from jishi.kernel.words import Text
from jishi.offering.catalog import queries_offers, services, services_merge
from jishi.offering.catalog.models import Brand, Category, PriceRow, Product, ProductVersion, SkuRow
from jishi.offering.catalog.models_offers import SharedProduct
from jishi.offering.media import queries as media

VERSIONS_SHOWN = PRICES_SHOWN = 20
YES_NO = {True: both("是", "Yes"), False: both("否", "No")}
NOT_FOR_SALE = both("停售", "Not for sale")
FOUND_MAX = 50
SHARED = both("共享商品", "Shared product")


@register(Product, both("商品", "product"), both("商品", "Products"))
class ProductDesk(Desk):
    """Everything merchants offer, on the shelf or not."""

    roles = (OPERATIONS, RISK, SERVICE)
    list_display = ("name", "store", "state", "price", "sold_count", "updated")
    list_filter = (choice_filter("status", LISTING_STATUS),)
    search_help_text = both(
        "SKU 编码、商品编号,或在售商品的关键词", "SKU code, product id, or words of what is on sale"
    )
    actions_detail = ("ban", "reopen", "split")

    state = word_column("status", LISTING_STATUS)
    store = attribute_column("store", both("店铺", "Store"))
    price = amount_column("price_from_minor", both("最低价", "Price from"))
    updated = instant_column("updated_at")
    ban = bans(lambda row: row.status in SELLABLE)

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
        return title_of_product(row)

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
            Fact(SHARED, link(request, SharedProduct, row.shared_product_id, code(row.shared_product_id))),
            Fact(both("价格", "Price"), amount(" – ".join(money(one, row.currency) for one in prices))),
            Fact(both("有货", "In stock"), YES_NO[row.in_stock]),
            *facts_of(row, "sold_count", "published_at", "updated_at"),
        ]

    def sections(self, request: HttpRequest, row: Product) -> list[Section]:
        skus = list(all_rows(SkuRow).filter(product_id=row.id).order_by("position", "id"))
        return [_skus(skus), _prices(skus), _versions(request, row)]

    @asks(
        name=both("从共享商品拆出", "Split out"),
        question=both(
            "商品不再与其他商家的同款一起显示,评价也分开;可在共享商品页撤销。",
            "It is no longer shown with other merchants' offers, and its reviews stand alone. Undo it on the page of "
            "the shared product.",
        ),
        done=both("已拆出", "Split out"),
        icon="call_split",
        roles=(OPERATIONS,),
        when=lambda row: row.shared_product_id is not None and len(queries_offers.siblings(row.id)) > 1,
        form=ReasonForm,
    )
    def split(self, asked: Asked) -> None:
        """Take the offer out of its shared product."""
        services_merge.split(
            product_id=product_of(asked.row), reason=asked.reason, actor=asked.actor, now=asked.now
        )

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
        services.reopen(product_id=product_of(asked.row), reviewer_id=asked.actor, now=asked.now)


def _name(row: Category | Brand | None) -> str:
    return Text(row.name_zh, row.name_en).of(language()) if row else NOTHING


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
    found = list(all_rows(ProductVersion).filter(product_id=row.id).order_by("-number")[:VERSIONS_SHOWN])
    people = people_names(one for version in found for one in (version.written_by_id, version.decided_by_id))
    return Table(
        both("版本", "Versions"),
        (
            VERSION,
            VERSION_STATUS.title,
            both("提交时间", "Submitted"),
            both("提交人", "Written by"),
            both("审核人", "Decided by"),
            both("原因", "Reason"),
        ),
        [
            (
                link(request, ProductVersion, one.id, f"#{one.number}"),
                label(VERSION_STATUS, one.status),
                moment(one.submitted_at),
                people.get(one.written_by_id, NOTHING),
                AUTOMATIC if one.is_automatic else people.get(one.decided_by_id, NOTHING),
                one.reason or NOTHING,
            )
            for one in found
        ],
    )
