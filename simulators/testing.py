"""The simulators inside a test run: a real server on a free port, in a thread, and a typed control.

`simulators_server` is a session-wide pytest fixture that every test may ask for.
"""

import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from simulators.app import create_app
from simulators.remote_control import Control
from simulators.settings import Accounts, Keys, Settings, load_keys

START_SECONDS = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningSimulators:
    """A server that runs: where, with which keys and accounts, and its control."""

    url: str
    smtp_port: int
    keys: Keys
    accounts: Accounts
    control: Control

    @property
    def alipay_gateway_url(self) -> str:
        """JISHI_ALIPAY_GATEWAY_URL for this server."""
        return f"{self.url}/_sim/alipay/gateway.do"

    @property
    def wechat_gateway_url(self) -> str:
        """JISHI_WECHAT_GATEWAY_URL for this server."""
        return f"{self.url}/_sim/wechat"

    @property
    def carrier_url(self) -> str:
        """JISHI_CARRIER_URL for this server."""
        return f"{self.url}/_sim/carrier"

    @property
    def sms_url(self) -> str:
        """JISHI_SMS_URL for this server."""
        return f"{self.url}/_sim/sms"

    @property
    def mail_url(self) -> str:
        """EMAIL_URL for this server."""
        return f"{self.url}/_sim/mail"


class _Server(uvicorn.Server):
    """Tells when it is ready."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        self.ready.set()


@contextmanager
def running_simulators(
    folder: Path,
    *,
    state_file: Path | None = None,
    parcel_seconds: float = 0.0,
    retry_seconds: Sequence[float] = (0.05, 0.1, 0.2),
    reorder_seconds: float = 0.0,
    shop_url: str | None = None,
    port: int = 0,
) -> Iterator[RunningSimulators]:
    """Run the simulators in this process, keys in `folder`; parcels and held callbacks move only when told.

    Browsers find the pages at `shop_url`, by default at the server itself.
    """
    settings = Settings(
        keys=load_keys(folder, {}),
        accounts=Accounts(),
        shop_url=shop_url or "",
        state_file=state_file,
        parcel_seconds=parcel_seconds,
        retry_seconds=tuple(retry_seconds),
        reorder_seconds=reorder_seconds,
    )
    # asyncio turns Nagle's pauses (40 ms an answer) off only for sockets that name their protocol
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind(("127.0.0.1", port))
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    app = create_app(replace(settings, shop_url=shop_url or url), smtp_port=0)
    server = _Server(uvicorn.Config(app, log_config=None, access_log=False))
    thread = threading.Thread(
        target=server.run, kwargs={"sockets": [listening]}, name="simulators", daemon=True
    )
    thread.start()
    if not server.ready.wait(START_SECONDS):
        raise RuntimeError("the simulators did not start")
    control = Control(url)
    try:
        yield RunningSimulators(
            url=url,
            smtp_port=app.state.smtp_port,
            keys=settings.keys,
            accounts=settings.accounts,
            control=control,
        )
    finally:
        control.close()
        server.should_exit = True
        thread.join(START_SECONDS)
        listening.close()


@pytest.fixture(scope="session")
def simulators_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSimulators]:
    """Run the simulators once for all tests of a worker; numbers keep the tests apart."""
    with running_simulators(tmp_path_factory.mktemp("simulators") / "secrets") as server:
        yield server
