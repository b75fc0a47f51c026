"""No link of a public page leads nowhere: a crawl of the whole market, breadth first."""

import re
from collections import deque
from html import unescape
from urllib.parse import urldefrag, urljoin, urlsplit

import httpx
import pytest

from tests.market import Market

PAGES_MAX = 80
FILES_MAX = 200
LINKED = re.compile(r'<(?:a|link|script|img|source)\b[^>]*?\s(?:href|src)="([^"]+)"')
OFFERED = re.compile(r'\ssrcset="([^"]+)"')
PAGE = re.compile(r"<a\b[^>]*?\shref=\"([^\"]+)\"")
# A crawler has no session: the merchant centre and the back office begin with signing in, which is an answer too.
LEFT_OUT = ("/_allauth/", "/admin/logout")


@pytest.mark.parametrize("language", ["", "/en"])
def test_no_link_leads_nowhere(market: Market, language: str) -> None:
    with httpx.Client(base_url=market.url, trust_env=False, timeout=30, follow_redirects=True) as crawler:
        dead, pages, files = crawled(crawler, market.url, start=f"{language}/")
        answers = {file: crawler.head(file).status_code for file in files}
    assert dead == []
    assert [f"{file} on {files[file]}: {code}" for file, code in answers.items() if code >= 400] == []
    # It has seen something of every kind.
    for kind in ("/p/", "/c/", "/store/", "/s", "/cart", "/sign-in"):
        assert any(page.startswith(f"{language}{kind}") for page in pages), kind


def crawled(crawler: httpx.Client, origin: str, *, start: str) -> tuple[list[str], list[str], dict[str, str]]:
    """Follow links from `start`; return the dead ones, the pages seen, and each file with a page that shows it."""
    waiting = deque([(start, "the start")])
    seen = {start}
    dead: list[str] = []
    pages: list[str] = []
    files: dict[str, str] = {}
    while waiting and len(pages) < PAGES_MAX:
        path, linked_from = waiting.popleft()
        answer = crawler.get(path)
        pages.append(path)
        if answer.status_code >= 400:
            dead.append(f"{path} on {linked_from}: {answer.status_code}")
        if not answer.headers.get("content-type", "").startswith("text/html"):
            continue
        for found in own_paths(PAGE.findall(answer.text), origin, path):
            if found not in seen and not found.startswith(LEFT_OUT):
                seen.add(found)
                waiting.append((found, path))
        for found in own_paths(shown_by(answer.text), origin, path):
            if found not in seen and len(files) < FILES_MAX:
                files.setdefault(found, path)
    return dead, pages, files


def shown_by(page: str) -> list[str]:
    """Return what a page loads: pictures in every size, scripts, styles, and where its head leads."""
    offered = [
        part.split()[0] for found in OFFERED.findall(page) for part in found.split(",") if part.strip()
    ]
    return [*LINKED.findall(page), *offered]


def own_paths(links: list[str], origin: str, page: str) -> list[str]:
    """Return the paths with queries of those links that stay in the market."""
    whole = [urlsplit(urldefrag(urljoin(f"{origin}{page}", unescape(link))).url) for link in links]
    return [
        f"{one.path or '/'}{'?' if one.query else ''}{one.query}"
        for one in whole
        if one.netloc == urlsplit(origin).netloc and one.scheme.startswith("http")
    ]
