"""Ask a process of ours whether it can work; every question ends within two seconds."""

import errno
import http.client
import socket
from collections.abc import Callable

SECONDS_MAX = 2.0
PORT_PROBLEMS = {
    errno.EADDRINUSE: "is already in use",
    errno.EACCES: "may be opened by root only",
}


def http_answers(port: int, path: str, *, wanted: Callable[[int], bool]) -> bool:
    """Tell whether a GET of 127.0.0.1 is answered with a wanted status."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS_MAX)
    try:
        connection.request("GET", path)
        return wanted(connection.getresponse().status)
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def is_ok(status: int) -> bool:
    """Tell whether a status says that all is well."""
    return status == http.client.OK


def is_any_answer(status: int) -> bool:
    """Tell whether a status comes from a working server, whatever it thinks of the path."""
    return status < http.client.INTERNAL_SERVER_ERROR


def port_problem(port: int) -> str | None:
    """Return why no server of ours could listen on this port of 127.0.0.1, or None."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            return PORT_PROBLEMS.get(error.errno or 0, f"cannot be used ({error.strerror})")
    return None


def port_answers(host: str, port: int) -> bool:
    """Tell whether somebody takes connections there."""
    try:
        with socket.create_connection((host, port), timeout=SECONDS_MAX):
            return True
    except OSError:
        return False
