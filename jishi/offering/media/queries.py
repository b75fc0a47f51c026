"""Pictures as pages show them. Addresses are made from a picture's key, so a list of products costs no
statement here.
"""

from collections.abc import Sequence
from typing import Any

from django.conf import settings

from jishi.kernel.db import rows
from jishi.kernel.ids import MediaId, MerchantId
from jishi.offering.media import rules
from jishi.offering.media.rules import StoredPicture
from jishi.offering.media.types import Image


def image(entry: dict[str, Any] | None, *, alt: str) -> Image | None:
    """Return the picture of a stored entry {key, width, height}, or None without one."""
    if entry is None:
        return None
    stored = StoredPicture(entry["key"], entry["width"], entry["height"])
    return rules.image(stored, alt, base_url=settings.MEDIA_URL)


def small_url(key: str) -> str:
    """Return the address of a picture's smallest variant."""
    return settings.MEDIA_URL + rules.variant_name(key, rules.SMALL_WIDTH, "webp")


def entries(merchant_id: MerchantId, media_ids: Sequence[MediaId]) -> dict[MediaId, dict[str, Any]]:
    """Return the entries {id, key, width, height} to store with a product; pictures of others are left out.
    """
    return {
        MediaId(media_id): {"id": str(media_id), "key": key, "width": width, "height": height}
        for media_id, key, width, height in rows(
            "SELECT id, key, width, height FROM media_asset WHERE merchant_id = %s AND id = ANY(%s::uuid[])",
            [merchant_id, list(media_ids)],
        )
    }
