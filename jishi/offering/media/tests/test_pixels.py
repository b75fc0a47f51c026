"""What is taken as a picture, what is refused, and what is left of it."""

import contextlib
import io
import random
import struct
import subprocess
import sys
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as Pillow
from PIL import ImageDraw

from jishi.kernel.errors import ShopError, TooLarge
from jishi.offering.media import pixels
from jishi.offering.media.pixels import (
    NotAPicture,
    PictureTooSmall,
    PictureTypeMismatch,
    PictureTypeNotAllowed,
    TooManyPixels,
)
from jishi.offering.media.rules import SMALL_WIDTH, WIDTHS, widths_of

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def drawn(
    width: int = 400, height: int = 300, *, mode: str = "RGB", spot: tuple[int, int] = (40, 40)
) -> Pillow.Image:
    picture = Pillow.new(mode, (width, height), "white")
    ImageDraw.Draw(picture).ellipse((*spot, spot[0] + 120, spot[1] + 120), fill="red")
    return picture


def photograph(seed: int) -> Pillow.Image:
    """Return something with light and shade everywhere, as in a photograph."""
    chance = random.Random(seed)
    small = Pillow.new("L", (6, 6))
    small.putdata([chance.randrange(256) for _ in range(36)])
    return small.resize((800, 800), Pillow.Resampling.BICUBIC).convert("RGB")


def file_of(picture: Pillow.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def png_that_claims(width: int, height: int) -> bytes:
    """Return a small file that would unfold into width × height pixels."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0" * 1_000)) + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "GIF"])
def test_takes_the_kinds_of_pictures_people_have(kind: str) -> None:
    picture = pixels.decoded(file_of(drawn(), kind), pixels.FORMATS[kind])
    assert (picture.size, picture.mode) == ((400, 300), "RGB")


@pytest.mark.parametrize(
    ("data", "declared", "refusal"),
    [
        (b"", "image/png", NotAPicture),
        (b"hello, I am a picture", "image/png", NotAPicture),
        (SVG, "image/svg+xml", PictureTypeNotAllowed),
        (SVG, "image/png", PictureTypeNotAllowed),
        (b"\xef\xbb\xbf  <?xml version='1.0'?>" + SVG, "image/png", PictureTypeNotAllowed),
        (b"<html><script>x</script></html>", "image/jpeg", PictureTypeNotAllowed),
        (b"%PDF-1.7", "image/png", PictureTypeNotAllowed),
        (file_of(drawn(), "TIFF"), "image/tiff", PictureTypeNotAllowed),
        (file_of(drawn(), "BMP"), "image/bmp", NotAPicture),
        (file_of(drawn(), "PNG"), "image/jpeg", PictureTypeMismatch),
        (file_of(drawn(), "PNG"), "text/html", PictureTypeMismatch),
        (file_of(drawn(), "PNG")[:-300], "image/png", NotAPicture),
        (file_of(drawn(), "JPEG")[:200], "image/jpeg", NotAPicture),
        (file_of(drawn(239, 400), "PNG"), "image/png", PictureTooSmall),
        (file_of(drawn(4_000, 250), "PNG"), "image/png", PictureTooSmall),  # flat once it is scaled
        (png_that_claims(30_000, 30_000), "image/png", TooManyPixels),
        (png_that_claims(50_000, 50_000), "image/png", TooManyPixels),
        (png_that_claims(16_384, 300), "image/png", TooManyPixels),
        (png_that_claims(300, 16_384), "image/png", TooManyPixels),  # no WebP can be so high
        (png_that_claims(6_000, 6_000), "image/png", TooManyPixels),
        (b"\xff\xd8" + b"\0" * pixels.BYTES_MAX, "image/jpeg", TooLarge),
    ],
)
def test_refuses_with_a_reason(data: bytes, declared: str, refusal: type[ShopError]) -> None:
    with pytest.raises(refusal) as refused:
        pixels.decoded(data, declared)
    assert refused.value.detail("zh") != refused.value.detail("en")


@settings(deadline=None)  # decoding takes its time on a busy machine
@given(st.binary(max_size=200), st.sampled_from(["JPEG", "PNG", "WEBP", "GIF", "AVIF"]), st.integers(0, 400))
def test_a_damaged_file_is_refused_and_never_a_surprise(noise: bytes, kind: str, at: int) -> None:
    whole = file_of(drawn(260, 260), kind)
    with contextlib.suppress(ShopError):
        pixels.decoded(whole[:at] + noise + whole[at + len(noise) :], None)


def test_nothing_but_pixels_survives() -> None:
    exif = Pillow.Exif()
    exif[0x8825] = {1: "N", 2: (30.0, 15.0, 0.0)}  # where it was taken
    exif[0x010E] = "<script>alert(1)</script>"
    uploaded = file_of(drawn(600, 600), "JPEG", exif=exif, comment=b"secret", icc_profile=b"not a profile")
    for variant in pixels.encoded(pixels.decoded(uploaded, "image/jpeg")).variants:
        kept = Pillow.open(io.BytesIO(variant.data))
        assert not kept.getexif()
        assert b"secret" not in variant.data
        assert b"script" not in variant.data


def test_a_picture_taken_sideways_stands_upright() -> None:
    exif = Pillow.Exif()
    exif[0x0112] = 6  # turn right
    picture = pixels.decoded(file_of(drawn(400, 300), "JPEG", exif=exif), "image/jpeg")
    assert picture.size == (300, 400)


def test_a_large_picture_taken_sideways_is_as_wide_as_the_widest_variant() -> None:
    exif = Pillow.Exif()
    exif[0x0112] = 8  # turn left
    picture = pixels.decoded(file_of(drawn(1_800, 2_400), "JPEG", exif=exif), "image/jpeg")
    assert picture.size == (1_600, 1_200)


def test_a_phones_photograph_with_a_second_picture_behind_it_is_a_jpeg() -> None:
    behind = drawn(400, 300, spot=(200, 100))
    pair = file_of(drawn(400, 300), "MPO", save_all=True, append_images=[behind])
    picture = pixels.decoded(pair, "image/jpeg")
    assert picture.getpixel((100, 100)) == pytest.approx((255, 0, 0), abs=3)
    assert picture.getpixel((350, 200)) == pytest.approx((255, 255, 255), abs=3)


def test_sixteen_bits_of_grey_stay_as_dark_as_they_are() -> None:
    deep = drawn(400, 300, mode="L").convert("I").point(lambda value: value * 257).convert("I;16")
    picture = pixels.decoded(file_of(deep, "PNG"), "image/png")
    assert picture.getpixel((100, 100)) == pytest.approx((76, 76, 76), abs=1)


def test_only_the_first_of_moving_pictures_is_kept() -> None:
    for kind in ("GIF", "WEBP", "PNG", "AVIF"):
        moving = file_of(drawn(), kind, save_all=True, append_images=[drawn(spot=(200, 100))] * 30)
        made = pixels.encoded(pixels.decoded(moving, pixels.FORMATS[kind]))
        for variant in made.variants:
            assert getattr(Pillow.open(io.BytesIO(variant.data)), "n_frames", 1) == 1
        assert b"ANIM" not in made.variants[0].data


def test_print_colours_become_screen_colours() -> None:
    picture = pixels.decoded(file_of(drawn().convert("CMYK"), "JPEG"), "image/jpeg")
    assert picture.getpixel((100, 100)) == pytest.approx((255, 0, 0), abs=4)


def test_what_hides_behind_a_picture_is_gone() -> None:
    script = b"<script>alert(1)</script>"
    for kind in ("JPEG", "PNG", "GIF"):
        hiding = file_of(drawn(), kind) + b"PK\x03\x04" + script
        made = pixels.encoded(pixels.decoded(hiding, pixels.FORMATS[kind]))
        assert not any(script in one.data or b"PK\x03\x04" in one.data for one in made.variants)


@pytest.mark.slow
def test_the_largest_picture_that_is_taken_needs_a_bounded_memory() -> None:
    side = int(pixels.PIXELS_DECODED_MAX**0.5)
    largest = file_of(Pillow.new("RGBA", (side, side), (1, 2, 3, 4)), "PNG")
    measured = subprocess.run([sys.executable, "-c", MEASURE], input=largest, capture_output=True, check=True)
    assert int(measured.stdout) < 350  # MB


# In a process of its own, whose peak is that of this one picture.
MEASURE = """
import re, sys
from pathlib import Path
from jishi.offering.media import pixels
pixels.encoded(pixels.decoded(sys.stdin.buffer.read(), "image/png"))
print(int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]) // 1024)
"""


def test_transparency_is_kept() -> None:
    clear = Pillow.new("RGBA", (300, 300), (0, 0, 0, 0))
    picture = pixels.decoded(file_of(clear, "PNG"), "image/png")
    (widest, *_) = [one for one in pixels.encoded(picture).variants if one.kind == "webp"][::-1]
    assert Pillow.open(io.BytesIO(widest.data)).convert("RGBA").getpixel((5, 5))[3] == 0  # type: ignore[index]


def test_a_wide_picture_is_scaled_down_to_the_widest_variant() -> None:
    picture = pixels.decoded(file_of(drawn(4_000, 2_000), "JPEG"), "image/jpeg")
    assert picture.size == (1_600, 800)
    made = pixels.encoded(picture)
    assert [(one.width, one.kind) for one in made.variants] == [
        (width, kind) for width in WIDTHS for kind in ("webp", "avif")
    ]


@given(st.integers(SMALL_WIDTH, 5_000))
def test_the_smallest_and_the_widest_variant_are_always_there(width: int) -> None:
    widths = widths_of(width)
    assert widths[0] == SMALL_WIDTH
    assert widths[-1] == min(width, WIDTHS[-1])
    assert widths == sorted(set(widths))


def test_the_same_pixels_have_the_same_name_whatever_the_file() -> None:
    picture = drawn(300, 300)
    once = pixels.decoded(file_of(picture, "PNG"), "image/png")
    again = pixels.decoded(file_of(picture, "PNG", compress_level=0), "image/png")
    other = pixels.decoded(file_of(drawn(300, 300, spot=(100, 100)), "PNG"), "image/png")
    assert pixels.content_hash(once) == pixels.content_hash(again) != pixels.content_hash(other)


def test_pictures_that_look_alike_have_hashes_that_are_near() -> None:
    picture, other = photograph(7), photograph(8)
    small = picture.resize((400, 400))
    worse = pixels.decoded(file_of(picture, "JPEG", quality=20), "image/jpeg")
    hashes = [pixels.perceptual_hash(one) for one in (picture, small, worse, other)]
    assert all(-(2**63) <= one < 2**63 for one in hashes)
    assert pixels.difference(hashes[0], hashes[1]) <= 3
    assert pixels.difference(hashes[0], hashes[2]) <= 3
    assert pixels.difference(hashes[0], hashes[3]) >= 10
