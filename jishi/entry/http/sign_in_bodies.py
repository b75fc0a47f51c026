"""What is sent to allauth's doors, looked at first: what it would stumble over is refused in our words."""

import json
from collections.abc import Callable
from typing import Any

from allauth.headless.account.inputs import RequestLoginCodeInput
from allauth.headless.account.views import RequestLoginCodeView
from django.conf import settings
from django.core.exceptions import RequestDataTooBig, ValidationError
from django.http import HttpRequest, HttpResponse

from jishi.entry.http.problems import problem
from jishi.entry.http.security import ALLAUTH, READS
from jishi.kernel.errors import Invalid, ShopError, TooLarge

View = Callable[[HttpRequest], HttpResponse]


def bodies(get_response: View) -> View:
    """Refuse a body under /_allauth/ that is too large, nested too deeply, or holds what is no text."""

    def middleware(request: HttpRequest) -> HttpResponse:
        is_write = request.path.startswith(ALLAUTH) and request.method not in READS
        refusal = _refusal(request) if is_write else None
        return problem(request, refusal) if refusal else get_response(request)

    return middleware


def _refusal(request: HttpRequest) -> ShopError | None:
    try:
        # A lone surrogate can be written in JSON and is no character: nothing can keep or hash it.
        json.dumps(json.loads(request.body or b"{}"), ensure_ascii=False).encode()
    except RequestDataTooBig:
        return TooLarge(bytes_max=settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
    except (ValueError, RecursionError):
        return Invalid(field="body")
    return None


class CodeRequest(RequestLoginCodeInput):  # type: ignore[misc]
    """Where to send a code: allauth's own takes neither an address nor a phone, and then fails."""

    def clean(self) -> dict[str, Any]:
        """Refuse to send a code to nobody."""
        data: dict[str, Any] = super().clean()
        if not (self.errors or data.get("email") or data.get("phone")):
            self.add_error(
                "email", ValidationError(self.fields["email"].error_messages["required"], "required")
            )
        return data


RequestLoginCodeView.input_class = CodeRequest
