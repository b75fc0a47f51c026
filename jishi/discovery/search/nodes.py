"""What the platform knows of every machine's index: told by its indexer, asked to build anew by a person."""

import socket
from datetime import datetime, timedelta

from jishi.discovery.search.schema import VERSION
from jishi.kernel.db import atomic, execute, row
from jishi.kernel.errors import NotFound
from jishi.kernel.ids import new_id
from jishi.offering.catalog.services import CHANGES_CHANNEL

FORGOTTEN_AFTER = timedelta(days=7)  # machines come and go; a silent one is gone

_TELL = """
INSERT INTO search_node AS known (id, name, version, product_count, built_at, followed_at)
VALUES (%(id)s, %(name)s, %(version)s, %(count)s, %(built_at)s, %(now)s)
ON CONFLICT (name) DO UPDATE SET version = EXCLUDED.version, product_count = EXCLUDED.product_count,
    followed_at = EXCLUDED.followed_at,
    built_at = CASE WHEN %(is_new)s THEN EXCLUDED.built_at ELSE known.built_at END
"""


def tell(*, product_count: int, built_at: datetime | None = None, now: datetime) -> None:
    """Note how this machine's index stands; `built_at` when it was built anew, from the instant it began."""
    execute(
        _TELL,
        {
            "id": new_id(),
            "name": socket.gethostname(),
            "version": VERSION,
            "count": product_count,
            "built_at": built_at or now,
            "is_new": built_at is not None,
            "now": now,
        },
    )
    if built_at is not None:
        execute("DELETE FROM search_node WHERE followed_at < %s", [now - FORGOTTEN_AFTER])


def is_rebuild_wanted() -> bool:
    """Tell whether somebody wants this machine's index built anew."""
    found = row(
        "SELECT 1 FROM search_node WHERE name = %s AND rebuild_asked_at > built_at", [socket.gethostname()]
    )
    return found is not None


def ask_rebuild(node_id: object, *, now: datetime) -> None:
    """Let a machine build its index anew beside the one in use, at once. Raises: NotFound."""
    with atomic():
        asked = row("UPDATE search_node SET rebuild_asked_at = %s WHERE id = %s RETURNING id", [now, node_id])
        if asked is None:
            raise NotFound
        execute(f"NOTIFY {CHANGES_CHANNEL}")


def ask_all_to_rebuild(*, now: datetime) -> None:
    """Let every machine build its index anew: for whoever has filled the catalogue past its sequence of changes."""
    with atomic():
        execute("UPDATE search_node SET rebuild_asked_at = %s", [now])
        execute(f"NOTIFY {CHANGES_CHANNEL}")
