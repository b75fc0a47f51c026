"""Taking in pictures. Files go through Django's storage, so that a bucket is a matter of settings."""

from collections.abc import Sequence
from datetime import datetime
from threading import BoundedSemaphore

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL.Image import Image as Pillow

from jishi.kernel.db import rows
from jishi.kernel.ids import MediaId, MerchantId, UserId, new_id
from jishi.kernel.network import network
from jishi.offering.media import pixels, queries, rules
from jishi.offering.media.types import Media

# A decoded picture takes up to 100 MB; more of them at once would starve the other requests of this process.
_decoding = BoundedSemaphore(2)
FILE_NAME_MAX = 200


def upload(
    *,
    merchant_id: MerchantId,
    data: bytes,
    file_name: str,
    declared_type: str | None,
    staff_id: UserId | None,
    now: datetime,
) -> Media:
    """Take in a picture: decode it, encode it anew in every size, keep files and record. The same one twice
    is one.

    Raises: TooLarge (413), TooManyPixels (413), PictureTypeNotAllowed (415), NotAPicture,
    PictureTypeMismatch, PictureTooSmall (422).
    """
    with _decoding:
        picture = pixels.decoded(data, declared_type)
        known = queries.media_of_content(merchant_id, pixels.content_hash(picture))
        made = [] if known else pixels.variants(picture)
    if known:
        return queries.media(merchant_id, known)
    return keep(
        merchant_id=merchant_id,
        picture=picture,
        made=made,
        file_name=file_name,
        staff_id=staff_id,
        now=now,
    )


def keep(
    *,
    merchant_id: MerchantId | None,
    picture: Pillow,
    made: Sequence[pixels.Variant],
    file_name: str,
    staff_id: UserId | None,
    now: datetime,
) -> Media:
    """Store the variants of clean pixels, and record them for a merchant (None: the platform itself)."""
    digest = pixels.content_hash(picture)
    key = f"{digest.hex()[:2]}/{digest.hex()[2:34]}"
    _store(key, made)
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
            digest,
            pixels.perceptual_hash(picture),
            picture.width,
            picture.height,
            sum(len(variant.data) for variant in made),
            _name(file_name),
            staff_id,
            now,
        ],
    )
    return queries.media(merchant_id, MediaId(media_id))


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
