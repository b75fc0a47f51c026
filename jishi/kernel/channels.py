"""Where somebody buys from: a closed list, which promotions may be limited to."""

from enum import StrEnum


class Channel(StrEnum):
    """A browser on a computer; a browser, or the shop installed from it, on a phone; a client of the API."""

    WEB = "web"
    MOBILE = "mobile"
    APP = "app"


def channel_of(*, has_token: bool, mobile_hint: str | None, user_agent: str) -> Channel:
    """Return the channel of a request: clients of the API sign in by token; browsers say `Sec-CH-UA-Mobile`, and
    those that do not know it name themselves (`Mobi`, as MDN recommends to look for).
    """
    if has_token:
        return Channel.APP
    is_mobile = mobile_hint == "?1" if mobile_hint in {"?0", "?1"} else "Mobi" in user_agent
    return Channel.MOBILE if is_mobile else Channel.WEB
