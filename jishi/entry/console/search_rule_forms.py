"""What the back office asks for a rule of search."""

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import HttpRequest
from django.utils import timezone
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from jishi.discovery.steering.types import RuleKind, RuleWish, Target, TargetKind
from jishi.entry.console.base import all_rows
from jishi.entry.console.forms import NEEDED, DialogForm, choice_field, decimal_field
from jishi.entry.console.words import Vocabulary, Word, both, language
from jishi.identity.merchants.models import Merchant
from jishi.kernel.words import Text
from jishi.offering.catalog.models import Brand, Category, Product

RULE_KIND = Vocabulary(
    both("类型", "Kind"),
    {
        "synonym": Word("同义词", "Synonyms", "info"),
        "boost": Word("权重", "Boost", "success"),
        "redirect": Word("跳转", "Redirect", "warning"),
        "block": Word("屏蔽", "Blocked words", "danger"),
    },
)
TARGET_KIND = Vocabulary(
    both("对象", "For what"),
    {
        "product": Word("商品", "A product"),
        "category": Word("类目", "A category"),
        "brand": Word("品牌", "A brand"),
        "merchant": Word("店铺", "A store"),
    },
)
NO_TARGET = Vocabulary(TARGET_KIND.title, {"": Word("什么都不显示", "Show nothing"), **TARGET_KIND.words})
MODELS: Mapping[str, type[Model]] = {
    "product": Product,
    "category": Category,
    "brand": Brand,
    "merchant": Merchant,
}
_ID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_BETWEEN = re.compile(r"[\n,，、;；]+")
MOMENT = "%Y-%m-%dT%H:%M"


def words_field(label: str, *, required: bool = True, help_text: str = "") -> forms.CharField:
    """Return a field for words, one a line."""
    return forms.CharField(
        label=label,
        max_length=1_000,
        required=required,
        help_text=help_text or both("一行一个,也可用逗号或顿号分开", "One a line, or with commas between"),
        widget=UnfoldAdminTextareaWidget({"rows": 3, "required": required}),
        error_messages=NEEDED,
    )


def target_field(*, required: bool = True) -> forms.CharField:
    """Return a field for the id of what a rule is about."""
    return forms.CharField(
        label=both("对象编号", "Its id"),
        max_length=300,
        required=required,
        help_text=both("编号,或粘贴它在前台或后台的网址", "Its id, or the address of its page"),
        widget=UnfoldAdminTextInputWidget({"required": required, "autocomplete": "off"}),
        error_messages=NEEDED,
    )


def moment_field(label: str) -> forms.DateTimeField:
    """Return a field for an instant, in China time."""
    return forms.DateTimeField(
        label=label,
        required=False,
        input_formats=[MOMENT],
        widget=UnfoldAdminTextInputWidget({"type": "datetime-local"}),
    )


class RuleForm(DialogForm):
    """What every rule is asked for: its words, and when it holds."""

    words = words_field(both("搜索词", "Words"))
    starts_at = moment_field(both("从(可不填)", "From (may stay empty)"))
    ends_at = moment_field(both("到(可不填)", "Until (may stay empty)"))

    field_order = ("words", "means", "target_kind", "target", "factor", "path", "starts_at", "ends_at")

    def clean(self) -> dict[str, Any]:
        """Find what the rule is about. Raises: ValidationError."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        kind = given.get("target_kind")
        if kind and "target" in self.fields:
            given["target"] = _existing(kind, given.get("target") or "")
        return given


class SynonymForm(RuleForm):
    """Asks for words that mean the same."""

    means = words_field(
        both("单向:还要找到(可不填)", "One way: also finds (may stay empty)"),
        required=False,
        help_text=both(
            "不填则上面的词互相找到;填了则上面的词也找到这些,反过来不行。",
            "Empty: the words above find each other. Filled in: they find these too, not the other way round.",
        ),
    )


class BoostForm(RuleForm):
    """Asks what is moved up or down for which words."""

    target_kind = choice_field(TARGET_KIND)
    target = target_field()
    factor = decimal_field(both("倍数(0.1 到 10)", "Times (0.1 to 10)"), least="0.1", most="10")


class RedirectForm(RuleForm):
    """Asks where a query leads."""

    path = forms.CharField(
        label=both("前台网址", "Page of the storefront"),
        max_length=200,
        help_text=both("以 / 开头,如 /c/…、/store/…、/help", "Begins with /, such as /c/…, /store/…, /help"),
        widget=UnfoldAdminTextInputWidget({"required": True, "autocomplete": "off"}),
        error_messages=NEEDED,
    )


class BlockForm(RuleForm):
    """Asks what is not shown for which words."""

    target_kind = choice_field(NO_TARGET)
    target = target_field(required=False)

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        self.fields["target_kind"].required = False


class ChangeForm(BoostForm, RedirectForm, SynonymForm):
    """Asks for a rule of any kind anew: what its kind does not say is not asked for."""

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        kind = getattr(getattr(request, "_console_row", (None, None))[1], "kind", "synonym")
        wanted = FORMS[kind](request)
        for name in list(self.fields):
            if name in wanted.fields:
                self.fields[name] = _with_initial(wanted.fields[name], self.fields[name].initial)
            elif name in FIELDS:
                del self.fields[name]

    def first(self, row: Any) -> dict[str, Any]:
        """Return what the rule says now."""
        return {
            "words": "\n".join(row.words),
            "means": "\n".join(row.means),
            "target_kind": row.target_kind,
            "target": str(row.target_id or ""),
            "factor": Decimal(row.factor_percent or 100) / 100,
            "path": row.path,
            "starts_at": _local(row.starts_at),
            "ends_at": _local(row.ends_at),
        }


FORMS: Mapping[str, type[RuleForm]] = {
    "synonym": SynonymForm,
    "boost": BoostForm,
    "redirect": RedirectForm,
    "block": BlockForm,
}
FIELDS = frozenset(RuleForm.field_order)


def wish(kind: str, answers: Mapping[str, Any]) -> RuleWish:
    """Return the rule that a form's answers ask for."""
    target_kind, factor = answers.get("target_kind"), answers.get("factor")
    return RuleWish(
        kind=RuleKind(kind),
        words=_BETWEEN.split(answers["words"]),
        means=_BETWEEN.split(answers.get("means") or ""),
        target=Target(kind=TargetKind(target_kind), id=UUID(answers["target"])) if target_kind else None,
        factor_percent=None if factor is None else round(factor * 100),
        path=answers.get("path") or "",
        starts_at=answers.get("starts_at"),
        ends_at=answers.get("ends_at"),
    )


def target_name(kind: str, target_id: UUID | None) -> str:
    """Return what a rule is about in people's words, or nothing."""
    if target_id is None:
        return ""
    found: Any = all_rows(MODELS[kind]).filter(pk=target_id).first()
    return f"{TARGET_KIND.name(kind)} {_name(found) if found else target_id}"


def _name(found: Any) -> str:
    names = ("title_zh", "title_en") if isinstance(found, Product) else ("name_zh", "name_en")
    zh, en = (getattr(found, name) for name in names)
    return Text(zh, en or zh).of(language())


def _existing(kind: str, typed: str) -> str:
    """Return the id in what was typed, of something that is there. Raises: ValidationError."""
    ids = _ID.findall(typed)
    if not ids or not all_rows(MODELS[kind]).filter(pk=ids[-1]).exists():
        raise ValidationError({"target": str(both("没有这个编号的对象", "There is nothing with this id"))})
    return str(ids[-1])


def _local(moment: datetime | None) -> str:
    return timezone.localtime(moment).strftime(MOMENT) if moment else ""


def _with_initial(field: forms.Field, initial: Any) -> forms.Field:
    field.initial = initial
    return field
