"""Signatures and seals, on the companies' side of the wire."""

import base64
import hashlib
import hmac
import re
import secrets

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM


def rsa_sign(key: RSAPrivateKey, content: bytes) -> str:
    """Sign with SHA-256 and PKCS #1 v1.5; base64."""
    return base64.b64encode(key.sign(content, padding.PKCS1v15(), hashes.SHA256())).decode("ascii")


def rsa_verifies(key: RSAPublicKey, content: bytes, signature: str) -> bool:
    """Tell whether a base64 signature holds."""
    try:
        key.verify(base64.b64decode(signature), content, padding.PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, ValueError):
        return False
    return True


def random_signature() -> str:
    """Make what looks like a signature and is none."""
    return base64.b64encode(secrets.token_bytes(256)).decode("ascii")


def seal(key: str, content: bytes, associated: str) -> tuple[str, str]:
    """Encrypt with AES-256-GCM as WeChat Pay does; return the base64 text and the nonce."""
    nonce = secrets.token_hex(6)
    sealed = AESGCM(key.encode()).encrypt(nonce.encode(), content, associated.encode())
    return base64.b64encode(sealed).decode("ascii"), nonce


def md5_upper(text: str) -> str:
    """Return kuaidi100's signature of a text."""
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest().upper()


def same(one: str, other: str) -> bool:
    """Compare two texts in constant time."""
    return hmac.compare_digest(one.encode(), other.encode())


_TC3 = re.compile(
    r"TC3-HMAC-SHA256 Credential=(?P<id>[^/]+)/(?P<day>[0-9-]{10})/(?P<service>[a-z0-9]+)/tc3_request, ?"
    r"SignedHeaders=(?P<names>[a-z0-9;-]+), ?Signature=(?P<signature>[0-9a-f]{64})"
)


def tc3_verifies(
    *,
    authorization: str,
    secret_id: str,
    secret_key: str,
    timestamp: str,
    headers: dict[str, str],
    body: bytes,
) -> bool:
    """Tell whether a TC3-HMAC-SHA256 header holds for a POST to '/' with these headers (lower-case names)."""
    match = _TC3.fullmatch(authorization)
    names = match["names"].split(";") if match else []
    if match is None or match["id"] != secret_id or not {"content-type", "host"} <= set(names):
        return False
    lines = "\n".join(f"{name}:{headers.get(name, '').lower()}" for name in names)
    canonical = "\n".join(["POST", "/", "", lines, "", match["names"], hashlib.sha256(body).hexdigest()])
    scope = f"{match['day']}/{match['service']}/tc3_request"
    text = "\n".join(["TC3-HMAC-SHA256", timestamp, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    key = f"TC3{secret_key}".encode()
    for step in (match["day"], match["service"], "tc3_request"):
        key = hmac.new(key, step.encode(), hashlib.sha256).digest()
    return same(hmac.new(key, text.encode(), hashlib.sha256).hexdigest(), match["signature"])
