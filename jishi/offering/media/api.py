"""Pictures and films over HTTP, for merchants."""

from typing import Annotated

from django.http import HttpResponse
from ninja import File, Router
from ninja.files import UploadedFile
from pydantic import Field

from jishi.kernel import rate_limit
from jishi.kernel.errors import Invalid, NotAllowed, NotFound, TooLarge
from jishi.kernel.http import MerchantRequest, created, encoded, errors, merchant_staff
from jishi.kernel.pagination import Page
from jishi.offering.media import films, pixels, queries, services
from jishi.offering.media.types import Media

merchant_router = Router(tags=["media"])

_staff = merchant_staff("operator")


@merchant_router.post(
    "/media",
    auth=_staff,
    response={
        201: Media,
        **errors(NotAllowed, NotFound, TooLarge, pixels.PictureTypeNotAllowed, pixels.NotAPicture),
    },
    summary="Upload a picture",
)
def upload(request: MerchantRequest, file: Annotated[UploadedFile, File(...)]) -> HttpResponse:
    """Take in a JPEG, PNG, WebP, AVIF or GIF of at most 12 MB (multipart field `file`).

    It is decoded and encoded anew as AVIF and WebP in several widths; metadata such as the place where it was
    taken is dropped. Uploading the same picture again answers the one that is there.
    """
    if (file.size or 0) > pixels.BYTES_MAX:
        raise TooLarge(bytes_max=pixels.BYTES_MAX)
    return created(
        services.upload(
            merchant_id=request.merchant_id,
            data=file.read(),
            file_name=file.name or "",
            declared_type=file.content_type,
            staff_id=request.staff,
            now=request.now,
        )
    )


@merchant_router.post(
    "/films",
    auth=_staff,
    response={
        201: Media,
        **errors(
            NotAllowed,
            NotFound,
            TooLarge,
            films.FilmTypeNotAllowed,
            films.NotAFilm,
            films.FilmTypeMismatch,
            films.FilmCodecNotAllowed,
            films.FilmTooLong,
            films.FilmSizeNotAllowed,
        ),
    },
    summary="Upload a film",
)
def upload_film(request: MerchantRequest, file: Annotated[UploadedFile, File(...)]) -> HttpResponse:
    """Take in an MP4 (H.264, VP9, AV1) or WebM (VP8, VP9, AV1) of 30 MB and a minute at most: multipart field `file`.

    Picture and sound are copied into a fresh file, without the place where it was taken and whatever else was in
    it; `image` is its poster, out of the film. Name its id as `video_id` in a product.
    """
    if (file.size or 0) > films.BYTES_MAX:
        raise TooLarge(bytes_max=films.BYTES_MAX)
    rate_limit.take("film", str(request.staff), per_second=0.1, burst=20, now=request.now)
    return created(
        services.upload_film(
            merchant_id=request.merchant_id,
            data=file.read(),
            file_name=file.name or "",
            declared_type=file.content_type,
            staff_id=request.staff,
            now=request.now,
        )
    )


@merchant_router.get(
    "/media",
    auth=_staff,
    response={200: Page[Media], **errors(NotAllowed, NotFound, Invalid)},
    summary="My pictures",
)
def list_media(
    request: MerchantRequest,
    cursor: Annotated[str | None, Field(max_length=512)] = None,
    limit: Annotated[int, Field(ge=1, le=100)] = 40,
) -> HttpResponse:
    """The merchant's pictures, the latest first."""
    return encoded(queries.all_media(merchant_id=request.merchant_id, cursor=cursor, limit=limit))
