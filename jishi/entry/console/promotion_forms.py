"""What the back office asks for a promotion of the platform, and what it makes of the answers."""

import re
from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from pydantic import TypeAdapter
from pydantic import ValidationError as Malformed
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from jishi.entry.console import promotion_text
from jishi.entry.console.forms import NEEDED, DialogForm, choice_field, decimal_field
from jishi.entry.console.search_rule_forms import MOMENT, moment_field
from jishi.entry.console.words import Vocabulary, Word, both, language
from jishi.kernel.channels import Channel
from jishi.kernel.errors import Invalid
from jishi.kernel.ids import BrandId, CategoryId, ProductId
from jishi.kernel.words import Text
from jishi.offering.coupons.types import CouponTemplateWish
from jishi.offering.pricing.types import Funder, FunderShare
from jishi.offering.pricing.types_promotions import Audience, Effect, Refunding
from jishi.offering.promotions.models import PromotionRow
from jishi.offering.promotions.queries import read_wish, written
from jishi.offering.promotions.services import check
from jishi.offering.promotions.types import GoodsWish, PromotionWish

REFUNDING = Vocabulary(
    both("退货后的门槛优惠", "When goods come back"),
    {
        "keep": Word("保留优惠", "The discount stays"),
        "claw_back": Word("不足门槛则收回", "Below the threshold it is taken back"),
    },
)
FUNDER = Vocabulary(
    both("出资方", "Paid by"),
    {
        "platform": Word("平台", "Platform"),
        "merchant": Word("商家", "Merchant"),
        "brand": Word("品牌", "Brand"),
    },
)
CHANNEL = Vocabulary(
    both("渠道", "Channels"),
    {
        Channel.WEB: Word("电脑网页", "Web on a computer"),
        Channel.MOBILE: Word("手机网页", "Web on a phone"),
        Channel.APP: Word("App", "App"),
    },
)
_ID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_BETWEEN = re.compile(r"[\s,，、;；]+")
_WISH = TypeAdapter(PromotionWish)
Terms = PromotionWish | CouponTemplateWish


def _text(label: str, *, required: bool = True, length_max: int = 60) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=length_max,
        required=required,
        widget=UnfoldAdminTextInputWidget({"autocomplete": "off"}),
        error_messages=NEEDED,
    )


def _lines(label: str, *, required: bool = False, help_text: str = "", rows: int = 2) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=30_000,
        required=required,
        help_text=help_text,
        widget=UnfoldAdminTextareaWidget({"rows": rows}),
        error_messages=NEEDED,
    )


def _number(label: str, *, least: int, most: int, first: int | None = None) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=least,
        max_value=most,
        required=False,
        initial=first,
        widget=UnfoldAdminIntegerFieldWidget,
    )


def _channels() -> list[tuple[str, str]]:
    return [(one, CHANNEL.name(one)) for one in CHANNEL.words]


def _switch(label: str) -> forms.BooleanField:
    return forms.BooleanField(label=label, required=False, widget=UnfoldBooleanSwitchWidget)


def _optional(field: forms.Field) -> forms.Field:
    field.required = False
    return field


class PromotionFields(forms.Form):
    """All that a promotion of the platform says."""

    name_zh = _text(both("名称", "Name"))
    name_en = _text(both("英文名称", "English name"), required=False)
    kind = choice_field(promotion_text.WRITTEN_KIND)
    effect = _lines(both("优惠内容", "What it does"), required=True, help_text=promotion_text.HOW, rows=4)
    starts = moment_field(both("开始", "From"))
    ends = moment_field(both("结束", "Until"))
    products = _lines(
        both("商品", "Products"),
        help_text=both(
            "编号或网址,一行一个;商品、类目、品牌、标签全空则为全场",
            "Ids or addresses, one a line. Nothing in products, categories, brands and tags: all goods",
        ),
    )
    categories = _lines(both("类目", "Categories"))
    brands = _lines(both("品牌", "Brands"))
    tags = _lines(both("标签", "Tags"))
    excluded = _lines(both("不参加的商品", "Products left out"))
    # There is no list of levels and segments yet, so none is asked for; what a promotion says of them stays.
    levels = forms.CharField(required=False, max_length=400, widget=forms.HiddenInput)
    segments = forms.CharField(required=False, max_length=400, widget=forms.HiddenInput)
    is_new_only = _switch(both("仅新客", "New customers only"))
    channels = forms.MultipleChoiceField(
        label=both("渠道", "Channels"),
        choices=_channels,
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text=both("不选则不限", "None chosen: anywhere"),
    )
    budget = _optional(decimal_field(both("预算(元)", "Budget (¥)")))
    per_buyer_max = _number(both("每人限用(单)", "Orders a buyer"), least=1, most=1_000)
    priority = _number(both("优先级", "Priority"), least=-100, most=100, first=0)
    stack_group = _text(both("叠加组", "Stack group"), required=False, length_max=20)
    is_exclusive = _switch(both("与其他优惠互斥", "Never beside another"))
    refunding = choice_field(REFUNDING)
    platform_share = _number(both("平台出资(%)", "Platform pays (%)"), least=0, most=100, first=100)
    merchant_share = _number(both("商家出资(%)", "Merchant pays (%)"), least=0, most=100, first=0)
    brand_share = _number(both("品牌出资(%)", "Brand pays (%)"), least=0, most=100, first=0)

    def clean(self) -> dict[str, Any]:
        """Read the answers as a promotion. Raises: ValidationError at the field that is wrong."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            _require(wish_from(given))
        return given


NAMES = tuple(PromotionFields.base_fields)
# Where a fault of the wish is shown.
SHOWN_AT = {"funders": "platform_share", "name": "name_zh", "starts_at": "starts", "ends_at": "ends",
            "spend_minor": "spend"}  # fmt: skip


class PromotionForm(PromotionFields, forms.ModelForm):  # type: ignore[type-arg]
    """A new promotion; its row is written by the service."""

    class Meta:
        model = PromotionRow
        fields = ()

    def _post_clean(self) -> None:
        """Leave the row alone: what the wish says has been checked."""


class ChangeForm(PromotionFields, DialogForm):
    """Asks for a promotion anew; begins with what it says."""

    def first(self, row: Any) -> dict[str, Any]:
        """Return what the present version says."""
        return answers(read_wish(TypeAdapter(dict[str, Any]).dump_json(row.wish).decode())) if row else {}


def answers(wish: PromotionWish) -> dict[str, Any]:
    """Return a promotion as the answers that say it."""
    return {
        **answers_of_terms(wish),
        "starts": timezone.localtime(wish.starts_at).strftime(MOMENT),
        "ends": timezone.localtime(wish.ends_at).strftime(MOMENT),
        "budget": None if wish.budget_minor is None else f"{wish.budget_minor / 100:.2f}",
        "per_buyer_max": wish.per_buyer_max,
        "priority": wish.priority,
        "stack_group": wish.stack_group,
        "is_exclusive": wish.is_exclusive,
        "refunding": wish.refunding.value,
    }


def answers_of_terms(wish: Terms) -> dict[str, Any]:
    """Return what promotions and coupons are asked alike: name, effect, goods, buyers, channels, who pays."""
    goods, audience = wish.goods, wish.audience
    shares = {share.funder: share.basis_points // 100 for share in wish.funders}
    return {
        "name_zh": wish.name.zh,
        "name_en": wish.name.en,
        "kind": promotion_text.kind_of(wish.effect),
        "effect": promotion_text.written(wish.effect),
        "products": _joined(goods.product_ids),
        "categories": _joined(goods.category_ids),
        "brands": _joined(goods.brand_ids),
        "tags": _joined(goods.tags),
        "excluded": _joined(goods.excluded_product_ids),
        "levels": " ".join(sorted(audience.levels)),
        "segments": " ".join(sorted(audience.segments)),
        "is_new_only": audience.is_new_only,
        "channels": sorted(wish.channels),
        **{f"{funder}_share": shares.get(Funder(funder), 0) for funder in FUNDER.words},
    }


def wish_from(given: Mapping[str, Any]) -> PromotionWish:
    """Return the promotion that answers say. Raises: ValidationError at the field that says nothing."""
    effect = effect_from(given)
    for moment in ("starts", "ends"):
        if given[moment] is None:
            raise ValidationError({moment: str(NEEDED["required"])})
    return PromotionWish(
        name=Text(given["name_zh"], given["name_en"] or given["name_zh"]),
        effect=effect,
        goods=goods_from(given),
        audience=audience_from(given),
        channels=frozenset(given["channels"]),
        starts_at=given["starts"],
        ends_at=given["ends"],
        priority=given["priority"] or 0,
        stack_group=given["stack_group"],
        is_exclusive=given["is_exclusive"],
        refunding=Refunding(given["refunding"]),
        budget_minor=None if given["budget"] is None else int(given["budget"] * 100),
        per_buyer_max=given["per_buyer_max"],
        funders=funders_from(given),
    )


def effect_from(given: Mapping[str, Any]) -> Effect:
    """Return the effect that answers say. Raises: ValidationError for what cannot be read."""
    try:
        return promotion_text.read(given["kind"], given["effect"])
    except promotion_text.Unreadable as unreadable:
        words = both("看不懂,请按说明填写", "Not understood; please write it as described")
        raise ValidationError({"effect": str(words)}) from unreadable


def goods_from(given: Mapping[str, Any]) -> GoodsWish:
    """Return the goods that answers name. Raises: ValidationError for a line without an id."""
    return GoodsWish(
        product_ids=frozenset(ProductId(one) for one in _ids(given, "products")),
        category_ids=frozenset(CategoryId(one) for one in _ids(given, "categories")),
        brand_ids=frozenset(BrandId(one) for one in _ids(given, "brands")),
        tags=words_in(given["tags"]),
        excluded_product_ids=frozenset(ProductId(one) for one in _ids(given, "excluded")),
    )


def audience_from(given: Mapping[str, Any]) -> Audience:
    """Return the buyers that answers name."""
    return Audience(
        levels=words_in(given["levels"]),
        segments=words_in(given["segments"]),
        is_new_only=given["is_new_only"],
    )


def funders_from(given: Mapping[str, Any]) -> tuple[FunderShare, ...]:
    """Return who pays how much, of the per cents in the answers."""
    return tuple(
        FunderShare(funder=Funder(one), basis_points=given[f"{one}_share"] * 100)
        for one in FUNDER.words
        if given[f"{one}_share"]
    )


def _require(wish: PromotionWish) -> None:
    """Check the promotion as the API would. Raises: ValidationError."""
    try:
        _WISH.validate_json(written(wish))
        if not wish.funders:
            raise Invalid(field="funders")
        check(None, wish)
    except (Malformed, Invalid) as refused:
        raise fault(refused, NAMES) from refused


def fault(refused: Malformed | Invalid, names: Collection[str]) -> ValidationError:
    """Return what is wrong with the answers, at its field when the form has it."""
    field = str(refused.data["field"] if isinstance(refused, Invalid) else refused.errors()[0]["loc"][0])
    said = str(
        both("三方出资合计必须为 100%", "The three shares must sum to 100 %")
        if field == "funders"
        else both("填写有误", "Not valid")
    )
    at = SHOWN_AT.get(field, field)
    return ValidationError({at: said}) if at in names else ValidationError(f"{field}: {said}")


def _ids(given: Mapping[str, Any], name: str) -> set[UUID]:
    """Return the ids in what was typed, one a line. Raises: ValidationError for a line without one."""
    lines = [line for line in given[name].splitlines() if line.strip()]
    found = [_ID.findall(line) for line in lines]
    if not all(found):
        raise ValidationError({name: str(both("每行要有一个编号", "Each line needs an id"))})
    return {UUID(ids[-1]) for ids in found}


def words_in(typed: str) -> frozenset[str]:
    """Return the words in what was typed."""
    return frozenset(one for one in _BETWEEN.split(typed) if one)


def _joined(found: frozenset[Any]) -> str:
    return "\n".join(sorted(str(one) for one in found))


def shares(wish: Terms) -> str:
    """Return who pays how much, in a line for people."""
    return ", ".join(f"{FUNDER.name(one.funder)} {one.basis_points / 100:g} %" for one in wish.funders)


def title(name: Text) -> str:
    """Return a name in the language of whoever looks."""
    return name.of(language())
