"""Whether outside engines can be used: asked once at start, so that a wrong address is one line, not a traceback."""

import psycopg
import valkey

from jishi.config.env_values import BadEnvironment
from jishi.config.environment import Environment

POSTGRES_MAJOR_MIN = 18
SECONDS_MAX = 10


def require(checked: Environment) -> None:
    """Check the engines that are not ours. Raises: BadEnvironment, naming the variable."""
    if not checked.embedded_postgres:
        _require_postgres(checked.database_url)
    if not checked.embedded_valkey:
        _require_valkey(checked.redis_url)


def _require_postgres(url: str) -> None:
    try:
        with psycopg.connect(url, connect_timeout=SECONDS_MAX) as connection:
            version = connection.info.server_version
            found = connection.execute(
                "SELECT has_schema_privilege(current_schema(), 'CREATE'), current_user"
            ).fetchone()
    except psycopg.Error as error:
        raise BadEnvironment("DATABASE_URL", f"cannot be used: {_one_line(error)}") from None
    major = version // 10_000
    if major < POSTGRES_MAJOR_MIN:
        raise BadEnvironment("DATABASE_URL", f"is PostgreSQL {major}; {POSTGRES_MAJOR_MIN} is needed")
    if found is None or not found[0]:
        role = found[1] if found else "the role"
        raise BadEnvironment("DATABASE_URL", f"{role} may make no tables there: let it own the database")


def _require_valkey(url: str) -> None:
    try:
        with valkey.Valkey.from_url(
            url, socket_connect_timeout=SECONDS_MAX, socket_timeout=SECONDS_MAX
        ) as client:
            client.ping()
    except (valkey.ValkeyError, OSError) as error:
        raise BadEnvironment("REDIS_URL", f"cannot be used: {_one_line(error)}") from None


def _one_line(error: Exception) -> str:
    # The drivers' words name host, port and user, never the password.
    return " ".join(str(error).split())
