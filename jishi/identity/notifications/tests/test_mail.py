"""A mail server that is slow or gone: whoever wants to send knows soon, and it is left alone for a while."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from ipaddress import IPv4Address
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from jishi.identity.notifications import mail
from jishi.kernel import outgoing
from jishi.kernel.outgoing import SILENT_CALLS_MAX
from tests.engines import wait_until

SECONDS = 0.4


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(mail, "SECONDS_MAX", SECONDS)
    outgoing.lines.cache_clear()
    yield
    outgoing.lines.cache_clear()


Answer = Callable[[socket.socket], None]
Serve = Callable[[Answer], int]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Listen, and let each caller be answered by a function; return the server's port."""
    servers: list[socket.socket] = []

    def start(answer: Answer) -> int:
        server = socket.create_server(("127.0.0.1", 0))
        servers.append(server)

        def accept() -> None:
            while True:
                try:
                    caller, _ = server.accept()
                except OSError:
                    return  # closed
                threading.Thread(target=answer, args=(caller,), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        port: int = server.getsockname()[1]
        return port

    yield start
    for server in servers:
        server.shutdown(socket.SHUT_RDWR)
        server.close()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a certificate of 127.0.0.1 with its key, in one file, which nobody knows."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "server.pem"
    file.write_bytes(
        made.public_bytes(Encoding.PEM) + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    return file


@pytest.fixture
def over_tls(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Answer], Answer]:
    """Let a function answer over a line that is encrypted from its first byte, and trust its certificate."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    def encrypted(answer: Answer) -> Answer:
        def first_shake_hands(caller: socket.socket) -> None:
            try:
                line = context.wrap_socket(caller, server_side=True)
            except OSError:
                return  # the caller does not trust us, or went away
            answer(line)

        return first_shake_hands

    return encrypted


def _say_nothing(caller: socket.socket) -> None:
    caller.recv(1)


def _drip(caller: socket.socket) -> None:
    caller.settimeout(SECONDS / 4)
    while True:
        try:
            caller.sendall(b"220-wait\r\n")
            if not caller.recv(1):
                return
        except TimeoutError:
            continue
        except OSError:
            return


def _refuse(caller: socket.socket) -> None:
    caller.sendall(b"554 no\r\n")


def _take(caller: socket.socket) -> None:
    """Take a mail as a server does."""
    with caller, caller.makefile("rwb") as line:
        line.write(b"220 ready\r\n")
        line.flush()
        is_text = False
        for said in line:
            if is_text and said != b".\r\n":
                continue
            word = said.upper().strip()
            is_text = word == b"DATA"
            line.write({b"DATA": b"354 go on\r\n", b"QUIT": b"221 bye\r\n"}.get(word, b"250 ok\r\n"))
            line.flush()


def _dawdle_then_drip(encrypted: Callable[[Answer], Answer]) -> Answer:
    """Shake hands after STARTTLS so slowly that time is up meanwhile, then say one thing and another."""

    def answer(caller: socket.socket) -> None:
        with caller.makefile("rwb", buffering=0) as line:
            line.write(b"220 ready\r\n")
            line.readline()
            time.sleep(0.6 * SECONDS)  # the slow server itself
            line.write(b"250-ready\r\n250 STARTTLS\r\n")
            line.readline()
            line.write(b"220 go on\r\n")
        time.sleep(0.7 * SECONDS)
        encrypted(_drip)(caller)

    return answer


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
@pytest.mark.parametrize("answer", [_say_nothing, _drip])
def test_a_silent_or_dripping_server_holds_nobody_and_is_left_alone(
    answer: Answer, scheme: str, serve: Serve, over_tls: Callable[[Answer], Answer]
) -> None:
    url = f"{scheme}://127.0.0.1:{serve(over_tls(answer) if scheme == 'smtps' else answer)}"
    for _ in range(SILENT_CALLS_MAX):
        _fails_in_time(url)
    with pytest.raises(mail.MailUnavailable, match="NotAsked"):
        _send(url)


def test_a_server_that_shakes_hands_slowly_and_then_drips_holds_nobody(
    serve: Serve, over_tls: Callable[[Answer], Answer]
) -> None:
    _fails_in_time(f"smtp+tls://127.0.0.1:{serve(_dawdle_then_drip(over_tls))}")


def test_a_name_that_nobody_resolves_holds_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    released = threading.Event()

    def look_up(*_: object, **__: object) -> list[object]:
        released.wait(30)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    assert _fails_in_time("smtp://mail.test") == "TimeoutError"
    released.set()


def test_a_server_that_refuses_has_answered(serve: Serve) -> None:
    url = f"smtp://127.0.0.1:{serve(_refuse)}"
    for _ in range(SILENT_CALLS_MAX + 1):
        with pytest.raises(mail.MailUnavailable, match="SMTPConnectError"):
            _send(url)


def test_the_reason_is_told_of_a_closed_port_and_of_a_certificate(
    serve: Serve, over_tls: Callable[[Answer], Answer], monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        assert _fails_in_time(f"smtp://127.0.0.1:{closed.getsockname()[1]}") == "ConnectionRefusedError"
    monkeypatch.delenv("SSL_CERT_FILE")
    assert _fails_in_time(f"smtps://127.0.0.1:{serve(over_tls(_take))}") == "SSLCertVerificationError"


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_a_mail_is_handed_over(
    scheme: str, serve: Serve, over_tls: Callable[[Answer], Answer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail, "SECONDS_MAX", 20.0)
    _send(f"{scheme}://127.0.0.1:{serve(over_tls(_take) if scheme == 'smtps' else _take)}")
    wait_until(
        lambda: not any(isinstance(thread, threading.Timer) for thread in threading.enumerate()),
        what="the end of the watch",
        seconds_max=5,
    )


def _fails_in_time(url: str) -> str:
    """Try to send, and return why it failed."""
    began = time.monotonic()
    with pytest.raises(mail.MailUnavailable) as failed:
        _send(url)
    assert time.monotonic() - began < 5 * SECONDS
    return str(failed.value)


def _send(url: str) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@shop.example", "b@buyer.example", "code"
    message.set_content("123456")
    with httpx.Client() as http:
        mail.deliver(message, url=url, http=http)
