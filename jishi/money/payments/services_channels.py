"""The channels this market has an account with.

Every call to one goes through here, outside any transaction.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache

import httpx
from django.conf import settings

from jishi.config.environment import AlipayChannel as AlipaySettings
from jishi.config.environment import WechatChannel as WechatSettings
from jishi.kernel import clock, outgoing
from jishi.kernel.errors import Conflict
from jishi.kernel.words import Text
from jishi.money.payments.channels.alipay import AlipayAccount, AlipayChannel
from jishi.money.payments.channels.types import (
    BillKind,
    BillRow,
    CallbackReply,
    CaptureNotice,
    Channel,
    ChannelError,
    ChannelRefused,
    ChannelUnavailable,
    ChargeRef,
    ChargeRequest,
    ChargeState,
    ChargeStatus,
    ForgedCallback,
    NextStep,
    Notice,
    Part,
    RefundNotice,
    RefundProgress,
    RefundRequest,
    RefundState,
    StatusNotice,
)
from jishi.money.payments.channels.wechat import WechatAccount, WechatChannel
from jishi.money.payments.types import ChannelName

__all__ = [
    "BillKind",
    "BillRow",
    "CallbackReply",
    "CaptureNotice",
    "Channel",
    "ChannelError",
    "ChannelNotInUse",
    "ChannelRefused",
    "ChannelUnavailable",
    "ChargeRef",
    "ChargeRequest",
    "ChargeState",
    "ChargeStatus",
    "ForgedCallback",
    "NextStep",
    "Notice",
    "Part",
    "RefundNotice",
    "RefundProgress",
    "RefundRequest",
    "RefundState",
    "StatusNotice",
    "connect",
    "in_use",
    "names_in_use",
]

Clock = Callable[[], datetime]


class ChannelNotInUse(Conflict):
    """This market has no account with the channel."""

    code = "channel_not_in_use"
    message = Text(zh="暂不支持这种付款方式", en="This way to pay is not available")


@dataclass(frozen=True, slots=True)
class Connected:
    """A channel together with the account that its captures must name."""

    channel: Channel
    merchant_account: str


def in_use(name: ChannelName) -> Connected:
    """Return a channel of this market. Raises: ChannelNotInUse."""
    try:
        return connected()[name]
    except KeyError:
        raise ChannelNotInUse(channel=name) from None


def names_in_use() -> list[ChannelName]:
    """Return the channels this market has an account with, in their usual order."""
    return [name for name in ChannelName if name in connected()]


@cache
def connected() -> Mapping[ChannelName, Connected]:
    """Return this process's channels, made once: they share one pool of connections."""
    return connect(alipay=settings.ENV.alipay, wechat=settings.ENV.wechat, read_clock=clock.now)


def connect(
    *,
    alipay: AlipaySettings | None,
    wechat: WechatSettings | None,
    read_clock: Clock,
    http: httpx.Client | None = None,
) -> Mapping[ChannelName, Connected]:
    """Make the clients of the channels that have an account. The signing clock is handed in by the edge."""
    client = http or outgoing.client()
    found: dict[ChannelName, Connected] = {}
    if alipay is not None:
        found[ChannelName.ALIPAY] = Connected(
            AlipayChannel(_alipay_account(alipay), http=client, clock=read_clock), alipay.app_id
        )
    if wechat is not None:
        found[ChannelName.WECHAT] = Connected(
            WechatChannel(_wechat_account(wechat), http=client, clock=read_clock), wechat.mchid
        )
    return found


def _alipay_account(account: AlipaySettings) -> AlipayAccount:
    return AlipayAccount.of_keys(
        app_id=account.app_id,
        gateway_url=account.gateway_url,
        private_key=account.private_key_file.read_text(encoding="ascii"),
        alipay_public_key=account.public_key_file.read_text(encoding="ascii"),
    )


def _wechat_account(account: WechatSettings) -> WechatAccount:
    return WechatAccount.of_keys(
        mchid=account.mchid,
        appid=account.appid,
        serial=account.serial,
        gateway_url=account.gateway_url,
        private_key=account.private_key_file.read_text(encoding="ascii"),
        platform_public_key=account.public_key_file.read_text(encoding="ascii"),
        platform_public_key_id=account.public_key_id,
        api_v3_key=account.api_v3_key,
    )
