"""The lists that operators edit by hand: the tree of categories with its attributes, and the brands."""

import re
from collections.abc import Mapping
from typing import Any, ClassVar, cast
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from unfold.admin import TabularInline
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from jishi.entry.console import attribute_history
from jishi.entry.console.asking import Asked, asks
from jishi.entry.console.base import Desk, all_rows, register
from jishi.entry.console.columns import name_columns, titled
from jishi.entry.console.filters import yes_no_filter
from jishi.entry.console.forms import DialogForm, choice_field
from jishi.entry.console.page import Section
from jishi.entry.console.roles import OPERATIONS, RISK, SERVICE, may
from jishi.entry.console.vocabulary import ATTRIBUTE_KIND, CATEGORY_MODE
from jishi.entry.console.words import Word, both, language
from jishi.kernel import audit, cache, hot
from jishi.kernel.db import lock
from jishi.kernel.http import ShopRequest
from jishi.kernel.ids import CategoryId, ProductId
from jishi.kernel.words import Text
from jishi.offering.catalog import (
    queries,
    queries_attributes,
    services,
    services_attributes,
    services_offers,
)
from jishi.offering.catalog.models import Attribute, Brand, Category, Product
from jishi.offering.catalog.types import ListingStatus
from jishi.offering.catalog.types_offers import CategoryMode

TREE = "catalog.tree"
INHERITED = "inherited"
CHOICE_PARTS = 3
CHOICE_CODE = re.compile(r"[a-z0-9_-]{1,40}")


class EditedDesk(Desk):
    """A list whose rows are written here; every change is in the audit log, and the catalogue is told."""

    roles: ClassVar[tuple[str, ...]] = (OPERATIONS, RISK, SERVICE)
    editors: ClassVar[tuple[str, ...]] = (OPERATIONS,)
    change_form_template = None
    change_form_outer_after_template = "console/sections.html"
    warn_unsaved_form = True
    compressed_fields = True

    def has_add_permission(self, request: HttpRequest) -> bool:
        return may(request, *self.editors)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return may(request, *self.editors)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Write the row's lists, the audit log and the catalogue's change sequence in one transaction."""
        super().save_related(request, form, formsets, change)
        now, row = cast(ShopRequest, request).now, form.instance
        audit.record(
            actor=cast(Any, request.user).pk,
            actor_kind="platform",
            action=f"console.{row._meta.model_name}.{'changed' if change else 'added'}",
            subject_kind=str(row._meta.model_name),
            subject_id=row.pk,
            merchant_id=None,
            data=_written(form, formsets),
            now=now,
        )
        services.touch(self.products_of(row), now=now)
        transaction.on_commit(_forget)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Leave Django's own log empty: ours is append-only."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Leave Django's own log empty: ours is append-only."""

    def products_of(self, row: Any) -> list[ProductId]:
        """Return the products on sale that show something of the row."""
        raise NotImplementedError


def _forget() -> None:
    tags = (queries.CATEGORIES_TAG, queries.LISTS_TAG)
    cache.purge(*tags)
    hot.forget(*tags)


def _written(form: Any, formsets: Any) -> dict[str, object]:
    """Return what was written, field by field; a line of a list under its code."""
    data: dict[str, object] = {name: str(form.cleaned_data[name]) for name in form.changed_data}
    for formset in formsets:
        data |= {str(row): "added" for row in formset.new_objects}
        data |= {str(row): ", ".join(names) for row, names in formset.changed_objects}
        data |= {str(row): "removed" for row in formset.deleted_objects}
    return data


def _live(condition: Q) -> list[ProductId]:
    found = all_rows(Product).filter(condition, status=ListingStatus.LIVE.value)
    return [ProductId(one) for one in found.values_list("id", flat=True)]


# -- categories ---------------------------------------------------------------------------------------------


class ChoicesField(forms.CharField):
    """The choices of an attribute, one a line: code | 中文 | English."""

    widget = UnfoldAdminTextareaWidget({"rows": 3})

    def prepare_value(self, value: Any) -> Any:
        """Return the choices as lines."""
        if not isinstance(value, list):
            return value
        return "\n".join(f"{one['code']} | {one['zh']} | {one['en']}" for one in value)

    def to_python(self, value: Any) -> Any:
        """Return the lines as choices. Raises: ValidationError, naming the line."""
        return [self._choice(line) for line in str(value or "").splitlines() if line.strip()]

    @staticmethod
    def _choice(line: str) -> dict[str, str]:
        parts = [part.strip() for part in line.split("|")]
        if len(parts) != CHOICE_PARTS or not all(parts):
            raise ValidationError(
                f"{both('请写成:代码 | 中文 | English', 'Write: code | 中文 | English')} ({line})"
            )
        return dict(zip(("code", "zh", "en"), parts, strict=True))

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Tell whether the choices differ from what they were."""
        return bool(self.to_python(data) != (initial or []))

    def validate(self, value: Any) -> None:
        """Refuse two choices of one code. Raises: ValidationError."""
        codes = [one["code"] for one in value]
        if not all(CHOICE_CODE.fullmatch(code) for code in codes):
            said = both("代码只用小写字母、数字、- 和 _", "A code is of small letters, digits, - and _")
            raise ValidationError(str(said))
        if len(set(codes)) < len(codes):
            raise ValidationError(str(both("代码重复", "A code stands twice")))

    def run_validators(self, value: Any) -> None:
        """Leave out the checks of single texts."""


class AttributeForm(forms.ModelForm):  # type: ignore[type-arg]
    """An attribute of a category."""

    kind = forms.ChoiceField(
        label=ATTRIBUTE_KIND.title,
        choices=lambda: [(value, ATTRIBUTE_KIND.name(value)) for value in ATTRIBUTE_KIND.words],
        widget=UnfoldAdminSelectWidget,
    )
    choices = ChoicesField(
        label=both("可选值", "Choices"),
        required=False,
        help_text=both("每行一个:代码 | 中文 | English", "One a line: code | 中文 | English"),
    )

    class Meta:
        model = Attribute
        fields = (
            "code", "name_zh", "name_en", "kind", "unit", "choices", "is_required", "is_filterable",
            "is_sale_axis", "sort",
        )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Check what belongs together. Raises: ValidationError."""
        given: Mapping[str, Any] = super().clean() or self.cleaned_data
        if given.get("kind") in {"choice", "choices"} and not given.get("choices"):
            raise ValidationError({"choices": str(both("请至少写一个可选值", "Give at least one choice"))})
        if given.get("is_sale_axis") and given.get("kind") != "choice":
            raise ValidationError(
                {"kind": str(both("销售属性必须是“单选”", "A sale axis must be one choice"))}
            )
        return dict(given)


class AttributeInline(TabularInline):
    """The attributes that a category gives to all below it."""

    model = Attribute
    form = AttributeForm
    extra = 0
    ordering = ("sort", "code")
    verbose_name = both("属性", "attribute")
    verbose_name_plural = both("属性(下级类目继承)", "Attributes (inherited by everything below)")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(request, *EditedDesk.roles)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(request, *EditedDesk.editors)

    has_change_permission = has_delete_permission = has_add_permission


class CategoryForm(forms.ModelForm):  # type: ignore[type-arg]
    """A category; it never stands below itself."""

    def clean_parent(self) -> Category | None:
        """Check the parent while nobody else moves a category. Raises: ValidationError."""
        parent: Category | None = self.cleaned_data["parent"]
        lock(TREE)
        if parent is not None and self.instance.pk in _upwards(parent.pk):
            raise ValidationError(str(both("不能移到自己的下级", "It cannot stand below itself")))
        return parent


class ModeForm(DialogForm):
    """Asks whose the products of a category are."""

    mode = choice_field(CATEGORY_MODE)

    def first(self, row: Any) -> dict[str, Any]:
        """Begin with what holds now."""
        return {"mode": row.mode or INHERITED} if row else {}


def _parents() -> dict[UUID, UUID | None]:
    return dict(Category.objects.values_list("id", "parent_id"))


def _upwards(category_id: UUID) -> list[UUID]:
    """Return a category and all above it."""
    parents, found = _parents(), [category_id]
    while (above := parents.get(found[-1])) is not None:
        found.append(above)
    return found


def _downwards(category_id: UUID) -> set[UUID]:
    """Return a category and all below it."""
    parents, found = _parents(), {category_id}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found


@register(Category, both("类目", "category"), both("类目", "Categories"))
class CategoryDesk(EditedDesk):
    """The platform's tree."""

    list_display = ("name", "above", "whose", "sort", "is_active")
    list_filter = (
        yes_no_filter("is_active", both("启用", "Active"), Word("启用", "Active"), Word("停用", "Off")),
    )
    search_help_text = both("类目名", "Name of a category")
    form = CategoryForm
    fields = ("parent", "name_zh", "name_en", "icon", "sort", "is_active")
    inlines = (AttributeInline,)
    ordering = ("parent__sort", "parent_id", "sort", "id")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("parent")

    actions_detail = ("set_mode",)

    @asks(
        name=both("设置商品归属", "Whose the products are"),
        question=both(
            "对本类目及未单独设置的下级类目生效。共享后,同款商品由多个商家在一页报价;改回独立前须先拆分。",
            "Holds here and below, where nothing else is said. Shared: several merchants offer one thing on one page."
            " Before it is each merchant's own again, split what they share.",
        ),
        done=both("已设置", "Done"),
        icon="hub",
        roles=(OPERATIONS,),
        form=ModeForm,
    )
    def set_mode(self, asked: Asked) -> None:
        """Say whose the products of the category are."""
        said = str(asked.answers["mode"])
        mode = CategoryMode.INHERITED if said == INHERITED else CategoryMode(said)
        services_offers.set_mode(category_id=asked.row_id, mode=mode, actor=asked.actor, now=asked.now)

    @titled(CATEGORY_MODE.title)
    def whose(self, row: Category) -> str:
        return CATEGORY_MODE.name(row.mode or INHERITED)

    def matching(self, term: str) -> Q:
        return Q(name_zh__icontains=term) | Q(name_en__icontains=term)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """Return the form; a category has no business as its own parent."""
        form = super().get_form(request, obj, change, **kwargs)
        parent = form.base_fields.get("parent")
        if parent is not None:
            parent.widget = parent.widget.widget  # without the links that open a second window
            parent.queryset = Category.objects.select_related("parent").order_by("name_zh")
            parent.label_from_instance = _path
            parent.empty_label = str(both("(一级类目)", "(top of the tree)"))
        return form

    @titled(both("类目", "Category"))
    def name(self, row: Category) -> str:
        return self.name_of(row)

    @titled(both("上级类目", "Parent"))
    def above(self, row: Category) -> str:
        return self.name_of(row.parent) if row.parent else "–"

    def name_of(self, row: Category) -> str:
        return Text(row.name_zh, row.name_en).of(language())

    def products_of(self, row: Category) -> list[ProductId]:
        return _live(Q(category_id__in=_downwards(row.id)))

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Write down how the definitions of the category's attributes change, beside what `EditedDesk` writes."""
        category_id = CategoryId(form.instance.pk)
        before = services_attributes.definitions_to_change(category_id)
        super().save_related(request, form, formsets, change)
        services_attributes.note_changes(
            category_id, before, changed_by=cast(Any, request.user).pk, now=cast(ShopRequest, request).now
        )

    def people_of(self, row: Category) -> list[UUID | None]:
        row.changes = queries_attributes.history(CategoryId(row.id))  # type: ignore[attr-defined]
        return [one.changed_by_id for one in row.changes]  # type: ignore[attr-defined]

    def sections(self, request: HttpRequest, row: Any) -> list[Section]:
        return [
            attribute_history.misfits(CategoryId(row.id)),
            attribute_history.history(row.changes, row.people),
        ]


def _path(category: Category) -> str:
    steps = (category.parent, category) if category.parent else (category,)
    return " / ".join(Text(one.name_zh, one.name_en).of(language()) for one in steps)


# -- brands -------------------------------------------------------------------------------------------------


@register(Brand, both("品牌", "brand"), both("品牌", "Brands"))
class BrandDesk(EditedDesk):
    """The platform's list of brands."""

    list_display = ("name_zh", "name_en", "needs_authorisation", "is_active")
    list_filter = (
        yes_no_filter("is_active", both("启用", "Active"), Word("启用", "Active"), Word("停用", "Off")),
    )
    search_help_text = both("品牌名", "Name of a brand")
    fields = ("name_zh", "name_en", "needs_authorisation", "is_active")
    ordering = ("name_zh",)

    def matching(self, term: str) -> Q:
        return Q(name_zh__icontains=term) | Q(name_en__icontains=term)

    def name_of(self, row: Brand) -> str:
        return Text(row.name_zh, row.name_en).of(language())

    def products_of(self, row: Brand) -> list[ProductId]:
        return _live(Q(brand_id=row.id))


name_columns(Attribute)
