"""The limits of writes: what the same PostgreSQL does when nobody but pgbench asks.

One is pgbench's own transaction (TPC-B-like), to compare machines by. The other is exactly the statements of an
order, taken from the code by `benchmarks.statements`: what would be left if Python cost nothing.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import psycopg

from benchmarks.market import Market

SCHEMA = "bench"
SCALE = 10  # more branches than clients, so that they do not wait for each other
SETTINGS = "jishi.config.settings"
PIECES = 1_000_000


@dataclass(frozen=True, slots=True)
class Orders:
    """What pgbench did with the statements of an order, and how many these are."""

    per_second: float
    statements: int


@dataclass(frozen=True, slots=True)
class Pgbench:
    """pgbench for one database."""

    command: list[str]
    database: str
    environment: dict[str, str]

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start a run."""
        return subprocess.Popen(
            [*self.command, *arguments, self.database],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str) -> str:
        """Run to the end and return the report. Raises: SystemExit with what it complains about."""
        return report(self.start(*arguments))


def pgbench(database_url: str, program: Path, *, search_path: str = "public") -> Pgbench:
    """Return pgbench for a database."""
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
        "PGOPTIONS": f"-c search_path={search_path}",
    }
    return Pgbench(command, parts.path.removeprefix("/"), environment)


def transactions_per_second(database_url: str, program: Path, *, clients: int, seconds: int) -> float:
    """Run pgbench's own transaction in a schema of its own, dropped afterwards."""
    bench = pgbench(database_url, program, search_path=SCHEMA)
    _in_database(database_url, f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE", f"CREATE SCHEMA {SCHEMA}")
    try:
        bench.run("--initialize", "--quiet", f"--scale={SCALE}")
        return read(bench.run(f"--client={clients}", "--protocol=prepared", f"--time={seconds}"))
    finally:
        _in_database(database_url, f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")


def orders(
    market: Market, program: Path, *, buyers: Sequence[dict[str, Any]], skus: Sequence[str], seconds: int
) -> Orders:
    """Let pgbench place orders with the statements of the market's code, a client for each buyer."""
    for sku in skus:  # what a buyer is refused pgbench would write down all the same
        market.seed("--rare", sku, "--pieces", str(PIECES))
    bench = pgbench(market.checked.database_url, program)
    scripts = _statements(market, "record", buyers, skus)
    with tempfile.TemporaryDirectory() as folder, ExitStack() as running:
        started = []
        for number, script in enumerate(scripts):
            file = Path(folder) / f"{number}.sql"
            file.write_text(script["script"], encoding="utf-8")
            given = [f"--define={name}={value}" for name, value in script["constants"].items()]
            flags = ["--no-vacuum", "--protocol=prepared", f"--time={seconds}", f"--file={file}"]
            started.append(running.enter_context(bench.start(*flags, *given)))
        rate = sum(read(report(one)) for one in started)
    _statements(market, "mend", buyers, skus)
    return Orders(per_second=rate, statements=max(script["statements"] for script in scripts))


def _statements(
    market: Market, what: str, buyers: Sequence[dict[str, Any]], skus: Sequence[str]
) -> list[dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.statements", what],
        env={**market.values, "DJANGO_SETTINGS_MODULE": SETTINGS, "PYTHONPATH": os.pathsep.join(sys.path)},
        input=json.dumps({"buyers": list(buyers), "skus": list(skus)}),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise SystemExit(
            f"bench: the statements of an order could not be used ({what}): {done.stderr.strip()}"
        )
    return [json.loads(line) for line in done.stdout.splitlines()]


def report(running: subprocess.Popen[str]) -> str:
    """Wait for a run and return its report. Raises: SystemExit with what it complains about."""
    said, complaint = running.communicate()
    if running.returncode != 0:
        raise SystemExit(f"bench: pgbench failed: {complaint.strip()}")
    return said


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
