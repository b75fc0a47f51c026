"""The lists behind listing review that operators edit: sensitive words, and reasons for rejecting."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from unfold.widgets import UnfoldAdminSelectWidget

from jishi.entry.console.base import register
from jishi.entry.console.catalogue import EditedDesk
from jishi.entry.console.columns import word_column
from jishi.entry.console.filters import choice_filter, yes_no_filter
from jishi.entry.console.roles import OPERATIONS, RISK
from jishi.entry.console.vocabulary import WORD_SEVERITY
from jishi.entry.console.words import Word, both
from jishi.kernel.ids import ProductId
from jishi.offering.catalog import queries_review
from jishi.offering.catalog.models_review import RejectionTemplate, SensitiveWord

_IN_USE = yes_no_filter("is_active", both("启用", "Active"), Word("启用", "Active"), Word("停用", "Off"))


class WordForm(forms.ModelForm):  # type: ignore[type-arg]
    """A word, and what happens to a listing that contains it."""

    severity = forms.ChoiceField(
        label=WORD_SEVERITY.title,
        choices=lambda: [(value, WORD_SEVERITY.name(value)) for value in WORD_SEVERITY.words],
        widget=UnfoldAdminSelectWidget,
    )

    class Meta:
        model = SensitiveWord
        fields = ("text", "severity", "is_active")

    def clean_text(self) -> str:
        """Refuse what no text could contain. Raises: ValidationError."""
        text: str = self.cleaned_data["text"].strip()
        if not queries_review.can_be_found(text):
            raise ValidationError(str(both("请填写文字或数字", "It needs letters or digits")))
        return text


@register(SensitiveWord, both("敏感词", "sensitive word"), both("敏感词", "Sensitive words"))
class WordDesk(EditedDesk):
    """Words that listings may not contain, or that a person should see."""

    roles = (OPERATIONS, RISK)
    editors: ClassVar[tuple[str, ...]] = (OPERATIONS, RISK)
    list_display = ("text", "consequence", "is_active")
    list_filter = (choice_filter("severity", WORD_SEVERITY), _IN_USE)
    search_help_text = both("敏感词", "A word")
    form = WordForm
    fields = ("text", "severity", "is_active")
    ordering = ("text",)

    consequence = word_column("severity", WORD_SEVERITY)

    def matching(self, term: str) -> Q:
        return Q(text__icontains=term)

    def products_of(self, row: Any) -> list[ProductId]:
        return []  # buyers see nothing of it


@register(
    RejectionTemplate, both("驳回原因", "reason for rejecting"), both("驳回原因", "Reasons for rejecting")
)
class TemplateDesk(EditedDesk):
    """Reasons that can be chosen when a listing is rejected."""

    roles = (OPERATIONS, RISK)
    editors: ClassVar[tuple[str, ...]] = (OPERATIONS, RISK)
    list_display = ("text_zh", "text_en", "sort", "is_active")
    list_filter = (_IN_USE,)
    search_help_text = both("原因中的文字", "Words of a reason")
    fields = ("text_zh", "text_en", "sort", "is_active")
    ordering = ("sort", "id")

    def matching(self, term: str) -> Q:
        return Q(text_zh__icontains=term) | Q(text_en__icontains=term)

    def products_of(self, row: Any) -> list[ProductId]:
        return []  # buyers see nothing of it
