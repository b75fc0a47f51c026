"""Load from wrk, and the servers to compare with."""

import contextlib
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

CONNECTIONS = 16
SECONDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What one run of wrk saw."""

    requests_per_second: float
    p50_ms: float
    p99_ms: float
    errors: int


def wrk(url: str, *, headers: dict[str, str] | None = None, seconds: int = SECONDS) -> Load:
    """Ask `url` as fast as one thread with 16 connections can, after a second of warming up."""
    flags = [flag for name, value in (headers or {}).items() for flag in ("-H", f"{name}: {value}")]
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", "--latency", *flags]
    subprocess.run([*command, "-d1s", url], check=True, capture_output=True)
    done = subprocess.run([*command, f"-d{seconds}s", url], check=True, capture_output=True, text=True)
    return read_wrk(done.stdout)


def read_wrk(output: str) -> Load:
    """Read wrk's report."""
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", output)
    failed = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", output)
    return Load(
        requests_per_second=float(_found(r"Requests/sec:\s+([\d.]+)", output)),
        p50_ms=_milliseconds(_found(r"50%\s+([\d.]+\w+)", output)),
        p99_ms=_milliseconds(_found(r"99%\s+([\d.]+\w+)", output)),
        errors=sum(map(int, failed.groups() if failed else ())) + (int(refused.group(1)) if refused else 0),
    )


@contextlib.contextmanager
def hello_world(workers: int, threads: int) -> Iterator[str]:
    """Serve `benchmarks.hello` with the market's server and its settings; yield its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        str(Path(sys.executable).parent / "granian"),
        *("--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--no-access-log"),
        *("--workers", str(workers), "--blocking-threads", str(threads), "benchmarks.hello:application"),
    ]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            _until_open(port)
            yield f"http://127.0.0.1:{port}/"
        finally:
            server.terminate()


def _until_open(port: int) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise TimeoutError(f"nothing listens on {port}")


def require_wrk() -> None:
    """Raises: SystemExit, saying what to do, when wrk is missing."""
    if not shutil.which("wrk"):
        raise SystemExit("bench: wrk is missing; `make bench` installs it, or: sudo apt-get install wrk")


def _found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    if not match:
        raise ValueError(f"wrk said nothing like {pattern}: {text}")
    return match.group(1)


def _milliseconds(text: str) -> float:
    number, unit = re.fullmatch(r"([\d.]+)(us|ms|s|m)", text).groups()  # type: ignore[union-attr]
    return float(number) * {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60_000.0}[unit]
