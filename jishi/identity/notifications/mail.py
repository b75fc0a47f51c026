"""Handing a mail over: to an SMTP server, or over HTTP to the simulators' inbox."""

import smtplib
import socket
import ssl
import threading
import time
from contextlib import suppress
from email.message import EmailMessage
from typing import Any
from urllib.parse import unquote, urlsplit

import httpx

from jishi.kernel import outgoing

SECONDS_MAX = 10.0  # for all that is said with a server
# What a server said in time, though it is a refusal.
_ANSWERS = (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused, smtplib.SMTPNotSupportedError)

_names = outgoing.Names()


class MailUnavailable(Exception):
    """The mail was not taken."""


def deliver(message: EmailMessage, *, url: str, http: httpx.Client) -> None:
    """Hand `message` to the server at `url` (smtp, smtp+tls, smtps, http, https). Raises: MailUnavailable."""
    try:
        if url.startswith("http"):
            answer = http.post(
                url, params={"to": message["To"]}, content=message.as_bytes(), timeout=SECONDS_MAX
            )
            answer.raise_for_status()
        else:
            _by_smtp(message, url)
    except (httpx.HTTPError, smtplib.SMTPException, OSError) as error:
        # What has become silence for the line has its reason in its cause.
        raise MailUnavailable(type(error.__cause__ or error).__name__) from error


def _by_smtp(message: EmailMessage, url: str) -> None:
    parts = urlsplit(url)
    host, is_tls = parts.hostname or "", parts.scheme == "smtps"
    port = parts.port or (smtplib.SMTP_SSL_PORT if is_tls else smtplib.SMTP_PORT)
    secure = ssl.create_default_context()
    ours = (
        message["From"].addresses[0].domain
    )  # smtplib would look up a name of this machine, for as long as it takes
    with outgoing.lines().call(f"{parts.scheme}://{host}:{port}"):
        try:
            with (
                _ServerByTLS(host, port, ours, timeout=SECONDS_MAX, context=secure)
                if is_tls
                else _Server(host, port, ours, timeout=SECONDS_MAX)
            ) as server:
                if parts.scheme == "smtp+tls":
                    server.starttls(context=secure)
                if parts.username:
                    server.login(unquote(parts.username), unquote(parts.password or ""))
                server.send_message(message)
        except _ANSWERS:
            raise
        except OSError as error:
            raise httpx.ReadError(type(error).__name__) from error


class _Server(smtplib.SMTP):
    """Hangs up when time is up: smtplib bounds each step alone, and a server may drip its words."""

    _watch: threading.Timer | None = None

    def connect(
        self, host: str = "localhost", port: int = 0, source_address: Any = None
    ) -> tuple[int, bytes]:
        try:
            return super().connect(host, port, source_address)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        if self._watch:
            self._watch.cancel()
            self._line.close()
        super().close()

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        ends_at = time.monotonic() + timeout
        found = _connected(host, port, ends_at)
        # An end of its own, which no handshake takes away, and whose shutdown leaves no encrypted line in clear.
        self._line = found.dup()
        self._watch = threading.Timer(ends_at - time.monotonic(), _hang_up, [self._line])
        self._watch.daemon = True
        self._watch.start()
        return found


def _hang_up(line: socket.socket) -> None:
    with suppress(OSError):  # it was closed meanwhile
        line.shutdown(socket.SHUT_RDWR)


class _ServerByTLS(smtplib.SMTP_SSL, _Server):
    """The same, encrypted from the first byte."""


def _connected(host: str, port: int, ends_at: float) -> socket.socket:
    """Connect to the first address of a name that answers. Raises: OSError, TimeoutError when time is up."""
    failure = OSError(f"{host} has no address")
    for address in _names.addresses(host, port, ends_at - time.monotonic()):
        left = ends_at - time.monotonic()
        if left <= 0:
            raise TimeoutError
        try:
            return socket.create_connection((address, port), left)
        except OSError as error:
            failure = error
    raise failure
