"""The rules that are live, in a file beside this machine's index: the indexer writes it, searches read it.

So a search asks no database for them, and a set that goes live holds on every machine as soon as its indexer was
notified: within a second, or as soon as it has built the index that it is building.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec

from jishi.discovery.search.places import write_whole
from jishi.discovery.steering import queries as steering
from jishi.discovery.steering.types import Edition, Rules

FILE = "rules.json"


@dataclass(slots=True)
class Follower:
    """What the indexer knows of the rules it wrote."""

    root: Path
    written: Edition | None = None

    def follow(self, *, now: datetime) -> None:
        """Write the rules that hold now, if they are others than those written; one statement when they are not."""
        edition = steering.edition(now=now)
        if edition != self.written:
            write(self.root, steering.live_rules(now=now))
            self.written = edition


def write(root: Path, rules: Rules) -> None:
    """Let searches of this machine follow these rules."""
    write_whole(root / FILE, msgspec.json.encode(rules).decode())


def read(root: Path) -> Rules:
    """Return the rules to follow; none where none were written. Raises: ValueError for any other file."""
    try:
        return msgspec.json.decode((root / FILE).read_bytes(), type=Rules)
    except FileNotFoundError:
        return Rules()


def stamp(root: Path) -> int:
    """Return what tells a file from the one before; 0 where there is none."""
    try:
        return (root / FILE).stat().st_mtime_ns
    except FileNotFoundError:
        return 0
