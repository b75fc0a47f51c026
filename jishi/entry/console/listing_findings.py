"""What the checks of listing review say about a version, and why it waits."""

from typing import Any
from uuid import UUID

import msgspec
from django import forms
from django.db.models import Q
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from unfold.widgets import UnfoldAdminSelectWidget

from jishi.entry.console.filters import ChoiceFilter
from jishi.entry.console.forms import REASON, DialogForm, reason_field
from jishi.entry.console.page import Block, Section, label, link, merchant_names
from jishi.entry.console.vocabulary import FINDING_CHECK, FINDING_SEVERITY, WAIT_CAUSE
from jishi.entry.console.words import Vocabulary, Word, both, language
from jishi.identity.merchants.models import Merchant
from jishi.offering.catalog import queries_review, services
from jishi.offering.catalog.models import ProductVersion
from jishi.offering.catalog.types_review import Finding
from jishi.offering.media import queries as media

NOTHING_FOUND = both("自动检查没有发现问题", "The checks found nothing")
NO_FINDINGS = "none"
_WAITS = Q(status="in_review")


class CheckFilter(ChoiceFilter):
    """What waits, by which check found something; read along the queue."""

    title = FINDING_CHECK.title
    parameter_name = "check"
    vocabulary = FINDING_CHECK

    def condition(self, chosen: str) -> Q:
        return _WAITS & Q(findings__contains=[{"check": chosen}])


class SeverityFilter(ChoiceFilter):
    """What waits, by how much what was found matters."""

    title = FINDING_SEVERITY.title
    parameter_name = "severity"
    vocabulary = Vocabulary(
        FINDING_SEVERITY.title, {**FINDING_SEVERITY.words, NO_FINDINGS: Word("未发现问题", "Nothing found")}
    )

    def condition(self, chosen: str) -> Q:
        return _WAITS & Q(severity="" if chosen == NO_FINDINGS else chosen)


def causes(row: ProductVersion) -> str:
    """Return why a version waits, or waited, for a person."""
    return "、".join(WAIT_CAUSE.name(one) for one in row.causes)


def section(request: HttpRequest, row: ProductVersion) -> Section:
    """Return what the checks found, each beside the pictures it is about."""
    found = msgspec.convert(row.findings, list[Finding])
    stores = merchant_names(
        (UUID(one.alike_merchant_id) for one in found if one.alike_merchant_id), language()
    )
    html = render_to_string(
        "console/findings.html",
        {"findings": [_shown(request, one, stores) for one in found], "empty": NOTHING_FOUND},
    )
    return Block(both("自动检查", "Automatic checks"), SafeString(html))


def _shown(request: HttpRequest, one: Finding, stores: dict[UUID, str]) -> dict[str, Any]:
    owner = UUID(one.alike_merchant_id) if one.alike_merchant_id else None
    return {
        "severity": label(FINDING_SEVERITY, one.severity.value),
        "check": FINDING_CHECK.name(one.check.value),
        "text": one.text.of(language()),
        "pictures": [media.small_url(key) for key in (one.picture, one.alike) if key],
        "owner": link(request, Merchant, owner, stores.get(owner, owner)) if owner else "",
    }


# -- saying no ----------------------------------------------------------------------------------------------


class RejectForm(DialogForm):
    """Asks why: one of the reasons used often, as it is or changed, or words of one's own."""

    template = forms.ChoiceField(
        label=both("常用原因", "Common reason"),
        required=False,
        choices=lambda: [("", both("(自己填写)", "(in your own words)")), *_templates()],
        widget=UnfoldAdminSelectWidget({"data-fills": "reason"}),
    )
    reason = reason_field(REASON, required=False, length_max=services.REASON_MAX)

    def clean(self) -> dict[str, Any]:
        """Take the chosen reason where nothing was typed. Raises: ValidationError for neither."""
        given = dict(super().clean() or self.cleaned_data)
        given["reason"] = (given.get("reason") or given.get("template") or "").strip()
        if not given["reason"]:
            raise forms.ValidationError(
                {
                    "reason": str(
                        both("请填写这一项,或选择常用原因", "Please fill this in, or choose a common reason")
                    )
                }
            )
        return given


def _templates() -> list[tuple[str, str]]:
    """Return (what merchants read, what the list shows); merchants read both languages."""
    return [
        ("\n".join(one for one in pair if one), (pair[1] or pair[0]) if language() == "en" else pair[0])
        for pair in queries_review.rejection_templates()
    ]
