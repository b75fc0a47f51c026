"""Uploading over HTTP: files through the storage, records by merchant."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from jishi.identity.accounts.tests.factories import make_buyer, session_token
from jishi.identity.merchants.tests.factories import make_merchant
from jishi.kernel.ids import UserId
from jishi.offering.media import pixels
from jishi.offering.media.tests.test_pixels import SVG, drawn, file_of

pytestmark = pytest.mark.django_db

PATH = "/api/v1/merchant/media"


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def boss() -> UserId:
    user = make_buyer()
    make_merchant(owner=user)
    return user


def upload(user: UserId, data: bytes, kind: str = "image/png", name: str = "杯子.png") -> Any:
    answer = Client().post(
        PATH,
        {"file": SimpleUploadedFile(name, data, content_type=kind)},
        headers={"X-Session-Token": session_token(user)},
    )
    return answer.status_code, json.loads(answer.content)


def test_an_upload_becomes_files_in_every_size(boss: UserId) -> None:
    status, made = upload(boss, file_of(drawn(700, 500), "PNG"))
    assert (status, made["kind"], made["image"]["width"], made["image"]["height"]) == (201, "image", 700, 500)
    addresses = [
        part.split(" ")[0]
        for kind in ("srcset_webp", "srcset_avif")
        for part in made["image"][kind].split(", ")
    ]
    assert len(addresses) == 6
    for address in addresses:
        assert default_storage.size(address.removeprefix(settings.MEDIA_URL)) > 100
    listed = Client().get(PATH, headers={"X-Session-Token": session_token(boss)}).json()
    assert [one["id"] for one in listed["items"]] == [made["id"]]


def test_the_same_picture_twice_is_one(boss: UserId) -> None:
    picture = file_of(drawn(), "PNG")
    assert upload(boss, picture)[1]["id"] == upload(boss, picture, name="again.png")[1]["id"]
    neighbour = make_buyer()
    make_merchant(owner=neighbour)
    assert upload(neighbour, picture)[1]["id"] != upload(boss, picture)[1]["id"]


@pytest.mark.parametrize(
    ("data", "kind", "status", "code"),
    [
        (SVG, "image/svg+xml", 415, "picture_type_not_allowed"),
        (b"no picture", "image/png", 422, "not_a_picture"),
        (file_of(drawn(), "PNG"), "image/jpeg", 422, "picture_type_mismatch"),
        (b"\xff\xd8" + b"\0" * pixels.BYTES_MAX, "image/jpeg", 413, "too_large"),
    ],
)
def test_a_refusal_says_why(boss: UserId, data: bytes, kind: str, status: int, code: str) -> None:
    got, problem = upload(boss, data, kind)
    assert (got, problem["code"]) == (status, code)
    assert not any(Path(settings.MEDIA_ROOT).rglob("*.webp"))


def test_a_file_is_needed(boss: UserId) -> None:
    answer = Client().post(PATH, {}, headers={"X-Session-Token": session_token(boss)})
    assert (answer.status_code, answer.json()["field"]) == (422, "file")


def test_a_strange_file_name_does_no_harm(boss: UserId) -> None:
    status, _ = upload(boss, file_of(drawn(), "PNG"), name="../../etc/\u202egnp.exe" + "x" * 300 + ".png")
    assert status == 201
