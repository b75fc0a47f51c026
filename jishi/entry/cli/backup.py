"""`jishi backup`: the running market's database and its pictures, in one folder that `jishi restore` reads."""

import argparse
import errno
import hashlib
import hmac
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from jishi.config.env_values import absolute
from jishi.config.environment import Environment, check_folder, environment
from jishi.entry.cli import archive, places, postgres
from jishi.entry.cli.archive import Backup
from jishi.entry.cli.children import bare_environment
from jishi.entry.cli.chores import Commands
from jishi.entry.cli.places import EngineProblem, PostgresPlace

KEPT = 7
LOG_IS_AWAY = 1
NOT_OURS = """\
the database is not ours (DATABASE_URL is set), so its backups are not ours either. Nothing was saved. Keep:
  the database  its provider's base backups and archived log, or
                pg_basebackup --dbname "$DATABASE_URL" --pgdata FOLDER --format tar --gzip --checkpoint fast
                as a role with REPLICATION, and pg_receivewal or archive_command for the log
  the pictures  {media}, after the database: rsync --archive --link-dest=LAST {media}/ FOLDER
  the keys      apart from both"""


def register(commands: Commands) -> None:
    """Add this command to the command line."""
    parser = commands.add_parser(
        "backup",
        help="save the running market's database and pictures",
        description="Save the database and the pictures of the market that runs on this machine. The keys "
        "(JISHI_ENCRYPTION_KEYS and its kin, or $JISHI_HOME/secrets in demo mode) are not in it: keep them apart.",
    )
    parser.add_argument("--to", type=Path, metavar="FOLDER", help="where to (default: JISHI_BACKUPS)")
    parser.add_argument(
        "--keep", type=int, default=KEPT, metavar="N", help="forget all but the last N backups (default: 7)"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Make a backup, then forget the oldest; 1 when its log does not go on. Raises: EngineProblem, BadEnvironment."""
    checked = environment()
    folder = backups_folder(checked, arguments.to)
    if arguments.keep < 1:
        raise EngineProblem("--keep must be at least 1")
    if not checked.embedded_postgres:
        raise EngineProblem(NOT_OURS.format(media=checked.media_root))
    place = places.postgres_place(checked.home)
    if not postgres.answers(place, checked.ports.postgres):
        raise EngineProblem(f"the market in {checked.home} does not run: `jishi up` starts it")
    made = make(checked, place, folder)
    print(f"jishi: saved in {made.folder} ({_size(made.folder):.0f} MB)")
    if checked.backups_folder is None:
        print("jishi: set JISHI_BACKUPS to be able to go back to any second, not to this moment alone")
    print("jishi: the keys are not in it; keep them elsewhere, without them nobody reads addresses again")
    forget(folder, keep=arguments.keep, life=archive.life_of(place))
    return _judge_log(checked, place)


def _judge_log(checked: Environment, place: PostgresPlace) -> int:
    """Complain when the log should go to the backups and does not."""
    if checked.backups_folder is None or archive.is_written(place, checked.ports.postgres):
        return 0
    print(
        f"jishi: nobody writes the log to {checked.backups_folder}: what is sold from now on could not be restored; "
        f"see {checked.home / 'logs' / 'archive.log'}, or start the market anew",
        file=sys.stderr,
    )
    return LOG_IS_AWAY


def backups_folder(checked: Environment, named: Path | None) -> Path:
    """Return the folder of backups, checked. Raises: EngineProblem, BadEnvironment."""
    folder = absolute("--to", named) if named else checked.backups_folder
    if folder is None:
        raise EngineProblem("no folder is named: set JISHI_BACKUPS, or say --to FOLDER")
    check_folder("--to" if named else "JISHI_BACKUPS", folder)
    return folder


def make(checked: Environment, place: PostgresPlace, backups: Path) -> Backup:
    """Save the database, then its pictures, of which none is missing that a row names. Raises: EngineProblem."""
    life = backups / archive.life_of(place)
    try:
        life.mkdir(parents=True, exist_ok=True)
        with places.locked(life / "lock"):
            return _make(checked, place, life)
    except OSError as error:
        raise EngineProblem(f"the backup failed: {error}") from error


def _make(checked: Environment, place: PostgresPlace, life: Path) -> Backup:
    began = datetime.now(UTC)
    folder, draft = life / f"{began:{archive.STAMP}}", life / f".{began:{archive.STAMP}}"
    if folder.exists():
        raise EngineProblem(f"{folder} is there already: one backup a second is enough")
    for leftover in life.glob(f".{'?' * len(began.strftime(archive.STAMP))}"):
        shutil.rmtree(leftover)  # of one that was killed
    draft.mkdir(parents=True)
    try:
        _save_database(checked, place, draft / archive.DATABASE)
        _save_media(checked.media_root, draft / "media", before=archive.backups_in(life))
        made = Backup(
            folder=draft,
            finished_at=datetime.now(UTC),
            first_log=archive.first_log_file(draft / archive.DATABASE / "backup_manifest"),
            keys=tuple(sorted(key_marks(checked))),
            is_seeded=(checked.home / "run" / "seeded").is_file(),
        )
        archive.write_note(made)
        os.sync()  # before it counts
        draft.rename(folder)
        os.sync()  # before others are forgotten in its favour
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return replace(made, folder=folder)


def _save_database(checked: Environment, place: PostgresPlace, folder: Path) -> None:
    command: list[str | Path] = [
        *(place.binaries / "pg_basebackup", "--pgdata", folder, "--format", "tar", "--compress", "gzip:1"),
        *("--wal-method", "stream", "--checkpoint", "fast", "--label", "jishi", "--no-password"),
        *("--host", place.sockets, "--port", str(checked.ports.postgres), "--username", postgres.SUPERUSER),
    ]
    run_program(command)


def run_program(command: list[str | Path]) -> None:
    """Run one of PostgreSQL's programs as ourselves. Raises: EngineProblem with what it said."""
    done = subprocess.run(
        list(map(str, command)),
        env=bare_environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    if done.returncode != 0:
        said = (done.stderr + done.stdout).decode(errors="replace").strip()
        raise EngineProblem(f"{Path(command[0]).name} failed ({done.returncode}): {said}")


def _save_media(source: Path, target: Path, *, before: Sequence[Backup]) -> None:
    """Copy the pictures; one that the newest backup has already is shared with it, not copied.

    Raises: OSError for a folder that cannot be read: a backup without its pictures is none.
    """
    older = before[-1].folder / "media" if before else None
    target.mkdir()
    for folder, _, names in os.walk(source, onerror=_fail, followlinks=True):
        place = Path(folder).relative_to(source)
        (target / place).mkdir(exist_ok=True)
        for name in names:
            _save_picture(Path(folder, name), target / place / name, older and older / place / name)


def _fail(error: OSError) -> None:
    raise error


def _save_picture(source: Path, target: Path, older: Path | None) -> None:
    try:
        found = source.stat()
        if older and older.is_file():
            known = older.stat()
            if (known.st_size, known.st_mtime_ns) == (found.st_size, found.st_mtime_ns) and _linked(
                older, target
            ):
                return
        shutil.copy2(source, target)
    except FileNotFoundError:
        if source.exists():
            raise
        target.unlink(missing_ok=True)  # taken away while we looked


def _linked(older: Path, target: Path) -> bool:
    """Share a file with the backup before; False where the disk knows no links."""
    try:
        os.link(older, target)
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.EXDEV, errno.EMLINK):
            raise
        return False
    return True


def key_marks(checked: Environment) -> Iterable[str]:
    """Return a mark of each key that personal data needs; nobody finds a key by its mark."""
    for kind, ring in (("encryption", checked.encryption_keys), ("blind_index", checked.blind_index_keys)):
        for key in ring:
            mark = hmac.new(key.secret, b"jishi backup", hashlib.sha256).hexdigest()[:16]
            yield f"{kind}:{key.id}:{mark}"


def forget(backups: Path, *, keep: int, life: str) -> None:
    """Remove all but the newest backups of this life, and the log that the rest does not need.

    What belongs to another life may be another market's, or the only way back behind a restore: a person removes it.
    """
    found = archive.backups_in(backups / life)
    for backup in found[:-keep]:
        shutil.rmtree(backup.folder)
        print(f"jishi: {backup.folder} is forgotten")
    if (log := backups / life / archive.LOG).is_dir():
        archive.forget_log_before(log, found[-keep:])
    others = {backup.life for backup in archive.backups_in(backups)} - {backups / life}
    for other in sorted(others):
        print(
            f"jishi: {other} is of another market, or of before a restore; remove it yourself when nobody needs it"
        )


def _size(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6
