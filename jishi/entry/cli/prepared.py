"""Whether a market is as the last start left it, so that this start need not prepare it again.

A wrong yes cannot do harm: the web server is not ready while a migration is missing.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from jishi.config.env_sources import CHECKOUT
from jishi.config.environment import Environment
from jishi.entry.cli.places import PostgresPlace

SOURCES = ("jishi", "web/dist", "requirements")
NO_SOURCES = {"__pycache__", "node_modules", "tests"}


def state(checked: Environment, place: PostgresPlace | None) -> str | None:
    """Return a key of all that preparing depends on; None when the database is an outside one."""
    if place is None:
        return None
    cluster = (place.data / "PG_VERSION").stat()
    key = hashlib.sha256(
        f"{CHECKOUT}\n{checked.public_url}\n{checked.demo}{checked.simulators}\n{checked.static_root}\n"
        f"{place.data}\n{cluster.st_ino}:{cluster.st_mtime_ns}\n".encode()
    )
    for path in _files(SOURCES):
        found = path.stat()
        key.update(f"{path}:{found.st_size}:{found.st_mtime_ns}\n".encode())
    return key.hexdigest()


def is_same(checked: Environment, now: str | None) -> bool:
    """Tell whether the last start prepared exactly this state and its results are still there."""
    note = _note(checked)
    results = (checked.static_root, checked.media_root, checked.home / "run" / "addresses.txt")
    return now is not None and _text(note) == now and all(path.exists() for path in results)


def remember(checked: Environment, now: str | None) -> None:
    """Note a state that was prepared."""
    if now is not None:
        _note(checked).write_text(now, encoding="ascii")


def _note(checked: Environment) -> Path:
    return checked.home / "run" / "prepared"


def _text(note: Path) -> str:
    return note.read_text(encoding="ascii") if note.is_file() else ""


def _files(folders: tuple[str, ...]) -> Iterator[Path]:
    for folder in folders:
        for path in sorted((CHECKOUT / folder).rglob("*")):
            if path.is_file() and not NO_SOURCES.intersection(path.parts):
                yield path
