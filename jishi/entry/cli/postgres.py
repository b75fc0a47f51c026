"""The embedded PostgreSQL: make its cluster, say how it is started, look after its database and role."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import LiteralString

import psycopg
from psycopg import sql

from jishi.entry.cli.children import bare_environment, spawn
from jishi.entry.cli.places import EngineProblem, PostgresPlace

SUPERUSER = "postgres"
ROLE = "jishi"
DATABASE = "jishi"

# The market's own settings; everything else is PostgreSQL's default.
SETTINGS: Mapping[str, str] = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "effective_cache_size": "2GB",
    "maintenance_work_mem": "128MB",
    "work_mem": "16MB",
    "synchronous_commit": "on",
    "max_wal_size": "2GB",
    "max_slot_wal_keep_size": "4GB",  # an archive that is away must not fill the disk
    "checkpoint_completion_target": "0.9",
    "random_page_cost": "1.1",
    "jit": "off",  # our statements are short: compiling them costs more than it saves
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "password_encryption": "scram-sha-256",
    "logging_collector": "on",
    "log_filename": "postgresql-%a.log",
    "log_truncate_on_rotation": "on",
    "log_rotation_age": "1d",
    # Statements and errors quote values: people's names, addresses. Those of our role are in our own logs, without
    # them (jishi/kernel/logging.py, slow_statements.py; see ensure_database); the server's own troubles stand here.
    "log_min_duration_statement": "-1",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}

# Trust is for the socket alone, whose folder only PostgreSQL's user (and root) can enter.
ACCESS_RULES = """\
local all all trust
local replication all trust
host all all 127.0.0.1/32 scram-sha-256
"""


def ensure_cluster(place: PostgresPlace) -> None:
    """Make the cluster on the first start. Raises: EngineProblem."""
    rules = place.data / "pg_hba.conf"
    if (place.data / "PG_VERSION").is_file():
        rules.write_text(ACCESS_RULES, encoding="ascii")
        return
    # A first start that was cut short left half a cluster; it holds nothing yet.
    for leftover in place.data.iterdir():
        shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()
    run_as_owner(
        place,
        [
            place.binaries / "initdb",
            *("--pgdata", place.data, "--username", SUPERUSER, "--auth-local", "trust"),
            *("--auth-host", "scram-sha-256", "--encoding", "UTF8", "--locale", "C.UTF-8"),
            *("--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--no-instructions"),
        ],
    )
    rules.write_text(ACCESS_RULES, encoding="ascii")


def run_as_owner(place: PostgresPlace, command: list[str | Path]) -> None:
    """Run one of PostgreSQL's programs to its end. Raises: EngineProblem with what it said."""
    child = spawn(command, environment=bare_environment(), output=subprocess.PIPE, owner=place.owner)
    said, _ = child.communicate()
    if child.returncode != 0:
        text = said.decode(errors="replace").strip()
        raise EngineProblem(f"{Path(command[0]).name} failed ({child.returncode}): {text}")


def command(place: PostgresPlace, *, port: int, extra: Mapping[str, str] | None = None) -> list[str | Path]:
    """Return the command line of the server."""
    settings = {
        **SETTINGS,
        "port": str(port),
        "unix_socket_directories": str(place.sockets),
        "log_directory": str(place.log),
        **(extra or {}),
    }
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    return [place.binaries / "postgres", "-D", place.data, *options]


def forget_dead_server(place: PostgresPlace) -> None:
    """Remove a lock file whose process number now belongs to some other program.

    PostgreSQL takes any living process of its user with that number for a server and refuses to start.
    """
    pid = _locked_by(place)
    if pid and _command_line_of(pid) and not is_running(place):
        (place.data / "postmaster.pid").unlink()


def is_running(place: PostgresPlace) -> bool:
    """Tell whether a server of this cluster lives, perhaps one whose supervisor was killed just now."""
    pid = _locked_by(place)
    return pid is not None and os.fsencode(place.data) in _command_line_of(pid).split(b"\0")


def _locked_by(place: PostgresPlace) -> int | None:
    try:
        return int((place.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()[0])
    except (FileNotFoundError, IndexError, ValueError):
        return None


def _command_line_of(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def address(place: PostgresPlace, port: int) -> str:
    """Return the superuser's address over the socket."""
    return f"host={place.sockets} port={port} user={SUPERUSER} dbname=postgres connect_timeout=5"


def answers(place: PostgresPlace, port: int) -> bool:
    """Tell whether the server takes connections; false while it starts or recovers from a crash."""
    try:
        with psycopg.connect(address(place, port)):
            return True
    except psycopg.OperationalError:
        return False


def ensure_database(place: PostgresPlace, *, port: int, password: str) -> None:
    """Make the role and its database, and set the role's password to the one the market knows.

    The role is no superuser, as in production; it owns its database and may make others and roles.
    """
    with psycopg.connect(address(place, port), autocommit=True) as connection:
        if not _exists(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s", ROLE):
            connection.execute(sql.SQL("CREATE ROLE {}").format(sql.Identifier(ROLE)))
        connection.execute(
            sql.SQL("ALTER ROLE {} LOGIN CREATEDB CREATEROLE NOSUPERUSER PASSWORD {}").format(
                sql.Identifier(ROLE), sql.Literal(password)
            )
        )
        connection.execute(sql.SQL("ALTER ROLE {} SET log_min_messages = 'log'").format(sql.Identifier(ROLE)))
        if not _exists(connection, "SELECT 1 FROM pg_database WHERE datname = %s", DATABASE):
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(DATABASE), sql.Identifier(ROLE))
            )


def _exists(connection: psycopg.Connection[tuple[object, ...]], query: LiteralString, name: str) -> bool:
    return connection.execute(query, [name]).fetchone() is not None
