"""`jishi dev`: the whole market, its Python processes started again whenever the code changes."""

import argparse
from collections.abc import Callable
from pathlib import Path

from jishi.config.env_sources import CHECKOUT
from jishi.entry.cli.chores import Commands
from jishi.entry.cli.up import open_market

WATCHED = ("jishi", "simulators")


def register(commands: Commands) -> None:
    """Add this command to the command line."""
    parser = commands.add_parser(
        "dev", help="like `up --demo`, and start our processes again when Python code changes"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Run a demo market that follows the code."""
    return open_market(demo=True, watching=code_watcher([CHECKOUT / name for name in WATCHED]))


def code_watcher(folders: list[Path]) -> Callable[[], bool]:
    """Return a function that tells whether a Python file changed since it was asked last."""
    seen = _state(folders)

    def changed() -> bool:
        nonlocal seen
        before, seen = seen, _state(folders)
        return seen != before

    return changed


def _state(folders: list[Path]) -> dict[Path, int]:
    # A file may vanish between the listing and the look: an editor is replacing it.
    found: dict[Path, int] = {}
    for folder in folders:
        for path in folder.rglob("*.py"):
            try:
                found[path] = path.stat().st_mtime_ns
            except FileNotFoundError:
                continue
    return found
