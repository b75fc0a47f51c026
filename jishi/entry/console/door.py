"""The door of the back office. Unfold imports this before it has made the site: nothing here may touch it."""

from typing import Any, ClassVar

from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.utils import is_mfa_enabled
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from unfold.forms import AuthenticationForm
from unfold.widgets import UnfoldAdminTextInputWidget

from jishi.entry.console.vocabulary import PLATFORM_ROLE
from jishi.entry.console.words import both

SAMPLES = {
    "title": both("演示账号", "Sample accounts"),
    "text": both(
        "这是演示集市:点一个身份,自动填好账号和密码。",
        "This is a demo market: press one, and its account and password are filled in.",
    ),
}


class SignInForm(AuthenticationForm):
    """E-mail address, password and, from whoever has turned it on, the code of the second step.

    Only members of the platform's staff come in.
    """

    enter = both("登录", "Sign in")
    code = forms.CharField(
        required=False,
        max_length=20,
        label=both("动态码或恢复码(开启两步验证后必填)", "Code (if you have turned on the second step)"),
    )

    error_messages: ClassVar[dict[str, Any]] = {
        **AuthenticationForm.error_messages,
        "invalid_login": both(
            "邮箱或密码不正确,或该账号不是平台员工。",
            "Wrong e-mail address or password, or not an account of the platform's staff.",
        ),
        "code_needed": both(
            "这个账号开启了两步验证:请填写动态码或恢复码。",
            "This account has a second step: enter the code of your app, or a recovery code.",
        ),
    }

    def __init__(self, request: HttpRequest | None = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        login, password = self.fields["username"], self.fields["password"]
        shape = login.widget.attrs
        login.widget = forms.EmailInput({**shape, "autocomplete": "username", "autofocus": True})
        login.label, password.label = both("邮箱", "E-mail"), both("密码", "Password")
        self.fields["code"].widget = UnfoldAdminTextInputWidget({"autocomplete": "one-time-code"})

    def confirm_login_allowed(self, user: Any) -> None:
        """Ask for the code as well. Raises: ValidationError, rate-limited like every code."""
        super().confirm_login_allowed(user)
        if not is_mfa_enabled(user):
            return
        second = AuthenticateForm({"code": self.cleaned_data.get("code", "")}, user=user)
        if not second.is_valid():
            raise ValidationError(self.error_messages["code_needed"], code="code_needed")
        second.save()

    @property
    def samples(self) -> dict[str, Any] | None:
        """In a demo: the colleagues whose parts can be played, for the buttons below the form."""
        if not settings.ENV.demo:
            return None
        from jishi.entry.http import samples

        people = [
            {"name": f"{PLATFORM_ROLE.name(one.role)} · {one.name}", "login": one.login}
            for one in samples.platform()
        ]
        return SAMPLES | {"people": people, "password": samples.PASSWORD}
