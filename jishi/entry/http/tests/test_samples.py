"""Whose parts can be played exists, and is told in a demo only."""

from dataclasses import replace

import pytest
from django.test import Client
from pytest_django import Settings

from jishi.entry.demo import stores
from jishi.entry.http import samples
from jishi.entry.http.pages import Content, Place, _state
from jishi.entry.http.rendering import page_heads


def test_everybody_offered_can_sign_in() -> None:
    known = {person.email for person in stores.people()}
    offered = [one.login for one in samples.demo().accounts + samples.platform()]
    assert set(offered) <= known
    assert {one.face for one in samples.demo().accounts} == {"store", "merchant"}


@pytest.mark.parametrize("is_demo", [True, False])
def test_pages_tell_them_in_a_demo_only(settings: Settings, is_demo: bool) -> None:
    settings.ENV = replace(settings.ENV, demo=is_demo)
    place = Place("SignInPage", "zh", "/sign-in")
    state = _state(place, Content(page_heads.own("SignInPage", "/sign-in", "zh")), is_rendered=True)
    assert (samples.PASSWORD in state) is is_demo
    assert (samples.DOMAIN in state) is is_demo


@pytest.mark.django_db
@pytest.mark.parametrize("is_demo", [True, False])
def test_the_back_office_offers_them_in_a_demo_only(
    client: Client, settings: Settings, is_demo: bool
) -> None:
    settings.ENV = replace(settings.ENV, demo=is_demo)
    door = client.get("/admin/login/").content.decode()
    for one in samples.platform():
        assert (f'data-sample-login="{one.login}"' in door) is is_demo
    assert (samples.PASSWORD in door) is is_demo
