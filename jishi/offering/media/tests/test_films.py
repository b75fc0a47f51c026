"""Uploading films over HTTP: what is taken and how it comes out, and what is refused and why."""

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import av
import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from jishi.identity.accounts.tests.factories import make_buyer, session_token
from jishi.identity.merchants.tests.factories import make_merchant, make_staff
from jishi.identity.merchants.types import StaffRole
from jishi.kernel.ids import MerchantId, ProductId, UserId
from jishi.offering.catalog import services as catalog
from jishi.offering.catalog.tests.factories import NOW, make_product
from jishi.offering.media import films
from jishi.offering.media.tests.film_files import film_of, tracks_of
from jishi.offering.media.tests.test_pixels import drawn, file_of

pytestmark = pytest.mark.django_db

BASE = "/api/v1/merchant"


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def boss() -> UserId:
    return make_buyer()


@pytest.fixture
def shop(boss: UserId) -> MerchantId:
    return make_merchant(owner=boss)


def upload(user: UserId, data: bytes, kind: str = "video/mp4", name: str = "茶壶.mp4") -> Any:
    answer = Client().post(
        f"{BASE}/films",
        {"file": SimpleUploadedFile(name, data, content_type=kind)},
        headers={"X-Session-Token": session_token(user)},
    )
    return answer.status_code, json.loads(answer.content)


def stored(address: str) -> bytes:
    with default_storage.open(address.removeprefix(settings.MEDIA_URL)) as file:
        data: bytes = file.read()
    return data


@pytest.mark.parametrize(
    ("data", "kind", "ending", "tracks"),
    [
        (film_of(sound="aac"), "video/mp4", "mp4", ["h264", "aac"]),
        (film_of("webm", "libvpx", sound="libopus"), "video/webm", "webm", ["vp8", "opus"]),
        (film_of("webm", "libvpx-vp9"), "video/webm", "webm", ["vp9"]),
    ],
)
def test_a_film_is_kept_with_its_poster(
    boss: UserId, shop: MerchantId, data: bytes, kind: str, ending: str, tracks: list[str]
) -> None:
    status, made = upload(boss, data, kind)
    assert (status, made["kind"]) == (201, "video")
    film = made["video"]
    assert (film["type"], film["width"], film["height"]) == (kind, 320, 240)
    assert film["src"].endswith(f".{ending}")
    assert tracks_of(stored(film["src"])) == tracks
    assert made["image"] == film["poster"]
    assert len(stored(made["image"]["src"])) > 100
    for part in (made["image"]["srcset_webp"] + ", " + made["image"]["srcset_avif"]).split(", "):
        assert default_storage.exists(part.split(" ")[0].removeprefix(settings.MEDIA_URL))


def test_where_a_film_was_taken_stays_behind(boss: UserId, shop: MerchantId) -> None:
    where = "+30.2741+120.1551/"
    data = film_of(metadata={"title": where, "comment": where, "location": where}) + b"<script>"
    assert where.encode() in data
    kept = stored(upload(boss, data)[1]["video"]["src"])
    assert where.encode() not in kept
    assert b"<script>" not in kept


def test_a_film_plays_while_it_arrives(boss: UserId, shop: MerchantId) -> None:
    kept = stored(upload(boss, film_of())[1]["video"]["src"])
    assert kept.index(b"moov") < kept.index(b"mdat")


def test_the_poster_is_not_the_black_that_a_film_begins_with(boss: UserId, shop: MerchantId) -> None:
    address = upload(boss, film_of(seconds=4))[1]["image"]["src"]
    with Image.open(BytesIO(stored(address))) as poster:
        red, green, blue = poster.convert("RGB").getpixel((160, 120))  # type: ignore[misc]
    assert green > 30 > max(red, blue)


def test_the_same_film_twice_is_one(boss: UserId, shop: MerchantId) -> None:
    data = film_of()
    assert upload(boss, data)[1]["id"] == upload(boss, data, name="again.mp4")[1]["id"]


def test_a_film_held_upright_keeps_standing(boss: UserId, shop: MerchantId) -> None:
    """A phone writes its pictures lying and says how they are to be turned."""
    source = av.open(BytesIO(film_of(size=(480, 320))), "r")
    buffer = BytesIO()
    with av.open(buffer, "w", format="mp4") as target:
        copy = target.add_stream_from_template(source.streams.video[0])
        copy.set_display_rotation(90)
        for packet in source.demux(source.streams.video[0]):
            if packet.dts is not None:
                packet.stream = copy
                target.mux(packet)
    film = upload(boss, buffer.getvalue())[1]["video"]
    assert (film["width"], film["height"]) == (320, 480)
    assert (film["poster"]["width"], film["poster"]["height"]) == (320, 480)
    with av.open(BytesIO(stored(film["src"])), "r") as kept:
        assert next(kept.decode(video=0)).rotation % 180 == 90


@pytest.mark.parametrize(
    ("data", "kind", "status", "code"),
    [
        (file_of(drawn(), "PNG"), "video/mp4", 415, "film_type_not_allowed"),
        (file_of(drawn(), "AVIF"), "video/mp4", 415, "film_type_not_allowed"),
        (b"<!doctype html><script>alert(1)</script>", "video/mp4", 415, "film_type_not_allowed"),
        (film_of("mov"), "video/mp4", 415, "film_type_not_allowed"),
        (film_of("matroska"), "video/webm", 415, "film_type_not_allowed"),
        (b"", "video/mp4", 415, "film_type_not_allowed"),
        (film_of(), "video/webm", 422, "film_type_mismatch"),
        (film_of()[:200], "video/mp4", 422, "not_a_film"),
        (b"\0\0\0\x18ftypisom<html>" + b"x" * 999, "video/mp4", 422, "not_a_film"),
        (b"\x1a\x45\xdf\xa3\x84webm" + b"\xff" * 999, "video/webm", 422, "not_a_film"),
        (film_of(codec=None, sound="aac"), "video/mp4", 422, "not_a_film"),
        (film_of(codec="mpeg4"), "video/mp4", 422, "film_codec_not_allowed"),
        (film_of(size=(160, 240)), "video/mp4", 422, "film_size_not_allowed"),
        (film_of(seconds=films.SECONDS_MAX + 5), "video/mp4", 422, "film_too_long"),
        (film_of() + b"\0" * films.BYTES_MAX, "video/mp4", 413, "too_large"),
    ],
)
def test_a_refusal_says_why(
    boss: UserId, shop: MerchantId, data: bytes, kind: str, status: int, code: str
) -> None:
    got, problem = upload(boss, data, kind)
    assert (got, problem["code"]) == (status, code)
    assert problem["detail"]
    assert not [one for one in Path(settings.MEDIA_ROOT).rglob("*") if one.is_file()]


def test_only_who_writes_products_uploads(shop: MerchantId) -> None:
    assert upload(make_staff(shop, role=StaffRole.WAREHOUSE), film_of())[0] == 403


def write_film(user: UserId, product_id: ProductId, film_id: str) -> Any:
    headers = {"X-Session-Token": session_token(user)}
    read = Client().get(f"{BASE}/products/{product_id}", headers=headers).json()
    body = {"wish": read["wish"] | {"video_id": film_id}, "version": read["version"]}
    return Client().put(
        f"{BASE}/products/{product_id}", json.dumps(body), content_type="application/json", headers=headers
    )


def test_a_product_shows_its_film(boss: UserId, shop: MerchantId) -> None:
    made = upload(boss, film_of())[1]
    product = make_product(merchant_id=shop)
    saved = write_film(boss, product.id, made["id"])
    assert (saved.status_code, saved.json()["video"]) == (200, made["video"])
    headers = {"X-Session-Token": session_token(boss)}
    Client().post(f"{BASE}/products/{product.id}/submit", headers=headers)
    catalog.approve(product_id=product.id, reviewer_id=None, now=NOW)
    shown = Client().get(f"/api/v1/store/products/{product.id}").json()
    assert shown["video"] == made["video"]


def test_the_film_of_another_merchant_is_not_there(boss: UserId, shop: MerchantId) -> None:
    neighbour = make_buyer()
    make_merchant(owner=neighbour)
    theirs = upload(neighbour, film_of())[1]["id"]
    assert write_film(boss, make_product(merchant_id=shop).id, theirs).status_code == 422
