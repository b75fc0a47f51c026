"""The frame of every page: language, head, style, foot."""

from dataclasses import dataclass
from html import escape
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse

from simulators.amounts import yuan_from_minor
from simulators.pages.texts import MODES, TEXTS
from simulators.records import CallbackMode

COOKIE = "sim_language"
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


@dataclass(frozen=True, slots=True)
class Speech:
    """Text in the reader's language, escaped for HTML."""

    language: str

    def __call__(self, key: str, **values: object) -> str:
        zh, en = TEXTS[key]
        return escape((en if self.language == "en" else zh).format(**values))

    def mode(self, mode: CallbackMode) -> str:
        """Name what happens to a callback."""
        zh, en = MODES[mode]
        return escape(en if self.language == "en" else zh)


def speech(request: Request) -> Speech:
    """Choose the language: the address's, the cookie's, else the browser's first; Chinese unless English."""
    wanted = request.query_params.get("lang") or request.cookies.get(COOKIE)
    if wanted is None:
        wanted = "en" if request.headers.get("accept-language", "").lower().startswith("en") else "zh"
    return Speech("en" if wanted == "en" else "zh")


def page(
    request: Request,
    say: Speech,
    title: str,
    body: str,
    *,
    status: int = 200,
    go_to: str | None = None,
    wide: bool = False,
) -> HTMLResponse:
    """Frame a body; `go_to` takes the reader there after three seconds. `title` is escaped text."""
    other = "zh" if say.language == "en" else "en"
    query = urlencode({**request.query_params, "lang": other})
    refresh = f'<meta http-equiv="refresh" content="3;url={escape(go_to)}">' if go_to else ""
    html = f"""<!doctype html>
<html lang="{"en" if say.language == "en" else "zh-CN"}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
{refresh}<title>{title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/_sim/static/style.css">
</head>
<body>
<header class="bar">
<a class="bar-home" href="/_sim/"><span class="seal" aria-hidden="true">集</span>{say("board")}</a>
<a class="bar-link" href="?{escape(query)}" lang="{other}" hreflang="{other}">{say("other_language")}</a>
</header>
<main class="{"wide" if wide else "narrow"}">
{body}
</main>
<footer class="foot">{say("simulated")}</footer>
</body>
</html>
"""
    answer = HTMLResponse(html, status_code=status, headers=HEADERS)
    if request.query_params.get("lang") in ("zh", "en"):
        answer.set_cookie(COOKIE, say.language, path="/_sim/", samesite="lax", httponly=True)
    return answer


def amount(amount_minor: int, currency: str) -> str:
    """Show an amount as a small sign, large yuan and small cents."""
    yuan, _, fen = yuan_from_minor(amount_minor).partition(".")
    sign = "¥" if currency == "CNY" else f"{escape(currency)} "
    return f'<span class="amount"><small>{sign}</small>{int(yuan):,}<small>.{fen}</small></span>'
