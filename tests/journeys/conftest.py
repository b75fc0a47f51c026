"""A real browser in front of a whole market."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    ViewportSize,
    expect,
    sync_playwright,
)

from simulators.remote_control import Control
from tests.market import Market
from tools import bootstrap

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
PHONE: ViewportSize = {"width": 390, "height": 844}
DESKTOP: ViewportSize = {"width": 1440, "height": 900}
WAIT_MS = 20_000
expect.set_options(timeout=WAIT_MS)

OpenPage = Callable[..., Page]
# What keeps a page from showing its visitor around, and from asking him.
ANSWERED = {"jishi_tour": "seen", "jishi_behaviour": "no"}
# What the browser itself tells the console: a refusal that a page asked for (who am I? nobody), and a network that a
# test took away.
TOLD_ANYHOW = ("status of 401", "ERR_INTERNET_DISCONNECTED")
# Where allauth answers 404 with what could be there: the secret of an authenticator that is not turned on yet.
OFFERS = "/account/authenticators/totp"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, closed with the module: its event loop must not outlive it in this thread."""
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=bootstrap.browser(), args=FLAGS)
        yield found
        found.close()


@pytest.fixture(scope="session")
def outside(market: Market) -> Iterator[Control]:
    """The world outside: channels, carriers, mailboxes."""
    control = Control(market.configuration.simulators_url)
    yield control
    control.close()


@pytest.fixture
def open_page(browser: Browser, market: Market, tmp_path: Path) -> Iterator[OpenPage]:
    """Open pages of different people; a page that logs an error or asks in vain fails its test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_one(
        path: str = "/",
        *,
        viewport: ViewportSize = DESKTOP,
        language: str = "zh-CN",
        # What stands between a page and its network would hide requests from the tests that watch them.
        service_workers: Literal["allow", "block"] = "block",
        is_new: bool = False,
    ) -> Page:
        context = browser.new_context(
            base_url=market.url,
            viewport=viewport,
            locale=language,
            timezone_id="Asia/Shanghai",
            service_workers=service_workers,
        )
        context.set_default_timeout(WAIT_MS)
        if not is_new:  # whoever is new is shown around first, and asked
            context.add_cookies(
                [{"name": name, "value": value, "url": market.url} for name, value in ANSWERED.items()]
            )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
        page.on(
            "console",
            lambda said: complaints.append(f"{page.url}: {said.text}") if _is_error(said) else None,
        )
        page.on("requestfailed", lambda asked: complaints.extend(_failure(page, asked)))
        page.goto(path)
        return page

    yield open_one
    for number, context in enumerate(contexts):
        for page in context.pages:
            page.screenshot(path=tmp_path / f"{number}.png")
        context.close()
    assert [one for one in complaints if not any(told in one for told in TOLD_ANYHOW)] == []


def _is_error(said: ConsoleMessage) -> bool:
    return said.type == "error" and not said.location["url"].endswith(OFFERS)


def _failure(page: Page, asked: Request) -> list[str]:
    """Tell of a request that never got its answer, unless the page itself was left or gave it up."""
    reason = asked.failure or ""
    return [] if "ERR_ABORTED" in reason else [f"{page.url}: {asked.url} failed: {reason}"]
