"""Actions: asked for once in a dialog, noted in the audit log, done by one service or flow."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from unfold.dataclasses import ActionDialog
from unfold.decorators import action
from unfold.enums import ActionVariant
from unfold.forms import BaseDialogForm

from jishi.entry.console.base import Desk
from jishi.entry.console.page import address
from jishi.entry.console.roles import may
from jishi.entry.console.words import both, language
from jishi.kernel import audit
from jishi.kernel.errors import ShopError
from jishi.kernel.http import ShopRequest
from jishi.kernel.ids import UserId

DANGER, PRIMARY, PLAIN = ActionVariant.DANGER, ActionVariant.PRIMARY, ActionVariant.DEFAULT


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants done to a row, and who wants it."""

    row: Any
    actor: UserId
    now: datetime
    answers: Mapping[str, Any]

    @property
    def row_id(self) -> UUID:
        """The row's key."""
        return cast(UUID, self.row.pk)

    @property
    def reason(self) -> str:
        """Why."""
        return str(self.answers["reason"])


def asks(
    *,
    name: str,
    question: str,
    done: str,
    icon: str,
    roles: tuple[str, ...],
    when: Callable[[Any], bool] | None = None,
    form: type[BaseDialogForm] | None = None,
    variant: ActionVariant = PLAIN,
) -> Callable[[Callable[[Any, Asked], object]], Any]:
    """Make a desk's method an action that asks `question` (and what `form` asks) before it runs.

    `roles` may take it, administrators always may; it is offered on rows for which `when` holds. The method
    calls one service or flow; what that refuses is told in the service's own words.
    """
    asked = ActionDialog(
        title=name, description=question, form_class=form, form_submit_text=both("确定", "Confirm")
    )

    def decorate(method: Callable[[Any, Asked], object]) -> Any:
        @action(description=name, icon=icon, variant=variant, dialog=asked)
        @wraps(method)
        def run(desk: Desk, request: HttpRequest, filled: BaseDialogForm, object_id: str) -> HttpResponse:
            row = _row(desk, request, object_id)
            answers = {key: value for key, value in filled.cleaned_data.items() if not key.startswith("_")}
            wanted = Asked(row, _actor(request), cast(ShopRequest, request).now, answers)
            return _carry_out(request, method, desk, wanted, done)

        @wraps(run)
        def guarded(desk: Desk, request: HttpRequest, object_id: str) -> HttpResponse:
            if not may(request, *roles):
                raise PermissionDenied
            _row(desk, request, object_id)
            return cast(HttpResponse, run(desk, request, object_id=object_id))

        guarded.roles = roles  # type: ignore[attr-defined]
        guarded.when = when  # type: ignore[attr-defined]
        return guarded

    return decorate


def _row(desk: Desk, request: HttpRequest, object_id: str) -> Model:
    row = desk.get_object(request, object_id)
    if row is None:
        raise Http404
    return cast(Model, row)


def _actor(request: HttpRequest) -> UserId:
    return UserId(cast(Any, request.user).pk)


def _carry_out(
    request: HttpRequest, method: Callable[[Any, Asked], object], desk: Desk, wanted: Asked, done: str
) -> HttpResponse:
    """Do it and say what came of it. The log is written first: nothing is done that it does not know of."""
    name = f"console.{wanted.row._meta.model_name}.{method.__name__}"
    _note(name, wanted, {key: str(value) for key, value in wanted.answers.items()})
    try:
        method(desk, wanted)
    except ShopError as refused:
        said = {"zh": refused.detail("zh"), "en": refused.detail("en")}
        _note(f"{name}.refused", wanted, {"code": refused.code, "said": said})
        messages.error(request, refused.detail(language()))
    else:
        messages.success(request, done)
    back = address(type(wanted.row), wanted.row.pk)
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": back})
    return redirect(back)


def _note(name: str, wanted: Asked, data: Mapping[str, object]) -> None:
    audit.record(
        actor=wanted.actor,
        actor_kind="platform",
        action=name,
        subject_kind=str(wanted.row._meta.model_name),
        subject_id=wanted.row_id,
        merchant_id=None,  # the platform's own note; what merchants may read, services write
        data=data,
        now=wanted.now,
    )
