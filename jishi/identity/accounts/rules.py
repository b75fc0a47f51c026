"""Pure decisions about people: how phones and e-mail addresses are written, and what others see of them."""

import re

from jishi.kernel.errors import Invalid

CHINA = "+86"
ADDRESSES_MAX = 50

_MAINLAND = re.compile(r"(?:(?:\+|00)?86)?(1[3-9]\d{9})")
_ABROAD = re.compile(r"(?:\+|00)([1-9]\d{5,14})")
_FILLERS = str.maketrans("", "", " -()\u00a0\u3000\t")


def normal_phone(text: str) -> str:
    """Return a phone number as E.164; a mainland mobile number needs no +86.

    Raises: Invalid for anything else.
    """
    bare = text.translate(_FILLERS)
    if mainland := _MAINLAND.fullmatch(bare):
        return CHINA + mainland[1]
    abroad = _ABROAD.fullmatch(bare)
    if abroad is None or abroad[1].startswith("86"):
        raise Invalid(field="phone")
    return f"+{abroad[1]}"


def normal_email(text: str) -> str:
    """Return an e-mail address as it is kept and compared."""
    return text.strip().lower()


def mask_phone(phone: str) -> str:
    """Return a phone number of which only the carrier's prefix and the last four digits can be read."""
    national = phone.removeprefix(CHINA)
    return f"{national[:-8]}****{national[-4:]}" if len(national) > 8 else f"****{national[-2:]}"


def mask_email(email: str) -> str:
    """Return an e-mail address of which only the first letter of the name and the domain can be read."""
    name, _, domain = email.rpartition("@")
    return f"{name[:1]}***@{domain}"


def mask_name(name: str) -> str:
    """Return a person's name of which only the first character can be read."""
    return name[:1] + "*" * max(len(name) - 1, 1)


def looks_like_email(login: str) -> bool:
    """Tell whether somebody signed in, or is looked for, by e-mail address rather than by phone."""
    return "@" in login
