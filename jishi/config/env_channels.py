"""The accounts with payment channels, carriers and the SMS gateway; in demo mode they are the simulators'."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from jishi.config.env_values import BadEnvironment, Variables

WECHAT_API_V3_KEY_LENGTH = 32
SMS_DEMO_APP_ID = "1400000001"
SMS_DEMO_SIGNATURE = "集市"
# What the simulated gateway knows. At the real one every template has a number of its own.
SMS_DEMO_TEMPLATES = {
    "code": "100001",
    "shipped": "100002",
    "refunded": "100003",
    "found": "100004",
    "flash": "100005",
    "coupon_given": "100006",
    "coupon_ending": "100007",
    "balance_due": "100008",
    "balance_ending": "100009",
    "account_exists": "100011",
    "account_unknown": "100012",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AlipayChannel:
    """How to reach Alipay's OpenAPI, and which keys sign and verify."""

    gateway_url: str
    app_id: str
    private_key_file: Path
    public_key_file: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class WechatChannel:
    """How to reach WeChat Pay v3, and which keys sign, verify and decrypt."""

    gateway_url: str
    mchid: str
    appid: str
    serial: str
    api_v3_key: str = field(repr=False)
    private_key_file: Path
    public_key_file: Path
    public_key_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CarrierAccount:
    """An account with a tracking service that speaks the kuaidi100 protocol."""

    url: str
    customer: str
    key: str = field(repr=False)
    secret: str = field(repr=False)
    salt: str = field(repr=False)
    label_url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SmsAccount:
    """An account with the SMS gateway; the signature is the sender's name that readers see in 【】."""

    url: str
    access_key: str
    secret: str = field(repr=False)
    app_id: str = SMS_DEMO_APP_ID
    signature: str = SMS_DEMO_SIGNATURE
    templates: Mapping[str, str] = field(default_factory=lambda: SMS_DEMO_TEMPLATES)


def alipay(variables: Variables, simulator_url: str | None, secrets: Path) -> AlipayChannel | None:
    """Read the Alipay channel, None when there is none. Raises: BadEnvironment."""
    url = variables.url(
        "JISHI_ALIPAY_GATEWAY_URL",
        simulator_url and f"{simulator_url}/alipay/gateway.do",
        schemes=("http", "https"),
    )
    if url is None:
        return None
    demo = simulator_url is not None
    why = "JISHI_ALIPAY_GATEWAY_URL needs it"
    return AlipayChannel(
        gateway_url=url,
        app_id=_given(variables, "JISHI_ALIPAY_APP_ID", "2021000000000001" if demo else None, why),
        private_key_file=_file(
            variables, "JISHI_ALIPAY_PRIVATE_KEY_FILE", demo, secrets / "alipay_app_private.pem", why
        ),
        public_key_file=_file(
            variables, "JISHI_ALIPAY_PUBLIC_KEY_FILE", demo, secrets / "alipay_public.pem", why
        ),
    )


def wechat(variables: Variables, simulator_url: str | None, secrets: Path) -> WechatChannel | None:
    """Read the WeChat Pay channel, None when there is none. Raises: BadEnvironment."""
    url = variables.url(
        "JISHI_WECHAT_GATEWAY_URL", simulator_url and f"{simulator_url}/wechat", schemes=("http", "https")
    )
    if url is None:
        return None
    demo = simulator_url is not None
    why = "JISHI_WECHAT_GATEWAY_URL needs it"

    def given(name: str, value: str) -> str:
        return _given(variables, f"JISHI_WECHAT_{name}", value if demo else None, why)

    def file(name: str, default: str) -> Path:
        return _file(variables, f"JISHI_WECHAT_{name}", demo, secrets / default, why)

    api_v3_key = variables.required("JISHI_WECHAT_API_V3_KEY", why)
    if len(api_v3_key.encode()) != WECHAT_API_V3_KEY_LENGTH:
        raise BadEnvironment("JISHI_WECHAT_API_V3_KEY", f"must have {WECHAT_API_V3_KEY_LENGTH} bytes")
    return WechatChannel(
        gateway_url=url.rstrip("/"),
        mchid=given("MCHID", "1900000001"),
        appid=given("APPID", "wx0000000000000001"),
        serial=given("SERIAL", "4A49534849000000000000000000000000000001"),
        api_v3_key=api_v3_key,
        private_key_file=file("PRIVATE_KEY_FILE", "wechat_merchant_private.pem"),
        public_key_file=file("PUBLIC_KEY_FILE", "wechat_platform_public.pem"),
        public_key_id=given("PUBLIC_KEY_ID", "PUB_KEY_ID_0000000000000000000000000001"),
    )


def carrier(variables: Variables, simulator_url: str | None) -> CarrierAccount | None:
    """Read the tracking account, None when there is none. Raises: BadEnvironment."""
    url = variables.url(
        "JISHI_CARRIER_URL", simulator_url and f"{simulator_url}/carrier", schemes=("http", "https")
    )
    if url is None:
        return None
    why = "JISHI_CARRIER_URL needs it"
    return CarrierAccount(
        url=url.rstrip("/"),
        customer=_given(variables, "JISHI_CARRIER_CUSTOMER", simulator_url and "JISHIDEMO", why),
        key=variables.required("JISHI_CARRIER_KEY", why),
        secret=variables.required("JISHI_CARRIER_SECRET", why),
        salt=variables.required("JISHI_CARRIER_SALT", why),
        label_url=variables.url("JISHI_CARRIER_LABEL_URL", None, schemes=("http", "https")),
    )


def sms(variables: Variables, simulator_url: str | None) -> SmsAccount | None:
    """Read the SMS account, None when there is none. Raises: BadEnvironment."""
    url = variables.url("JISHI_SMS_URL", simulator_url and f"{simulator_url}/sms", schemes=("http", "https"))
    if url is None:
        return None
    why = "JISHI_SMS_URL needs it"
    return SmsAccount(
        url=url.rstrip("/"),
        access_key=_given(variables, "JISHI_SMS_ACCESS_KEY", simulator_url and "jishi-demo", why),
        secret=variables.required("JISHI_SMS_SECRET", why),
        app_id=_given(variables, "JISHI_SMS_APP_ID", simulator_url and SMS_DEMO_APP_ID, why),
        signature=_given(variables, "JISHI_SMS_SIGNATURE", simulator_url and SMS_DEMO_SIGNATURE, why),
        templates=_sms_templates(variables, is_demo=simulator_url is not None, why=why),
    )


def _sms_templates(variables: Variables, *, is_demo: bool, why: str) -> Mapping[str, str]:
    name = "JISHI_SMS_TEMPLATES"
    if is_demo and variables.optional(name) is None:
        return SMS_DEMO_TEMPLATES
    pairs = [pair.partition(":") for pair in variables.required(name, why).split(",")]
    given = {word.strip(): number.strip() for word, _, number in pairs}
    if given.keys() != SMS_DEMO_TEMPLATES.keys() or not all(map(str.isdecimal, given.values())):
        raise BadEnvironment(
            name, f"must give each of {', '.join(SMS_DEMO_TEMPLATES)} a number, as in code:1"
        )
    return given


def _given(variables: Variables, name: str, demo_value: str | None, why: str) -> str:
    return variables.text(name, demo_value) if demo_value else variables.required(name, why)


def _file(variables: Variables, name: str, demo: bool, demo_file: Path, why: str) -> Path:
    if not demo:
        variables.required(name, why)
    return variables.path(name, demo_file)
