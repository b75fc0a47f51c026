"""What the back office asks when a coupon is given for an order."""

from django import forms
from unfold.widgets import UnfoldAdminSelectWidget

from jishi.entry.console.forms import NEEDED, DialogForm, reason_field
from jishi.entry.console.promotion_text import said
from jishi.entry.console.words import both, language
from jishi.offering.coupons import queries_platform


def _templates() -> list[tuple[str, str]]:
    return [
        (str(template_id), f"{wish.name.of(language())} · {said(wish.effect)}")
        for template_id, wish in queries_platform.goodwill_templates()
    ]


class GoodwillForm(DialogForm):
    """Asks which of the platform's goodwill coupons, and why."""

    template = forms.ChoiceField(
        label=both("优惠券", "Coupon"),
        choices=_templates,
        widget=UnfoldAdminSelectWidget,
        help_text=both(
            "平台发放中的「售后补偿」券;没有时请运营在“优惠券”中新建",
            "The platform's live coupons that are given as goodwill; operators write them among the coupons",
        ),
        error_messages=NEEDED,
    )
    reason = reason_field()
