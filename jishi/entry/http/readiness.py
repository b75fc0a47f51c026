"""What a market needs to serve, part by part: asked anew each time, and the truth in a word for operators."""

import os
from collections.abc import Callable
from datetime import datetime
from functools import cache
from pathlib import Path

import psycopg
import valkey
from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from jishi.discovery.search import queries as search
from jishi.kernel import cache as hot
from jishi.kernel import waiting
from jishi.kernel.db import rows

CONNECT_SECONDS_MAX = 2
PLACE_NOTE = "postgres.place"  # where the embedded PostgreSQL keeps its data, when not below the home
UNKNOWN = "PostgreSQL cannot be asked"


def parts(*, now: datetime) -> dict[str, str]:
    """Return each part's problem, empty where there is none."""
    database = _database()
    return {
        "postgresql": database,
        "migrations": UNKNOWN if database else _asked(_migrations),
        "valkey": _valkey(),
        "worker": UNKNOWN if database else _asked(_worker),
        "index": _asked(lambda: search.index_problem(now=now)),
        "disk": _asked(_disk),
    }


def free_bytes(folder: Path) -> int:
    """Return what an ordinary process may still write below a folder. Raises: OSError."""
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize


def folders() -> dict[str, Path]:
    """Return the folders that must not fill up, by what they hold."""
    found = {"home": Path(settings.ENV.home), "media": Path(settings.ENV.media_root)}
    note = Path(settings.ENV.home) / PLACE_NOTE
    if note.is_file():
        found["postgresql"] = Path(note.read_text(encoding="utf-8").strip())
    return {name: folder for name, folder in found.items() if folder.is_dir()}


def _asked(ask: Callable[[], str]) -> str:
    try:
        return ask()
    except Exception as error:  # noqa: BLE001 - a probe reports whatever is wrong, it never fails itself
        return type(error).__name__


def _database() -> str:
    """Connect anew, with a short patience: a stopped server would hold a pooled connection for long."""
    parameters = connection.get_connection_params()
    try:
        with psycopg.connect(
            **{**parameters, "connect_timeout": CONNECT_SECONDS_MAX, "cursor_factory": psycopg.Cursor}
        ) as fresh:
            fresh.execute("SELECT 1")
    except psycopg.Error as error:
        return type(error).__name__
    return ""


def _migrations() -> str:
    done = set(rows("SELECT app, name FROM django_migrations"))
    waiting_count = len(_known_migrations() - done)
    return f"{waiting_count} migrations to run" if waiting_count else ""


@cache
def _known_migrations() -> frozenset[tuple[str, str]]:
    return frozenset(MigrationLoader(None).disk_migrations)


def _valkey() -> str:
    try:
        hot.client().ping()
    except valkey.ValkeyError as error:
        return type(error).__name__
    return ""


def _worker() -> str:
    return "" if waiting.has_worker() else "no job worker is alive"


def _disk() -> str:
    least = settings.ENV.disk_free_mb_min
    for name, folder in folders().items():
        free_mb = free_bytes(folder) // 2**20
        if free_mb < least:
            return f"{free_mb} MB left for {name}, {least} MB wanted"
    return ""
