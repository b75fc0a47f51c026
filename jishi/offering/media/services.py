"""Taking in pictures. Files go through Django's storage, so that a bucket is a matter of settings."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from threading import BoundedSemaphore

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from jishi.kernel.db import rows
from jishi.kernel.ids import MediaId, MerchantId, UserId, new_id
from jishi.kernel.network import network
from jishi.offering.media import pixels, queries, rules
from jishi.offering.media.pixels import (
    BYTES_MAX,
    Encoded,
    NotAPicture,
    PictureTypeNotAllowed,
    encoded,
)
from jishi.offering.media.types import Media

__all__ = [
    "BYTES_MAX",
    "Encoded",
    "NotAPicture",
    "PictureTypeNotAllowed",
    "encoded",
    "keep",
    "keep_video",
    "upload",
]

# A decoded picture takes up to 100 MB; more of them at once would starve the other requests of this process.
_decoding = BoundedSemaphore(2)
FILE_NAME_MAX = 200


def upload(
    *,
    merchant_id: MerchantId | None,
    data: bytes,
    file_name: str,
    declared_type: str | None,
    staff_id: UserId | None,
    now: datetime,
) -> Media:
    """Take in a picture of a merchant (None: of a buyer, or the platform's): decode it, encode it anew in every
    size, keep files and record. The same one twice is one.

    Raises: TooLarge (413), TooManyPixels (413), PictureTypeNotAllowed (415), NotAPicture,
    PictureTypeMismatch, PictureTooSmall (422).
    """
    with _decoding:
        picture = pixels.decoded(data, declared_type)
        known = queries.media_of_content(merchant_id, pixels.content_hash(picture))
        if known:
            return queries.media(merchant_id, known)
        made = encoded(picture)
    return keep(
        merchant_id=merchant_id,
        made=made,
        file_name=file_name,
        staff_id=staff_id,
        now=now,
    )


def keep(
    *,
    merchant_id: MerchantId | None,
    made: Encoded,
    file_name: str,
    staff_id: UserId | None,
    now: datetime,
) -> Media:
    """Store the variants of clean pixels, and record them for a merchant (None: the platform itself)."""
    digest = made.content_hash.hex()
    key = f"{digest[:2]}/{digest[2:34]}"
    _store(key, made.variants)
    ((media_id,),) = rows(
        "INSERT INTO media_asset (id, merchant_id, kind, key, content_hash, perceptual_hash, width, height, "
        "byte_count, file_name, uploaded_by_id, uploaded_at) "
        "VALUES (%s, %s, 'image', %s, %s, %s, %s, %s, %s, %s, %s, %s) "
        # Two uploads of one picture at once: both find the first one's record.
        "ON CONFLICT (merchant_id, content_hash) DO UPDATE SET key = excluded.key RETURNING id",
        [
            new_id(),
            merchant_id,
            key,
            made.content_hash,
            made.perceptual_hash,
            made.width,
            made.height,
            sum(len(variant.data) for variant in made.variants),
            _name(file_name),
            staff_id,
            now,
        ],
    )
    return queries.media(merchant_id, MediaId(media_id))


def keep_video(
    *,
    merchant_id: MerchantId,
    data: bytes,
    size: tuple[int, int],
    file_name: str,
    staff_id: UserId | None,
    now: datetime,
) -> MediaId:
    """Store a film (MP4, made by ourselves: uploads are not taken) and record it for a merchant; `size` is its
    width and height in pixels. The same one twice is one.
    """
    digest = hashlib.sha256(data)
    key = f"{digest.hexdigest()[:2]}/{digest.hexdigest()[2:34]}"
    name = rules.video_name(key)
    with network():
        if not default_storage.exists(name):
            default_storage.save(name, ContentFile(data))
    ((media_id,),) = rows(
        "INSERT INTO media_asset (id, merchant_id, kind, key, content_hash, perceptual_hash, width, height, "
        "byte_count, file_name, uploaded_by_id, uploaded_at) "
        "VALUES (%s, %s, 'video', %s, %s, 0, %s, %s, %s, %s, %s, %s) "
        "ON CONFLICT (merchant_id, content_hash) DO UPDATE SET key = excluded.key RETURNING id",
        [new_id(), merchant_id, key, digest.digest(), *size, len(data), _name(file_name), staff_id, now],
    )
    return MediaId(media_id)


def _store(key: str, made: Sequence[pixels.Variant]) -> None:
    for variant in made:
        name = rules.variant_name(key, variant.width, variant.kind)
        with network():  # the storage may be a bucket
            if not default_storage.exists(name):
                default_storage.save(name, ContentFile(variant.data))


def _name(file_name: str) -> str:
    return "".join(one for one in file_name if one.isprintable() and not "\ud800" <= one <= "\udfff")[
        -FILE_NAME_MAX:
    ]
