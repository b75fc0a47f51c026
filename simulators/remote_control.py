"""The control API from outside, typed: for tests, the bench and whoever drives a market."""

from typing import Any

import httpx


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

    def remember(self, payments: list[dict[str, Any]], refunds: list[dict[str, Any]]) -> int:
        """Take over money that moved in the past, records as they are listed; return how many were new."""
        return int(self._post("/history", {"payments": payments, "refunds": refunds})["new"])

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
