"""What a folder of backups holds, and how PostgreSQL's log gets there.

    BACKUPS/LIFE/wal/                 the log since the first start, or since a restore, of one database
    BACKUPS/LIFE/20261130T000440Z/    one backup: database/ (base.tar.gz, …), media/, backup.json

A restored database writes another log than the one it came from, so it has a life of its own.
"""

import json
import re
import secrets
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from jishi.entry.cli import postgres
from jishi.entry.cli.places import EngineProblem, PostgresPlace

SLOT = "jishi_archive"
LIFE_NOTE = "life"
LOG = "wal"
DATABASE = "database"
NOTE = "backup.json"
STAMP = "%Y%m%dT%H%M%SZ"
SEGMENT_BYTES = 16 * 1024 * 1024
PARTIAL = ".partial"
_LOG_FILE = re.compile(rf"[0-9A-F]{{24}}({re.escape(PARTIAL)})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """One finished backup. `keys` are marks of the keys that its personal data needs, never the keys."""

    folder: Path
    finished_at: datetime
    first_log: str  # the oldest file of the log that it needs
    keys: tuple[str, ...]
    is_seeded: bool

    @property
    def database(self) -> Path:
        """The folder of the database's packed files."""
        return self.folder / DATABASE

    @property
    def life(self) -> Path:
        """The folder of the database that it is of."""
        return self.folder.parent

    @property
    def log(self) -> Path:
        """The folder of the log that goes on where it ends."""
        return self.life / LOG


def log_folder(place: PostgresPlace, backups: Path) -> Path:
    """Return where the log of this database goes."""
    return backups / life_of(place) / LOG


def life_of(place: PostgresPlace) -> str:
    """Return the name of this database's life, given on the first call."""
    note = place.data.parent / LIFE_NOTE
    if not note.is_file():
        note.write_text(f"{datetime.now(UTC):{STAMP}}-{secrets.token_hex(3)}\n", encoding="ascii")
    return note.read_text(encoding="ascii").strip()


def prepare(place: PostgresPlace, *, port: int, backups: Path | None) -> None:
    """Let the server keep its log until the backups have it, or no longer; once with each start of the market.

    Where the log in the folder does not reach what the server still has, a new life begins: a log with a gap
    is none. Raises: OSError for a folder that cannot be read or made; the server keeps its log all the same.
    """
    with psycopg.connect(postgres.address(place, port), autocommit=True) as connection:
        found = connection.execute(
            "SELECT wal_status = 'lost', active FROM pg_replication_slots WHERE slot_name = %s", [SLOT]
        ).fetchone()
        if found and (found[0] or (backups is None and not found[1])):
            connection.execute("SELECT pg_drop_replication_slot(%s)", [SLOT])
            found = None
        if backups is None:
            return
        if found is None:
            connection.execute("SELECT pg_create_physical_replication_slot(%s, true)", [SLOT])
        kept = connection.execute(
            "SELECT restart_lsn::text, pg_current_wal_lsn()::text FROM pg_replication_slots "
            "WHERE slot_name = %s",
            [SLOT],
        ).fetchall()
    if not _goes_on(log_folder(place, backups), *map(_file_number, kept[0])):
        (place.data.parent / LIFE_NOTE).unlink()
    log_folder(place, backups).mkdir(parents=True, exist_ok=True)


def _goes_on(log: Path, first: int, last: int) -> bool:
    """Tell whether no file is missing in a folder of the log, and the server has the one that comes next."""
    names = [path.name for path in log.iterdir() if _LOG_FILE.fullmatch(path.name)] if log.is_dir() else []
    if not names:
        return True
    numbers = {name: int(name[8:16] + name[22:24], 16) for name in names}
    whole = {number for name, number in numbers.items() if not name.endswith(PARTIAL)}
    wanted = max(number + (number in whole) for number in numbers.values())
    return whole == set(range(min(numbers.values()), wanted)) and first <= wanted <= last + 1


def _file_number(position: str) -> int:
    """Return which file of the log, counted from its beginning, holds a position such as 1/2A000028."""
    high, _, low = position.partition("/")
    return ((int(high, 16) << 32) + int(low, 16)) // SEGMENT_BYTES


def is_written(place: PostgresPlace, port: int) -> bool:
    """Tell whether somebody takes the log to the backups at this moment."""
    try:
        with psycopg.connect(postgres.address(place, port)) as connection:
            found = connection.execute(
                "SELECT active FROM pg_replication_slots WHERE slot_name = %s", [SLOT]
            ).fetchone()
            return bool(found and found[0])
    except psycopg.OperationalError:
        return False


def receiver(place: PostgresPlace, *, port: int, folder: Path) -> list[str | Path]:
    """Return the command line of the program that writes the log to a folder as it grows, or ends."""
    return [
        *(place.binaries / "pg_receivewal", "--directory", folder, "--slot", SLOT),
        *("--no-loop", "--no-password"),
        *("--host", place.sockets, "--port", str(port), "--username", postgres.SUPERUSER),
        *("--status-interval", "1"),
    ]


def write_note(backup: Backup) -> None:
    """Write down beside a backup what it is; without this note it does not count."""
    values = asdict(backup) | {"finished_at": backup.finished_at.isoformat()}
    del values["folder"]
    (backup.folder / NOTE).write_text(json.dumps(values, indent=2) + "\n", encoding="ascii")


def backups_in(folder: Path) -> list[Backup]:
    """Return the finished backups in a folder of lives, or of one life, oldest first.

    A draft, whose name begins with a dot, is none yet. One whose note cannot be read does not count, and a person is
    told: it must not stand in the way of the others.
    """
    found = []
    for note in sorted({*folder.glob(f"*/[!.]*/{NOTE}"), *folder.glob(f"[!.]*/{NOTE}")}):
        try:
            found.append(_read(note))
        except EngineProblem as problem:
            print(f"jishi: passed over: {problem}", file=sys.stderr)
    return sorted(found, key=lambda backup: backup.finished_at)


def _read(note: Path) -> Backup:
    try:
        values = json.loads(note.read_text(encoding="ascii"))
        return Backup(
            folder=note.parent,
            finished_at=datetime.fromisoformat(values["finished_at"]),
            first_log=str(values["first_log"]),
            keys=tuple(values["keys"]),
            is_seeded=bool(values["is_seeded"]),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise EngineProblem(f"{note} cannot be read ({type(error).__name__}): {error}") from None


def first_log_file(manifest: Path) -> str:
    """Return the name of the oldest file of the log that a base backup needs, from its manifest."""
    start = json.loads(manifest.read_text(encoding="utf-8"))["WAL-Ranges"][0]
    number = _file_number(start["Start-LSN"])
    return f"{start['Timeline']:08X}{number >> 8:08X}{number & 0xFF:08X}"


def is_needed(name: str, *, first: str) -> bool:
    """Tell whether a file of the log is needed by a backup whose log begins with `first`."""
    return name.endswith(".history") or name.removesuffix(PARTIAL)[8:] >= first[8:]


def forget_log_before(folder: Path, kept: Sequence[Backup]) -> None:
    """Remove the log that no backup of this life needs any more."""
    first = min(backup.first_log[8:] for backup in kept)
    for path in folder.iterdir():
        if not is_needed(path.name, first=f"{'0' * 8}{first}"):
            path.unlink()
