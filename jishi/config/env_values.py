"""Turn the text of environment variables into checked values; every refusal names the variable."""

import base64
import binascii
import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

ENCRYPTION_KEY_BYTES = 32
SITE = re.compile(r"^(https?://)?([A-Za-z0-9.*-]+|\[[0-9A-Fa-f:]+\]|(?=:))(:[0-9]{1,5})?$")
MAILBOX = re.compile(r"^[^@\s]+@[^@\s]+$")
KEY_ID = re.compile(r"^[A-Za-z0-9_-]{1,32}$")


class BadEnvironment(Exception):
    """A variable is missing or holds a value that cannot work."""

    def __init__(self, variable: str, problem: str) -> None:
        self.variable = variable
        self.problem = problem
        super().__init__(f"{variable}: {problem}")


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedKey:
    """One key of a ring: rows remember `id`, so that old ones stay readable after a rotation."""

    id: str
    secret: bytes = field(repr=False)


def absolute(variable: str, path: str | Path) -> Path:
    """Return an absolute path, with `~` as a home. Raises: BadEnvironment when nobody has that home."""
    try:
        return Path(path).expanduser().absolute()
    except RuntimeError:
        raise BadEnvironment(variable, f"nobody here has the home that {str(path)!r} begins with") from None


@dataclass(frozen=True, slots=True)
class Variables:
    """The variables of one process; a value that is empty or only blanks counts as unset."""

    values: Mapping[str, str]

    def optional(self, name: str) -> str | None:
        """Return the stripped text, or None when unset."""
        return self.values.get(name, "").strip() or None

    def text(self, name: str, default: str) -> str:
        """Return the text, or the default when unset."""
        return self.optional(name) or default

    def required(self, name: str, why: str) -> str:
        """Return the text. Raises: BadEnvironment when unset."""
        value = self.optional(name)
        if value is None:
            raise BadEnvironment(name, f"is not set; {why}")
        return value

    def flag(self, name: str, default: bool) -> bool:
        """Read 0/1. Raises: BadEnvironment for anything else."""
        value = self.optional(name)
        if value is None:
            return default
        if value not in {"0", "1"}:
            raise BadEnvironment(name, f"must be 0 or 1, not {value!r}")
        return value == "1"

    def integer(self, name: str, default: int, *, low: int, high: int) -> int:
        """Read a whole number within [low, high]. Raises: BadEnvironment."""
        value = self.optional(name)
        if value is None:
            return default
        if not re.fullmatch(r"[0-9]{1,10}", value) or not low <= int(value) <= high:
            raise BadEnvironment(name, f"must be a whole number from {low} to {high}, not {value!r}")
        return int(value)

    def port(self, name: str, default: int) -> int:
        """Read a TCP port. Raises: BadEnvironment."""
        return self.integer(name, default, low=1, high=65_535)

    def choice(self, name: str, default: str, allowed: tuple[str, ...]) -> str:
        """Read one of a few words. Raises: BadEnvironment."""
        value = self.text(name, default)
        if value not in allowed:
            raise BadEnvironment(name, f"must be one of {', '.join(allowed)}, not {value!r}")
        return value

    def path(self, name: str, default: Path) -> Path:
        """Read a folder or file as an absolute path; it need not exist yet. Raises: BadEnvironment."""
        return self.optional_path(name) or default

    def optional_path(self, name: str) -> Path | None:
        """Read a folder or file as an absolute path, None when it is not set. Raises: BadEnvironment."""
        value = self.optional(name)
        return absolute(name, value) if value else None

    def url(self, name: str, default: str | None, *, schemes: tuple[str, ...]) -> str | None:
        """Read a URL with a host. Raises: BadEnvironment."""
        value = self.optional(name) or default
        if value is not None:
            split_url(name, value, schemes=schemes)
        return value

    def address(self, name: str, default: str) -> str:
        """Read one IP address. Raises: BadEnvironment."""
        value = self.text(name, default)
        try:
            ipaddress.ip_address(value)
        except ValueError:
            raise BadEnvironment(name, f"{value!r} is not an IP address") from None
        return value

    def site(self, name: str, default: str) -> str:
        """Read what Caddy serves: a host, a port or both, perhaps with a scheme. Raises: BadEnvironment."""
        value = self.text(name, default)
        if not SITE.match(value):
            raise BadEnvironment(name, f"{value!r} is not one site, such as shop.example or http://:8000")
        split_port(name, value)
        return value

    def mailbox(self, name: str, default: str) -> str:
        """Read one sender, `Name <a@b>` or `a@b`. Raises: BadEnvironment."""
        value = self.text(name, default)
        _, address = parseaddr(value)
        if not MAILBOX.match(address) or "\n" in value:
            raise BadEnvironment(
                name, f"{value!r} is not a mail address, such as Shop <no-reply@shop.example>"
            )
        return value

    def networks(self, name: str, default: str) -> tuple[str, ...]:
        """Read comma-separated addresses or CIDR networks. Raises: BadEnvironment."""
        parts = tuple(part.strip() for part in self.text(name, default).split(",") if part.strip())
        for part in parts:
            try:
                ipaddress.ip_network(part, strict=False)
            except ValueError:
                raise BadEnvironment(name, f"{part!r} is neither an address nor a network") from None
        return parts

    def key_ring(self, name: str, why: str) -> tuple[NamedKey, ...]:
        """Read `id:base64,id:base64`, the current key first. Raises: BadEnvironment."""
        keys = tuple(_named_key(name, part) for part in self.required(name, why).split(",") if part.strip())
        if not keys:
            raise BadEnvironment(name, "holds no key")
        if len({key.id for key in keys}) != len(keys):
            raise BadEnvironment(name, "names the same key id twice")
        return keys


def _named_key(variable: str, text: str) -> NamedKey:
    # The text itself never goes into the message: it is a secret.
    key_id, colon, encoded = text.strip().partition(":")
    if not colon or not KEY_ID.match(key_id):
        raise BadEnvironment(variable, "must look like id:base64,id:base64 (the current key first)")
    try:
        secret = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise BadEnvironment(variable, f"key {key_id!r} is not base64") from None
    if len(secret) != ENCRYPTION_KEY_BYTES:
        raise BadEnvironment(
            variable, f"key {key_id!r} has {len(secret)} bytes, it must have {ENCRYPTION_KEY_BYTES}"
        )
    return NamedKey(id=key_id, secret=secret)


def split_url(variable: str, value: str, *, schemes: tuple[str, ...]) -> SplitResult:
    """Split a URL and check scheme, host and port. Raises: BadEnvironment.

    The value is never repeated in the message: it may hold a password.
    """
    parts = split_port(variable, value)
    if parts.scheme not in schemes:
        raise BadEnvironment(variable, f"must start with {' or '.join(f'{name}://' for name in schemes)}")
    if not parts.hostname:
        raise BadEnvironment(variable, "names no host")
    return parts


def split_port(variable: str, value: str) -> SplitResult:
    """Split an address whose scheme may be missing, and check its port. Raises: BadEnvironment."""
    try:
        parts = urlsplit(value if "://" in value else f"//{value}")
        _ = parts.port
    except ValueError:
        raise BadEnvironment(variable, "is not a URL (is the port a number?)") from None
    return parts
