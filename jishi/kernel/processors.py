"""How many processors there are for us: a container may have fewer than its machine."""

import os
from pathlib import Path

QUOTA = Path("/sys/fs/cgroup/cpu.max")


def processors(quota: Path = QUOTA) -> int:
    """Return how many processors this process can keep busy, at least 1: those it may run on, and no more than the
    quota of its cgroup (version 2: `max` or microseconds of time, and of the period) pays for, rounded up.
    """
    free = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if not quota.exists():
        return free
    time, period = quota.read_text().split()
    return free if time == "max" else max(1, min(free, -(-int(time) // int(period))))
