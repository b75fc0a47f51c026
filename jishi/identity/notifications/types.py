"""What people are told, and how."""

from enum import StrEnum


class SmsTemplate(StrEnum):
    """A text message; the gateway knows it under the id in settings.SMS_TEMPLATES."""

    CODE = "code"  # code, minutes it holds
    ACCOUNT_EXISTS = "account_exists"
    ACCOUNT_UNKNOWN = "account_unknown"


class MailTemplate(StrEnum):
    """A mail; `templates.py` has its words."""

    VERIFY_EMAIL = "verify_email"  # url
    SIGN_IN_CODE = "sign_in_code"  # code, minutes
    PASSWORD_CODE = "password_code"  # noqa: S105 - a name # code, minutes
    ACCOUNT_EXISTS = "account_exists"  # url
    ACCOUNT_UNKNOWN = "account_unknown"  # url
