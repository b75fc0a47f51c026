"""The back office as a whole: its names and its language."""

from typing import Any, cast

from django.apps import apps
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from jishi.entry.console import guide
from jishi.entry.console.base import Desk
from jishi.entry.console.words import both

LANGUAGE_COOKIE = "jishi_language"  # the merchant centre's too
LANGUAGE_SECONDS = 365 * 24 * 3600
AREAS = {
    "kernel": both("系统", "System"),
    "identity": both("商家与用户", "Merchants and people"),
    "offering": both("商品目录", "Catalogue"),
    "money": both("资金", "Money"),
    "trade": both("交易", "Trade"),
    "discovery": both("发现", "Discovery"),
}


def title(request: HttpRequest) -> str:
    """Return what the browser's tab says."""
    return str(both("Jishi 集市 平台后台", "Jishi back office"))


def header(request: HttpRequest) -> str:
    """Return the name above the sidebar."""
    return str(both("Jishi 集市", "Jishi 集市"))


def subheader(request: HttpRequest) -> str:
    """Return what stands below the name."""
    return str(both("平台后台", "Back office"))


def language_address(request: HttpRequest) -> str:
    """Return where the choice of a language is sent."""
    return reverse("admin:console_language")


@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Remember the language and go back to where it was chosen."""
    came_from = request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(
        came_from, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    response = redirect(came_from if is_ours else reverse("admin:index"))
    chosen = "en" if request.POST.get("language", "").startswith("en") else "zh"
    response.set_cookie(
        LANGUAGE_COOKIE, chosen, max_age=LANGUAGE_SECONDS, samesite="Lax", secure=request.is_secure()
    )
    return response


def _extra_urls() -> list[Any]:
    return [
        path("language/", choose_language, name="console_language"),
        path("help/", cast(Any, admin.site).admin_view(guide.page), name="console_help"),
    ]


def furnish() -> None:
    """Set the back office up, once all desks are registered.

    What libraries register by themselves goes: it would show e-mail addresses in clear and write rows past the
    services.
    """
    site = cast(Any, admin.site)
    site.unregister([model for model, desk in site._registry.items() if not isinstance(desk, Desk)])
    site.index_template = "console/home.html"
    site.login_template = "console/sign_in.html"
    site.enable_nav_sidebar = True
    site.extra_urls = _extra_urls
    for label, name in AREAS.items():
        apps.get_app_config(label).verbose_name = name
