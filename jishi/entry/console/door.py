"""The door of the back office. Unfold imports this before it has made the site: nothing here may touch it."""

from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.http import HttpRequest
from unfold.forms import AuthenticationForm

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
    """E-mail address and password; only members of the platform's staff come in."""

    error_messages: ClassVar[dict[str, Any]] = {
        **AuthenticationForm.error_messages,
        "invalid_login": both(
            "邮箱或密码不正确,或该账号不是平台员工。",
            "Wrong e-mail address or password, or not an account of the platform's staff.",
        ),
    }

    def __init__(self, request: HttpRequest | None = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        login, password = self.fields["username"], self.fields["password"]
        shape = login.widget.attrs
        login.widget = forms.EmailInput({**shape, "autocomplete": "username", "autofocus": True})
        login.label, password.label = both("邮箱", "E-mail"), both("密码", "Password")

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
