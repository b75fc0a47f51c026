"""One's own picture over HTTP."""

from typing import Annotated

from django.http import HttpResponse
from ninja import File, Router
from ninja.files import UploadedFile

from jishi.flows.change_avatar import change_avatar, remove_avatar
from jishi.identity.accounts.types import Me
from jishi.kernel import rate_limit
from jishi.kernel.errors import SignInNeeded, TooLarge
from jishi.kernel.http import BuyerRequest, buyer, created, errors, no_content
from jishi.offering.media import services as media
from jishi.offering.media.services import NotAPicture, PictureTypeNotAllowed

store_router = Router(tags=["account"])


@store_router.post(
    "/me/avatar",
    response={201: Me, **errors(SignInNeeded, TooLarge, PictureTypeNotAllowed, NotAPicture)},
    auth=buyer,
    summary="Upload my picture",
)
def upload_avatar(request: BuyerRequest, file: Annotated[UploadedFile, File(...)]) -> HttpResponse:
    """Take in a picture as merchants' pictures are (multipart field `file`), cut to the square in its middle."""
    rate_limit.take("avatar", str(request.buyer), per_second=0.05, burst=10, now=request.now)
    return created(
        change_avatar(
            buyer=request.buyer,
            data=file.read(media.BYTES_MAX + 1),
            declared_type=file.content_type,
            now=request.now,
        )
    )


@store_router.delete(
    "/me/avatar", response={204: None, **errors(SignInNeeded)}, auth=buyer, summary="Remove my picture"
)
def delete_avatar(request: BuyerRequest) -> HttpResponse:
    """Without one there is nothing to remove, and that is no mistake."""
    remove_avatar(buyer=request.buyer)
    return no_content()
