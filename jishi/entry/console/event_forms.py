"""What the back office asks for a sale event and for its page."""

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec
from django import forms
from django.core.exceptions import ValidationError
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from jishi.entry.console.forms import NEEDED, DialogForm
from jishi.entry.console.search_rule_forms import moment_field
from jishi.entry.console.words import both, language
from jishi.kernel.errors import Invalid
from jishi.kernel.ids import CategoryId, CouponTemplateId, MediaId, ProductId, PromotionId
from jishi.kernel.words import Text
from jishi.offering.events.models import SaleEvent
from jishi.offering.events.queries import read_page
from jishi.offering.events.services import check, check_page
from jishi.offering.events.types import (
    LINK_MAX,
    NAME_MAX,
    PRODUCTS_MAX,
    SLUG_MAX,
    TEXT_MAX,
    EventPageWish,
    EventRowOfGoods,
    EventWish,
)
from jishi.offering.promotions.queries import promotions_of
from jishi.offering.promotions.types import PromotionStatus

ROW_PARTS = 3
_ID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
NAMES = (
    "slug",
    "name_zh",
    "name_en",
    "promotion",
    "enrol_from",
    "enrol_until",
    "categories",
    "products_max",
)
# Where a fault of the wish is shown.
_SHOWN_AT = {"promotion_id": "promotion", "name": "name_zh"}
_ON_THE_PAGE = {
    "banner_id": "banner",
    "banner_link": "banner_link",
    "coupon_ids": "coupons",
    "text": "text_zh",
}


def _drafts() -> list[tuple[str, str]]:
    found = promotions_of(None, status=PromotionStatus.DRAFT)
    return [(str(one.id), one.wish.name.of(language())) for one in found]


class EventForm(forms.ModelForm):  # type: ignore[type-arg]
    """A new event; its row is written by the service."""

    slug = forms.CharField(
        label=both("网址", "Address"),
        max_length=SLUG_MAX,
        widget=UnfoldAdminTextInputWidget({"autocomplete": "off"}),
        help_text=both(
            "小写字母、数字与连字符,如 double-12", "Small letters, digits and hyphens, such as double-12"
        ),
        error_messages=NEEDED,
    )
    name_zh = forms.CharField(
        label=both("名称", "Name"),
        max_length=NAME_MAX,
        widget=UnfoldAdminTextInputWidget,
        error_messages=NEEDED,
    )
    name_en = forms.CharField(
        label=both("英文名称", "English name"),
        max_length=NAME_MAX,
        required=False,
        widget=UnfoldAdminTextInputWidget,
    )
    promotion = forms.ChoiceField(
        label=both("促销草稿", "Promotion"),
        choices=_drafts,
        widget=UnfoldAdminSelectWidget,
        help_text=both(
            "活动的优惠、时间、预算与出资比例;商品由通过的报名决定",
            "What is taken off, when, its budget and who pays; the goods are those of accepted entries",
        ),
        error_messages=NEEDED,
    )
    enrol_from = moment_field(both("报名开始", "Enrolment from"))
    enrol_until = moment_field(both("报名截止", "Enrolment until"))
    categories = forms.CharField(
        label=both("限定类目", "Categories"),
        required=False,
        max_length=8_000,
        widget=UnfoldAdminTextareaWidget({"rows": 2}),
        help_text=both("编号或网址,一行一个;空为不限", "Ids or addresses, one a line; empty: all"),
    )
    products_max = forms.IntegerField(
        label=both("每店最多商品数", "Products of a store"),
        min_value=1,
        max_value=PRODUCTS_MAX,
        initial=20,
        widget=UnfoldAdminIntegerFieldWidget,
        error_messages=NEEDED,
    )

    class Meta:
        model = SaleEvent
        fields = ()

    def clean(self) -> dict[str, Any]:
        """Read the answers as an event. Raises: ValidationError at the field that is wrong."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        for moment in ("enrol_from", "enrol_until"):
            if moment in given and given[moment] is None:
                self.add_error(moment, str(NEEDED["required"]))
        if not self.errors:
            try:
                check(event_from(given))
            except Invalid as invalid:
                field = str(invalid.data["field"])
                raise ValidationError(
                    {_SHOWN_AT.get(field, field): str(both("填写有误", "Not valid"))}
                ) from invalid
        return given

    def _post_clean(self) -> None:
        """Leave the row alone: what the wish says has been checked."""


def event_from(given: Mapping[str, Any]) -> EventWish:
    """Return the event that answers say."""
    return EventWish(
        slug=given["slug"],
        name=Text(given["name_zh"], given["name_en"] or given["name_zh"]),
        promotion_id=PromotionId(UUID(given["promotion"])),
        enrol_from=given["enrol_from"],
        enrol_until=given["enrol_until"],
        category_ids=[CategoryId(UUID(one)) for one in _ID.findall(given["categories"])],
        products_max=given["products_max"],
    )


class PageForm(DialogForm):
    """Asks what an event's page says."""

    text_zh = forms.CharField(
        label=both("正文", "Text"),
        required=False,
        max_length=TEXT_MAX,
        widget=UnfoldAdminTextareaWidget({"rows": 3}),
    )
    text_en = forms.CharField(
        label=both("英文正文", "English text"),
        required=False,
        max_length=TEXT_MAX,
        widget=UnfoldAdminTextareaWidget({"rows": 3}),
    )
    banner = forms.CharField(
        label=both("横幅图片", "Banner"),
        required=False,
        max_length=200,
        widget=UnfoldAdminTextInputWidget({"autocomplete": "off"}),
        help_text=both("图片编号;宽图最好看", "The id of a picture; wide ones look best"),
    )
    banner_link = forms.CharField(
        label=both("横幅链接", "Banner leads to"),
        required=False,
        max_length=LINK_MAX,
        widget=UnfoldAdminTextInputWidget({"autocomplete": "off"}),
        help_text=both("站内地址,如 /c/编号;可不填", "An address of the shop, such as /c/id; may be empty"),
    )
    coupons = forms.CharField(
        label=both("优惠券", "Coupons"),
        required=False,
        max_length=2_000,
        widget=UnfoldAdminTextareaWidget({"rows": 2}),
        help_text=both(
            "可领取的券模板编号或网址,一行一个", "Ids or addresses of templates to claim from, one a line"
        ),
    )
    has_flash = forms.BooleanField(
        label=both("显示限时秒杀", "Show the flash sale"), required=False, widget=UnfoldBooleanSwitchWidget
    )
    rows = forms.CharField(
        label=both("商品行", "Rows of products"),
        required=False,
        max_length=20_000,
        widget=UnfoldAdminTextareaWidget({"rows": 5}),
        help_text=both(
            "每行:标题 | 英文标题 | 商品编号 商品编号 …;其余通过的商品自动列在下面",
            "A line each: title in Chinese | in English | product product …; all others that take part follow below",
        ),
    )

    def first(self, row: Any) -> dict[str, Any]:
        """Return what the page says now."""
        if row is None:
            return {}
        page = read_page(msgspec.json.encode(row.page).decode())
        lines = [
            f"{one.title.zh} | {one.title.en} | {' '.join(str(product) for product in one.product_ids)}"
            for one in page.rows
        ]
        return {
            "text_zh": page.text.zh,
            "text_en": page.text.en,
            "banner": str(page.banner_id or ""),
            "banner_link": page.banner_link,
            "coupons": "\n".join(map(str, page.coupon_ids)),
            "has_flash": page.has_flash,
            "rows": "\n".join(lines),
        }

    def clean(self) -> dict[str, Any]:
        """Read the answers as a page. Raises: ValidationError at the field that is wrong."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                check_page(page_from(given))
            except Invalid as invalid:
                field = _ON_THE_PAGE.get(str(invalid.data["field"]), "rows")
                raise ValidationError({field: str(both("填写有误", "Not valid"))}) from invalid
        return given


def page_from(given: Mapping[str, Any]) -> EventPageWish:
    """Return the page that answers say. Raises: Invalid for a line that is no row."""
    banners = _ID.findall(given["banner"])
    if given["banner"].strip() and not banners:
        raise Invalid(field="banner_id")
    return EventPageWish(
        text=Text(given["text_zh"], given["text_en"]),
        banner_id=MediaId(UUID(banners[0])) if banners else None,
        banner_link=given["banner_link"].strip(),
        coupon_ids=[CouponTemplateId(UUID(one)) for one in dict.fromkeys(_ID.findall(given["coupons"]))],
        has_flash=given["has_flash"],
        rows=[_row(line) for line in given["rows"].splitlines() if line.strip()],
    )


def _row(line: str) -> EventRowOfGoods:
    parts = [part.strip() for part in line.split("|")]
    if len(parts) != ROW_PARTS:
        raise Invalid(field="rows")
    zh, en, ids = parts
    return EventRowOfGoods(title=Text(zh, en), product_ids=[ProductId(UUID(one)) for one in _ID.findall(ids)])
