"""The limit of reads: the smallest WSGI application, on the same server with the same workers."""

from collections.abc import Callable, Iterable
from typing import Any

BODY = b"hello"


def application(_: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer five bytes."""
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(BODY)))])
    return [BODY]
