"""Become another program that cannot outlive its parent; started as a file, with the standard library only.

    python -I -S exec_child.py --parent PID --signal 9 [--user UID:GID] [--umask 022] -- program argument ...

A process group of its own keeps the terminal's Ctrl-C away from the children: the supervisor stops them in
order. The death signal is asked for after the change of user, which would clear it. Where the system has no
such signal (macOS), the programs stop with an orderly end of the supervisor only.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def die_with_parent(death_signal: int) -> None:
    """Ask the kernel to send this process a signal when the thread that started it is gone."""
    if not sys.platform.startswith("linux"):
        return
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_PDEATHSIG, ctypes.c_ulong(death_signal), 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG) failed")


def main(arguments: list[str]) -> None:
    """Read the options, prepare this process and replace it by the program."""
    split = arguments.index("--")
    options = dict(zip(arguments[:split:2], arguments[1:split:2], strict=True))
    program = arguments[split + 1 :]
    os.setpgid(0, 0)
    if "--user" in options:
        uid, gid = (int(part) for part in options["--user"].split(":"))
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
        os.chdir("/")
    if "--umask" in options:
        os.umask(int(options["--umask"], 8))
    die_with_parent(int(options["--signal"]))
    if os.getppid() != int(options["--parent"]):
        sys.exit("the parent is gone")  # it died before the signal was asked for
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    # Python ignores SIGPIPE, and a shell's background job SIGINT: the program must not inherit that.
    for number in (signal.SIGPIPE, signal.SIGXFSZ, signal.SIGINT, signal.SIGQUIT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    os.execvp(program[0], program)  # noqa: S606 - the arguments are the supervisor's own


if __name__ == "__main__":
    main(sys.argv[1:])
