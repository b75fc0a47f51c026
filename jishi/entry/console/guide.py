"""The help of the back office: of the operator's guide, what concerns the roles of whoever reads.

The front end's build compiles the guide; here it is only read.
"""

from functools import cache
from pathlib import Path
from typing import Any, cast

import msgspec
from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.safestring import SafeString

from jishi.entry.console.roles import ADMINISTRATOR, EVERYBODY, OPERATIONS, may
from jishi.entry.console.words import both, language

SYSTEM = "system"
TITLE = both("使用帮助", "Help")
UNBUILT = both("前端尚未构建,帮助暂时无法显示。", "The front end has not been built, and the help with it.")


class Section(msgspec.Struct, frozen=True):
    """One section of the guide; `html` comes from our own build."""

    id: str
    title: str
    html: str

    @property
    def body(self) -> SafeString:
        """The compiled text."""
        return SafeString(self.html)


class Guide(msgspec.Struct, frozen=True):
    """The operator's page of the guide."""

    title: str
    intro: str
    sections: list[Section]


def page(request: HttpRequest) -> HttpResponse:
    """Show the sections for everybody and those of the reader's roles."""
    found = _read(_file(language()))
    context = {
        **cast(Any, admin.site).each_context(request),
        "title": TITLE,
        "intro": found.intro if found else UNBUILT,
        "sections": [one for one in found.sections if _concerns(request, one.id)] if found else [],
    }
    return TemplateResponse(request, "console/guide.html", context)


def _concerns(request: HttpRequest, section: str) -> bool:
    if section == SYSTEM:
        return may(request, OPERATIONS)
    if section == ADMINISTRATOR or section in EVERYBODY:
        return may(request, section)
    return True


def _file(locale: str) -> Path | None:
    name = Path("storefront") / "guide" / f"operator.{locale}.json"
    folders = (settings.STATIC_ROOT, settings.BASE_DIR / "web" / "dist")
    return next((file for folder in folders if (file := Path(folder) / name).is_file()), None)


@cache
def _read(file: Path | None) -> Guide | None:
    return msgspec.json.decode(file.read_bytes(), type=Guide) if file else None
