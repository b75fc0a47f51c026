"""The terms and the privacy policy: ours, until who runs the shop has written their own."""

from dataclasses import replace
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from jishi.discovery.content.queries_texts import shop_text
from jishi.discovery.content.types import TextCode
from jishi.kernel import hot


@pytest.mark.parametrize("code", TextCode)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_text_comes_with_the_software(code: TextCode, language: str) -> None:
    shown = shop_text(code, language=language)
    assert shown.title
    assert shown.html.count("<h2>") >= 5


def test_the_operators_own_text_is_shown_where_there_is_one(tmp_path: Path, settings: Settings) -> None:
    (tmp_path / "terms.zh.html").write_text(
        '<h2>本店条款</h2><p onclick="x()">好</p><script>x()</script>', encoding="utf-8"
    )
    ours = shop_text(TextCode.TERMS, language="en")
    settings.ENV = replace(settings.ENV, texts_folder=tmp_path)
    assert shop_text(TextCode.TERMS, language="zh").html == "<h2>本店条款</h2><p>好</p>"
    assert shop_text(TextCode.TERMS, language="en") == ours


@pytest.mark.django_db
def test_texts_are_answered_in_the_readers_language(client: Client) -> None:
    hot.forget()
    english = client.get("/api/v1/store/texts/privacy", headers={"Accept-Language": "en"}).json()
    assert (english["code"], english["title"]) == ("privacy", "Privacy policy")
    assert client.get("/api/v1/store/texts/imprint").status_code == 422
