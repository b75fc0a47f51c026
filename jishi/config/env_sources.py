"""Where variables come from besides the process: the `.env` file, a running market, generated secrets."""

import base64
import fcntl
import os
import secrets
import string
from collections.abc import Callable, Mapping
from pathlib import Path

from jishi.config.env_values import BadEnvironment, absolute

CHECKOUT = Path(__file__).resolve().parents[2]
RUNNING_FILE = "running.env"


def home_of(values: Mapping[str, str]) -> Path:
    """Return the folder that holds all that a market keeps on disk. Raises: BadEnvironment."""
    named = values.get("JISHI_HOME", "").strip()
    return absolute("JISHI_HOME", named) if named else CHECKOUT / "var"


def read_env_file(path: Path) -> dict[str, str]:
    """Read NAME=value lines; `#` starts a comment line, quotes around a value are dropped.

    Raises: BadEnvironment for a line that is neither, and for a file that is no text.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError:
        raise BadEnvironment(path.name, "is not text in UTF-8") from None
    values: dict[str, str] = {}
    for number, line in enumerate(lines, start=1):
        text = line.strip().removeprefix("export ")
        if not text or text.startswith("#"):
            continue
        name, equals, value = text.partition("=")
        if not equals or not name.strip().isidentifier():
            raise BadEnvironment(path.name, f"line {number} is not NAME=value")
        values[name.strip()] = _unquoted(value.strip())
    return values


def _unquoted(value: str) -> str:
    for quote in ('"', "'"):
        if len(value) >= 2 and value.startswith(quote) and value.endswith(quote):
            return value[1:-1]
    return value


def checkout_file(values: Mapping[str, str]) -> dict[str, str]:
    """Read the checkout's `.env`, or the file that JISHI_ENV_FILE names (empty: none)."""
    named = values.get("JISHI_ENV_FILE")
    if named is None:
        path = CHECKOUT / ".env"
        return read_env_file(path) if path.is_file() else {}
    if not named:
        return {}
    path = absolute("JISHI_ENV_FILE", named)
    if not path.is_file():
        raise BadEnvironment("JISHI_ENV_FILE", f"there is no file {path}")
    return read_env_file(path)


def running_market(home: Path) -> dict[str, str]:
    """Read what `jishi up` noted about itself, so that other commands find its ports and its mode."""
    path = home / "run" / RUNNING_FILE
    return read_env_file(path) if path.is_file() else {}


def note_running_market(home: Path, values: Mapping[str, str]) -> Path:
    """Write the variables that other commands need to reach this market; readable by its owner only."""
    folder = home / "run"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / RUNNING_FILE
    _replace_private(path, "".join(f"{name}={value}\n" for name, value in sorted(values.items())))
    return path


def generated_secret(home: Path, name: str, make: Callable[[], str]) -> str:
    """Return the secret kept under `home/secrets`, made on the first call.

    Processes may race for the first call: a lock lets one of them make it and all return the same.
    """
    folder = home / "secrets"
    path = folder / name
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        with (folder / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not path.exists():
                _replace_private(path, make() + "\n")
    return path.read_text(encoding="ascii").strip()


def _replace_private(path: Path, text: str) -> None:
    """Put a whole file in place at once, readable by its owner only."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    draft.replace(path)


def _key_ring() -> str:
    return f"k1:{base64.b64encode(secrets.token_bytes(32)).decode()}"


def _letters(length: int) -> str:
    alphabet = string.ascii_letters + string.digits
    return "".join(secrets.choice(alphabet) for _ in range(length))


def engine_secrets(home: Path) -> dict[str, str]:
    """Return the passwords of the embedded engines, in every mode that uses them."""
    return {
        "JISHI_POSTGRES_PASSWORD": generated_secret(home, "postgres_password", lambda: _letters(40)),
        "JISHI_VALKEY_PASSWORD": generated_secret(home, "valkey_password", lambda: _letters(40)),
    }


def demo_secrets(home: Path) -> dict[str, str]:
    """Return the application's keys for a demo market; never used outside demo mode."""
    return {
        "JISHI_SECRET_KEY": generated_secret(home, "secret_key", lambda: _letters(64)),
        "JISHI_ENCRYPTION_KEYS": generated_secret(home, "encryption_keys", _key_ring),
        "JISHI_BLIND_INDEX_KEYS": generated_secret(home, "blind_index_keys", _key_ring),
        "JISHI_WECHAT_API_V3_KEY": generated_secret(home, "wechat_api_v3_key", lambda: _letters(32)),
        "JISHI_CARRIER_KEY": generated_secret(home, "carrier_key", lambda: _letters(32)),
        "JISHI_CARRIER_SECRET": generated_secret(home, "carrier_secret", lambda: _letters(32)),
        "JISHI_CARRIER_SALT": generated_secret(home, "carrier_salt", lambda: _letters(16)),
        "JISHI_SMS_SECRET": generated_secret(home, "sms_secret", lambda: _letters(32)),
    }
