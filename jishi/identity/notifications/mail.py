"""Handing a mail over: to an SMTP server, or over HTTP to the simulators' inbox."""

import smtplib
import ssl
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

import httpx

SECONDS_MAX = 10.0


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
    context = ssl.create_default_context()
    server = (
        smtplib.SMTP_SSL(host, parts.port or 465, timeout=SECONDS_MAX, context=context)
        if is_tls
        else smtplib.SMTP(host, parts.port or 25, timeout=SECONDS_MAX)
    )
    with server:
        if parts.scheme == "smtp+tls":
            server.starttls(context=context)
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        server.send_message(message)
