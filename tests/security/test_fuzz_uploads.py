"""Whatever is uploaded as a picture, film or table: it is taken in clean, or refused in words, and nothing else."""

import io
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import strategies as st
from PIL import Image as Pillow
from pytest_django import Settings
from xlsxwriter import Workbook

from jishi.identity.accounts.tests.factories import session_token
from jishi.kernel.db import rows
from jishi.kernel.errors import ShopError
from jishi.offering.imports import reading, rules
from jishi.offering.imports.types import ColumnWish
from jishi.offering.media import films, pixels
from jishi.offering.media.rules import WIDTHS
from jishi.offering.media.tests.film_files import film_of
from jishi.offering.media.tests.test_pixels import drawn, file_of
from tests.security.hostile import EXAMPLES, Figures, attack, spoilt, texts
from tests.security.world import Victim

KINDS = ("JPEG", "PNG", "WEBP", "AVIF", "GIF")


def pictures() -> list[bytes]:
    """Return one small picture of each kind, and those that hold more than pixels."""
    plain = [file_of(drawn(480, 360), kind) for kind in KINDS]
    frames = [drawn(360, 360, spot=(place, 20)) for place in (10, 20, 30)]
    moving = [
        file_of(frames[0], kind, save_all=True, append_images=frames[1:]) for kind in ("GIF", "WEBP", "PNG")
    ]
    exif = Pillow.Exif()
    exif[0x0112], exif[0x010E] = 6, "x" * 200
    turned = file_of(drawn(480, 360), "JPEG", exif=exif, icc_profile=b"\0" * 200)
    return [*plain, *moving, turned, file_of(drawn(480, 360, mode="L").convert("I;16"), "PNG")]


@EXAMPLES
def test_pictures(examples: int, figures: Figures) -> None:
    genuine = pictures()
    assert all(pixels.decoded(data, None) for data in genuine)

    def suffer(said: tuple[bytes, str | None]) -> None:
        try:
            picture = pixels.decoded(*said)
        except ShopError as refused:
            told(refused)
        else:
            assert picture.width <= WIDTHS[-1] and picture.mode in ("RGB", "RGBA")
            assert "exif" not in picture.info and "icc_profile" not in picture.info

    types = st.one_of(st.none(), st.sampled_from(sorted(pixels.FORMATS.values())), texts)
    attack("pictures", st.tuples(spoilt(genuine), types), examples, figures, suffer)


def told(refused: ShopError) -> None:
    """Check that a refusal says in both languages what is wrong."""
    assert refused.status in (413, 415, 422)
    assert refused.detail("zh") and refused.detail("en")


@EXAMPLES
def test_films(examples: int, figures: Figures) -> None:
    genuine = [
        film_of("mp4", "libx264", size=(320, 240), sound="aac"),
        film_of("webm", "libvpx", size=(320, 240)),
    ]
    assert all(films.cleaned(data, None) for data in genuine)

    def suffer(data: bytes) -> None:
        try:
            films.cleaned(data, None)
        except ShopError as refused:
            told(refused)

    attack("films", spoilt(genuine), examples, figures, suffer)


@EXAMPLES
def test_tables_of_products(examples: int, figures: Figures) -> None:
    """CSV and workbooks: rows of text within the limits, each as wide as the first, or a refusal in words."""
    file = io.BytesIO()
    with Workbook(file) as book:
        sheet = book.add_worksheet()
        for row in range(4):
            sheet.write_row(row, 0, ["商家编码", f"C-{row}", 12.5 * row, True])
    text = '标题,商家编码,售价\r\n杯子,C-1,9.90\r\n"大,杯",C-2,19.90\r\n'
    genuine = [file.getvalue(), text.encode(), text.encode("gb18030")]
    assert all(reading.sheet_of(data) for data in genuine)

    def suffer(data: bytes) -> None:
        try:
            found = reading.sheet_of(data)
        except ShopError as refused:
            told(refused)
        else:
            assert found.heads and found.rows and len(found.rows) == len(found.lines)
            assert all(len(row) == len(found.heads) for row in found.rows)
            rules.groups_of(found, rules.layout_of(found.heads, [ColumnWish(position=0, target="code")], {}))

    attack("tables of products", spoilt(genuine), examples, figures, suffer)


@pytest.fixture
def media_folder(tmp_path: Path, settings: Settings) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.BUYER_RATE = {"per_second": 1e6, "burst": 10**6}
    return tmp_path


@pytest.mark.django_db
@EXAMPLES
def test_avatars_and_names_of_files(
    victim: Victim, media_folder: Path, examples: int, figures: Figures
) -> None:
    """Over HTTP, under any name: no file leaves the folder of the pictures, and a refusal changes nothing."""
    client = Client(raise_request_exception=False)
    headers = {"X-Session-Token": session_token(victim.buyer)}
    genuine = [file_of(drawn(400, 400), "PNG"), file_of(drawn(400, 400), "JPEG")]
    mine = "SELECT avatar FROM accounts_user WHERE id = %s"

    def suffer(said: tuple[bytes, str]) -> None:
        data, name = said
        before = rows(mine, [victim.buyer])
        file = SimpleUploadedFile("x", data, content_type="image/png")
        file._name = name.encode("utf-8", "replace").decode() or "x"  # type: ignore[attr-defined]  # as a browser may
        answer = client.post("/api/v1/store/me/avatar", {"file": file}, headers=headers)
        assert answer.status_code in (200, 413, 415, 422, 429), answer.content
        assert answer.status_code == 200 or rows(mine, [victim.buyer]) == before

    attack("avatars over HTTP", st.tuples(spoilt(genuine), texts), examples, figures, suffer)
    assert {path.name for path in media_folder.iterdir()} <= {"media"}


def test_a_picture_that_unpacks_to_gigabytes_is_refused_before_it_does() -> None:
    """Some hundred kilobytes of PNG that would be ten thousand by ten thousand pixels."""
    flat = io.BytesIO()
    Pillow.new("1", (10_000, 10_000)).save(flat, "PNG")
    assert len(flat.getvalue()) < 200_000
    with pytest.raises(pixels.TooManyPixels):
        pixels.decoded(flat.getvalue(), "image/png")
