"""Start other programs so that none of them outlives us."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

from jishi.entry.cli.places import Owner

WRAPPER = Path(__file__).with_name("exec_child.py")


def spawn(
    command: Sequence[str | Path],
    *,
    environment: Mapping[str, str],
    output: IO[bytes] | int,
    death_signal: signal.Signals = signal.SIGKILL,
    owner: Owner | None = None,
    umask: str | None = None,
    folder: Path | None = None,
) -> subprocess.Popen[bytes]:
    """Start a program in its own process group; the kernel sends it `death_signal` when we are gone.

    Call it from the main thread only: the kernel watches the thread that starts the program.
    """
    options = ["--parent", str(os.getpid()), "--signal", str(int(death_signal))]
    if owner:
        options += ["--user", f"{owner.uid}:{owner.gid}"]
    if umask:
        options += ["--umask", umask]
    return subprocess.Popen(
        [sys.executable, "-I", "-S", str(WRAPPER), *options, "--", *map(str, command)],
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        cwd=folder,
    )


def bare_environment() -> dict[str, str]:
    """Return what an engine may know of ours: no locale, no library path, no secret."""
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C.UTF-8", "TZ": "UTC"}
