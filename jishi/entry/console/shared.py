"""Shared products: who offers what, what may be the same twice, and what was merged and split."""

import re
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.widgets import UnfoldAdminTextInputWidget

from jishi.entry.console.asking import DANGER, PRIMARY, Asked, asks
from jishi.entry.console.base import Desk, all_rows, register, uuid_in
from jishi.entry.console.columns import NOTHING, attribute_column, instant_column, money, titled
from jishi.entry.console.forms import NEEDED, DialogForm, reason_field
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
from jishi.entry.console.vocabulary import LISTING_STATUS, SHARED_MOVE, SHARED_REASON
from jishi.entry.console.words import both, language
from jishi.identity.merchants.models import Merchant
from jishi.kernel.errors import Invalid
from jishi.kernel.ids import ProductId, SharedProductId
from jishi.kernel.words import Text
from jishi.offering.catalog import queries_duplicates, queries_offers, services_merge
from jishi.offering.catalog.models import Brand, Category, Product
from jishi.offering.catalog.models_offers import SharedMove, SharedProduct
from jishi.offering.media import queries as media

EDITORS = (OPERATIONS,)
MOVES_SHOWN = 20
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
TWINS = both("可能重复", "Possible duplicates")
OFFERS = both("商家报价", "Offers")
MERGED_INTO = both("已并入", "Merged into")


class MergeForm(DialogForm):
    """Asks which other one is the same, by its number or address, and why."""

    other = forms.CharField(
        label=both("要并入的商品", "What to merge into it"),
        max_length=200,
        widget=UnfoldAdminTextInputWidget({"required": True, "autocomplete": "off"}),
        help_text=both(
            "商品或共享商品的编号,或它的网址", "Number of a product or a shared product, or its address"
        ),
        error_messages=NEEDED,
    )
    reason = reason_field()

    def first(self, row: Any) -> dict[str, Any]:
        """Begin with the likeliest duplicate."""
        found = queries_duplicates.duplicates(row.pk)[:1] if row else []
        return {"other": str(found[0].second)} if found else {}


class TwinFilter(admin.SimpleListFilter):
    """Only those beside which another of the same number, model or title stands."""

    title = TWINS
    parameter_name = "twins"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", str(TWINS))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() != "yes":
            return queryset
        others = SharedProduct.objects.filter(category=OuterRef("category"), merged_into=None).exclude(
            id=OuterRef("id")
        )
        of_brand = Q(brand=OuterRef("brand")) | Q(brand=None) & Q(category=OuterRef("category"))
        return queryset.filter(
            Exists(others.filter(of_brand, name_key=OuterRef("name_key")).exclude(name_key=""))
            | Exists(others.filter(of_brand, model=OuterRef("model")).exclude(model=""))
            | Exists(others.filter(gtin=OuterRef("gtin")).exclude(gtin=""))
        )


@register(SharedProduct, both("共享商品", "shared product"), both("共享商品", "Shared products"))
class SharedProductDesk(Desk):
    """What several merchants may sell, with all that they offer of it."""

    roles = (OPERATIONS, RISK, SERVICE)
    list_display = ("name", "shelf", "offer_count", "best_price", "created")
    list_filter = (TwinFilter,)
    search_help_text = both("标题、编号", "Title or number")
    actions_detail = ("merge_in", "undo_last")

    shelf = attribute_column("shelf", both("类目", "Category"))
    offer_count = attribute_column("offer_count", OFFERS)
    best_price = attribute_column("best_price", both("优选价", "Best price"))
    created = instant_column("created_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("category", "brand", "merged_into")

    def matching(self, term: str) -> Q:
        wanted = uuid_in(term)
        return Q(id=wanted) if wanted else Q(title_zh__icontains=term) | Q(title_en__icontains=term)

    def prepare(self, rows: Sequence[Any]) -> None:
        offers = _offers([row.id for row in rows])
        for row in rows:
            row.own_offers = [one for one in offers if one.shared_product_id == row.id]
        attach(rows, "shelf", "id", {row.id: _name(row.category) for row in rows})
        attach(rows, "offer_count", "id", {row.id: str(len(row.own_offers)) for row in rows})
        attach(rows, "best_price", "id", {row.id: _best(row.own_offers) for row in rows})

    @titled(both("商品", "Product"))
    def name(self, row: Any) -> SafeString:
        return _pictured(row.own_offers[0] if row.own_offers else None, self.name_of(row))

    def name_of(self, row: SharedProduct) -> str:
        return _title(row)

    def facts(self, request: HttpRequest, row: SharedProduct) -> list[Fact]:
        led = row.merged_into
        return [
            Fact(both("类目", "Category"), link(request, Category, row.category_id, _name(row.category))),
            Fact(both("品牌", "Brand"), link(request, Brand, row.brand_id, _name(row.brand))),
            Fact(both("型号", "Model"), row.model or NOTHING),
            Fact("GTIN", code(row.gtin) if row.gtin else NOTHING),
            Fact(both("网址", "Address"), code(f"/p/{row.id}")),
            *facts_of(row, "created_at"),
            *([Fact(MERGED_INTO, link(request, SharedProduct, led.id, _title(led)))] if led else []),
        ]  # fmt: skip

    def sections(self, request: HttpRequest, row: SharedProduct) -> list[Section]:
        return [_side_by_side(request, row), _twins(request, row), _moves(request, row)]

    @asks(
        name=both("并入另一商品", "Merge another one in"),
        question=both(
            "另一商品的全部商家报价归入此商品,它的网址永久转到这里;评价合并显示。可随时撤销。",
            "All offers of the other become offers of this one, its address leads here for ever, and reviews are"
            " shown together. It can be undone at any time.",
        ),
        done=both("已合并", "Merged"),
        icon="merge",
        roles=EDITORS,
        when=lambda row: row.merged_into_id is None,
        form=MergeForm,
        variant=PRIMARY,
    )
    def merge_in(self, asked: Asked) -> None:
        """Make another shared product part of this one."""
        services_merge.merge(
            kept=SharedProductId(asked.row_id),
            gone=_shared_id(str(asked.answers["other"])),
            reason=asked.reason,
            actor=asked.actor,
            now=asked.now,
        )

    @asks(
        name=both("撤销最近一次操作", "Undo the last move"),
        question=both(
            "最近一次合并或拆分恢复原状,网址也恢复。",
            "The last merge or split is undone, and so are its addresses.",
        ),
        done=both("已撤销", "Undone"),
        icon="undo",
        roles=EDITORS,
        when=lambda row: _last_move(row) is not None,
        variant=DANGER,
    )
    def undo_last(self, asked: Asked) -> None:
        """Undo what was last done with this shared product."""
        move = _last_move(asked.row)
        if move is None:
            raise services_merge.UndoneAlready
        services_merge.undo(move_id=move.id, actor=asked.actor, now=asked.now)


def _shared_id(typed: str) -> SharedProductId:
    """Return the shared product that a number or an address means. Raises: Invalid."""
    found = _UUID.search(typed)
    if found is None:
        raise Invalid(field="other")
    wanted = UUID(found.group())
    return queries_offers.shared_of(ProductId(wanted)) or SharedProductId(wanted)


def _last_move(row: SharedProduct) -> SharedMove | None:
    return SharedMove.objects.filter(Q(source=row) | Q(target=row), undone_at=None).order_by("-id").first()


def _title(row: SharedProduct | Product) -> str:
    return Text(row.title_zh, row.title_en).of(language())


def _offers(shared_ids: Sequence[UUID]) -> list[Product]:
    found = all_rows(Product).filter(shared_product_id__in=shared_ids)
    return list(found.order_by("-is_front", "price_from_minor", "id"))


def _name(row: Category | Brand | None) -> str:
    return Text(row.name_zh, row.name_en).of(language()) if row else NOTHING


def _best(offers: Sequence[Product]) -> str:
    live = [one for one in offers if one.status == "live"]
    return money(live[0].price_from_minor, live[0].currency) if live else NOTHING


def _pictured(offer: Product | None, text: object) -> SafeString:
    picture = media.small_url(offer.media[0]["key"]) if offer and offer.media else ""
    image = (
        format_html('<img src="{}" alt="" width="40" height="40" loading="lazy">', picture) if picture else ""
    )
    return format_html('<span class="jishi-product">{}<span>{}</span></span>', image, text)


def _side_by_side(request: HttpRequest, row: SharedProduct) -> Table:
    """Return everything that merchants offer of it, the best first."""
    offers = _offers([row.id])
    stores = merchant_names((one.merchant_id for one in offers), language())
    return Table(
        OFFERS,
        (both("商品", "Product"), both("店铺", "Store"), both("价格", "Price"), LISTING_STATUS.title,
         both("列表中显示", "Shown in lists")),
        [
            (
                _pictured(one, link(request, Product, one.id, _title(one))),
                link(request, Merchant, one.merchant_id, stores.get(one.merchant_id)),
                amount(money(one.price_from_minor, one.currency)),
                label(LISTING_STATUS, one.status),
                both("是", "Yes") if one.is_front and one.status == "live" else NOTHING,
            )
            for one in offers
        ],
    )  # fmt: skip


def _twins(request: HttpRequest, row: SharedProduct) -> Table:
    """Return what may be the same, each with its picture, so that both can be compared."""
    found = queries_duplicates.duplicates(SharedProductId(row.id)) if row.merged_into_id is None else []
    others = {one.id: one for one in SharedProduct.objects.filter(id__in=[one.second for one in found])}
    offers = _offers(list(others))
    return Table(
        TWINS,
        (both("商品", "Product"), both("相同之处", "What is the same"), OFFERS, both("优选价", "Best price"),
         both("编号", "Number")),
        [
            (
                _pictured(
                    next((one for one in offers if one.shared_product_id == twin.second), None),
                    link(request, SharedProduct, twin.second, _title(others[twin.second])),
                ),
                "、".join(SHARED_REASON.name(why) for why in twin.reasons),
                sum(one.shared_product_id == twin.second for one in offers),
                amount(_best([one for one in offers if one.shared_product_id == twin.second])),
                code(twin.second),
            )
            for twin in found
        ],
    )  # fmt: skip


def _moves(request: HttpRequest, row: SharedProduct) -> Table:
    moves = list(SharedMove.objects.filter(Q(source=row) | Q(target=row)).order_by("-id")[:MOVES_SHOWN])
    people = people_names(one for move in moves for one in (move.moved_by_id, move.undone_by_id))
    return Table(
        both("合并与拆分", "Merges and splits"),
        (both("时间", "When"), SHARED_MOVE.title, both("商品数", "Products"), both("另一方", "The other"),
         both("原因", "Reason"), both("操作人", "By"), both("撤销于", "Undone")),
        [
            (
                moment(move.moved_at),
                SHARED_MOVE.name(move.kind),
                len(move.product_ids),
                link(request, SharedProduct, other, code(other)),
                move.reason,
                people.get(move.moved_by_id, NOTHING) if move.moved_by_id else NOTHING,
                moment(move.undone_at) if move.undone_at else NOTHING,
            )
            for move in moves
            for other in [move.target_id if move.source_id == row.id else move.source_id]
        ],
    )  # fmt: skip
