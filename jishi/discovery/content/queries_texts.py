"""What the shop itself says: its terms and its privacy page, ours or those of who runs it."""

from datetime import datetime
from pathlib import Path

import msgspec
import nh3
from django.conf import settings

from jishi.discovery.content.types import ShopText, TextCode
from jishi.kernel import hot
from jishi.kernel.words import Text

TAG = "content:texts"
TEXT_SECONDS = 60
OURS = Path(__file__).with_name("texts")
TITLES = {
    TextCode.TERMS: Text(zh="服务条款", en="Terms of service"),
    TextCode.PRIVACY: Text(zh="隐私政策", en="Privacy policy"),
}


def shop_text(code: TextCode, *, language: str) -> ShopText:
    """Return a text from JISHI_TEXTS, or ours when the folder has none; nothing in it can run."""
    name = f"{code}.{language}.html"
    folders = [folder for folder in (settings.ENV.texts_folder, OURS) if folder]
    found = next(folder / name for folder in folders if (folder / name).is_file())
    html = nh3.clean(found.read_text(encoding="utf-8"))
    return ShopText(code=code, title=TITLES[code].of(language), html=html)


def shop_text_answer(code: TextCode, *, language: str, now: datetime) -> hot.Answer:
    """Return `shop_text` as JSON; a file that was changed is read within `TEXT_SECONDS`."""
    return hot.answer(
        TAG,
        f"{code}|{language}",
        now=now,
        seconds=TEXT_SECONDS,
        make=lambda: msgspec.json.encode(shop_text(code, language=language)),
    )
