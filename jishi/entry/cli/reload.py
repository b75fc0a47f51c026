"""`jishi reload`: put new code to work without a request that fails.

A second web server stands in while the first is started anew. The edge asks a file which of the two to use, so
the change is one step; the one that leaves is left alone until it has answered what it had been sent.
"""

import argparse
import fcntl
import os
import time
from collections.abc import Callable
from pathlib import Path

from jishi.config.environment import environment
from jishi.entry.cli import market as processes
from jishi.entry.cli import probes
from jishi.entry.cli.chores import Commands
from jishi.entry.cli.market import Market
from jishi.entry.cli.places import EngineProblem
from jishi.entry.cli.supervisor import RELOAD, Errand, Supervisor

ANSWER_SECONDS = (
    3.0  # what was sent before the change is answered by then; longer requests get five seconds more
)
PATIENCE_SECONDS = 600.0
POLL_SECONDS = 0.1
ASKED, DONE = "asked\n", "done\n"


def register(commands: Commands) -> None:
    """Add this command to the command line."""
    parser = commands.add_parser(
        "reload",
        help="start the market's processes anew without a failed request",
        description="Migrate, then start the web server, live updates, the worker and the indexer anew, in the "
        "code as it is now on disk. A second web server works meanwhile: no request fails. Settings in the "
        "environment are read by `jishi up` alone; a change there needs a restart.",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Ask the running market and wait until it is done. Raises: EngineProblem."""
    home = environment().home
    note, pid = _note(home), _running(home)
    note.write_text(ASKED, encoding="utf-8")
    os.kill(pid, RELOAD)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (said := note.read_text(encoding="utf-8")) in ("", ASKED):
        if time.monotonic() > deadline:
            raise EngineProblem("the market did not reload; see what `jishi up` says")
        _running(home)
        time.sleep(POLL_SECONDS)
    if said != DONE:
        raise EngineProblem(f"not reloaded; what was stopped is tried again: {said.strip()}")
    print("jishi: every process runs the code on disk")
    return 0


def _note(home: Path) -> Path:
    return home / "run" / "reload"


def _running(home: Path) -> int:
    """Return the process that looks after the market. Raises: EngineProblem when there is none."""
    lock = home / "run" / "up.lock"
    if lock.is_file():
        with lock.open("r+") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                pid = int(file.read())
                if not _hears(pid):
                    raise EngineProblem(
                        f"{home} is being started or restored, or its release knows no reload"
                    ) from None
                return pid
    raise EngineProblem(f"no market runs in {home}")


def _hears(pid: int) -> bool:
    """Tell whether a process catches the signal; one that does not would die of it."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace").splitlines():
        if line.startswith("SigCgt:"):
            return bool(int(line.split()[1], 16) >> (RELOAD - 1) & 1)
    return False


def reload(supervisor: Supervisor, market: Market, say: Callable[[str], None]) -> None:
    """Start every process of ours anew, one after the other. Raises: Stopped."""
    note = _note(market.checked.home)
    say("reloading")
    try:
        supervisor.run_errand(
            Errand(
                what="preparing the database",
                command=[*market.jishi, "prepare"],
                environment=market.environment,
            )
        )
        _replace_web(supervisor, market)
        supervisor.restart("live", "worker", "indexer")
    except EngineProblem as problem:
        say(f"not reloaded: {problem}")
        note.write_text(f"{problem}\n", encoding="utf-8")
    else:
        say("reloaded")
        note.write_text(DONE, encoding="utf-8")


def _replace_web(supervisor: Supervisor, market: Market) -> None:
    stands_in = processes.stand_in_note(market.checked)
    try:
        if not stands_in.exists():  # else a reload that failed has left it at work
            port = market.checked.ports.stand_in
            if problem := probes.port_problem(port):
                raise EngineProblem(f"the stand-in's port {port} {problem}")
            supervisor.start(processes.stand_in_service(market), in_time=True)
            stands_in.touch()
            supervisor.look_on(ANSWER_SECONDS)
        supervisor.restart("web")
        stands_in.unlink()
        supervisor.look_on(ANSWER_SECONDS)
    finally:
        if not stands_in.exists():  # else the web server does not start: what works goes on working
            supervisor.retire("stand-in")
