"""A client that costs little: on a machine that it shares with the market, what it takes the market lacks."""

import http.client
import json
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

TIMEOUT_SECONDS = 30.0


class Refused(Exception):
    """The market answered with an error; `str()` of it is what it said."""


class Client:
    """One kept-open connection to the market; not for several threads at once."""

    def __init__(self, base_url: str, headers: Mapping[str, str] | None = None) -> None:
        parts = urlsplit(base_url)
        self._connection = http.client.HTTPConnection(parts.netloc, timeout=TIMEOUT_SECONDS)
        self._base = parts.path.rstrip("/") + "/"
        self._headers = dict(headers or {})

    def get(self, path: str) -> Any:
        """Return what stands at a path. Raises: Refused, OSError."""
        return json.loads(self.send("GET", path))

    def post(self, path: str, value: object, headers: Mapping[str, str] | None = None) -> Any:
        """Send a value and return the answer. Raises: Refused, OSError."""
        return self._write("POST", path, value, headers or {})

    def patch(self, path: str, value: object) -> Any:
        """Send a change and return the answer. Raises: Refused, OSError."""
        return self._write("PATCH", path, value, {})

    def send(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> bytes:
        """Send one request as it is and return the body of the answer. Raises: Refused, OSError."""
        self._connection.request(method, self._base + path, body, self._headers | dict(headers or {}))
        answer = self._connection.getresponse()
        said = answer.read()
        if answer.status >= 400:
            raise Refused(said.decode(errors="replace"))
        return said

    def _write(self, method: str, path: str, value: object, headers: Mapping[str, str]) -> Any:
        body = json.dumps(value).encode()
        return json.loads(self.send(method, path, body, {"Content-Type": "application/json", **headers}))

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
