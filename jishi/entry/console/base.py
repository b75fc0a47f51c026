"""What all pages of the back office have in common."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar, cast
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.db.models import Model, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from unfold.admin import ModelAdmin
from unfold.dataclasses import ActionDialog
from unfold.forms import BaseDialogForm
from unfold.paginator import InfinitePaginator
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from jishi.entry.console.words import both, language
from jishi.identity.merchants.models import Merchant
from jishi.kernel.errors import ShopError
from jishi.kernel.http import ShopRequest
from jishi.kernel.ids import UserId
from jishi.kernel.scope import MerchantScopedQuerySet

OPERATIONS, FINANCE, SERVICE, RISK = "operations", "finance", "service", "risk"
ADMINISTRATOR = "administrator"


def roles_of(request: HttpRequest) -> set[str]:
    """Return the platform roles of whoever asks, read once a request."""
    known: set[str] | None = getattr(request, "_platform_roles", None)
    if known is None:
        user = cast(Any, request.user)
        known = set(user.groups.values_list("name", flat=True)) if user.is_staff else set()
        if user.is_superuser:
            known.add(ADMINISTRATOR)
        request._platform_roles = known  # type: ignore[attr-defined]  # noqa: SLF001
    return known


class Desk(ModelAdmin):
    """A read-only list and page of one table, for some roles; lists are never counted."""

    roles: ClassVar[tuple[str, ...]] = ()
    paginator = InfinitePaginator
    show_full_result_count = False
    list_per_page = 50
    compressed_fields = True
    list_fullwidth = True

    def may(self, request: HttpRequest, *roles: str) -> bool:
        """Tell whether whoever asks has one of `roles`, or is an administrator."""
        return bool(roles_of(request) & {ADMINISTRATOR, *roles})

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.may(request, *self.roles)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002
        return self.may(request, *self.roles)

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002
        return False

    def has_act_permission(self, request: HttpRequest, object_id: object = None) -> bool:  # noqa: ARG002
        """Guard this desk's actions: whoever may see it may act, unless a desk is stricter."""
        return self.may(request, *self.roles)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:  # noqa: ARG002
        rows = self.model._default_manager.all()
        return rows.across_merchants() if isinstance(rows, MerchantScopedQuerySet) else rows

    def act(
        self, request: HttpRequest, object_id: object, call: Callable[[], object], done: str
    ) -> HttpResponse:
        """Run `call`, tell what came of it, and go back to the row."""
        try:
            call()
        except ShopError as refused:
            messages.error(request, refused.detail(language()))
        else:
            messages.success(request, done)
        options = self.model._meta
        address = reverse(f"admin:{options.app_label}_{options.model_name}_change", args=[object_id])
        if request.headers.get("HX-Request"):
            return HttpResponse(headers={"HX-Redirect": address})
        return redirect(address)


def register(model: type[Model], name: str) -> Callable[[type[Desk]], type[Desk]]:
    """Give a table a desk under a name for people."""

    def register_desk(desk: type[Desk]) -> type[Desk]:
        model._meta.verbose_name = model._meta.verbose_name_plural = name
        admin.site.register(model, desk)
        return desk

    return register_desk


def now_of(request: HttpRequest) -> datetime:
    """Return the instant of the request."""
    return cast(ShopRequest, request).now


def actor_of(request: HttpRequest) -> UserId:
    """Return who asks."""
    return UserId(cast(Any, request.user).pk)


def with_merchant(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Add the merchant's name as `merchant_name`, in the same statement."""
    name = Merchant.objects.filter(id=OuterRef("merchant_id")).values("name_zh")[:1]
    return rows.annotate(merchant_name=Subquery(name))


def yuan(amount_minor: int | None, currency: str = "CNY") -> str:
    """Return an amount for a column: ¥1,234.50."""
    if amount_minor is None:
        return "–"
    sign = "-" if amount_minor < 0 else ""
    whole, cents = divmod(abs(amount_minor), 100)
    symbol = "¥" if currency == "CNY" else f"{currency} "
    return f"{sign}{symbol}{whole:,}.{cents:02d}"


class ReasonForm(BaseDialogForm):
    """Asks why."""

    reason = forms.CharField(label=both("原因", "Reason"), max_length=200, widget=UnfoldAdminTextareaWidget)


class ReferenceForm(BaseDialogForm):
    """Asks for the bank's reference."""

    reference = forms.CharField(
        label=both("银行流水号", "Bank reference"), max_length=64, widget=UnfoldAdminTextInputWidget
    )


def dialog(title: str, description: str, form: type[BaseDialogForm] | None = None) -> ActionDialog:
    """Return the question an action asks before it acts."""
    return ActionDialog(
        title=title, description=description, form_class=form, form_submit_text=str(both("确定", "Confirm"))
    )


def as_uuid(object_id: str) -> UUID:
    """Return the row's id; Django hands it over as text."""
    return UUID(str(object_id))


STATUS_COLOURS = {
    **dict.fromkeys(("active", "paid", "done", "completed", "live", "confirmed", "accepted"), "success"),
    **dict.fromkeys(
        ("in_review", "pending", "processing", "issued", "awaiting_shipment", "requested"), "info"
    ),
    **dict.fromkeys(
        ("suspended", "late_paid", "closing", "partially_refunded", "awaiting_payment"), "warning"
    ),
    **dict.fromkeys(("rejected", "failed", "closed", "banned", "refunded", "returned", "disputed"), "danger"),
}
