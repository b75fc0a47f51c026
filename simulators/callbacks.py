"""Delivers news to the shop as the real companies do: signed, again and again until acknowledged."""

import asyncio
import logging
import secrets
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any

import httpx
import msgspec

from simulators.clock import Clock
from simulators.records import Attempt, Callback, CallbackMode, Company
from simulators.settings import Settings
from simulators.store import Store

ANSWER_LENGTH_MAX = 500

logger = logging.getLogger(__name__)

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
        self._tasks: dict[str, asyncio.Task[None]] = {}  # by callback; "" for the release of what is held
        self._due: set[str] = set()  # callbacks of which a try is due now, or under way
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
            self._begin(callback)

    async def stop(self) -> None:
        """Stop delivering; what is undelivered is taken up at the next start."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
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
        for task in self._tasks.values():
            task.cancel()
        self._tasks.clear()
        self._due.clear()
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
        self._begin(callback)
        return callback

    def resend(self, number: str) -> int:
        """Send all callbacks of a number once more, whatever became of them; return how many."""
        chosen = self.of(number)
        for callback in chosen:
            self._begin(self._save(replace(callback, state="waiting", mode=CallbackMode.NORMAL)))
        return len(chosen)

    async def release(self) -> int:
        """Deliver what is held back, last in, first out, each after the other; return how many."""
        held = [callback for callback in self.all() if callback.state == "held"]
        for callback in reversed(held):
            tried = await self._attempt(self._save(replace(callback, state="waiting")))
            if tried.state == "waiting":
                self._begin(tried, after_pause=True)
        return len(held)

    async def settled(self, number: str, timeout_seconds: float, *, for_good: bool = False) -> bool:
        """Wait until no try for a number is due; `for_good`: until none will be. False: time ran out."""

        def is_settled() -> bool:
            mine = self.of(number)
            return not any(
                callback.id in self._due or (for_good and callback.state == "waiting") for callback in mine
            )

        try:
            async with asyncio.timeout(timeout_seconds), self._changed:
                await self._changed.wait_for(is_settled)
        except TimeoutError:
            return False
        return True

    def _begin(self, callback: Callback, *, after_pause: bool = False) -> None:
        """Start what a callback's state asks for; an earlier delivery of it ends here."""
        if callback.state == "held" and self._settings.reorder_seconds > 0 and "" not in self._tasks:
            self._spawn("", self._release_later())
        if callback.state == "waiting":
            if not after_pause:
                self._due.add(callback.id)
            self._spawn(callback.id, self._deliver(callback, after_pause=after_pause))

    async def _release_later(self) -> None:
        await asyncio.sleep(self._settings.reorder_seconds)
        await self.release()

    async def _deliver(self, callback: Callback, *, after_pause: bool) -> None:
        """Try until the shop acknowledges; a forged one is tried once, nobody honest stands behind it."""
        pauses = (0.0, *self._settings.retry_seconds)
        for pause in pauses[1:] if after_pause else pauses:
            await asyncio.sleep(pause)
            callback = await self._attempt(callback)
            if callback.state != "waiting":
                return
        self._save(replace(callback, state="given_up"))
        await self._tell()

    async def _attempt(self, callback: Callback) -> Callback:
        """Try once (three times where it is to be repeated) and note what the shop said."""
        is_repeated = callback.mode is CallbackMode.REPEAT and not callback.attempts
        headers, body = self._envelopes[callback.company](callback)
        attempts = [await self._send(callback.url, headers, body)]
        if is_repeated:
            attempts.append(await self._send(callback.url, headers, body))  # a copy to the byte
            headers, body = self._envelopes[callback.company](callback)  # and once signed anew
            attempts.append(await self._send(callback.url, headers, body))
        state = "refused" if callback.mode.is_forged else "waiting"
        if is_acknowledged(callback.company, attempts[-1]):
            state = "delivered"
        callback = self._save(replace(callback, state=state, attempts=(*callback.attempts, *attempts)))
        self._due.discard(callback.id)
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

    def _spawn(self, key: str, work: Coroutine[Any, Any, None]) -> None:
        if earlier := self._tasks.get(key):
            earlier.cancel()
        task = self._tasks[key] = asyncio.get_running_loop().create_task(work)
        task.add_done_callback(lambda done: self._ended(key, done))

    def _ended(self, key: str, task: asyncio.Task[None]) -> None:
        if self._tasks.get(key) is task:
            del self._tasks[key]
        if not task.cancelled() and (error := task.exception()):
            logger.error("delivering failed", exc_info=error)


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
