"""`jishi restore`: a market from its backup, as it was at any second since; never over one that is there."""

import argparse
import shutil
import signal
import subprocess
import tarfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import scalar_row

from jishi.config.environment import Environment, environment
from jishi.entry.cli import archive, places, postgres
from jishi.entry.cli.archive import Backup
from jishi.entry.cli.backup import backups_folder, key_marks, run_program
from jishi.entry.cli.children import bare_environment, spawn
from jishi.entry.cli.chores import Commands, instant
from jishi.entry.cli.places import EngineProblem, PostgresPlace
from jishi.entry.cli.supervisor import last_lines
from jishi.entry.cli.up import only_one

POLL_SECONDS = 0.1
# Python before 3.11.4 has no filters.
_KEPT_AS_PACKED: dict[str, Any] = {"filter": "tar"} if hasattr(tarfile, "tar_filter") else {}
STOP_SECONDS_MAX = 60.0
NOT_OURS = """\
the database is not ours (DATABASE_URL is set): restore it with its provider's tools, or by hand from pg_basebackup's
files with restore_command, recovery_target_time and recovery_target_action=promote; then the pictures to {media}"""


def register(commands: Commands) -> None:
    """Add this command to the command line."""
    parser = commands.add_parser(
        "restore",
        help="make a market from a backup, as it was at a chosen second",
        description="Fill an empty JISHI_HOME from a backup. A market that is there already is never "
        "overwritten. The keys must be in place: they are not in the backup.",
    )
    parser.add_argument(
        "--from",
        type=Path,
        dest="source",
        metavar="FOLDER",
        help="folder of backups (default: JISHI_BACKUPS)",
    )
    parser.add_argument(
        "--at",
        type=instant,
        metavar="INSTANT",
        help="the moment to go back to, such as 2026-11-30T09:30:00+08:00 (default: the last that is known)",
    )
    parser.add_argument(
        "--media", type=Path, metavar="FOLDER", help="take pictures newer than the backup from here"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Restore the pictures, then the database: all or nothing. Raises: EngineProblem, BadEnvironment."""
    checked = environment()
    folder = backups_folder(checked, arguments.source)
    if not checked.embedded_postgres:
        raise EngineProblem(NOT_OURS.format(media=checked.media_root))
    with only_one(checked.home):
        place = places.postgres_place(checked.home)
        _refuse_to_overwrite(checked, place)
        backup = choose(folder, arguments.at)
        _require_keys(checked, backup)
        newer = arguments.media
        if newer and not newer.is_dir():
            raise EngineProblem(f"--media: {newer} is not a folder")
        print(f"jishi: restoring from {backup.folder}", flush=True)
        with _pictures(checked.media_root, *filter(None, (backup.folder / "media", newer))):
            reached = restore_database(checked, place, backup, at=arguments.at)
        (place.data.parent / archive.LIFE_NOTE).unlink(missing_ok=True)  # of a database that lay here before
        if backup.is_seeded:
            (checked.home / "run" / "seeded").touch()
    print(f"jishi: restored; the last transaction is of {reached.astimezone().isoformat()}")
    print("jishi: next: `jishi up`, `jishi check-invariants`, and a new `jishi backup`")
    return 0


def choose(folder: Path, at: datetime | None) -> Backup:
    """Return the newest backup that was finished by then. Raises: EngineProblem."""
    found = archive.backups_in(folder)
    if not found:
        raise EngineProblem(f"there is no backup in {folder}")
    lives = {backup.life: backup for backup in found}
    if len(lives) > 1:
        told = "".join(f"\n  {life}  (to {last.finished_at.isoformat()})" for life, last in lives.items())
        raise EngineProblem(
            f"{folder} holds backups of several markets, or of before a restore; name one:{told}"
        )
    if at is None:
        return found[-1]
    if at > datetime.now(UTC):
        raise EngineProblem("--at lies in the future")
    finished = [backup for backup in found if backup.finished_at <= at]
    if not finished:
        raise EngineProblem(f"the oldest backup was finished at {found[0].finished_at.isoformat()}")
    return finished[-1]


def _refuse_to_overwrite(checked: Environment, place: PostgresPlace) -> None:
    if any(place.data.iterdir()):
        raise EngineProblem(f"{place.data} already holds a database; name an empty JISHI_HOME")
    if checked.media_root.is_dir() and any(checked.media_root.iterdir()):
        raise EngineProblem(f"{checked.media_root} already holds pictures; name an empty JISHI_MEDIA_ROOT")


def _require_keys(checked: Environment, backup: Backup) -> None:
    missing = sorted(set(backup.keys) - set(key_marks(checked)))
    if missing:
        names = ", ".join(mark.rpartition(":")[0] for mark in missing)
        raise EngineProblem(
            f"the backup needs keys that this market does not have ({names}): set JISHI_ENCRYPTION_KEYS and "
            f"JISHI_BLIND_INDEX_KEYS as they were; a demo market keeps them in its {checked.secrets_folder.name}"
        )


@contextmanager
def _pictures(target: Path, *sources: Path) -> Iterator[None]:
    """Copy the pictures to an empty folder; none stays when they cannot be copied or the block fails.

    Raises: EngineProblem.
    """
    with ExitStack() as on_failure:
        on_failure.callback(_empty, target)
        try:
            for source in sources:
                shutil.copytree(source, target, dirs_exist_ok=True)
        except shutil.Error as error:
            _, picture, why = error.args[0][0]  # the first of many that are alike
            raise EngineProblem(f"the restore failed at {picture}: {why}") from error
        except OSError as error:
            raise EngineProblem(f"the restore failed: {error}") from error
        yield
        on_failure.pop_all()


def _empty(folder: Path) -> None:
    for path in folder.iterdir() if folder.is_dir() else ():
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def restore_database(
    checked: Environment, place: PostgresPlace, backup: Backup, *, at: datetime | None
) -> datetime:
    """Unpack a base backup and replay the log up to `at`; return the time of the last transaction that is known.

    Nothing is left behind when it fails. Raises: EngineProblem.
    """
    run_program(
        [place.binaries / "pg_verifybackup", "--no-parse-wal", "--format", "tar", "--quiet", backup.database]
    )
    try:
        _unpack(place, backup)
        return _replay(checked, place, at=at) or backup.finished_at
    except (OSError, tarfile.TarError) as error:
        raise EngineProblem(f"the restore failed: {error}") from error
    finally:
        if (place.data / "recovery.signal").exists():  # it did not get through
            _empty(place.data)


def _unpack(place: PostgresPlace, backup: Backup) -> None:
    (place.data / "recovery.signal").touch()
    log = place.data / "pg_wal"
    for name, target in (("base", place.data), ("pg_wal", log)):
        with tarfile.open(backup.database / f"{name}.tar.gz") as packed:
            packed.extractall(target, **_KEPT_AS_PACKED)  # noqa: S202 - our own, and verified
    if backup.log.is_dir():
        # The unfinished last file first: where the whole one came meanwhile, that one counts.
        for path in sorted(backup.log.iterdir(), key=lambda path: path.suffix != archive.PARTIAL):
            if archive.is_needed(path.name, first=backup.first_log):
                shutil.copyfile(path, log / path.name.removesuffix(archive.PARTIAL))
    for path in (place.data, *place.data.rglob("*")):
        place.give(path)
    place.data.chmod(0o700)


def _replay(checked: Environment, place: PostgresPlace, *, at: datetime | None) -> datetime | None:
    """Run the server until it has replayed its log and taken its first steps alone, then stop it.

    Return the time of the last transaction that it replayed, if there was any.
    """
    port, log = checked.ports.postgres, checked.home / "logs" / "restore.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as said:
        server = spawn(
            postgres.command(place, port=port, extra=_recovery(at)),
            environment=bare_environment(),
            output=said,
            death_signal=signal.SIGINT,
            owner=place.owner,
        )
    try:
        while not _is_restored(place, port):
            if server.poll() is not None:
                raise EngineProblem(_complaint(log, at))
            time.sleep(POLL_SECONDS)
        return _last_transaction(place, port)
    finally:
        _stop(server)


def _recovery(at: datetime | None) -> Mapping[str, str]:
    target = {"recovery_target_time": at.isoformat()} if at else {}
    return {
        "restore_command": "false",  # all of the log lies where the server looks next
        "recovery_target_action": "promote",
        "listen_addresses": "",
        "logging_collector": "off",
        **target,
    }


def _is_restored(place: PostgresPlace, port: int) -> bool:
    try:
        with psycopg.connect(postgres.address(place, port)) as connection:
            found = connection.execute("SELECT NOT pg_is_in_recovery()").fetchone()
            return bool(found and found[0])
    except psycopg.OperationalError:
        return False


def _last_transaction(place: PostgresPlace, port: int) -> datetime | None:
    with psycopg.connect(postgres.address(place, port)) as connection:
        cursor = connection.cursor(row_factory=scalar_row)
        cursor.execute("SELECT pg_last_xact_replay_timestamp()")
        reached: datetime | None = cursor.fetchall()[0]
        return reached


def _complaint(log: Path, at: datetime | None) -> str:
    said = last_lines(log)
    if at and "before configured recovery target was reached" in said:
        last = next((line for line in said.splitlines() if "last completed transaction was at" in line), "")
        known = last.rpartition("log time ")[2]
        return (
            f"the log ends before {at.isoformat()}; its last transaction is of {known or 'the backup itself'}"
        )
    return f"PostgreSQL could not replay the log, see {log}:\n{said}"


def _stop(server: subprocess.Popen[bytes]) -> None:
    if server.poll() is None:
        server.send_signal(signal.SIGINT)
        try:
            server.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
