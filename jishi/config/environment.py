"""Everything that may differ between two machines: one frozen value, checked once at start.

Variables come from, the first that has one wins: the process, the checkout's `.env`, the note of a running
market under the same JISHI_HOME, and (demo mode, embedded engines) secrets made once. `load` is pure.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from urllib.parse import SplitResult, quote, unquote, urlsplit

from jishi.config import env_channels
from jishi.config.env_channels import AlipayChannel, CarrierAccount, SmsAccount, WechatChannel
from jishi.config.env_sources import (
    checkout_file,
    demo_secrets,
    engine_secrets,
    home_of,
    running_market,
)
from jishi.config.env_values import BadEnvironment, NamedKey, Variables, split_url

__all__ = [
    "AlipayChannel",
    "BadEnvironment",
    "CarrierAccount",
    "Environment",
    "NamedKey",
    "SmsAccount",
    "WechatChannel",
    "environment",
    "load",
]

SECRET_KEY_LENGTH_MIN = 32
DEMO_SIZES = ("full", "small")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
NOT_DEMO = "it is generated in demo mode only (JISHI_DEMO=1)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """The TCP ports of one market on 127.0.0.1; all follow JISHI_PORT unless named themselves."""

    edge: int
    web: int
    stand_in: int
    live: int
    simulators: int
    postgres: int
    valkey: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """The parts of DATABASE_URL, as Django wants them."""

    name: str
    user: str
    password: str = field(repr=False)
    host: str
    port: int
    options: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """The checked configuration of one market."""

    home: Path
    demo: bool
    demo_size: str
    debug: bool
    log_level: str
    slow_statement_ms: int
    otlp_url: str | None
    trace_share: float
    metrics_token: str | None = field(repr=False)
    disk_free_mb_min: int
    ports: Ports
    public_url: str
    site_address: str
    bind_address: str
    trusted_proxies: tuple[str, ...]
    media_root: Path
    texts_folder: Path | None
    backups_folder: Path | None
    static_root: Path
    web_workers: int
    web_threads: int
    simulators: bool

    database_url: str = field(repr=False)
    database: Database
    embedded_postgres: bool
    redis_url: str = field(repr=False)
    embedded_valkey: bool
    postgres_password: str | None = field(repr=False)
    valkey_password: str | None = field(repr=False)

    secret_key: str = field(repr=False)
    encryption_keys: tuple[NamedKey, ...]
    blind_index_keys: tuple[NamedKey, ...]

    payment_window_minutes: int
    unpaid_trades_max: int
    auto_confirm_days: int
    return_window_days: int
    promotion_deep_percent: int
    goodwill_service_yuan: int
    goodwill_operations_yuan: int

    alipay: AlipayChannel | None
    wechat: WechatChannel | None
    carrier: CarrierAccount | None
    sms: SmsAccount | None
    email_url: str | None = field(repr=False)
    email_from: str

    @property
    def secrets_folder(self) -> Path:
        """The folder of generated secrets and channel keys (0700)."""
        return self.home / "secrets"

    @property
    def simulators_url(self) -> str:
        """The simulators' address inside this machine."""
        return f"http://127.0.0.1:{self.ports.simulators}"

    @property
    def public_host(self) -> str:
        """The host name of the public address, without a port."""
        return urlsplit(self.public_url).hostname or ""


def load(values: Mapping[str, str]) -> Environment:
    """Check the given variables and return the configuration; the same mapping gives the same value.

    Raises: BadEnvironment, naming the variable.
    """
    variables = Variables(values)
    home = home_of(values)
    demo = variables.flag("JISHI_DEMO", False)
    ports = _ports(variables)
    public_url = _public_url(variables, ports)
    simulators = variables.flag("JISHI_SIMULATORS", demo)
    # In demo mode the channels are the simulators, reached by the buyer's browser through the one port.
    inside, outside = (
        (f"http://127.0.0.1:{ports.simulators}/_sim", f"{public_url}/_sim") if simulators else (None, None)
    )
    secrets = home / "secrets"
    database_url = _database_url(variables, ports)
    return Environment(
        home=home,
        demo=demo,
        demo_size=variables.choice("JISHI_DEMO_SIZE", "full", DEMO_SIZES),
        debug=variables.flag("JISHI_DEBUG", False),
        log_level=variables.choice("JISHI_LOG_LEVEL", "INFO", LOG_LEVELS),
        slow_statement_ms=variables.integer("JISHI_SLOW_STATEMENT_MS", 250, low=0, high=3_600_000),
        otlp_url=variables.url(
            "JISHI_OTLP_URL", variables.optional("OTEL_EXPORTER_OTLP_ENDPOINT"), schemes=("http", "https")
        ),
        trace_share=variables.integer("JISHI_TRACE_PERCENT", 10, low=0, high=100) / 100,
        metrics_token=_metrics_token(variables),
        disk_free_mb_min=variables.integer("JISHI_DISK_FREE_MB_MIN", 500, low=0, high=10**9),
        ports=ports,
        public_url=public_url,
        site_address=variables.site("JISHI_SITE_ADDRESS", f"http://:{ports.edge}"),
        bind_address=variables.address("JISHI_BIND_ADDRESS", "127.0.0.1"),
        trusted_proxies=variables.networks("JISHI_TRUSTED_PROXIES", "127.0.0.1"),
        media_root=variables.path("JISHI_MEDIA_ROOT", home / "media"),
        texts_folder=variables.optional_path("JISHI_TEXTS"),
        backups_folder=variables.optional_path("JISHI_BACKUPS"),
        static_root=home / "static",
        web_workers=variables.integer("JISHI_WEB_WORKERS", 2, low=1, high=64),
        web_threads=variables.integer("JISHI_WEB_THREADS", 8, low=1, high=64),
        simulators=simulators,
        database_url=database_url,
        database=_database(database_url),
        embedded_postgres=variables.optional("DATABASE_URL") is None,
        redis_url=_redis_url(variables, ports),
        embedded_valkey=variables.optional("REDIS_URL") is None,
        postgres_password=variables.optional("JISHI_POSTGRES_PASSWORD"),
        valkey_password=variables.optional("JISHI_VALKEY_PASSWORD"),
        secret_key=_secret_key(variables),
        encryption_keys=variables.key_ring("JISHI_ENCRYPTION_KEYS", NOT_DEMO),
        blind_index_keys=variables.key_ring("JISHI_BLIND_INDEX_KEYS", NOT_DEMO),
        payment_window_minutes=variables.integer("JISHI_PAYMENT_WINDOW_MINUTES", 30, low=1, high=10_080),
        unpaid_trades_max=variables.integer("JISHI_UNPAID_TRADES_MAX", 20, low=1, high=10**6),
        auto_confirm_days=variables.integer("JISHI_AUTO_CONFIRM_DAYS", 10, low=1, high=90),
        return_window_days=variables.integer("JISHI_RETURN_WINDOW_DAYS", 7, low=0, high=90),
        promotion_deep_percent=variables.integer("JISHI_PROMOTION_DEEP_PERCENT", 50, low=1, high=99),
        goodwill_service_yuan=variables.integer("JISHI_GOODWILL_SERVICE_YUAN", 50, low=0, high=10**6),
        goodwill_operations_yuan=variables.integer("JISHI_GOODWILL_OPERATIONS_YUAN", 200, low=0, high=10**6),
        alipay=env_channels.alipay(variables, outside, secrets),
        wechat=env_channels.wechat(variables, inside, secrets),
        carrier=env_channels.carrier(variables, inside),
        sms=env_channels.sms(variables, inside),
        email_url=variables.url(
            "EMAIL_URL", inside and f"{inside}/mail", schemes=("smtp", "smtp+tls", "smtps", "http", "https")
        ),
        email_from=variables.mailbox("JISHI_EMAIL_FROM", f"Jishi <no-reply@{urlsplit(public_url).hostname}>"),
    )


def _ports(variables: Variables) -> Ports:
    edge = variables.integer("JISHI_PORT", 8000, low=1, high=65_530)
    names = ("WEB", "LIVE", "SIMULATORS", "POSTGRES", "VALKEY", "STAND_IN")
    given = {"JISHI_PORT": edge}
    for offset, name in enumerate(names, start=1):
        variable = f"JISHI_{name}_PORT"
        port = variables.port(variable, edge + offset)
        taken = [other for other, used in given.items() if used == port]
        if taken:
            raise BadEnvironment(variable, f"is {port}, and so is {taken[0]}")
        given[variable] = port
    web, live, simulators, postgres, valkey, stand_in = list(given.values())[1:]
    return Ports(
        edge=edge,
        web=web,
        stand_in=stand_in,
        live=live,
        simulators=simulators,
        postgres=postgres,
        valkey=valkey,
    )


def _public_url(variables: Variables, ports: Ports) -> str:
    value = variables.text("JISHI_PUBLIC_URL", f"http://127.0.0.1:{ports.edge}").rstrip("/")
    parts = split_url("JISHI_PUBLIC_URL", value, schemes=("http", "https"))
    if parts.path or parts.query or parts.fragment or parts.username:
        raise BadEnvironment("JISHI_PUBLIC_URL", "must be scheme and host only, such as https://shop.example")
    return value


def _database_url(variables: Variables, ports: Ports) -> str:
    value = variables.optional("DATABASE_URL")
    if value is None:
        password = variables.required("JISHI_POSTGRES_PASSWORD", "the embedded PostgreSQL needs it")
        return f"postgresql://jishi:{quote(password, safe='')}@127.0.0.1:{ports.postgres}/jishi"
    parts = split_url("DATABASE_URL", value, schemes=("postgresql", "postgres"))
    if not parts.path.strip("/"):
        raise BadEnvironment("DATABASE_URL", "names no database")
    _query(parts)
    return value


def _query(parts: SplitResult) -> dict[str, str]:
    options = {}
    for pair in filter(None, parts.query.split("&")):
        name, equals, value = pair.partition("=")
        if not equals:
            raise BadEnvironment("DATABASE_URL", f"option {name!r} has no value")
        options[unquote(name)] = unquote(value)
    return options


def _database(url: str) -> Database:
    parts = urlsplit(url)
    return Database(
        name=unquote(parts.path.strip("/")),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        host=parts.hostname or "",
        port=parts.port or 5432,
        options=_query(parts),
    )


def _redis_url(variables: Variables, ports: Ports) -> str:
    value = variables.optional("REDIS_URL")
    if value is None:
        password = variables.required("JISHI_VALKEY_PASSWORD", "the embedded Valkey needs it")
        return f"redis://:{quote(password, safe='')}@127.0.0.1:{ports.valkey}/0"
    parts = split_url("REDIS_URL", value, schemes=("redis", "rediss", "valkey", "valkeys"))
    if parts.path.strip("/") and not parts.path.strip("/").isdigit():
        raise BadEnvironment("REDIS_URL", "must end in a database number, such as /0")
    return value


def _metrics_token(variables: Variables) -> str | None:
    value = variables.optional("JISHI_METRICS_TOKEN")
    if value is not None and len(value) < SECRET_KEY_LENGTH_MIN:
        raise BadEnvironment("JISHI_METRICS_TOKEN", f"must have at least {SECRET_KEY_LENGTH_MIN} characters")
    return value


def _secret_key(variables: Variables) -> str:
    value = variables.required("JISHI_SECRET_KEY", NOT_DEMO)
    if len(value) < SECRET_KEY_LENGTH_MIN:
        raise BadEnvironment("JISHI_SECRET_KEY", f"must have at least {SECRET_KEY_LENGTH_MIN} characters")
    return value


def collect(process: Mapping[str, str], *, with_running: bool = True) -> dict[str, str]:
    """Merge all sources of variables for one process; makes secrets that demo mode still lacks.

    Raises: BadEnvironment.
    """
    values = checkout_file(process) | _set(process)
    home = home_of(values)
    check_folder("JISHI_HOME", home)
    if with_running:
        values = running_market(home) | values
    variables = Variables(values)
    if variables.flag("JISHI_DEMO", False):
        values = demo_secrets(home) | values
    if not (variables.optional("DATABASE_URL") and variables.optional("REDIS_URL")):
        values = engine_secrets(home) | values
    return values


def _set(process: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in process.items() if value.strip()}


def check_folder(variable: str, folder: Path) -> None:
    """Refuse a folder that is none, or that we could not make. Raises: BadEnvironment."""
    nearest = next(path for path in (folder, *folder.parents) if os.access(path, os.F_OK))
    if not nearest.is_dir():
        raise BadEnvironment(variable, f"{nearest} is not a folder")
    if not os.access(nearest, os.W_OK | os.X_OK):
        raise BadEnvironment(variable, f"{nearest} cannot be written to")


def check_files(checked: Environment) -> None:
    """Refuse a folder that cannot be used, and a key file that cannot be read.

    The simulators' keys are made later, by `jishi up`. Raises: BadEnvironment.
    """
    check_folder("JISHI_MEDIA_ROOT", checked.media_root)
    if checked.backups_folder:
        check_folder("JISHI_BACKUPS", checked.backups_folder)
    if checked.texts_folder and not checked.texts_folder.is_dir():
        raise BadEnvironment("JISHI_TEXTS", f"{checked.texts_folder} is not a folder")
    files: dict[str, Path] = {}
    if checked.alipay:
        files["JISHI_ALIPAY_PRIVATE_KEY_FILE"] = checked.alipay.private_key_file
        files["JISHI_ALIPAY_PUBLIC_KEY_FILE"] = checked.alipay.public_key_file
    if checked.wechat:
        files["JISHI_WECHAT_PRIVATE_KEY_FILE"] = checked.wechat.private_key_file
        files["JISHI_WECHAT_PUBLIC_KEY_FILE"] = checked.wechat.public_key_file
    for variable, path in files.items():
        if path.parent != checked.secrets_folder and not os.access(path, os.R_OK):
            raise BadEnvironment(variable, f"{path} cannot be read")


@cache
def environment() -> Environment:
    """Return this process's configuration, checked on the first call. Raises: BadEnvironment."""
    checked = load(collect(os.environ))
    check_files(checked)
    return checked
