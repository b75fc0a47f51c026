"""What actions ask for."""

from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpRequest
from unfold.forms import BaseDialogForm
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from jishi.entry.console.words import Vocabulary, both
from jishi.kernel.errors import Invalid
from jishi.kernel.money import Money

REASON = both("原因", "Reason")
NEEDED = {"required": both("请填写这一项", "Please fill this in")}


def reason_field(label: str = REASON, *, required: bool = True, length_max: int = 200) -> forms.CharField:
    """Return a field for a few sentences."""
    return forms.CharField(
        label=label,
        max_length=length_max,
        required=required,
        widget=UnfoldAdminTextareaWidget({"rows": 3, "required": required}),
        error_messages=NEEDED,
    )


def choice_field(vocabulary: Vocabulary, label: str | None = None) -> forms.ChoiceField:
    """Return a field for one of a vocabulary's words."""
    return forms.ChoiceField(
        label=label or vocabulary.title,
        choices=lambda: [(value, vocabulary.name(value)) for value in vocabulary.words],
        widget=UnfoldAdminSelectWidget,
    )


def decimal_field(label: str, *, least: str = "0.01", most: str | None = None) -> forms.DecimalField:
    """Return a field for a figure with two places."""
    return forms.DecimalField(
        label=label,
        min_value=Decimal(least),
        max_value=None if most is None else Decimal(most),
        max_digits=12,
        decimal_places=2,
        widget=UnfoldAdminDecimalFieldWidget({"step": "0.01", "inputmode": "decimal"}),
        error_messages=NEEDED,
    )


class DialogForm(BaseDialogForm):
    """A question of an action; `first` says what its fields hold before anybody has typed."""

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        for name, value in self.first(getattr(request, "_console_row", (None, None))[1]).items():
            self.fields[name].initial = value

    def first(self, row: Any) -> dict[str, Any]:
        """Return the first values of the fields for a row."""
        return {}


class ReasonForm(DialogForm):
    """Asks why."""

    reason = reason_field()


class ReferenceForm(DialogForm):
    """Asks for the bank's reference."""

    reference = forms.CharField(
        label=both("银行流水号", "Bank reference"),
        max_length=64,
        widget=UnfoldAdminTextInputWidget({"required": True, "autocomplete": "off"}),
        error_messages=NEEDED,
    )


def minor(amount: Decimal, currency: str) -> Money:
    """Return an amount as typed in yuan. Raises: Invalid for parts of a cent."""
    cents = amount * 100
    if cents != cents.to_integral_value():
        raise Invalid(field="amount")
    return Money(int(cents), currency)
