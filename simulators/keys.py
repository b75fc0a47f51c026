"""The keys of a demo market's channels: one pair for each side of each channel, made once."""

import fcntl
import os
import secrets
import string
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

KEY_BITS = 2048
PAIRS = {
    "alipay_app_private.pem": "alipay_app_public.pem",  # the shop signs, Alipay verifies
    "alipay_private.pem": "alipay_public.pem",  # Alipay signs, the shop verifies
    "wechat_merchant_private.pem": "wechat_merchant_public.pem",
    "wechat_platform_private.pem": "wechat_platform_public.pem",
}
# Shared secrets and their lengths; the names are those under which a demo market keeps them.
SECRETS = {
    "wechat_api_v3_key": 32,
    "carrier_key": 32,
    "carrier_secret": 32,
    "carrier_salt": 16,
    "sms_secret": 32,
}


def ensure_keys(folder: Path) -> None:
    """Make what is missing of keys and secrets in `folder`; safe to call again and from several processes."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    if all((folder / name).exists() for pair in PAIRS.items() for name in pair) and all(
        (folder / name).exists() for name in SECRETS
    ):
        return
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for private_name, public_name in PAIRS.items():
            _ensure_pair(folder / private_name, folder / public_name)
        for name, length in SECRETS.items():
            if not (folder / name).exists():
                _write_private(folder / name, f"{_letters(length)}\n".encode())


def private_key(path: Path) -> RSAPrivateKey:
    """Read a private key file. Raises: ValueError, OSError."""
    key = load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, RSAPrivateKey):
        raise ValueError(f"{path.name} holds no RSA key")
    return key


def public_key(path: Path) -> RSAPublicKey:
    """Read a public key file. Raises: ValueError, OSError."""
    key = load_pem_public_key(path.read_bytes())
    if not isinstance(key, RSAPublicKey):
        raise ValueError(f"{path.name} holds no RSA key")
    return key


def _ensure_pair(private_path: Path, public_path: Path) -> None:
    if private_path.exists():
        key = private_key(private_path)
    else:
        key = generate_private_key(public_exponent=65537, key_size=KEY_BITS)
        _write_private(private_path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    if not public_path.exists():
        pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        _write_private(public_path, pem)


def _write_private(path: Path, content: bytes) -> None:
    """Put a whole file in place at once, readable by its owner only."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    draft.replace(path)


def _letters(length: int) -> str:
    alphabet = string.ascii_letters + string.digits
    return "".join(secrets.choice(alphabet) for _ in range(length))
