"""RSA signatures as both channels make them: SHA-256, PKCS #1 v1.5, base64."""

import base64
import binascii
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    load_der_private_key,
    load_der_public_key,
    load_pem_private_key,
    load_pem_public_key,
)


@lru_cache(maxsize=16)
def private_key_of(text: str) -> RSAPrivateKey:
    """Read a private key: PEM, or the bare base64 that Alipay's tools hand out. Raises: ValueError."""
    # OpenSSL proves the primes of what it reads, which takes longer than many signatures.
    raw = text.strip().encode()
    key = (
        load_pem_private_key(raw, password=None)
        if raw.startswith(b"-----")
        else load_der_private_key(base64.b64decode(raw), password=None)
    )
    if not isinstance(key, RSAPrivateKey):
        raise ValueError("not an RSA private key")
    return key


def public_key_of(text: str) -> RSAPublicKey:
    """Read a public key: PEM, or bare base64. Raises: ValueError."""
    raw = text.strip().encode()
    key = load_pem_public_key(raw) if raw.startswith(b"-----") else load_der_public_key(base64.b64decode(raw))
    if not isinstance(key, RSAPublicKey):
        raise ValueError("not an RSA public key")
    return key


def sign(key: RSAPrivateKey, message: str) -> str:
    """Return the base64 signature of a text."""
    return base64.b64encode(key.sign(message.encode(), PKCS1v15(), SHA256())).decode("ascii")


def is_signed(key: RSAPublicKey, message: str | bytes, signature: str) -> bool:
    """Tell whether the signature is this key's over exactly this text."""
    raw = message.encode() if isinstance(message, str) else message
    try:
        decoded = base64.b64decode(signature, validate=True)
        if base64.b64encode(decoded).decode("ascii") != signature:
            return False  # base64 leaves room for variants; a signature has one spelling
        key.verify(decoded, raw, PKCS1v15(), SHA256())
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True
