"""What somebody fills in to sign up. A module of its own: allauth imports it while it is being loaded."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError


class SignUpForm(forms.Form):
    """One way to be reached: an e-mail address with a password, or a phone (its code is enough)."""

    def clean(self) -> dict[str, Any]:
        """Refuse both or neither, and an e-mail address without a password."""
        from allauth.account.adapter import get_adapter

        data = super().clean() or self.cleaned_data
        email, phone = data.get("email"), data.get("phone")
        if email and phone:
            raise get_adapter().validation_error("select_only_one")
        if not (email or phone) and not self.errors:
            self.add_error(
                "email", ValidationError(self.fields["email"].error_messages["required"], "required")
            )
        if email and not data.get("password") and "password" not in self.errors:
            self.add_error(
                "password", ValidationError(self.fields["password"].error_messages["required"], "required")
            )
        return data

    def signup(self, request: Any, user: Any) -> None:
        """Do nothing more: allauth asks for this method."""
