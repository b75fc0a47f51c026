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

import httpx
import pytest
import uvicorn

from simulators.app import create_app
from simulators.settings import Accounts, Keys, Settings, load_keys

START_SECONDS = 20.0


class Control:
    """The control API as functions; see README.md for what each does."""

    def __init__(self, url: str) -> None:
        self._http = httpx.Client(base_url=f"{url}/_sim/control", timeout=30.0, trust_env=False)
        self._inbox = f"{url}/_sim/inbox.json"

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    def pay(self, out_trade_no: str, *, mode: str | None = None, wait: bool = True) -> dict[str, Any]:
        """Pay an open payment; with `wait`, return once the shop was called and has answered."""
        return self._act(out_trade_no, "pay", mode, wait)

    def fail(self, out_trade_no: str) -> dict[str, Any]:
        """Let the buyer's attempt fail."""
        return self._act(out_trade_no, "fail", None, True)

    def pay_late(self, out_trade_no: str, *, mode: str | None = None, wait: bool = True) -> dict[str, Any]:
        """Pay after the payment is closed, or as soon as it is."""
        return self._act(out_trade_no, "pay-late", mode, wait)

    def pay_twice(self, out_trade_no: str, *, mode: str | None = None, wait: bool = True) -> dict[str, Any]:
        """Take the money twice under one number."""
        return self._act(out_trade_no, "pay-twice", mode, wait)

    def buyer(
        self, step: str, action: str = "pay", *, mode: str | None = None, wait: bool = True
    ) -> dict[str, Any]:
        """Act on what the shop told the browser: a `redirect_url` or a `qr_code`."""
        return self._post(f"/buyer/{action}", {"step": step, "wait": wait} | ({"mode": mode} if mode else {}))

    def forge(self, out_trade_no: str, how: str) -> dict[str, Any]:
        """Send a forged callback (forge_signature, forge_amount, …); return it with the shop's answer."""
        return self._post(f"/payments/{out_trade_no}/forge", {"how": how})

    def resend(self, number: str) -> list[dict[str, Any]]:
        """Send all callbacks of a number again."""
        return self._items(self._post(f"/payments/{number}/resend", {}))

    def payments(self, out_trade_no: str | None = None, *, limit: int | None = None) -> list[dict[str, Any]]:
        """List payments, newest first."""
        return self._list("/payments", out_trade_no=out_trade_no, limit=str(limit) if limit else None)

    def refunds(self, out_trade_no: str | None = None) -> list[dict[str, Any]]:
        """List refunds, newest first."""
        return self._list("/refunds", out_trade_no=out_trade_no)

    def callbacks(self, number: str | None = None) -> list[dict[str, Any]]:
        """List callbacks with the answers they got, newest first."""
        return self._list("/callbacks", number=number)

    def set_callback_mode(self, mode: str) -> None:
        """Choose the fate of all callbacks to come."""
        self._post("/callbacks/mode", {"mode": mode})

    def release(self) -> int:
        """Deliver held callbacks, last in, first out."""
        return int(self._post("/callbacks/release", {})["released"])

    def settle(
        self, number: str, *, for_good: bool = False, timeout_seconds: float = 15.0
    ) -> list[dict[str, Any]]:
        """Wait until no callback of a number is due; `for_good`: until each is acknowledged or given up."""
        fields = {"number": number, "for_good": for_good, "timeout_seconds": timeout_seconds}
        return self._items(self._post("/callbacks/settle", fields))

    def fail_next(self, operation: str, how: str = "unavailable", *, count: int = 1) -> None:
        """Let the next calls of an operation go wrong."""
        self._post("/faults", {"operation": operation, "how": how, "count": count})

    def clear_faults(self) -> None:
        """Let everything go well again."""
        self._http.delete("/faults").raise_for_status()

    def advance(self, seconds: float) -> None:
        """Move business time ahead."""
        self._post("/clock/advance", {"seconds": seconds})

    def parcels(self) -> list[dict[str, Any]]:
        """List parcels, newest first."""
        return self._list("/parcels")

    def parcel(self, tracking_number: str, event: str = "scan") -> dict[str, Any]:
        """Bring a parcel on: scan, deliver, exception, lose, return."""
        return self._post(f"/parcels/{tracking_number}/{event}", {})

    def messages(self, to: str = "", *, kind: str = "") -> list[dict[str, Any]]:
        """List text messages and mail to one recipient, newest first."""
        answer = self._http.get(self._inbox, params={"to": to, "kind": kind})
        return self._items(answer.raise_for_status().json())

    def reset(self) -> None:
        """Forget everything."""
        self._post("/reset", {})

    def _act(self, number: str, action: str, mode: str | None, wait: bool) -> dict[str, Any]:
        return self._post(f"/payments/{number}/{action}", {"wait": wait} | ({"mode": mode} if mode else {}))

    def _post(self, path: str, fields: dict[str, Any]) -> dict[str, Any]:
        answer = self._http.post(path, json=fields)
        if not answer.is_success:
            raise AssertionError(f"control {path}: {answer.status_code} {answer.text}")
        content: dict[str, Any] = answer.json()
        return content

    def _list(self, path: str, **query: str | None) -> list[dict[str, Any]]:
        answer = self._http.get(path, params={name: value for name, value in query.items() if value})
        return self._items(answer.raise_for_status().json())

    @staticmethod
    def _items(content: dict[str, Any]) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = content["items"]
        return items


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
