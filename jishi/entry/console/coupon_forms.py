"""What the back office asks for a coupon template of the platform, and for its codes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from pydantic import TypeAdapter
from pydantic import ValidationError as Malformed
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from jishi.entry.console import promotion_text
from jishi.entry.console.forms import NEEDED, DialogForm, choice_field, decimal_field
from jishi.entry.console.promotion_forms import (
    PromotionFields,
    answers_of_terms,
    audience_from,
    effect_from,
    fault,
    funders_from,
    goods_from,
)
from jishi.entry.console.search_rule_forms import MOMENT, moment_field
from jishi.entry.console.words import Vocabulary, Word, both
from jishi.kernel.errors import Invalid
from jishi.kernel.words import Text
from jishi.offering.coupons.models import CouponTemplateRow
from jishi.offering.coupons.queries import read_wish, written
from jishi.offering.coupons.services import CODES_MAX, check
from jishi.offering.coupons.types import DAYS_MAX, HOLDOUT_MAX, REMIND_DAYS_MAX, CouponTemplateWish, Way
from jishi.offering.pricing.types_promotions import Tiers

WAY = Vocabulary(
    both("发放方式", "How it is given"),
    {
        "claim": Word("领取", "Claimed", "success"),
        "code_shared": Word("通用兑换码", "One code for many", "info"),
        "code_once": Word("一次性兑换码", "Codes for one each", "info"),
        "sign_up": Word("注册赠送", "With a new account", "primary"),
        "spend": Word("消费赠送", "For an order of so much", "primary"),
        "goodwill": Word("售后补偿", "Goodwill", "warning"),
        "birthday": Word("生日", "Birthday", "success"),
        "event": Word("活动发放", "By an event", "primary"),
    },
)
COUPON_KIND = Vocabulary(
    promotion_text.WRITTEN_KIND.title,
    {kind: promotion_text.WRITTEN_KIND.words[kind] for kind in ("spend", "pieces", "each")},
)
HOW = both(
    "满额减 / 满件减:每行“门槛 优惠 [封顶]”,多行为阶梯,如“200 15”“400 40”;折扣如“88 10% 20”。"
    "每满减:“100 10 [次数]”。",
    "Spend, pieces: a line for each step, “threshold off [cap]”, such as “200 15” then “400 40”; a share such as "
    "“88 10% 20”. Every: “100 10 [times]”.",
)
_ALIKE = PromotionFields.base_fields
_WISH = TypeAdapter(CouponTemplateWish)
_MOMENTS = ("valid_from", "valid_until", "claim_from", "claim_until")


def _number(label: str, *, most: int, first: int | None = None, help_text: str = "") -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=1,
        max_value=most,
        required=False,
        initial=first,
        help_text=help_text,
        widget=UnfoldAdminIntegerFieldWidget,
    )


def _spend() -> forms.DecimalField:
    field = decimal_field(both("消费满(元)", "Order's amount (¥)"))
    field.required = False
    field.help_text = both("仅用于消费赠送", "For coupons given for an order of so much")
    return field


class CouponFields(forms.Form):
    """All that a coupon template of the platform says."""

    name_zh = _ALIKE["name_zh"]
    name_en = _ALIKE["name_en"]
    kind = choice_field(COUPON_KIND)
    effect = forms.CharField(
        label=both("优惠内容", "What it does"),
        max_length=1_000,
        help_text=HOW,
        widget=_ALIKE["effect"].widget,
        error_messages=NEEDED,
    )
    way = choice_field(WAY)
    spend = _spend()
    valid_days = _number(
        both("领取后有效(天)", "Good for (days)"),
        most=DAYS_MAX,
        help_text=both("与起止时间二选一", "Either this or from and until"),
    )
    valid_from = moment_field(both("使用开始", "Good from"))
    valid_until = moment_field(both("使用截止", "Good until"))
    claim_from = moment_field(both("发放开始", "Given from"))
    claim_until = moment_field(both("发放截止", "Given until"))
    stock = _number(both("总量(张)", "In all"), most=10**8, help_text=both("空为不限", "Empty: no limit"))
    per_person_max = _number(both("每人限领(张)", "Each buyer"), most=100, first=1)
    products = _ALIKE["products"]
    categories = _ALIKE["categories"]
    brands = _ALIKE["brands"]
    tags = _ALIKE["tags"]
    excluded = _ALIKE["excluded"]
    levels = _ALIKE["levels"]
    segments = _ALIKE["segments"]
    is_new_only = _ALIKE["is_new_only"]
    channels = _ALIKE["channels"]
    stack_group = _ALIKE["stack_group"]
    is_returned_on_refund = forms.BooleanField(
        label=both("全部退货后退还", "Comes back when all goods do"),
        required=False,
        initial=True,
        widget=UnfoldBooleanSwitchWidget,
    )
    remind_days = _number(
        both("到期前提醒(天)", "Reminder (days before)"),
        most=REMIND_DAYS_MAX,
        first=3,
        help_text=both("空为不提醒", "Empty: none"),
    )
    holdout_percent = _number(
        both("对照组(%)", "Held out (%)"),
        most=HOLDOUT_MAX,
        help_text=both(
            "抽出这一部分人不发券,用来比较券带来的增量",
            "So many get none, drawn by lot, to see what the coupon brings",
        ),
    )
    platform_share = _ALIKE["platform_share"]
    merchant_share = _ALIKE["merchant_share"]
    brand_share = _ALIKE["brand_share"]

    def clean(self) -> dict[str, Any]:
        """Read the answers as a template. Raises: ValidationError at the field that is wrong."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            _require(wish_from(given))
        return given


NAMES = tuple(CouponFields.base_fields)


class CouponForm(CouponFields, forms.ModelForm):  # type: ignore[type-arg]
    """A new template; its row is written by the service."""

    class Meta:
        model = CouponTemplateRow
        fields = ()

    def _post_clean(self) -> None:
        """Leave the row alone: what the wish says has been checked."""


class ChangeCouponForm(CouponFields, DialogForm):
    """Asks for a template anew; begins with what it says."""

    def first(self, row: Any) -> dict[str, Any]:
        """Return what the present version says."""
        return answers(read_wish(msgspec.json.encode(row.wish).decode())) if row else {}


class CodesForm(DialogForm):
    """Asks how many codes, or for the word of one."""

    count = forms.IntegerField(
        label=both("数量", "How many"),
        min_value=1,
        max_value=CODES_MAX,
        initial=100,
        widget=UnfoldAdminIntegerFieldWidget,
        error_messages=NEEDED,
    )
    word = forms.CharField(
        label=both("自定码", "A word of your own"),
        max_length=24,
        required=False,
        help_text=both(
            "仅通用兑换码:4–24 个字母或数字,数量填 1",
            "One code for many only: 4 to 24 letters and digits, and 1 as how many",
        ),
        widget=UnfoldAdminTextInputWidget({"autocomplete": "off"}),
    )

    def first(self, row: Any) -> dict[str, Any]:
        """A shared code is one, codes for one each are many."""
        return {"count": 1} if row and row.way == Way.CODE_SHARED else {}


def answers(wish: CouponTemplateWish) -> dict[str, Any]:
    """Return a template as the answers that say it."""
    return {
        **answers_of_terms(wish),
        "way": wish.way.value,
        "spend": None if wish.spend_minor is None else f"{wish.spend_minor / 100:.2f}",
        "valid_days": wish.valid_days,
        **{name: _moment(getattr(wish, name)) for name in _MOMENTS},
        "stock": wish.stock,
        "per_person_max": wish.per_person_max,
        "stack_group": wish.stack_group,
        "is_returned_on_refund": wish.is_returned_on_refund,
        "remind_days": wish.remind_days,
        "holdout_percent": wish.holdout_percent or None,
    }


def _moment(at: datetime | None) -> str | None:
    return None if at is None else timezone.localtime(at).strftime(MOMENT)


def wish_from(given: Mapping[str, Any]) -> CouponTemplateWish:
    """Return the template that answers say. Raises: ValidationError at the field that says nothing."""
    effect = effect_from(given)
    if not isinstance(effect, Tiers):
        raise ValidationError({"kind": str(both("填写有误", "Not valid"))})
    return CouponTemplateWish(
        name=Text(given["name_zh"], given["name_en"] or given["name_zh"]),
        effect=effect,
        goods=goods_from(given),
        audience=audience_from(given),
        channels=frozenset(given["channels"]),
        way=Way(given["way"]),
        **{name: given[name] for name in ("valid_days", "stock", *_MOMENTS)},
        per_person_max=given["per_person_max"] or 1,
        spend_minor=None if given["spend"] is None else int(given["spend"] * 100),
        is_returned_on_refund=given["is_returned_on_refund"],
        stack_group=given["stack_group"],
        remind_days=given["remind_days"],
        holdout_percent=given["holdout_percent"] or 0,
        funders=funders_from(given),
    )


def _require(wish: CouponTemplateWish) -> None:
    """Check the template as the API would. Raises: ValidationError."""
    try:
        _WISH.validate_json(written(wish))
        if not wish.funders:
            raise Invalid(field="funders")
        check(None, wish)
    except (Malformed, Invalid) as refused:
        raise fault(refused, NAMES) from refused
