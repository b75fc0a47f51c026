"""`jishi dev`: the whole market, which follows its own code: Python at once, the front end after a build."""

import argparse
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from jishi.config.env_sources import CHECKOUT
from jishi.entry.cli.chores import Commands
from jishi.entry.cli.supervisor import Errand
from jishi.entry.cli.up import open_market

PYTHON = ("jishi", "simulators")
APPS = ("storefront", "merchant")
LIVING_PAGE = "ui"
NOT_SOURCES = {"node_modules", "dist", "__pycache__"}


def register(commands: Commands) -> None:
    """Add this command to the command line."""
    parser = commands.add_parser(
        "dev",
        help="like `up --demo`, and follow the code",
        description="Open the demo market, and whenever a file of Python or of the front end is saved, build "
        "what it is part of, migrate, and start our processes again. Code that does not build or load changes "
        "nothing until it is mended.",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Run a demo market that follows the code."""
    return open_market(demo=True, changed=code_follower(CHECKOUT))


def code_follower(checkout: Path) -> Callable[[], Sequence[Errand] | None]:
    """Return a function that tells what follows from the files saved since it was asked last."""
    python = _changes([checkout / name for name in PYTHON], suffix=".py")
    apps = {name: _changes(_sources_of(checkout, name)) for name in APPS}
    apps[LIVING_PAGE] = _changes([checkout / "web" / "packages" / "ui"])

    def changed() -> Sequence[Errand] | None:
        stale = [name for name, is_stale in apps.items() if is_stale()]
        if not python() and not stale:
            return None
        return (*(_build(checkout, name) for name in stale), _prepare())

    return changed


def _sources_of(checkout: Path, app: str) -> list[Path]:
    shared = [checkout / "web" / "packages", checkout / "web" / "guide", checkout / "docs" / "guide"]
    return [checkout / "web" / "apps" / app, *shared]


def _build(checkout: Path, app: str) -> Errand:
    return Errand(
        what=f"building web/{'packages' if app == LIVING_PAGE else 'apps'}/{app}",
        command=[Path(sys.executable).with_name("node"), checkout / "web" / "scripts" / "build.mjs", app],
        environment=os.environ,
    )


def _prepare() -> Errand:
    return Errand(
        what="preparing",
        command=[sys.executable, "-m", "jishi.entry.cli.main", "prepare"],
        environment=os.environ,
    )


def _changes(folders: Sequence[Path], *, suffix: str = "") -> Callable[[], bool]:
    """Return a function that tells whether a file was saved, made or lost since it was asked last."""
    seen = _state(folders, suffix)

    def changed() -> bool:
        nonlocal seen
        before, seen = seen, _state(folders, suffix)
        return seen != before

    return changed


def _state(folders: Sequence[Path], suffix: str) -> Mapping[Path, int]:
    # A file may vanish between the listing and the look: an editor is replacing it.
    found: dict[Path, int] = {}
    for path in _files(folders):
        if path.name.endswith(suffix):
            try:
                found[path] = path.stat().st_mtime_ns
            except FileNotFoundError:
                continue
    return found


def _files(folders: Sequence[Path]) -> Iterator[Path]:
    for top in folders:
        for folder, below, names in os.walk(top):
            below[:] = [name for name in below if name not in NOT_SOURCES and not name.startswith(".")]
            yield from (Path(folder) / name for name in names if not name.startswith("."))
