"""Desks on which new rows are written, by a service of their own; what rows say changes by actions."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from jishi.entry.console.base import Desk
from jishi.entry.console.page import address
from jishi.entry.console.roles import may
from jishi.entry.console.words import both
from jishi.kernel.http import ShopRequest
from jishi.kernel.ids import UserId

SAVED = both("已保存", "Saved")


class WrittenDesk(Desk):
    """A list whose rows are begun here: `form` asks for all of `asked`, and `write` calls the service."""

    editors: ClassVar[tuple[str, ...]] = ()
    asked: ClassVar[tuple[str, ...]] = ()
    add_form_template: ClassVar[str | None] = "admin/change_form.html"
    warn_unsaved_form = True

    def write(self, answers: Mapping[str, Any], *, actor: UserId, now: datetime) -> UUID:
        """Make the row that the answers ask for and return its id."""
        raise NotImplementedError

    def has_add_permission(self, request: HttpRequest) -> bool:
        return may(request, *self.editors)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Ask for everything when a row is new; the page of one asks for nothing."""
        return self.asked if obj is None else ()

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Ask, and write what was answered: the service's transaction is its own, not one of Django's admin."""
        if request.method == "POST" and self.has_add_permission(request):
            form = self.get_form(request)(request.POST)
            if form.is_valid():
                actor, now = UserId(cast(Any, request.user).pk), cast(ShopRequest, request).now
                made = self.write(form.cleaned_data, actor=actor, now=now)
                messages.success(request, SAVED)
                return redirect(address(self.model, made))
        return cast(HttpResponse, super().add_view(request, form_url, extra_context))
