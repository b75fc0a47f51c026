"""`jishi prepare`: what `jishi up` does once between the engines and the servers, in one process."""

import argparse
import filecmp
import hashlib
import os
import time
from collections.abc import Collection, Iterator
from pathlib import Path

from jishi.config.environment import Environment, environment
from jishi.entry.cli import addresses, migrate
from jishi.entry.cli.chores import Commands, use_django

OLD_FILES_KEPT_SECONDS = 7 * 24 * 3600
LAST_RELEASE = ".last-release"


def register(commands: Commands) -> None:
    """Add this command to the command line."""
    parser = commands.add_parser(
        "prepare", help="migrate, collect the static files and, in demo mode, seed an empty market"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Bring database, files and, in demo mode, the market to the state the servers expect."""
    use_django()
    checked = environment()
    _migrate()
    collect_static(checked)
    checked.media_root.mkdir(parents=True, exist_ok=True)
    if checked.demo and not _seed_once(checked.home / "run" / "seeded"):
        return 1
    addresses.keep(checked)
    return 0


def _migrate() -> None:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        print(f"jishi: {len(waiting)} migrations", flush=True)
        migrate.bring_up_to_date(verbosity=0)


def collect_static(checked: Environment) -> None:
    """Copy the static files, unless none has changed since the last time.

    Files of the release before stay for a while: its pages are still open, and served until the last moment.
    """
    from django.core.management import call_command

    stamp = checked.static_root / ".collected"
    found = _fingerprint()
    if stamp.is_file() and stamp.read_text(encoding="ascii") == found:
        return
    root = checked.static_root
    current = _targets(root)
    for target, source in current.items():
        if target.is_file() and not filecmp.cmp(source, target, shallow=False):
            os.utime(target, (0, 0))  # Django leaves alone what is not older than its source
    call_command("collectstatic", interactive=False, verbosity=0)
    _forget_old_files(root, current)
    stamp.write_text(found, encoding="ascii")


def _targets(root: Path) -> dict[Path, Path]:
    """Return where each static file of this release goes, and where it comes from."""
    return {root / (prefix or "") / path: source for prefix, path, source in _static_sources()}


def _forget_old_files(root: Path, current: Collection[Path]) -> None:
    listed = root / LAST_RELEASE
    for name in listed.read_text(encoding="utf-8").splitlines() if listed.is_file() else ():
        if root / name not in current and (root / name).is_file():
            os.utime(root / name)  # its days begin now, however old it is
    oldest = time.time() - OLD_FILES_KEPT_SECONDS
    for path in root.rglob("*"):
        if path.is_file() and path not in current and path.stat().st_mtime < oldest:
            path.unlink()
    names = sorted(str(path.relative_to(root)) for path in current)
    listed.write_text("\n".join(names), encoding="utf-8")


def _fingerprint() -> str:
    digest = hashlib.sha256()
    for path in sorted(source for _, _, source in _static_sources()):
        found = path.stat()
        digest.update(f"{path}:{found.st_size}:{found.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _static_sources() -> Iterator[tuple[str | None, str, Path]]:
    from django.contrib.staticfiles.finders import get_finders

    for finder in get_finders():
        for path, storage in finder.list([]):
            yield getattr(storage, "prefix", None), path, Path(storage.path(path))


def _seed_once(note: Path) -> bool:
    """Fill an empty market, and one whose filling was cut short; return whether it is full."""
    from jishi.entry.demo import seed

    if note.is_file() and not seed.is_needed():
        return True
    print("jishi: filling the demo market, once", flush=True)
    begun = time.monotonic()
    if seed.run(argparse.Namespace(buyers=0, accounts=False)) != 0:
        return False
    print(f"jishi: the demo market is filled ({time.monotonic() - begun:.0f} s)", flush=True)
    note.touch()
    return True
