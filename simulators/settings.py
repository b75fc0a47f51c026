"""How the simulators are set up: addresses, accounts, keys and pace. Values of a demo market unless told."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

from simulators.keys import ensure_keys, private_key, public_key


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """Both sides' keys, as far as a simulator holds them: its own private ones, the shop's public ones."""

    folder: Path
    alipay_private: RSAPrivateKey = field(repr=False)
    alipay_app_public: RSAPublicKey
    wechat_platform_private: RSAPrivateKey = field(repr=False)
    wechat_merchant_public: RSAPublicKey
    wechat_api_v3_key: str = field(repr=False)
    carrier_key: str = field(repr=False)
    carrier_secret: str = field(repr=False)
    sms_secret: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """The shop's accounts with the simulated companies."""

    alipay_app_id: str = "2021000000000001"
    alipay_seller_id: str = "2088000000000001"
    wechat_mchid: str = "1900000001"
    wechat_appid: str = "wx0000000000000001"
    wechat_serial: str = "4A49534849000000000000000000000000000001"
    wechat_public_key_id: str = "PUB_KEY_ID_0000000000000000000000000001"
    carrier_customer: str = "JISHIDEMO"
    sms_secret_id: str = "jishi-demo"  # noqa: S105 - a name, not a secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All of it; seconds are real seconds."""

    keys: Keys
    accounts: Accounts
    shop_url: str  # where browsers reach the simulators' pages, and the shop
    state_file: Path | None = None
    parcel_seconds: float = 20.0  # between two scans of a parcel that moves by itself; 0: never
    retry_seconds: tuple[float, ...] = (2.0, 4.0, 8.0, 15.0, 30.0, 60.0, 180.0, 600.0)
    reorder_seconds: float = 6.0  # how long a held-back callback waits; 0: until released
    callback_timeout_seconds: float = 10.0


def load_keys(folder: Path, variables: Mapping[str, str] = os.environ) -> Keys:
    """Read the keys in `folder`, making what is missing; JISHI_* variables win over the files' secrets."""
    ensure_keys(folder)

    def secret(name: str) -> str:
        given = variables.get(f"JISHI_{name.upper()}", "").strip()
        return given or (folder / name).read_text(encoding="ascii").strip()

    return Keys(
        folder=folder,
        alipay_private=private_key(folder / "alipay_private.pem"),
        alipay_app_public=public_key(folder / "alipay_app_public.pem"),
        wechat_platform_private=private_key(folder / "wechat_platform_private.pem"),
        wechat_merchant_public=public_key(folder / "wechat_merchant_public.pem"),
        wechat_api_v3_key=secret("wechat_api_v3_key"),
        carrier_key=secret("carrier_key"),
        carrier_secret=secret("carrier_secret"),
        sms_secret=secret("sms_secret"),
    )


def load_accounts(variables: Mapping[str, str] = os.environ) -> Accounts:
    """Read the accounts from the shop's own JISHI_* variables, so that both sides always agree."""
    names = {
        "alipay_app_id": "JISHI_ALIPAY_APP_ID",
        "wechat_mchid": "JISHI_WECHAT_MCHID",
        "wechat_appid": "JISHI_WECHAT_APPID",
        "wechat_serial": "JISHI_WECHAT_SERIAL",
        "wechat_public_key_id": "JISHI_WECHAT_PUBLIC_KEY_ID",
        "carrier_customer": "JISHI_CARRIER_CUSTOMER",
        "sms_secret_id": "JISHI_SMS_ACCESS_KEY",
    }
    given = {field: variables.get(name, "").strip() for field, name in names.items()}
    return Accounts(**{field: value for field, value in given.items() if value})
