"""Pictures as pages show them. Addresses are made from a picture's key, so a list of products costs no
statement here.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.conf import settings

from jishi.kernel.db import row, rows
from jishi.kernel.errors import NotFound
from jishi.kernel.ids import MediaId, MerchantId
from jishi.kernel.pagination import Page, decode, keyset_sql, page
from jishi.offering.media import rules
from jishi.offering.media.rules import StoredPicture
from jishi.offering.media.types import Image, Media, MediaKind, Video

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def image(entry: dict[str, Any] | None, *, alt: str) -> Image | None:
    """Return the picture of a stored entry {key, width, height}, or None without one, or for a film."""
    found = shown_image(entry, alt=alt)
    return Image(**found) if found else None


def shown_image(entry: dict[str, Any] | None, *, alt: str) -> dict[str, Any] | None:
    """Return `image` as plain values, for lists that are encoded at once."""
    if entry is None or is_video(entry):
        return None
    return rules.shown(entry["key"], entry["width"], entry["height"], alt, base_url=settings.MEDIA_URL)


def video(entry: dict[str, Any]) -> Video | None:
    """Return the film of a stored entry, or None for a picture."""
    if not is_video(entry):
        return None
    return rules.video(
        StoredPicture(entry["key"], entry["width"], entry["height"]),
        media_type=entry.get("type", rules.VIDEO_TYPE),
        has_poster=entry.get("has_poster", False),
        base_url=settings.MEDIA_URL,
    )


def is_video(entry: Mapping[str, Any]) -> bool:
    """Say whether a stored entry is of a film; entries of pictures name no kind."""
    return entry.get("kind") == MediaKind.VIDEO


def small_url(key: str) -> str:
    """Return the address of a picture's smallest variant."""
    return settings.MEDIA_URL + rules.variant_name(key, rules.SMALL_WIDTH, "webp")


def entries(merchant_id: MerchantId | None, media_ids: Sequence[MediaId]) -> dict[MediaId, dict[str, Any]]:
    """Return the entries {id, key, width, height} to store with a product, those of films with their kind, type
    and whether they have a poster; what is others' is left out.
    """
    return {
        MediaId(media_id): {"id": str(media_id), "key": key, "width": width, "height": height}
        | (
            {"kind": kind, "type": file_type or rules.VIDEO_TYPE, "has_poster": has_poster}
            if kind == MediaKind.VIDEO
            else {}
        )
        for media_id, key, width, height, kind, file_type, has_poster in rows(
            "SELECT id, key, width, height, kind, file_type, has_poster FROM media_asset "
            "WHERE merchant_id IS NOT DISTINCT FROM %s AND id = ANY(%s::uuid[])",
            [merchant_id, list(media_ids)],
        )
    }


def entry(media_id: MediaId) -> dict[str, Any] | None:
    """Return the entry {id, key, width, height} of a picture, whoever's it is; None without one."""
    found = row("SELECT key, width, height FROM media_asset WHERE id = %s AND kind = 'image'", [media_id])
    return {"id": str(media_id), "key": found[0], "width": found[1], "height": found[2]} if found else None


def media(merchant_id: MerchantId | None, media_id: MediaId) -> Media:
    """Return one of a merchant's pictures. Raises: NotFound."""
    found = entries(merchant_id, [media_id])
    if media_id not in found or is_video(found[media_id]):
        raise NotFound
    return _media(found[media_id])


def film(merchant_id: MerchantId, media_id: MediaId) -> Media:
    """Return one of a merchant's films that has a poster. Raises: NotFound."""
    found = entries(merchant_id, [media_id]).get(media_id)
    shown = video(found) if found else None
    if shown is None or shown.poster is None:
        raise NotFound
    return Media(id=media_id, kind=MediaKind.VIDEO, image=shown.poster, video=shown)


def media_of_content(merchant_id: MerchantId | None, content_hash: bytes) -> MediaId | None:
    """Return the merchant's picture (None: the platform's) with these very pixels, if there is one."""
    found = row(
        "SELECT id FROM media_asset WHERE merchant_id IS NOT DISTINCT FROM %s AND content_hash = %s",
        [merchant_id, content_hash],
    )
    return MediaId(found[0]) if found else None


def named(merchant_id: MerchantId, names: Sequence[str]) -> dict[str, MediaId]:
    """Return a merchant's pictures by the names of the files they were uploaded as (of one name the latest), or by
    their ids as text.
    """
    ids = [name for name in names if _ID.fullmatch(name)]
    return {
        name: MediaId(media_id)
        for name, media_id in rows(
            "(SELECT file_name, id FROM media_asset WHERE merchant_id = %s AND kind = 'image' "
            "AND file_name = ANY(%s::text[]) ORDER BY id) UNION ALL "
            "SELECT id::text, id FROM media_asset WHERE merchant_id = %s AND kind = 'image' AND id = ANY(%s::uuid[])",
            [merchant_id, list(names), merchant_id, ids],
        )
    }


def names_of(merchant_id: MerchantId, media_ids: Sequence[MediaId]) -> dict[MediaId, str]:
    """Return what `named` finds a merchant's pictures by: their files' names, or their ids where a later file has
    the name too, or there is none.
    """
    return {
        MediaId(media_id): file_name if is_latest and file_name else str(media_id)
        for media_id, file_name, is_latest in rows(
            "SELECT a.id, a.file_name, NOT EXISTS (SELECT FROM media_asset later "
            "WHERE later.merchant_id = a.merchant_id AND later.kind = 'image' "
            "AND later.file_name = a.file_name AND later.id > a.id) "
            "FROM media_asset a WHERE a.merchant_id = %s AND a.kind = 'image' AND a.id = ANY(%s::uuid[])",
            [merchant_id, list(media_ids)],
        )
    }


def all_media(*, merchant_id: MerchantId, cursor: str | None, limit: int) -> Page[Media]:
    """Return a page of a merchant's pictures, the latest first. Raises: Invalid."""
    condition, parameters = keyset_sql(value="id", row_id="id", cursor=decode(cursor, UUID))
    found = rows(
        "SELECT id, key, width, height FROM media_asset "
        f"WHERE merchant_id = %s AND kind = 'image' AND {condition} ORDER BY id DESC LIMIT %s",
        [merchant_id, *parameters, limit + 1],
    )
    shown = page(found, limit=limit, key=lambda one: (one[0], one[0]))
    names = ("id", "key", "width", "height")
    return Page(
        items=[_media(dict(zip(names, one, strict=True))) for one in shown.items],
        next_cursor=shown.next_cursor,
    )


def _media(entry: dict[str, Any]) -> Media:
    stored = StoredPicture(entry["key"], entry["width"], entry["height"])
    return Media(
        id=MediaId(UUID(str(entry["id"]))),
        kind=MediaKind.IMAGE,
        image=rules.image(stored, "", base_url=settings.MEDIA_URL),
    )
