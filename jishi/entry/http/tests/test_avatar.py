"""One's own picture over HTTP: cut square, encoded anew, refused like any other upload."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from jishi.identity.accounts.tests.factories import make_buyer, session_token
from jishi.kernel.ids import UserId
from jishi.offering.media import pixels
from jishi.offering.media.tests.test_pixels import SVG, drawn, file_of

pytestmark = pytest.mark.django_db

PATH = "/api/v1/store/me/avatar"


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def upload(user: UserId | None, data: bytes, kind: str = "image/png") -> Any:
    headers = {"X-Session-Token": session_token(user)} if user else {}
    answer = Client().post(
        PATH, {"file": SimpleUploadedFile("ich.png", data, content_type=kind)}, headers=headers
    )
    return answer.status_code, json.loads(answer.content)


def me(user: UserId) -> dict[str, Any]:
    found: dict[str, Any] = (
        Client().get("/api/v1/store/me", headers={"X-Session-Token": session_token(user)}).json()
    )
    return found


def opened(address: str) -> Image.Image:
    return Image.open(io.BytesIO(default_storage.open(address.removeprefix(settings.MEDIA_URL)).read()))


def three_stripes() -> Image.Image:
    """Make a wide picture whose middle is green and whose sides are red and blue."""
    picture = Image.new("RGB", (1500, 500), "green")
    picture.paste("red", (0, 0, 500, 500))
    picture.paste("blue", (1000, 0, 1500, 500))
    return picture


def test_the_middle_of_a_picture_becomes_ones_own() -> None:
    buyer = make_buyer()
    status, answered = upload(buyer, file_of(three_stripes(), "PNG"))
    assert (status, answered["avatar"]) == (201, me(buyer)["avatar"])
    shown = opened(answered["avatar"])
    assert (shown.format, shown.size) == ("WEBP", (480, 480))
    for place in ((2, 2), (477, 477), (2, 477)):
        colour = shown.convert("RGB").getpixel(place)
        assert isinstance(colour, tuple)
        assert colour[1] > max(colour[0], colour[2]) + 60
    assert opened(answered["avatar"].replace("/480.", "/240.")).size == (240, 240)


def test_nothing_of_the_upload_itself_is_kept() -> None:
    picture, exif = drawn(600, 600), Image.Exif()
    exif[0x010E] = "taken at home"
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", exif=exif)
    _, answered = upload(make_buyer(), buffer.getvalue(), "image/jpeg")
    assert dict(opened(answered["avatar"]).getexif()) == {}


@pytest.mark.parametrize(
    ("data", "kind", "status", "code"),
    [
        (SVG, "image/svg+xml", 415, "picture_type_not_allowed"),
        (b"no picture", "image/png", 422, "not_a_picture"),
        (file_of(drawn(), "PNG"), "image/jpeg", 422, "picture_type_mismatch"),
        (file_of(drawn(200, 800), "PNG"), "image/png", 422, "picture_too_small"),
        (b"\xff\xd8" + b"\0" * pixels.BYTES_MAX, "image/jpeg", 413, "too_large"),
    ],
)
def test_what_no_upload_may_be_is_refused_and_the_old_picture_stays(
    data: bytes, kind: str, status: int, code: str
) -> None:
    buyer = make_buyer()
    _, before = upload(buyer, file_of(drawn(), "PNG"))
    refused, problem = upload(buyer, data, kind)
    assert (refused, problem["code"]) == (status, code)
    assert me(buyer)["avatar"] == before["avatar"]


def test_it_is_taken_away_again_and_once_more() -> None:
    buyer = make_buyer()
    upload(buyer, file_of(drawn(), "PNG"))
    for _ in range(2):
        answer = Client().delete(PATH, headers={"X-Session-Token": session_token(buyer)})
        assert (answer.status_code, me(buyer)["avatar"]) == (204, None)


def test_a_stranger_has_none() -> None:
    assert upload(None, file_of(drawn(), "PNG"))[0] == 401


def test_uploads_have_a_pace() -> None:
    buyer = make_buyer()
    picture = file_of(drawn(), "PNG")
    statuses = [upload(buyer, picture)[0] for _ in range(11)]
    assert statuses == [201] * 10 + [429]
