"""`jishi up`: a whole market on this machine, until somebody stops it."""

import argparse
import fcntl
import os
import shutil
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

from jishi.config.env_sources import note_running_market
from jishi.config.environment import Environment, check_files, collect, load
from jishi.entry.cli import addresses, archive, outside, places, postgres, prepared, probes, reload
from jishi.entry.cli import market as processes
from jishi.entry.cli.chores import Commands
from jishi.entry.cli.exec_child import die_with_parent
from jishi.entry.cli.market import Market
from jishi.entry.cli.places import EngineProblem, PostgresPlace
from jishi.entry.cli.supervisor import Errand, Stopped, Supervisor

FOLLOW_PARENT_VARIABLE = "JISHI_FOLLOW_PARENT"
PREDECESSOR_SECONDS_MAX = 60.0
NOTED = ("JISHI_DEMO", "JISHI_SIMULATORS", "JISHI_PUBLIC_URL", "DATABASE_URL", "REDIS_URL")


def register(commands: Commands) -> None:
    """Add this command to the command line."""
    parser = commands.add_parser(
        "up",
        help="start the whole market and look after it",
        description="Start the engines, migrate, seed (demo), start every process, print the addresses; "
        "a process that dies is started again. Ctrl-C stops all in order.",
    )
    parser.add_argument(
        "--demo", action="store_true", help="demo mode: simulators, demo market (JISHI_DEMO=1)"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Run the market until it is stopped."""
    return open_market(demo=arguments.demo)


def open_market(*, demo: bool, changed: Callable[[], Sequence[Errand] | None] = lambda: None) -> int:
    """Start everything and look after it; `changed` tells what follows from changed code (`jishi dev`).

    Raises: BadEnvironment, EngineProblem.
    """
    if os.environ.get(FOLLOW_PARENT_VARIABLE) == "1":
        die_with_parent(signal.SIGTERM)  # `make run` was killed: nobody is left to press Ctrl-C
    if demo:
        os.environ["JISHI_DEMO"] = "1"
    values = collect(os.environ, with_running=False)
    checked = load(values)
    check_files(checked)
    environment = processes.explicit_environment(checked, values)
    lock = only_one(checked.home)
    os.environ.update(environment)
    market = Market(checked=checked, environment=environment)
    place = places.postgres_place(checked.home) if checked.embedded_postgres else None
    if place:
        _wait_for_predecessor(place)
    _refuse_busy_ports(checked)
    outside.require(checked)
    note_running_market(checked.home, _noted(environment))
    _forget_old_figures(processes.metrics_folder(checked.home))
    supervisor = Supervisor(note=checked.home / "run" / "processes.json", say=say)
    supervisor.changed = changed
    supervisor.reload = lambda: reload.reload(supervisor, market, say)
    processes.stand_in_note(checked).unlink(missing_ok=True)  # a killed market left it
    reload.forget_requests(checked.home)
    try:
        _open(supervisor, market, place)
        supervisor.watch()
    except Stopped:
        say("stopping")
    finally:
        supervisor.stop()
        shutil.rmtree(processes.metrics_folder(checked.home), ignore_errors=True)
        lock.close()
    say("stopped")
    return 0


def _open(supervisor: Supervisor, market: Market, place: PostgresPlace | None) -> None:
    checked = market.checked
    first = []
    if place:
        say(f"PostgreSQL keeps its data in {place.data}")
        postgres.ensure_cluster(place)
        first.append(processes.postgres_service(market, place))
    if checked.embedded_valkey:
        first.append(processes.valkey_service(market))
    if checked.simulators:
        _make_channel_keys(checked.secrets_folder)
        first.append(processes.simulators_service(market))
    # What shows the first page gets the processors first.
    page = [processes.web_service(market), processes.edge_service(market), processes.live_service(market)]
    state = prepared.state(checked, place)
    is_prepared = prepared.is_same(checked, state)
    supervisor.start(*first, *(page if is_prepared else ()))
    if place:
        _keep_log(supervisor, market, place)
    if not is_prepared:
        supervisor.run_errand(
            Errand(
                what="preparing the database",
                command=[*market.jishi, "prepare"],
                environment=market.environment,
            )
        )
        prepared.remember(checked, state)
        supervisor.start(*page)
    say(f"the first page is at {checked.public_url}/")
    supervisor.start(processes.chore_service(market, "worker"), processes.chore_service(market, "indexer"))
    print(addresses.kept(checked), flush=True)


def _keep_log(supervisor: Supervisor, market: Market, place: PostgresPlace) -> None:
    """Let the log go to the backups. A disk that is away keeps nobody else waiting: an alert tells."""
    checked = market.checked
    try:
        archive.prepare(place, port=checked.ports.postgres, backups=checked.backups_folder)
    except OSError as problem:
        say(f"the backups cannot be used: {problem}")
    if checked.backups_folder:
        supervisor.start(processes.archive_service(market, place, checked.backups_folder))


def say(line: str) -> None:
    """Tell the person at the terminal one thing."""
    print(f"jishi: {line}", flush=True)


def _make_channel_keys(folder: Path) -> None:
    from simulators.keys import ensure_keys

    ensure_keys(folder)


def only_one(home: Path) -> IO[str]:
    """Hold the market's lock. Raises: EngineProblem when another `jishi up` has it."""
    folder = home / "run"
    folder.mkdir(parents=True, exist_ok=True)
    lock = (folder / "up.lock").open("a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.seek(0)
        raise EngineProblem(
            f"a market already runs in {home} (process {lock.read().strip()}); "
            "stop it, or set JISHI_HOME and JISHI_PORT for a second one"
        ) from None
    lock.truncate(0)
    lock.write(f"{os.getpid()}\n")
    lock.flush()
    return lock


def _wait_for_predecessor(place: PostgresPlace) -> None:
    """Let the PostgreSQL of a supervisor that was killed just now finish. Raises: EngineProblem."""
    if not postgres.is_running(place):
        return
    say("waiting for the PostgreSQL of an earlier start to end")
    deadline = time.monotonic() + PREDECESSOR_SECONDS_MAX
    while postgres.is_running(place):
        if time.monotonic() > deadline:
            raise EngineProblem(f"a PostgreSQL that we did not start uses {place.data}")
        time.sleep(0.1)


def _refuse_busy_ports(checked: Environment) -> None:
    for variable, port in processes.used_ports(checked).items():
        problem = probes.port_problem(port)
        if problem:
            raise EngineProblem(f"port {port} {problem}; choose another with {variable}=<port>")


def _forget_old_figures(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)


def _noted(environment: Mapping[str, str]) -> dict[str, str]:
    """Choose what other commands must know to reach this market."""
    ports = [name for name in environment if name.startswith("JISHI_") and name.endswith("PORT")]
    return {name: environment[name] for name in (*NOTED, *ports) if environment.get(name)}
