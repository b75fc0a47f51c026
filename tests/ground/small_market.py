"""The supervisor with the engines, the edge and our web server with an application of one line.

Run as a program with JISHI_HOME and JISHI_PORT set; the argument `broken` adds a service that cannot start,
`away` one that cannot either and that nobody waits for, `follow` runs every new file in `code` below the home and,
if it can be run, starts the web server again.
"""

import os
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from jishi.config.environment import collect, load
from jishi.entry.cli import market as processes
from jishi.entry.cli import places, postgres, probes
from jishi.entry.cli.market import Market
from jishi.entry.cli.places import EngineProblem
from jishi.entry.cli.supervisor import Errand, Service, Stopped, Supervisor
from jishi.entry.cli.up import say


def main(arguments: list[str]) -> int:
    """Run until stopped."""
    values = collect(os.environ, with_running=False)
    checked = load(values)
    market = Market(checked=checked, environment=processes.explicit_environment(checked, values))
    place = places.postgres_place(checked.home)
    (checked.home / "run").mkdir(parents=True, exist_ok=True)
    processes.metrics_folder(checked.home).mkdir(parents=True, exist_ok=True)
    supervisor = Supervisor(note=checked.home / "run" / "processes.json", say=say)
    if "follow" in arguments:
        supervisor.changed = follower(checked.home / "code")
    web = replace(
        processes.web_service(market),
        command=[
            sys.executable,
            "-m",
            "jishi.entry.cli.serve",
            "web",
            "tests.ground.small_market:application",
        ],
        ready=lambda: probes.http_answers(checked.ports.web, "/healthz", wanted=probes.is_ok),
    )
    try:
        postgres.ensure_cluster(place)
        supervisor.start(processes.postgres_service(market, place), processes.valkey_service(market))
        if "broken" in arguments:
            supervisor.start(_broken(market))
        if "away" in arguments:
            supervisor.start(replace(_broken(market), name="away", may_be_away=True))
        supervisor.start(web, processes.edge_service(market))
        say("everything runs")
        supervisor.watch()
    except Stopped:
        say("stopping")
    except EngineProblem as problem:
        say(str(problem))
        return 2
    finally:
        supervisor.stop()
        shutil.rmtree(processes.metrics_folder(checked.home))
    return 0


def follower(folder: Path) -> Callable[[], Sequence[Errand] | None]:
    """Return a function that tells of each file in `folder` once: run it."""
    seen: set[Path] = set()

    def changed() -> Sequence[Errand] | None:
        new = sorted(set(folder.glob("*.py")) - seen)
        seen.update(new)
        return [
            Errand(what=f"running {path.name}", command=[sys.executable, path], environment=os.environ)
            for path in new
        ] or None

    return changed


def application(
    environ: object, start_response: Callable[[str, list[tuple[str, str]]], object]
) -> list[bytes]:
    """Answer "ok" to everything (WSGI)."""
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"ok"]


def _broken(market: Market) -> Service:
    return Service(
        name="broken",
        command=[sys.executable, "-c", "raise SystemExit('the reason stands here')"],
        environment=market.environment,
        log=market.log("broken"),
        ready=lambda: False,
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
