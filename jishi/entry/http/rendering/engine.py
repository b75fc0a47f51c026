"""The V8 of this process: made on the first page after the fork, capped in time and memory."""

import atexit
import json
import os
from contextlib import suppress
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

import structlog
from prometheus_client import Counter
from py_mini_racer import JSEvalException, MiniRacer

from jishi.kernel.errors import ProgrammingError

log = structlog.get_logger(__name__)

RENDER_SECONDS_MAX = 1.0
# A new V8 has compiled nothing yet: stopping its first page on a busy machine would make the next one the first.
FIRST_RENDER_SECONDS_MAX = 4.0
WAIT_SECONDS_MAX = 0.5  # when the one V8 is that busy, drawing in the browser is faster
MEMORY_BYTES_MAX = 192 * 1024 * 1024
POLYFILLS = Path(__file__).with_name("polyfills.js")

PAGES_RENDERED = Counter("jishi_pages_rendered", "Public pages rendered on the server", ["page"])
PAGES_UNRENDERED = Counter(
    "jishi_pages_unrendered", "Public pages sent unrendered because rendering failed", ["page", "reason"]
)


class RenderFailed(Exception):
    """The script answered with an error instead of a page; the message is its stack."""


class Engine:
    """A V8 with the storefront's server bundle loaded; one thread renders at a time."""

    def __init__(self, bundle: Path) -> None:
        self._bundle = bundle
        self._lock = Lock()
        self._racer: MiniRacer | None = None
        self._pid = 0
        self._is_warm = False

    def render(self, state: str) -> str:
        """Return the HTML of the page that the JSON `state` describes.

        Raises: RenderFailed, TimeoutError (busy), py_mini_racer's errors (too slow, too large, broken).
        """
        if not self._lock.acquire(timeout=WAIT_SECONDS_MAX):
            raise TimeoutError("the renderer is busy")
        try:
            return self._render(state)
        except RenderFailed:
            raise
        except BaseException:
            # Interrupted in the middle of anything: what is left of this V8 is not trusted again.
            self._close()
            raise
        finally:
            self._lock.release()

    def close(self) -> None:
        """End the V8; the next page makes a new one. An open V8 would hang the process at its exit."""
        with self._lock:
            self._close()

    def _render(self, state: str) -> str:
        racer = self._ready()
        seconds = RENDER_SECONDS_MAX if self._is_warm else FIRST_RENDER_SECONDS_MAX
        # A string literal parsed by JSON.parse: faster than a literal object, and nothing in it can be code.
        argument = json.dumps(state, ensure_ascii=False)
        racer.eval(f"jishiRender({argument})", timeout_sec=seconds)
        answer: Any = json.loads(str(racer.eval("jishiTake()", timeout_sec=seconds)))
        self._is_warm = True
        if "html" not in answer:
            raise RenderFailed(answer.get("error", "no answer"))
        return str(answer["html"])

    def _ready(self) -> MiniRacer:
        if self._racer is not None and self._pid == os.getpid():
            return self._racer
        racer = MiniRacer()
        racer.set_hard_memory_limit(MEMORY_BYTES_MAX)
        racer.eval(POLYFILLS.read_text(encoding="utf-8"), timeout_sec=RENDER_SECONDS_MAX)
        racer.eval(self._bundle.read_text(encoding="utf-8"), timeout_sec=5 * RENDER_SECONDS_MAX)
        self._racer, self._pid, self._is_warm = racer, os.getpid(), False
        return racer

    def _close(self) -> None:
        racer, self._racer = self._racer, None
        if racer is None or self._pid != os.getpid():
            return
        # What was interrupted still reports back; V8 does one thing after the other, so this waits for it.
        with suppress(JSEvalException):
            racer.eval("0", timeout_sec=RENDER_SECONDS_MAX)
        racer.close()


@cache
def engine(bundle: Path) -> Engine:
    """Return this process's engine for a server bundle; it is closed when the process ends."""
    if not bundle.is_file():
        raise ProgrammingError(f"there is no server bundle {bundle.name}: build web/ first")
    made = Engine(bundle)
    atexit.register(made.close)
    return made


def rendered(made: Engine, page: str, state: str) -> str | None:
    """Return the HTML, or None when rendering failed; failures are counted by page and reason, and logged."""
    try:
        html = made.render(state)
    except (JSEvalException, RenderFailed, TimeoutError) as error:
        reason = type(error).__name__
        PAGES_UNRENDERED.labels(page=page, reason=reason).inc()
        log.warning("page_unrendered", page=page, reason=reason, error=str(error)[:2000])
        return None
    PAGES_RENDERED.labels(page=page).inc()
    return html
