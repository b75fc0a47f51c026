"""Handing a mail over: to an SMTP server, or over HTTP to the simulators' inbox."""

import smtplib
import socket
import ssl
import threading
from contextlib import suppress
from email.message import EmailMessage
from typing import Any
from urllib.parse import unquote, urlsplit

import httpx

from jishi.kernel import outgoing

SECONDS_MAX = 10.0  # for all that is said with a server
# What a server said in time, though it is a refusal.
_ANSWERS = (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused, smtplib.SMTPNotSupportedError)


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
        raise MailUnavailable(type(error).__name__) from error


def _by_smtp(message: EmailMessage, url: str) -> None:
    parts = urlsplit(url)
    host, is_tls = parts.hostname or "", parts.scheme == "smtps"
    port = parts.port or (smtplib.SMTP_SSL_PORT if is_tls else smtplib.SMTP_PORT)
    secure = ssl.create_default_context()
    with outgoing.lines().call(f"{parts.scheme}://{host}:{port}"):
        try:
            with (
                _ServerByTLS(host, port, timeout=SECONDS_MAX, context=secure)
                if is_tls
                else _Server(host, port, timeout=SECONDS_MAX)
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

    def connect(
        self, host: str = "localhost", port: int = 0, source_address: Any = None
    ) -> tuple[int, bytes]:
        self._watch = threading.Timer(SECONDS_MAX, self._hang_up)
        self._watch.daemon = True
        self._watch.start()
        return super().connect(host, port, source_address)

    def close(self) -> None:
        self._watch.cancel()
        super().close()

    def _hang_up(self) -> None:
        if self.sock is not None:
            with suppress(OSError):  # it was closed meanwhile
                self.sock.shutdown(socket.SHUT_RDWR)


class _ServerByTLS(_Server, smtplib.SMTP_SSL):
    """The same, encrypted from the first byte."""
