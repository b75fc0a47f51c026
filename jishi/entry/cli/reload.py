"""`jishi reload`: put new code to work without a request that fails.

A second web server stands in while the first is started anew. The edge asks a file which of the two to use, so
the change is one step; the one that leaves takes nothing new and has a minute to answer what it had been sent.
"""

import argparse
import fcntl
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from jishi.config.environment import environment
from jishi.entry.cli import market as processes
from jishi.entry.cli import places, probes
from jishi.entry.cli.chores import Commands
from jishi.entry.cli.market import Market
from jishi.entry.cli.places import EngineProblem
from jishi.entry.cli.supervisor import RELOAD, Errand, Supervisor

SETTLE_SECONDS = 3.0  # what the edge sends to the server that leaves has reached it by then
ANSWER_SECONDS_MAX = 60.0  # for what it was sent: a film over a slow line, a long table
PATIENCE_SECONDS = 600.0
POLL_SECONDS = 0.1
DONE = "done"


def register(commands: Commands) -> None:
    """Add this command to the command line."""
    parser = commands.add_parser(
        "reload",
        help="start the market's processes anew without a failed request",
        description="Migrate, then start the web server, live updates, the worker and the indexer anew, in the "
        "code as it is now on disk. A second web server works meanwhile: no request fails that takes less than "
        "a minute. Settings in the environment are read by `jishi up` alone; a change there needs a restart.",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Ask the running market and wait until it is done. Raises: EngineProblem."""
    home = environment().home
    pid, number = _running(home), ask(home)
    os.kill(pid, RELOAD)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (said := answer_to(home, number)) is None:
        if time.monotonic() > deadline:
            raise EngineProblem("the market did not reload; see what `jishi up` says")
        _running(home)
        time.sleep(POLL_SECONDS)
    if said != DONE:
        raise EngineProblem(f"not reloaded; what was stopped is tried again: {said}")
    print("jishi: every process runs the code on disk")
    return 0


def ask(home: Path) -> int:
    """Note a request and return its number; one that is made while another is at work has its own answer."""
    note = _request(home)
    with places.locked(note.with_suffix(".lock")):
        number = asked(home) + 1
        _write(note, str(number))
    return number


def asked(home: Path) -> int:
    """Return the number of the last request, 0 when there was none."""
    note = _request(home)
    return int(note.read_text(encoding="utf-8")) if note.is_file() else 0


def answer(home: Path, number: int, said: str) -> None:
    """Tell everybody who asked up to a number: DONE, or what went wrong."""
    _write(_answer(home), f"{number}\n{said}")


def answer_to(home: Path, number: int) -> str | None:
    """Return what was answered to a request, None as long as nothing was."""
    note = _answer(home)
    last, _, said = (note.read_text(encoding="utf-8") if note.is_file() else "0").partition("\n")
    return said if int(last) >= number else None


def forget_requests(home: Path) -> None:
    """Begin to count anew: nobody asks a market that does not run."""
    for note in (_answer(home), _request(home)):
        note.unlink(missing_ok=True)


def _request(home: Path) -> Path:
    return home / "run" / "reload.asked"


def _answer(home: Path) -> Path:
    return home / "run" / "reload.answered"


def _write(note: Path, text: str) -> None:
    draft = note.with_suffix(f"{note.suffix}.draft")
    draft.write_text(text, encoding="utf-8")
    draft.replace(note)


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
    """Tell whether a process catches the signal; one that does not would die of it. Only Linux says so."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    except (FileNotFoundError, ProcessLookupError):  # on Linux it has just ended
        return not sys.platform.startswith("linux")
    for line in status.splitlines():
        if line.startswith("SigCgt:"):
            return bool(int(line.split()[1], 16) >> (RELOAD - 1) & 1)
    return False


def reload(supervisor: Supervisor, market: Market, say: Callable[[str], None]) -> None:
    """Start every process of ours anew, one after the other. Raises: Stopped."""
    home = market.checked.home
    number = asked(home)
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
        answer(home, number, str(problem))
    else:
        say("reloaded")
        answer(home, number, DONE)


def _replace_web(supervisor: Supervisor, market: Market) -> None:
    stands_in = processes.stand_in_note(market.checked)
    try:
        if not stands_in.exists():  # else a reload that failed has left it at work
            port = market.checked.ports.stand_in
            if problem := probes.port_problem(port):
                raise EngineProblem(f"the stand-in's port {port} {problem}")
            supervisor.start(processes.stand_in_service(market), in_time=True)
            stands_in.touch()
            supervisor.look_on(SETTLE_SECONDS)
        supervisor.restart("web", patience=ANSWER_SECONDS_MAX)
        stands_in.unlink()
        supervisor.look_on(SETTLE_SECONDS)
        supervisor.retire("stand-in", patience=ANSWER_SECONDS_MAX)
    finally:
        if not stands_in.exists():  # else the web server does not start: what works goes on working
            supervisor.retire("stand-in")
