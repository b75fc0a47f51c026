"""The words of a letter with recommendations. No database, no clock."""

from collections.abc import Mapping, Sequence
from html import escape

from jishi.discovery.recommendations.types import Recommendation
from jishi.identity.notifications.types import Written
from jishi.kernel.words import Text

SUBJECT = Text("为您挑选的 {count} 件商品", "{count} things picked for you")
BEGINNING = Text("这一周,您可能会喜欢:", "This week you may like:")
WHY = Text(
    "您收到这封信,是因为您在「隐私」里打开了每周推荐。不想再收到:",
    "You get this letter because you asked for one a week, under Privacy. To end them:",
)
_FRAME = (
    "max-width:480px;margin:0 auto;padding:32px 24px;font-family:sans-serif;line-height:1.6;color:#1F2328"
)
_SMALL = "font-size:13px;color:#6B7280"
_PRICE = "color:#E2412E;font-weight:600"


def _price(minor: int) -> str:
    return f"¥{minor // 100:,}.{minor % 100:02}"


def written(goods: Sequence[Recommendation], *, shop: str, stop_url: str, language: str) -> Written:
    """Return the letter about these goods, each with its price and why it is shown."""
    beginning, why = BEGINNING.of(language), WHY.of(language)
    root = f"{shop}/en" if language == "en" else shop
    told = [
        (one.product.title, _price(one.product.price.amount_minor), one.why, f"{root}/p/{one.product.id}")
        for one in goods
    ]
    lines = [f"{title}\n{price} · {reason}\n{url}" for title, price, reason, url in told]
    items = "".join(
        f'<p><a href="{escape(url)}" style="color:#1F2328">{escape(title)}</a><br>'
        f'<span style="{_PRICE}">{escape(price)}</span> <span style="{_SMALL}">{escape(reason)}</span></p>'
        for title, price, reason, url in told
    )
    return Written(
        subject=SUBJECT.of(language).format(count=len(goods)),
        text="\n\n".join([beginning, *lines, f"{why}\n{stop_url}"]) + "\n",
        html=f'<div style="{_FRAME}"><p>{escape(beginning)}</p>{items}<p style="{_SMALL}">{escape(why)} '
        f'<a href="{escape(stop_url)}">{escape(stop_url)}</a></p></div>',
    )


def headers(stops: str, stop_url: str) -> Mapping[str, str]:
    """Return what mail programs show their own button by (RFC 2369, RFC 8058).

    `stops` takes the token as a query parameter, and nothing of what the program adds.
    """
    return {
        "List-Unsubscribe": f"<{stops}?{stop_url.partition('?')[2]}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
