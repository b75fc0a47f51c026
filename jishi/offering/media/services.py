"""Taking in pictures and films. Files go through Django's storage, so that a bucket is a matter of settings."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from threading import BoundedSemaphore

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from jishi.kernel.db import rows
from jishi.kernel.ids import MediaId, MerchantId, UserId, new_id
from jishi.kernel.network import network
from jishi.offering.media import films, pixels, queries, rules
from jishi.offering.media.films import Film
from jishi.offering.media.pixels import (
    BYTES_MAX,
    Encoded,
    NotAPicture,
    PictureTypeNotAllowed,
    encoded,
    is_picture,
)
from jishi.offering.media.rules import VIDEO_TYPE
from jishi.offering.media.types import Media

__all__ = [
    "BYTES_MAX",
    "VIDEO_TYPE",
    "Encoded",
    "Film",
    "NotAPicture",
    "PictureTypeNotAllowed",
    "encoded",
    "fingerprints",
    "is_picture",
    "keep",
    "keep_video",
    "upload",
    "upload_film",
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
    square_max: int | None = None,
    now: datetime,
) -> Media:
    """Take in a picture of a merchant (None: of a buyer, or the platform's): decode it, encode it anew in every
    size, keep files and record. The same one twice is one. With `square_max` only its middle is kept, as a
    square of so many pixels a side at most.

    Raises: TooLarge (413), TooManyPixels (413), PictureTypeNotAllowed (415), NotAPicture,
    PictureTypeMismatch, PictureTooSmall (422).
    """
    with _decoding:
        picture = pixels.decoded(data, declared_type)
        if square_max:
            picture = pixels.square(picture, square_max)
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


def fingerprints(*, data: bytes, declared_type: str | None) -> list[int]:
    """Return what pictures like this one are found by (`queries_alike.pictures_like`): the fingerprint of the whole
    and of what a border of one colour frames. Nothing is kept. Raises: what `upload` raises.
    """
    with _decoding:
        picture = pixels.decoded(data, declared_type)
        found = [pixels.perceptual_hash(one) for one in (picture, pixels.framed(picture))]
    return list(dict.fromkeys(found))


def upload_film(
    *,
    merchant_id: MerchantId,
    data: bytes,
    file_name: str,
    declared_type: str | None,
    staff_id: UserId | None,
    now: datetime,
) -> Media:
    """Take in a short film of a merchant: look into it, copy it into a fresh file, keep that and a poster.

    Raises: TooLarge (413), FilmTypeNotAllowed (415), NotAFilm, FilmTypeMismatch, FilmCodecNotAllowed,
    FilmTooLong, FilmSizeNotAllowed (422).
    """
    with _decoding:
        film = films.cleaned(data, declared_type)
    media_id = keep_video(merchant_id=merchant_id, film=film, file_name=file_name, staff_id=staff_id, now=now)
    return queries.film(merchant_id, media_id)


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
    film: Film,
    file_name: str,
    staff_id: UserId | None,
    now: datetime,
) -> MediaId:
    """Store a clean film and its poster, and record it for a merchant. The same one twice is one."""
    digest = hashlib.sha256(film.data)
    key = f"{digest.hexdigest()[:2]}/{digest.hexdigest()[2:34]}"
    _save(rules.video_name(key, film.media_type), film.data)
    if film.poster:
        _store(key, film.poster.variants)
    ((media_id,),) = rows(
        "INSERT INTO media_asset (id, merchant_id, kind, key, content_hash, perceptual_hash, width, height, "
        "byte_count, file_type, has_poster, file_name, uploaded_by_id, uploaded_at) "
        "VALUES (%s, %s, 'video', %s, %s, 0, %s, %s, %s, %s, %s, %s, %s, %s) "
        "ON CONFLICT (merchant_id, content_hash) DO UPDATE SET key = excluded.key RETURNING id",
        [
            new_id(),
            merchant_id,
            key,
            digest.digest(),
            film.width,
            film.height,
            len(film.data),
            film.media_type,
            film.poster is not None,
            _name(file_name),
            staff_id,
            now,
        ],
    )
    return MediaId(media_id)


def _store(key: str, made: Sequence[pixels.Variant]) -> None:
    for variant in made:
        _save(rules.variant_name(key, variant.width, variant.kind), variant.data)


def _save(name: str, data: bytes) -> None:
    with network():  # the storage may be a bucket
        if not default_storage.exists(name):
            default_storage.save(name, ContentFile(data))


def _name(file_name: str) -> str:
    return "".join(one for one in file_name if one.isprintable() and not "\ud800" <= one <= "\udfff")[
        -FILE_NAME_MAX:
    ]
