"""Run the web or the live server: `python -m jishi.entry.cli.serve web|live [MODULE:NAME]`.

Granian's own command leaves its workers on the port when its main process is killed; here every worker asks
the kernel to end with it. The web application is loaded once, before its workers are forked: they start at
once, a killed one too, and share the memory of the code.
"""

import gc
import importlib
import multiprocessing
import os
import signal
import sys
from functools import partial
from typing import Any

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from jishi.config.environment import Environment, environment
from jishi.entry.cli.exec_child import die_with_parent
from jishi.kernel import logging
from jishi.kernel.process import introduce

WEB = "jishi.entry.http.wsgi:application"
LIVE = "jishi.config.live:application"
LIVE_STOP_SECONDS_MAX = 5  # its streams have no end
# Twice a Linux server's usual listen queue: a burst waits a moment instead of being turned away.
BACKLOG = 2048
# Granian's own lines go where all others go, as JSON.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {},
    "handlers": {},
    "loggers": {name: {"handlers": [], "propagate": True} for name in ("_granian", "granian.access")},
}
LOG_LEVELS = {name: LogLevels(name.lower()) for name in ("DEBUG", "INFO", "WARNING", "ERROR")}


def main(which: str, target: str | None = None) -> None:
    """Serve our application, or another one of the same kind, until SIGTERM."""
    checked = environment()
    logging.configure(checked.log_level)
    logging.introduce(which)
    own, server = (WEB, _web(checked)) if which == "web" else (LIVE, _live(checked))
    if which == "web" and multiprocessing.get_start_method() == "fork":
        _preload(target or own)
    server.serve(target_loader=partial(load, target or own, os.getpid(), which), wrap_loader=False)


def _preload(target: str) -> None:
    application(target)
    if "django.urls" in sys.modules:
        from django.urls import get_resolver

        _ = get_resolver().url_patterns  # loads every view
    gc.collect()
    gc.freeze()  # the collector would touch, and so copy, every shared page


def load(target: str, parent: int, which: str) -> object:
    """Import the application inside a worker, after tying that worker to its parent and naming it."""
    die_with_parent(signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit("the server's main process is gone")
    found, checked = application(target), environment()
    introduce(
        which,
        otlp_url=checked.otlp_url,
        trace_share=checked.trace_share,
        has_database="django.urls" in sys.modules and which == "web",
    )
    return found


def application(target: str) -> object:
    """Import `module:name`."""
    module, _, name = target.partition(":")
    return getattr(importlib.import_module(module), name)


def _web(checked: Environment) -> Any:
    return Granian(
        WEB,
        address="127.0.0.1",
        port=checked.ports.web,
        interface=Interfaces.WSGI,
        workers=checked.web_workers,
        blocking_threads=checked.web_threads,
        backlog=BACKLOG,
        respawn_failed_workers=True,
        respawn_interval=0.1,
        workers_kill_timeout=None,  # it answers what it has begun; whoever stops it knows how long that may take
        log_level=LOG_LEVELS[checked.log_level],
        log_dictconfig=LOGGING,
    )


def _live(checked: Environment) -> Any:
    return Granian(
        LIVE,
        address="127.0.0.1",
        port=checked.ports.live,
        interface=Interfaces.ASGI,
        workers=1,
        backlog=BACKLOG,
        websockets=False,
        respawn_failed_workers=True,
        respawn_interval=0.1,
        workers_kill_timeout=LIVE_STOP_SECONDS_MAX,
        log_level=LOG_LEVELS[checked.log_level],
        log_dictconfig=LOGGING,
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
