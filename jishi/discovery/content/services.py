"""Changing what the home page shows."""

from typing import Any

from django.db import transaction

from jishi.discovery.content.models import BannerRow, ShelfRow
from jishi.discovery.content.queries import TAG
from jishi.discovery.content.types import ShelfKind
from jishi.kernel import cache, hot
from jishi.kernel.db import atomic
from jishi.kernel.ids import CategoryId
from jishi.kernel.words import Text


def set_banner(*, title: Text, subtitle: Text, picture: dict[str, Any] | None, link: str, sort: int) -> None:
    """Put a banner on the home page, or change the one that leads to the same page. `picture` is {key, width,
    height}.
    """
    with atomic():
        BannerRow.objects.update_or_create(
            link=link,
            defaults={
                "title_zh": title.zh,
                "title_en": title.en,
                "subtitle_zh": subtitle.zh,
                "subtitle_en": subtitle.en,
                "picture": picture,
                "sort": sort,
            },
        )
        forget_on_commit()


def set_shelf(
    *, code: str, title: Text, kind: ShelfKind, sort: int, category_id: CategoryId | None = None
) -> None:
    """Put a shelf on the home page, or change the one of that code."""
    with atomic():
        ShelfRow.objects.update_or_create(
            code=code,
            defaults={
                "title_zh": title.zh,
                "title_en": title.en,
                "kind": kind.value,
                "category_id": category_id,
                "sort": sort,
            },
        )
        forget_on_commit()


def forget_on_commit() -> None:
    """Drop the cached home page once the caller's transaction is committed."""
    transaction.on_commit(forget)


def forget() -> None:
    """Drop the cached home page: something that it may show has changed."""
    cache.purge(TAG)
    hot.forget(TAG)
