"""The document around a page: safe under the strict policy, and readable for search engines."""

import json
import re

from jishi.entry.http.rendering import page_heads, shell
from jishi.entry.http.rendering.assets import Assets
from jishi.entry.http.rendering.head import Head

PUBLIC = "https://shop.example"
WINDOW = page_heads.Home(banners=[], categories=[], shelves=[])
ASSETS = Assets(
    boot="/static/storefront/assets/boot-1.js",
    entry="/static/storefront/assets/entry-1.js",
    styles=("/static/storefront/assets/entry-1.css",),
    preloads=("/static/storefront/assets/vendor-1.js",),
)


def made(
    head: Head, *, state: str = "{}", body: str = "", locale: str = "zh", is_complete: bool = False
) -> str:
    """A whole page as text."""
    return shell.document(
        head=head,
        body=body,
        state=state,
        assets=ASSETS,
        locale=locale,
        public_url=PUBLIC,
        is_complete=is_complete,
    ).decode()


def test_no_script_and_no_style_is_written_inline() -> None:
    page = made(page_heads.home(WINDOW, "zh", PUBLIC), state='{"a":1}')
    inline = [tag for tag in re.findall(r"<script[^>]*>", page) if "src=" not in tag]
    assert inline
    assert all("application/json" in tag or "application/ld+json" in tag for tag in inline)
    assert "<style" not in page
    assert "style=" not in page


def test_data_can_never_end_its_block() -> None:
    state = json.dumps({"title": "</script><script>alert(1)</script><!--"})
    page = made(Head(title="x", description="", path="/"), state=state)
    block = re.search(r'<script type="application/json" id="state">(.*?)</script>', page, re.DOTALL)
    assert block is not None
    assert json.loads(block[1]) == {"title": "</script><script>alert(1)</script><!--"}
    assert "<script>alert" not in page


def test_titles_and_descriptions_are_escaped() -> None:
    page = made(Head(title='"><img src=x>', description='a " b <', path="/"))
    assert "<img src=x>" not in page
    assert "&quot;&gt;&lt;img src=x&gt; - 集市</title>" in page


def test_a_page_names_itself_and_its_other_language() -> None:
    page = made(Head(title="茶", description="d", path="/p/1"), locale="en")
    assert '<html lang="en">' in page
    assert '<link rel="canonical" href="https://shop.example/en/p/1">' in page
    assert '<link rel="alternate" hreflang="zh-CN" href="https://shop.example/p/1">' in page
    assert '<link rel="alternate" hreflang="en" href="https://shop.example/en/p/1">' in page
    assert '<link rel="alternate" hreflang="x-default" href="https://shop.example/p/1">' in page


def test_a_page_that_is_not_for_search_engines_says_so_and_no_more() -> None:
    page = made(page_heads.own("OrdersPage", "/orders", "zh"))
    assert '<meta name="robots" content="noindex">' in page
    assert "canonical" not in page
    assert "og:" not in page


def test_scripts_are_named_once_and_the_theme_comes_first() -> None:
    page = made(page_heads.home(WINDOW, "zh", PUBLIC))
    assert page.index("boot-1.js") < page.index("entry-1.css")
    assert page.count("entry-1.js") == 1
    assert '<link rel="modulepreload" href="/static/storefront/assets/vendor-1.js">' in page


def test_scripts_leave_the_line_to_what_is_seen_when_the_page_can_be_read_without_them() -> None:
    complete, outline = (
        made(page_heads.home(WINDOW, "zh", PUBLIC), is_complete=known) for known in (True, False)
    )
    assert (
        '<link rel="modulepreload" fetchpriority="low" href="/static/storefront/assets/vendor-1.js">'
        in complete
    )
    assert '<script type="module" fetchpriority="low" src="/static/storefront/assets/entry-1.js">' in complete
    assert "fetchpriority" not in outline


def test_the_broken_page_stands_alone() -> None:
    page = shell.bare_document(
        title="出了点问题", text="稍后再试", link="/", link_name="首页", locale="zh", styles=("/a.css",)
    ).decode()
    assert "<script" not in page
    assert '<link rel="stylesheet" href="/a.css">' in page
    assert "稍后再试" in page
