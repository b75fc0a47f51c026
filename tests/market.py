"""A whole market for a test: `jishi up --demo` on ports and folders of its own, as people start it."""

import hashlib
import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from jishi.config.environment import Environment, collect, load
from jishi.entry.cli import market as processes
from jishi.entry.cli import places
from jishi.entry.cli.probes import port_problem
from tests.engines import CHECKOUT, base_folder, free_port, migrations_key, wait_until
from tests.folders import copy_folder

PORTS = 7
MARKETS_KEPT = 3
START_SECONDS_MAX = 240.0
STOP_SECONDS_MAX = 90.0
SERVICES = ("postgresql", "valkey", "simulators", "web", "live", "worker", "indexer", "edge")


@dataclass(slots=True)
class Market:
    """A running market; every process in it is real and may be killed."""

    home: Path
    port: int
    environment: dict[str, str]
    supervisor: subprocess.Popen[bytes]
    killed: dict[str, int] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """The address that a browser opens."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def configuration(self) -> Environment:
        """What the market's own processes read: addresses, keys, ports."""
        return load(collect(self.environment))

    @property
    def database_url(self) -> str:
        """The address of the market's PostgreSQL."""
        return self.configuration.database_url

    @property
    def redis_url(self) -> str:
        """The address of the market's Valkey."""
        return self.configuration.redis_url

    @property
    def log(self) -> Path:
        """What `jishi up` printed."""
        return self.home.with_suffix(".log")

    def processes(self) -> dict[str, dict[str, int]]:
        """Return each process's `pid` and `ready`, as the supervisor notes them."""
        note = self.home / "run" / "processes.json"
        found: dict[str, dict[str, int]] = (
            json.loads(note.read_text(encoding="ascii")) if note.is_file() else {}
        )
        return found

    def pid_of(self, process: str) -> int:
        """Return the process id of one of SERVICES."""
        return self.processes()[process]["pid"]

    def kill(self, process: str) -> int:
        """End a process at once, as a crash would (SIGKILL); return the id it had."""
        pid = self.pid_of(process)
        self.killed[process] = pid
        os.kill(pid, signal.SIGKILL)
        return pid

    def wait_ready(self, *, seconds_max: float = START_SECONDS_MAX) -> None:
        """Return once every process runs (killed ones as new processes) and the shop answers at its address.

        Raises: TimeoutError; RuntimeError when the supervisor has ended.
        """
        try:
            wait_until(self._is_ready, what="the start of the market", seconds_max=seconds_max)
        except TimeoutError as late:
            raise TimeoutError(f"{late}; it said:\n{self._said()}") from None

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `jishi …` against this market, for example `check-invariants`."""
        return subprocess.run(
            [*jishi_program(), *arguments],
            env=self.environment,
            cwd=CHECKOUT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def stop(self, how: signal.Signals = signal.SIGINT) -> int:
        """End the supervisor and return its exit code; with SIGKILL the kernel ends its children."""
        if self.supervisor.poll() is None:
            self.supervisor.send_signal(how)
        return self.supervisor.wait(STOP_SECONDS_MAX)

    def restart(self) -> None:
        """Start again what was stopped, in the same folders; call `wait_ready` next."""
        (self.home / "run" / "processes.json").unlink(missing_ok=True)
        self.killed.clear()
        self.supervisor = _spawn(self.home, self.environment)

    def remove(self) -> None:
        """Delete the folders of a stopped market."""
        shutil.rmtree(processes.metrics_folder(self.home), ignore_errors=True)
        note = self.home / "postgres.place"
        if note.is_file():
            shutil.rmtree(note.read_text(encoding="utf-8").strip(), ignore_errors=True)
        shutil.rmtree(self.home, ignore_errors=True)

    def _is_ready(self) -> bool:
        if self.supervisor.poll() is not None:
            raise RuntimeError(
                f"`jishi up` ended with {self.supervisor.returncode}; it said:\n{self._said()}"
            )
        found = self.processes()
        wanted = [name for name in SERVICES if name in found or name not in self.absent()]
        return (
            all(name in found and found[name]["ready"] for name in wanted)
            and all(found[name]["pid"] != pid for name, pid in self.killed.items())
            and _answers(self.port)
        )

    def absent(self) -> set[str]:
        """Return the services that this market gets from outside."""
        outside = {"DATABASE_URL": "postgresql", "REDIS_URL": "valkey"}
        return {service for name, service in outside.items() if self.environment.get(name)}

    def _said(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")[-6000:]


def market_environment(home: Path, variables: Mapping[str, str]) -> tuple[dict[str, str], int]:
    """Return the variables of a market of its own below `home`, and its port."""
    port = free_ports()
    environment = {
        **{name: value for name, value in os.environ.items() if not _is_ours(name)},
        "JISHI_HOME": str(home),
        "JISHI_PORT": str(port),
        "JISHI_ENV_FILE": "",
        "JISHI_FOLLOW_PARENT": "1",
        "JISHI_DEMO_SIZE": "small",
        **_engines_home(),
        **variables,
    }
    # What an earlier market in this folder noted says nothing about the next.
    (home / "run" / "processes.json").unlink(missing_ok=True)
    return environment, port


def start_market(home: Path, variables: Mapping[str, str] | None = None) -> Market:
    """Start a demo market below `home`; call `wait_ready` next, `stop` and `remove` in the end."""
    environment, port = market_environment(home, variables or {})
    home.parent.mkdir(parents=True, exist_ok=True)
    return Market(home=home, port=port, environment=environment, supervisor=_spawn(home, environment))


def _spawn(home: Path, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    with home.with_suffix(".log").open("ab") as log:
        return subprocess.Popen(
            [*jishi_program(), "up", "--demo"],
            env=environment,
            cwd=CHECKOUT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )


def start_seeded_market(home: Path, variables: Mapping[str, str] | None = None) -> Market:
    """Start a demo market, from a kept copy when its seed is known: filling one takes its time.

    The key leaves out most of the code, so that a copy serves for long; each run of CI fills one anew.
    """
    is_ci = os.environ.get("CI") == "true"
    shelf = Path(os.environ["JISHI_TEST_RUN"]) if is_ci else base_folder()
    kept = shelf / "cache" / f"market-{_seed_key()}"
    if kept.is_dir():
        _restore(kept, home)
        return start_market(home, variables)
    market = start_market(home, variables)
    market.wait_ready()
    market.stop()
    _keep(home, kept)
    market.restart()
    return market


@contextmanager
def running_market(home: Path) -> Iterator[Market]:
    """Run a seeded market below `home` for the length of the block."""
    market = start_seeded_market(home)
    try:
        market.wait_ready()
        yield market
    finally:
        market.stop()
        market.remove()


def _seed_key() -> str:
    digest = hashlib.sha256(migrations_key().encode())
    for folder in ("jishi/entry/demo", "jishi/offering"):
        for path in sorted((CHECKOUT / folder).rglob("*")):
            if path.is_file() and path.suffix in {".py", ".toml", ".json"} and "tests" not in path.parts:
                digest.update(str(path.relative_to(CHECKOUT)).encode() + path.read_bytes())
    return digest.hexdigest()[:24]


def _keep(home: Path, kept: Path) -> None:
    draft = kept.with_name(f".{kept.name}.{os.getpid()}")
    draft.mkdir(mode=0o700, parents=True)
    copy_folder(home, draft / "home")
    shutil.rmtree(draft / "home" / "logs")
    note = home / "postgres.place"
    if note.is_file():
        copy_folder(Path(note.read_text(encoding="utf-8").strip()), draft / "postgres")
    if not kept.is_dir():
        draft.rename(kept)
    shutil.rmtree(draft, ignore_errors=True)
    older = sorted(kept.parent.glob("market-*"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in older[MARKETS_KEPT:]:
        shutil.rmtree(path, ignore_errors=True)


def _restore(kept: Path, home: Path) -> None:
    os.utime(kept)
    copy_folder(kept / "home", home)
    if (kept / "postgres").is_dir():
        place = Path(_engines_home()[places.ROOT_FOLDER_VARIABLE]) / "markets" / home.name
        place.parent.mkdir(exist_ok=True)
        place.parent.chmod(0o755)
        copy_folder(kept / "postgres", place)
        (home / "postgres.place").write_text(f"{place}\n", encoding="utf-8")


def jishi_program() -> list[str]:
    """Return the `jishi` command of this interpreter's environment."""
    return [str(Path(sys.executable).with_name("jishi"))]


def _is_ours(name: str) -> bool:
    return name.startswith("JISHI_") or name in {"DATABASE_URL", "REDIS_URL", "EMAIL_URL"}


def _engines_home() -> dict[str, str]:
    """Keep root's data in the run's folder, which the next run removes whatever happens to this one."""
    if os.geteuid() != 0:
        return {}
    base = Path(os.environ["JISHI_TEST_RUN"]) / "engines-home"
    if not base.is_dir():
        base.mkdir()
        base.chmod(0o755)
        (base / "engines").symlink_to(places.engines_home() / "engines")
    return {places.ROOT_FOLDER_VARIABLE: str(base)}


def free_ports() -> int:
    """Return the first of seven free ports in a row."""
    for _ in range(100):
        first = free_port()
        if not any(port_problem(first + offset) for offset in range(PORTS)):
            return first
    raise RuntimeError("no seven free ports in a row")


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def alive(pid: int) -> bool:
    """Tell whether a process lives (a zombie does not)."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def family(pid: int) -> set[int]:
    """Return a process and all that descend from it."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text(encoding="utf-8").rpartition(")")[2].split()
        except OSError:
            continue
        children.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    found, waiting = set(), [pid]
    while waiting:
        one = waiting.pop()
        found.add(one)
        waiting += children.get(one, [])
    return found


def wait_gone(pids: set[int], *, seconds_max: float) -> None:
    """Return once none of these processes lives. Raises: TimeoutError."""
    wait_until(
        lambda: not any(alive(pid) for pid in pids), what=f"the end of {pids}", seconds_max=seconds_max
    )
