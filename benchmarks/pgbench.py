"""The limit of writes: what the same PostgreSQL does of pgbench's own transaction (TPC-B-like).

It is not the statements of an order: an order has about three times as many, and more rows in each.
"""

import os
import re
import subprocess
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psycopg

SCHEMA = "bench"
SCALE = 10  # more branches than clients, so that they do not wait for each other


def transactions_per_second(database_url: str, program: Path, *, clients: int, seconds: int) -> float:
    """Run pgbench in a schema of its own, dropped afterwards. Raises: CalledProcessError."""
    parts = urlsplit(database_url)
    command = [
        str(program),
        f"--host={parts.hostname}",
        f"--port={parts.port}",
        f"--username={parts.username}",
    ]
    environment = {
        **os.environ,
        "PGPASSWORD": unquote(parts.password or ""),
        "PGOPTIONS": f"-c search_path={SCHEMA}",
    }
    database = parts.path.removeprefix("/")

    def run(*arguments: str) -> str:
        return subprocess.run(
            [*command, *arguments, database], env=environment, check=True, capture_output=True, text=True
        ).stdout

    _in_database(database_url, f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE", f"CREATE SCHEMA {SCHEMA}")
    try:
        run("--initialize", "--quiet", f"--scale={SCALE}")
        said = run(f"--client={clients}", "--protocol=prepared", f"--time={seconds}")
    finally:
        _in_database(database_url, f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")
    return read(said)


def read(output: str) -> float:
    """Read the transactions per second from pgbench's report. Raises: ValueError."""
    found = re.search(r"tps = ([\d.]+) \(without initial connection time\)", output)
    if not found:
        raise ValueError(f"pgbench said nothing of its rate: {output}")
    return float(found.group(1))


def _in_database(database_url: str, *statements: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())
