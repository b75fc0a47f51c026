"""What the wire tests share: a shop that only takes callbacks, and our accounts with the companies."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from jishi.money.payments.channels.alipay import AlipayAccount
from jishi.money.payments.channels.types import CallbackReply, Channel, ChargeRequest
from jishi.money.payments.channels.wechat import WechatAccount
from simulators.testing import RunningSimulators

ChannelMaker = Callable[..., Channel]
ChargeMaker = Callable[..., ChargeRequest]


def now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Received:
    """One callback as it came over the wire."""

    headers: dict[str, str]
    body: bytes


@dataclass(slots=True)
class Shop:
    """Where callbacks arrive, and what they are answered."""

    url: str
    reply: CallbackReply
    received: list[Received] = field(default_factory=list)


def alipay_account(simulators: RunningSimulators) -> AlipayAccount:
    folder = simulators.keys.folder
    return AlipayAccount.of_keys(
        app_id=simulators.accounts.alipay_app_id,
        gateway_url=simulators.alipay_gateway_url,
        private_key=(folder / "alipay_app_private.pem").read_text(),
        alipay_public_key=(folder / "alipay_public.pem").read_text(),
    )


def wechat_account(simulators: RunningSimulators) -> WechatAccount:
    folder, accounts = simulators.keys.folder, simulators.accounts
    return WechatAccount.of_keys(
        mchid=accounts.wechat_mchid,
        appid=accounts.wechat_appid,
        serial=accounts.wechat_serial,
        gateway_url=simulators.wechat_gateway_url,
        private_key=(folder / "wechat_merchant_private.pem").read_text(),
        platform_public_key=(folder / "wechat_platform_public.pem").read_text(),
        platform_public_key_id=accounts.wechat_public_key_id,
        api_v3_key=simulators.keys.wechat_api_v3_key,
    )
