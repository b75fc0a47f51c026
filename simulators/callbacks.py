"""Delivers news to the shop as the real companies do: signed, again and again until acknowledged."""

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import httpx
import msgspec

from simulators.clock import Clock
from simulators.records import Attempt, Callback, CallbackMode, Company
from simulators.settings import Settings
from simulators.store import Store

ANSWER_LENGTH_MAX = 500
REPETITIONS = 3

# What is sent: headers and body, made at each attempt because the signature carries the time.
Envelope = Callable[[Callback], tuple[dict[str, str], bytes]]


class Callbacks:
    """The outgoing callbacks of all companies."""

    def __init__(
        self, store: Store, clock: Clock, settings: Settings, envelopes: dict[Company, Envelope]
    ) -> None:
        self._store = store
        self._clock = clock
        self._settings = settings
        self._envelopes = envelopes
        self._http: httpx.AsyncClient | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._changed = asyncio.Condition()
        self._of_number: dict[str, list[str]] = {}
        for callback in self.all():
            self._of_number.setdefault(callback.number, []).append(callback.id)

    async def start(self) -> None:
        """Open the connections and take up what a kill interrupted."""
        self._http = httpx.AsyncClient(
            timeout=self._settings.callback_timeout_seconds, follow_redirects=False, trust_env=False
        )
        for callback in self.all():
            if callback.state in ("waiting", "repeating"):
                self._spawn(self._deliver(replace(callback, state="waiting")))
            if callback.state == "held":
                self._spawn(self._release_later())

    async def stop(self) -> None:
        """Stop delivering; what is undelivered is taken up at the next start."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._http is not None:
            await self._http.aclose()

    def all(self) -> list[Callback]:
        """Return all callbacks, oldest first."""
        return list(self._store.all("callbacks", Callback))

    def of(self, number: str) -> list[Callback]:
        """Return the callbacks of one out_trade_no or tracking number, oldest first."""
        found = (self._store.get("callbacks", key, Callback) for key in self._of_number.get(number, ()))
        return [callback for callback in found if callback]

    def forget(self) -> None:
        """Stop all deliveries and forget the index; the store is cleared apart from this."""
        for task in self._tasks:
            task.cancel()
        self._of_number.clear()

    def post(
        self, company: Company, kind: str, number: str, url: str, payload: dict[str, Any], mode: CallbackMode
    ) -> Callback:
        """Give one piece of news to the post, to be delivered as `mode` says."""
        states = {CallbackMode.DROP: "dropped", CallbackMode.REORDER: "held"}
        callback = Callback(
            id=secrets.token_hex(16),
            company=company,
            kind=kind,
            number=number,
            url=url,
            payload=payload,
            mode=mode,
            state=states.get(mode, "waiting") if url else "dropped",
            created_at=self._clock.wire(),
        )
        self._of_number.setdefault(number, []).append(callback.id)
        self._save(callback)
        if callback.state == "waiting":
            self._spawn(self._deliver(callback))
        if callback.state == "held":
            self._spawn(self._release_later())
        return callback

    def resend(self, number: str) -> int:
        """Send all callbacks of a number once more, whatever became of them; return how many."""
        chosen = self.of(number)
        for callback in chosen:
            again = self._save(replace(callback, state="waiting", mode=CallbackMode.NORMAL))
            self._spawn(self._deliver(again))
        return len(chosen)

    async def release(self) -> int:
        """Deliver what is held back, last in, first out, each after the other; return how many."""
        held = [callback for callback in self.all() if callback.state == "held"]
        for callback in held:
            self._save(replace(callback, state="waiting"))
        for callback in reversed(held):
            await self._attempt(replace(callback, state="waiting"))
        for callback in held:
            now = self._store.get("callbacks", callback.id, Callback)
            if now and now.state == "waiting":
                self._spawn(self._deliver(now, first_pause=True))
        return len(held)

    async def settled(self, number: str, timeout_seconds: float) -> bool:
        """Wait until every callback of a number was tried, dropped or held; False when time ran out."""

        def is_settled() -> bool:
            under_way = [each for each in self.of(number) if each.state in ("waiting", "repeating")]
            return all(each.attempts and each.state == "waiting" for each in under_way)

        try:
            async with asyncio.timeout(timeout_seconds), self._changed:
                await self._changed.wait_for(is_settled)
        except TimeoutError:
            return False
        return True

    async def _release_later(self) -> None:
        if self._settings.reorder_seconds > 0:
            await asyncio.sleep(self._settings.reorder_seconds)
            await self.release()

    async def _deliver(self, callback: Callback, *, first_pause: bool = False) -> None:
        """Try until the shop acknowledges; a forged one is tried once, nobody honest stands behind it."""
        pauses = self._settings.retry_seconds
        for number in range(len(pauses) + 1):
            if number > 0 or first_pause:
                await asyncio.sleep(pauses[min(number, len(pauses) - 1)])
            callback = await self._attempt(callback)
            if callback.state != "waiting":
                break
        else:
            self._save(replace(callback, state="given_up"))
        await self._tell()

    async def _attempt(self, callback: Callback) -> Callback:
        repetitions = REPETITIONS if callback.mode is CallbackMode.REPEAT and not callback.attempts else 1
        headers, body = self._envelopes[callback.company](callback)
        acknowledged = False
        for repetition in range(repetitions):
            if (
                repetition == repetitions - 1 and repetition > 0
            ):  # the last one is signed anew, the others are copies
                headers, body = self._envelopes[callback.company](callback)
            attempt = await self._send(callback.url, headers, body)
            acknowledged = is_acknowledged(callback.company, attempt)
            state = "repeating" if repetition < repetitions - 1 else "waiting"
            callback = self._save(replace(callback, state=state, attempts=(*callback.attempts, attempt)))
        if acknowledged:
            callback = self._save(replace(callback, state="delivered"))
        elif callback.mode.is_forged:
            callback = self._save(replace(callback, state="refused"))
        await self._tell()
        return callback

    async def _send(self, url: str, headers: dict[str, str], body: bytes) -> Attempt:
        if self._http is None:
            raise RuntimeError("callbacks are not started")
        try:
            answer = await self._http.post(url, headers=headers, content=body)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return Attempt(at=self._clock.wire(), status=None, answer=type(error).__name__)
        return Attempt(
            at=self._clock.wire(), status=answer.status_code, answer=answer.text[:ANSWER_LENGTH_MAX]
        )

    def _save(self, callback: Callback) -> Callback:
        return self._store.put("callbacks", callback.id, callback)

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    def _spawn(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def is_acknowledged(company: Company, attempt: Attempt) -> bool:
    """Tell whether an answer ends the repetitions, by each company's own rule."""
    if attempt.status is None or not 200 <= attempt.status < 300:
        return False
    if company is Company.ALIPAY:
        return attempt.answer.strip() == "success"
    if company is Company.WECHAT:
        return True
    try:
        answer = msgspec.json.decode(attempt.answer)
    except msgspec.DecodeError:
        return False
    return (
        isinstance(answer, dict) and answer.get("result") is True and str(answer.get("returnCode")) == "200"
    )
