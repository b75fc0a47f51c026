"""Keep a handful of processes alive: start them in order, bring back what dies, stop all in order.

One thread, one loop. The kernel ties every child to this process (see exec_child.py), so nothing outlives
it; orphans of a child (PostgreSQL's own processes, say) become our children and are reaped here.
"""

import ctypes
import json
import os
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from jishi.entry.cli.children import spawn
from jishi.entry.cli.places import EngineProblem, Owner

PR_SET_CHILD_SUBREAPER = 36
RESTART_DELAYS_SECONDS = (0.1, 0.5, 1.0, 2.0, 5.0, 10.0)
STEADY_AFTER_SECONDS = 30.0  # a process that lived so long starts again without delay
FIRST_START_CRASHES_MAX = 4
POLL_SECONDS = 0.05
IDLE_SECONDS = 2.0
PATIENCE_SECONDS = 10.0
LOG_BYTES_MAX = 20_000_000
READY_SECONDS_MAX = 120.0  # for processes that start anew in a market that runs
# What stands on what: the stop goes from the highest layer down, each layer at once.
ARCHIVE, ENGINES, APPLICATION, EDGE = range(4)
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
RELOAD = signal.SIGUSR1


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A process that must always run."""

    name: str
    command: Sequence[str | Path]
    environment: Mapping[str, str]
    log: Path
    ready: Callable[[], bool]
    stop_signal: signal.Signals = signal.SIGTERM
    death_signal: signal.Signals = signal.SIGKILL
    stop_seconds_max: float = 10.0
    owner: Owner | None = None
    umask: str | None = None
    before: Callable[[], None] | None = None
    follows_code: bool = False
    may_be_away: bool = False  # then nothing waits for it, and it is tried again for ever
    layer: int = APPLICATION


@dataclass(slots=True)
class Running:
    """What we know of one service at this moment."""

    service: Service
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    restart: float = 0.0
    crashes: int = 0
    ready: bool = False
    was_ready: bool = False
    told: float = field(default=0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """A program to run to its end, its words on our terminal."""

    what: str
    command: Sequence[str | Path]
    environment: Mapping[str, str]


class Stopped(Exception):
    """Somebody asked for the end: Ctrl-C, SIGTERM, a closed terminal."""


class Supervisor:
    """Starts services, watches them, stops them; `say` gets one line for a person at each change."""

    def __init__(self, *, note: Path, say: Callable[[str], None]) -> None:
        self.note = note
        self.is_note_owed = False  # it could not be written as things stand
        note.unlink(missing_ok=True)  # a killed supervisor left it
        self.say = say
        self.services: dict[str, Running] = {}
        self.stopping = False
        self.held: set[str] = set()  # services that must not be started for now
        self.task: subprocess.Popen[bytes] | None = None
        # Tells what to do before the processes start again in changed code; None when nothing changed.
        self.changed: Callable[[], Sequence[Errand] | None] = lambda: None
        self.reload: Callable[[], None] = lambda: None  # what to do when somebody asks for new processes
        self.is_reload_due = False
        _adopt_orphans()
        self.wake, wake_by_signal = socket.socketpair()
        self.wake_by_signal = wake_by_signal
        for end in (self.wake, wake_by_signal):
            end.setblocking(False)
        signal.set_wakeup_fd(wake_by_signal.fileno(), warn_on_full_buffer=False)
        for number in (*ENDING, RELOAD, signal.SIGCHLD):
            signal.signal(number, _leave_to_the_loop)
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.wake, selectors.EVENT_READ)

    def start(self, *services: Service, in_time: bool = False) -> None:
        """Start services together and return when all are ready; `in_time`, or not at all.

        Raises: Stopped, EngineProblem.
        """
        for service in services:
            self.services[service.name] = Running(service)
            self._launch(self.services[service.name])
        started = [self.services[service.name] for service in services]
        if in_time:
            self._wait_ready(started)
        while not all(running.ready or running.service.may_be_away for running in started):
            self._turn(POLL_SECONDS)

    def run_errand(self, errand: Errand) -> None:
        """Run a program to its end while the services are looked after.

        Raises: Stopped, EngineProblem when the program fails.
        """
        self.task = spawn(errand.command, environment=errand.environment, output=sys.stdout.fileno())
        while self.task.returncode is None:
            self._turn(POLL_SECONDS)
        code, self.task = self.task.returncode, None
        if code != 0:
            raise EngineProblem(f"{errand.what} failed ({code})")

    def watch(self) -> None:
        """Look after the services until somebody asks for the end. Raises: Stopped."""
        while True:
            pending = any(
                not running.ready and not running.service.may_be_away for running in self.services.values()
            )
            self._turn(POLL_SECONDS if pending else IDLE_SECONDS)
            if self.is_reload_due:
                self.is_reload_due = False
                self.reload()
            errands = self.changed()
            if errands is not None:
                self._follow_code(errands)

    def restart(self, *names: str, patience: float = 0.0) -> None:
        """Stop services within their time or `patience` (seconds), start them again, return when all are ready.

        One that was ready before is tried again and again: what does not start must not end the others.
        Raises: Stopped, EngineProblem when one is not ready in time.
        """
        restarted = [self.services[name] for name in names]
        self._stop_all(restarted, patience=patience)
        self.held.difference_update(names)
        for running in restarted:
            running.restart, running.crashes = 0.0, 0
        self._wait_ready(restarted)

    def _wait_ready(self, awaited: Sequence[Running]) -> None:
        end = time.monotonic() + READY_SECONDS_MAX
        while waiting := [running.service for running in awaited if not running.ready]:
            if time.monotonic() > end:
                names = ", ".join(service.name for service in waiting)
                raise EngineProblem(f"{names} is not ready:\n{last_lines(waiting[0].log)}")
            self._turn(POLL_SECONDS)

    def retire(self, name: str, *, patience: float = 0.0) -> None:
        """Stop a service within its time or `patience` (seconds), and forget it; if it is there. Raises: Stopped."""
        if name in self.services:
            self._stop_all([self.services[name]], patience=patience)
            self.held.discard(name)
            del self.services[name]
            self._write_note()

    def look_on(self, seconds: float) -> None:
        """Look after the services for a while. Raises: Stopped."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self._turn(left)

    def stop(self) -> None:
        """Stop everything, the edge first and the engines last; whoever takes too long is killed."""
        self.stopping = True
        if self.task and self.task.returncode is None:
            self._end(self.task.pid, signal.SIGTERM)
        for layer in sorted({found.service.layer for found in self.services.values()}, reverse=True):
            self._stop_all([found for found in self.services.values() if found.service.layer == layer])
        self.note.unlink(missing_ok=True)

    def _turn(self, seconds: float) -> None:
        """Wait for a signal or the time, then do what is due."""
        if self.selector.select(timeout=self._until_due(seconds)):
            numbers = self.wake.recv(4096)
            if any(number in numbers for number in ENDING) and not self.stopping:
                raise Stopped
            self.is_reload_due = self.is_reload_due or RELOAD in numbers
        self._reap()
        if self.is_note_owed:
            self._write_note()
        now = time.monotonic()
        for running in self.services.values():
            is_wanted = running.service.name not in self.held and not self.stopping
            if running.process is None and is_wanted and now >= running.restart:
                self._launch(running)
            elif running.process is not None and not running.ready:
                self._probe(running, now)

    def _until_due(self, seconds: float) -> float:
        now = time.monotonic()
        due = [
            running.restart - now
            for name, running in self.services.items()
            if running.process is None and name not in self.held
        ]
        return max(0.0, min([seconds, *due]))

    def _launch(self, running: Running) -> None:
        service = running.service
        if service.before:
            service.before()
        service.log.parent.mkdir(parents=True, exist_ok=True)
        if service.log.is_file() and service.log.stat().st_size > LOG_BYTES_MAX:
            service.log.replace(service.log.with_suffix(".log.1"))
        with service.log.open("ab") as log:
            running.process = spawn(
                service.command,
                environment=service.environment,
                output=log,
                death_signal=service.death_signal,
                owner=service.owner,
                umask=service.umask,
            )
        running.started = running.told = time.monotonic()
        running.ready = False
        self._write_note()

    def _probe(self, running: Running, now: float) -> None:
        if running.service.ready():
            running.ready = True
            self.say(f"{running.service.name} is {'back' if running.was_ready else 'ready'}")
            running.was_ready = True
            self._write_note()
        elif now - running.told > PATIENCE_SECONDS:
            running.told = now
            waited = int(now - running.started)
            self.say(f"still waiting for {running.service.name} ({waited} s), see {running.service.log}")

    def _reap(self) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            self._buried(pid, os.waitstatus_to_exitcode(status))

    def _buried(self, pid: int, code: int) -> None:
        if self.task and self.task.pid == pid:
            self.task.returncode = code
            return
        for running in self.services.values():
            if running.process and running.process.pid == pid:
                running.process.returncode = code
                self._end(pid, signal.SIGKILL)  # what is left of its process group
                self._after_death(running, code)
                return

    def _after_death(self, running: Running, code: int) -> None:
        running.process = None
        running.ready = False
        self._write_note()
        if self.stopping or running.service.name in self.held:
            return
        lived = time.monotonic() - running.started
        running.crashes = 0 if lived > STEADY_AFTER_SECONDS else running.crashes + 1
        name = running.service.name
        how = f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
        is_new = not running.was_ready and not running.service.may_be_away
        if is_new and running.crashes >= FIRST_START_CRASHES_MAX:
            raise EngineProblem(f"{name} does not start ({how}):\n{last_lines(running.service.log)}")
        delay = RESTART_DELAYS_SECONDS[min(running.crashes, len(RESTART_DELAYS_SECONDS) - 1)]
        running.restart = time.monotonic() + delay
        self.say(f"{name} ended ({how}), starting it again; see {running.service.log}")

    def _follow_code(self, errands: Sequence[Errand]) -> None:
        try:
            for errand in errands:
                self.say(f"the code changed: {errand.what}")
                self.run_errand(errand)
        except EngineProblem as problem:
            self.say(f"{problem}: the old code goes on until you save again")
            return
        self.say("the code changed: starting its processes again")
        following = [found for found in self.services.values() if found.service.follows_code]
        self._stop_all(following)
        for running in following:
            self.held.discard(running.service.name)
            running.restart = 0.0

    def _stop_all(self, stopped: Sequence[Running], *, patience: float = 0.0) -> None:
        """Stop some services at once and wait for all of them; they stay held until let go."""
        deadlines: dict[str, float] = {}
        for running in stopped:
            self.held.add(running.service.name)
            if running.process:
                os.kill(running.process.pid, running.service.stop_signal)
                seconds_max = max(running.service.stop_seconds_max, patience)
                deadlines[running.service.name] = time.monotonic() + seconds_max
        while living := [running for running in stopped if running.process]:
            for running in living:
                self._hurry(running, deadlines)
            self._turn(POLL_SECONDS)

    def _hurry(self, running: Running, deadlines: dict[str, float]) -> None:
        service = running.service
        if running.process and time.monotonic() > deadlines[service.name]:
            self.say(f"{service.name} did not stop in time: killed")
            self._end(running.process.pid, signal.SIGKILL)
            deadlines[service.name] += service.stop_seconds_max

    def _end(self, pid: int, how: signal.Signals) -> None:
        """Signal a child's whole process group, of which it is the leader."""
        try:
            os.killpg(pid, how)
        except ProcessLookupError:
            return  # nobody is left

    def _write_note(self) -> None:
        """Tell other programs which process is which and whether it can work.

        On a full disk later: nothing that runs here reads it, and nobody's shop must end for want of it.
        """
        states = {
            name: {"pid": found.process.pid, "ready": found.ready}
            for name, found in self.services.items()
            if found.process
        }
        draft = self.note.with_suffix(".draft")
        try:
            draft.write_text(json.dumps(states), encoding="ascii")
            draft.replace(self.note)
        except OSError as error:
            if not self.is_note_owed:
                self.say(f"{self.note} cannot be written now ({error.strerror})")
            self.is_note_owed = True
        else:
            self.is_note_owed = False


def _leave_to_the_loop(_number: int, _frame: object) -> None:
    """Do nothing: the number arrives in the loop through the socket."""


def _adopt_orphans() -> None:
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, ctypes.c_ulong(1), 0, 0, 0)


def last_lines(log: Path, count: int = 20) -> str:
    """Return the end of a log for a person to read."""
    text = log.read_bytes()[-8192:].decode(errors="replace") if log.is_file() else ""
    return "\n".join(text.splitlines()[-count:])
