"""A mail server that is slow or gone: whoever wants to send knows soon, and it is left alone for a while."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from email.message import EmailMessage

import httpx
import pytest

from jishi.identity.notifications import mail
from jishi.kernel import outgoing
from jishi.kernel.outgoing import SILENT_CALLS_MAX

SECONDS = 0.4


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(mail, "SECONDS_MAX", SECONDS)
    outgoing.lines.cache_clear()
    yield
    outgoing.lines.cache_clear()


@pytest.fixture
def serve() -> Iterator[Callable[[Callable[[socket.socket], None]], str]]:
    """Listen, and let each caller be answered by a function; return the server's address."""
    servers: list[socket.socket] = []

    def start(answer: Callable[[socket.socket], None]) -> str:
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
        return f"smtp://127.0.0.1:{server.getsockname()[1]}"

    yield start
    for server in servers:
        server.shutdown(socket.SHUT_RDWR)
        server.close()


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


@pytest.mark.parametrize("answer", [_say_nothing, _drip])
def test_a_silent_or_dripping_server_holds_nobody_and_is_left_alone(
    answer: Callable[[socket.socket], None], serve: Callable[[Callable[[socket.socket], None]], str]
) -> None:
    url = serve(answer)
    for _ in range(SILENT_CALLS_MAX):
        began = time.monotonic()
        with pytest.raises(mail.MailUnavailable):
            _send(url)
        assert time.monotonic() - began < 5 * SECONDS
    with pytest.raises(mail.MailUnavailable, match="NotAsked"):
        _send(url)


def test_a_server_that_refuses_has_answered(serve: Callable[[Callable[[socket.socket], None]], str]) -> None:
    url = serve(_refuse)
    for _ in range(SILENT_CALLS_MAX + 1):
        with pytest.raises(mail.MailUnavailable, match="SMTPConnectError"):
            _send(url)


def _send(url: str) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@shop.example", "b@buyer.example", "code"
    message.set_content("123456")
    with httpx.Client() as http:
        mail.deliver(message, url=url, http=http)
