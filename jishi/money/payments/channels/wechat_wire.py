"""What WeChat Pay v3 signs and seals: requests, answers, callbacks, and the resource inside a callback."""

import base64
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from jishi.kernel.foreign import read_json
from jishi.money.payments.channels.signing import is_signed, private_key_of, public_key_of, sign
from jishi.money.payments.channels.types import BadSignature, Malformed, StaleTimestamp

SCHEMA = "WECHATPAY2-SHA256-RSA2048"
WINDOW = timedelta(minutes=5)  # signed longer ago, or further ahead, than this is a replay
API_V3_KEY_LENGTH = 32  # bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class WechatAccount:
    """Our merchant account at WeChat Pay, in the mode where the platform signs with one named public key."""

    mchid: str
    appid: str
    serial: str  # of our own certificate, so that WeChat knows our key
    gateway_url: str
    private_key: RSAPrivateKey = field(repr=False)
    platform_public_key: RSAPublicKey
    platform_public_key_id: str
    api_v3_key: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.api_v3_key) != API_V3_KEY_LENGTH:
            raise ValueError(f"the APIv3 key has {API_V3_KEY_LENGTH} bytes")
        if self.gateway_url.endswith("/"):
            raise ValueError("the gateway's address has no slash at its end")

    @classmethod
    def of_keys(
        cls,
        *,
        mchid: str,
        appid: str,
        serial: str,
        gateway_url: str,
        private_key: str,
        platform_public_key: str,
        platform_public_key_id: str,
        api_v3_key: str,
    ) -> "WechatAccount":
        """Build an account from keys as text. Raises: ValueError."""
        return cls(
            mchid=mchid,
            appid=appid,
            serial=serial,
            gateway_url=gateway_url.rstrip("/"),
            private_key=private_key_of(private_key),
            platform_public_key=public_key_of(platform_public_key),
            platform_public_key_id=platform_public_key_id,
            api_v3_key=api_v3_key.encode(),
        )


def authorization(account: WechatAccount, method: str, path: str, body: bytes, *, now: datetime) -> str:
    """Return the header that signs a request; `path` has the query but not the gateway's address."""
    timestamp, nonce = str(int(now.timestamp())), secrets.token_hex(16)
    text = f"{method}\n{path}\n{timestamp}\n{nonce}\n{body.decode()}\n"
    values = {
        "mchid": account.mchid,
        "nonce_str": nonce,
        "timestamp": timestamp,
        "serial_no": account.serial,
        "signature": sign(account.private_key, text),
    }
    return f"{SCHEMA} " + ",".join(f'{name}="{value}"' for name, value in values.items())


def check_signed(account: WechatAccount, headers: Mapping[str, str], body: bytes, *, now: datetime) -> str:
    """Check that the platform signed this body within the window, and return its nonce.

    Raises: Malformed, BadSignature, StaleTimestamp.
    """
    lower = {name.lower(): value for name, value in headers.items()}
    try:
        timestamp, nonce, signature, serial = (
            lower[f"wechatpay-{name}"] for name in ("timestamp", "nonce", "signature", "serial")
        )
        signed_at = datetime.fromtimestamp(int(timestamp), UTC)
    except (KeyError, ValueError, OverflowError, OSError) as error:
        raise Malformed("the signature's headers are missing or no good") from error
    if lower.get("wechatpay-signature-type", SCHEMA) != SCHEMA:
        raise Malformed("signed in another way")
    if serial != account.platform_public_key_id:
        raise BadSignature(f"signed with the key {serial!r}")
    message = b"%s\n%s\n%s\n" % (timestamp.encode(), nonce.encode(), body)
    if not is_signed(account.platform_public_key, message, signature):
        raise BadSignature("the signature is not WeChat Pay's")
    if abs(now - signed_at) > WINDOW:
        raise StaleTimestamp(f"signed at {signed_at.isoformat()}")
    return nonce


def opened_resource(account: WechatAccount, resource: Mapping[str, object]) -> dict[str, object]:
    """Decrypt the sealed part of a callback (AES-256-GCM under the APIv3 key).

    Raises: Malformed, BadSignature when the seal is broken.
    """
    if resource.get("algorithm") != "AEAD_AES_256_GCM":
        raise Malformed(f"sealed with {resource.get('algorithm')!r}")
    try:
        sealed = base64.b64decode(str(resource["ciphertext"]), validate=True)
        nonce = str(resource["nonce"]).encode()
        associated = str(resource.get("associated_data") or "").encode()
        opened = AESGCM(account.api_v3_key).decrypt(nonce, sealed, associated)
        content = read_json(opened)
    except InvalidTag as error:
        raise BadSignature("the seal is broken") from error
    except (KeyError, ValueError) as error:
        raise Malformed("the sealed part cannot be read") from error
    if not isinstance(content, dict):
        raise Malformed("the sealed part is no object")
    return content
