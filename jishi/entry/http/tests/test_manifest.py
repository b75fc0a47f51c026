"""The shop as an app of a phone, in both languages."""

import json

import pytest
from django.test import RequestFactory
from django.urls import resolve


@pytest.mark.parametrize(
    ("address", "name", "start"),
    [("/manifest.webmanifest", "集市", "/"), ("/en/manifest.webmanifest", "Jishi", "/en/")],
)
def test_the_shop_can_be_installed(address: str, name: str, start: str) -> None:
    found = resolve(address)
    response = found.func(RequestFactory().get(address), **found.kwargs)
    described = json.loads(response.content)
    assert response["Content-Type"] == "application/manifest+json"
    assert (described["name"], described["start_url"], described["display"]) == (name, start, "standalone")
    assert all(shortcut["url"].startswith(start) for shortcut in described["shortcuts"])
    icons = {(icon["type"], icon["sizes"], icon["purpose"]) for icon in described["icons"]}
    # What Chromium asks for before it offers to install a shop, and what Android cuts to its own shape.
    assert {
        ("image/png", "192x192", "any"),
        ("image/png", "512x512", "any"),
        ("image/png", "512x512", "maskable"),
    } < icons
