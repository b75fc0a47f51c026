"""What people are told, and how."""

from dataclasses import dataclass
from enum import StrEnum


class SmsTemplate(StrEnum):
    """A text message; the gateway knows it under the number in JISHI_SMS_TEMPLATES."""

    CODE = "code"  # code, minutes it holds
    ACCOUNT_EXISTS = "account_exists"
    ACCOUNT_UNKNOWN = "account_unknown"
    SHIPPED = "shipped"  # order number, tracking number
    REFUNDED = "refunded"  # order number, amount in yuan
    FOUND = "found"  # names of saved searches, how many new products
    FLASH = "flash"  # names of products, the time at which their flash sale starts
    COUPON_GIVEN = "coupon_given"  # name of the coupon
    COUPON_ENDING = "coupon_ending"  # name of the coupon that ends first, how many end
    BALANCE_DUE = "balance_due"  # order number, amount in yuan, the time until which it can be paid
    BALANCE_ENDING = "balance_ending"  # the same


class MailTemplate(StrEnum):
    """A mail; `templates.py` has its words."""

    VERIFY_EMAIL = "verify_email"  # url
    SIGN_IN_CODE = "sign_in_code"  # code, minutes
    PASSWORD_CODE = "password_code"  # noqa: S105 - a name # code, minutes
    ACCOUNT_EXISTS = "account_exists"  # url
    ACCOUNT_UNKNOWN = "account_unknown"  # url
    SHIPPED = "shipped"  # number, tracking, url
    REFUNDED = "refunded"  # number, amount, url
    FOUND = "found"  # names, count, url
    FLASH = "flash"  # names, time, url
    COUPON_GIVEN = "coupon_given"  # name, url
    COUPON_ENDING = "coupon_ending"  # name, count, url
    BALANCE_DUE = "balance_due"  # number, amount, time, url
    BALANCE_ENDING = "balance_ending"  # number, amount, time, url


class News(StrEnum):
    """What a buyer is told wherever he is: by text message if he has a phone, else by mail."""

    SHIPPED = "shipped"
    REFUNDED = "refunded"
    FOUND = "found"
    FLASH = "flash"
    COUPON_GIVEN = "coupon_given"
    COUPON_ENDING = "coupon_ending"
    BALANCE_DUE = "balance_due"
    BALANCE_ENDING = "balance_ending"


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A mail ready to be sent."""

    subject: str
    text: str
    html: str
