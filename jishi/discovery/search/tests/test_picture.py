"""A picture is found again, scaled, framed or compressed; another picture is not."""

import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image, ImageDraw

from jishi.identity.merchants.tests.factories import make_merchant
from jishi.kernel.ids import MerchantId, ProductId
from jishi.offering.catalog.models import Product
from jishi.offering.catalog.tests.factories import make_product
from jishi.offering.media import services as media
from jishi.offering.media.queries import entries

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
ADDRESS = "/api/v1/store/picture-searches"


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def drawn(seed: int, size: int = 900) -> Image.Image:
    """A picture of patches whose greys follow from the seed."""
    picture = Image.new("RGB", (size, size), "white")
    pen, side = ImageDraw.Draw(picture), size // 6
    for at in range(36):
        grey = (seed * 7_919 + at * at * 104_729 + at * 1_299_709) % 251
        left, top = at % 6 * side, at // 6 * side
        pen.rectangle((left, top, left + side, top + side), fill=(grey, 255 - grey, grey // 2))
    return picture


def as_file(picture: Image.Image, kind: str = "JPEG", **options: int) -> SimpleUploadedFile:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return SimpleUploadedFile(f"a.{kind.lower()}", buffer.getvalue(), content_type=f"image/{kind.lower()}")


def shown_by_a_product(picture: Image.Image, merchant_id: MerchantId) -> ProductId:
    kept = media.upload(
        merchant_id=merchant_id, data=as_file(picture, "PNG").read(), file_name="a.png",
        declared_type="image/png", staff_id=None, now=NOW,
    )  # fmt: skip
    made = make_product(merchant_id=merchant_id)
    stored = [entries(merchant_id, [kept.id])[kept.id]]
    Product.objects.across_merchants().filter(id=made.id).update(media=stored)
    return made.id


def found(client: Client, file: SimpleUploadedFile) -> list[tuple[str, bool]]:
    answer = client.post(ADDRESS, {"file": file})
    assert answer.status_code == 200, answer.content
    return [(one["product"]["id"], one["is_same"]) for one in answer.json()["items"]]


def framed(picture: Image.Image) -> Image.Image:
    """The picture within the black border of a screenshot."""
    shown = Image.new("RGB", (picture.width + 120, picture.height + 700), "black")
    shown.paste(picture, (60, 300))
    return shown


def test_a_picture_is_found_scaled_compressed_and_framed() -> None:
    merchant_id = make_merchant()
    wanted, other = drawn(1), drawn(2)
    product_id = shown_by_a_product(wanted, merchant_id)
    shown_by_a_product(other, make_merchant())
    client = Client()

    for asked in (wanted, wanted.resize((300, 300)), framed(wanted)):
        assert found(client, as_file(asked, quality=40)) == [(str(product_id), True)]
    assert found(client, as_file(drawn(3))) == []


def test_all_who_show_it_are_found_but_nobody_who_is_gone() -> None:
    picture = drawn(4)
    shown = {str(shown_by_a_product(picture, make_merchant())) for _ in range(2)}
    gone = shown_by_a_product(picture, make_merchant())
    Product.objects.across_merchants().filter(id=gone).update(status="off_shelf")

    assert {one for one, _ in found(Client(), as_file(picture))} == shown


@pytest.mark.parametrize(
    ("file", "status"),
    [
        (SimpleUploadedFile("a.jpg", b"no picture", content_type="image/jpeg"), 422),
        (
            SimpleUploadedFile(
                "a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", content_type="image/svg+xml"
            ),
            415,
        ),
        (SimpleUploadedFile("a.jpg", b"\xff\xd8" + bytes(12_000_001), content_type="image/jpeg"), 413),
    ],
)
def test_what_is_no_picture_is_refused_in_words(file: SimpleUploadedFile, status: int) -> None:
    assert Client().post(ADDRESS, {"file": file}).status_code == status
