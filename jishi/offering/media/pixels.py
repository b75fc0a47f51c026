"""From uploaded bytes to clean pixels and back to files: pure, no storage, no database.

Nothing an uploader wrote survives: the picture is decoded, turned upright, converted to sRGB, stripped and
encoded anew. Formats that can carry code or other files (SVG, PDF, PSD …) are not decoded at all.
"""

import hashlib
import io
import struct
import warnings
import zlib
from dataclasses import dataclass
from typing import Any

from PIL import ExifTags, ImageChops, ImageCms, ImageOps, UnidentifiedImageError
from PIL import Image as Pillow

from jishi.kernel.errors import Invalid, ShopError, TooLarge
from jishi.kernel.words import Text
from jishi.offering.media.rules import SMALL_WIDTH, WIDTHS, widths_of

BYTES_MAX = 12_000_000
PIXELS_MAX = 64_000_000  # a 64-megapixel phone; JPEGs are decoded smaller, others have to fit below
PIXELS_DECODED_MAX = 25_000_000
SIDE_MAX = 16_383  # the most a WebP can have
SIDEWAYS = (5, 6, 7, 8)  # values of the EXIF tag Orientation
WEBP_QUALITY, WEBP_METHOD = 82, 4
BORDER_TOLERANCE = 24  # of 255: what compression makes of one colour
AVIF_QUALITY, AVIF_SPEED = 62, 8
# One thread each (many are encoded at once), and none of what libaom spends a fourth of its time on.
AVIF_QUICK = {"speed": 10, "max_threads": 1, "advanced": {"deltaq-mode": "0", "tune": "psnr"}}
FORMATS = {
    "JPEG": "image/jpeg",
    "PNG": "image/png",
    "WEBP": "image/webp",
    "AVIF": "image/avif",
    "GIF": "image/gif",
}
TYPES = FORMATS | {
    "MPO": "image/jpeg"
}  # what Pillow calls a JPEG with a second picture behind it: many phones

# What Pillow's decoders raise for broken files.
BROKEN = (
    OSError, ValueError, SyntaxError, EOFError, LookupError, TypeError, AttributeError, ArithmeticError,
    RuntimeError, struct.error, zlib.error,
)  # fmt: skip

Pillow.MAX_IMAGE_PIXELS = PIXELS_MAX


class Unusable(Invalid):
    """A picture that cannot be taken; the field is always that of the upload."""

    def __init__(self, **data: Any) -> None:
        super().__init__(field="file", **data)


class NotAPicture(Unusable):
    """The bytes are no picture, or a broken one."""

    code = "not_a_picture"
    message = Text(zh="这不是可用的图片文件", en="This is not a picture, or it is broken")


class PictureTypeNotAllowed(ShopError):
    """A kind of file that we do not take: SVG, TIFF, PDF …"""

    code = "picture_type_not_allowed"
    status = 415
    message = Text(
        zh="只支持 JPEG、PNG、WebP、AVIF 和 GIF 图片",
        en="Only JPEG, PNG, WebP, AVIF and GIF pictures are taken",
    )


class PictureTypeMismatch(Unusable):
    """The file says it is one thing and is another."""

    code = "picture_type_mismatch"
    message = Text(
        zh="文件类型与内容不符(声明 {declared},实际 {found})",
        en="The file says it is {declared} but is {found}",
    )


class TooManyPixels(TooLarge):
    """So many pixels that decoding would exhaust memory."""

    code = "too_many_pixels"
    message = Text(
        zh="图片尺寸过大({width}×{height})", en="The picture has too many pixels ({width}×{height})"
    )


class PictureTooSmall(Unusable):
    code = "picture_too_small"
    message = Text(zh="图片宽高不能小于 {least} 像素", en="Both sides must have {least} pixels at least")


@dataclass(frozen=True, slots=True)
class Variant:
    """One encoded size of a picture."""

    width: int
    kind: str  # webp | avif
    data: bytes


@dataclass(frozen=True, slots=True)
class Encoded:
    """A clean picture, ready to be stored; sizes of the widest variant in pixels."""

    content_hash: bytes
    perceptual_hash: int
    width: int
    height: int
    variants: tuple[Variant, ...]


def decoded(data: bytes, declared_type: str | None) -> Pillow.Image:
    """Return the upright sRGB pixels, at most as wide as the widest variant.

    Raises: TooLarge, PictureTypeNotAllowed, NotAPicture, PictureTypeMismatch, TooManyPixels, PictureTooSmall.
    """
    if len(data) > BYTES_MAX:
        raise TooLarge(bytes_max=BYTES_MAX)
    _refuse_markup(data)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Pillow.DecompressionBombWarning)
            picture = Pillow.open(io.BytesIO(data), formats=tuple(FORMATS))
            _check(picture, declared_type)
            return _clean(picture)
    except UnidentifiedImageError:
        raise NotAPicture from None
    except (Pillow.DecompressionBombError, Pillow.DecompressionBombWarning):
        raise TooManyPixels(width="?", height="?") from None
    except BROKEN as error:
        raise NotAPicture from error


def is_picture(data: bytes) -> bool:
    """Say whether bytes begin as one of the pictures that are taken; whether they are whole, only `decoded` knows."""
    try:
        _refuse_markup(data)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Pillow.DecompressionBombWarning)
            Pillow.open(io.BytesIO(data), formats=tuple(FORMATS)).close()
    except (PictureTypeNotAllowed, Pillow.DecompressionBombError, *BROKEN):
        return False
    return True


def _refuse_markup(data: bytes) -> None:
    start = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<", b"%pdf", b"%!ps", b"mm\x00*", b"ii*\x00", b"8bps")) or b"<svg" in start:
        raise PictureTypeNotAllowed


def _check(picture: Pillow.Image, declared_type: str | None) -> None:
    found = TYPES[picture.format or ""]
    if declared_type and declared_type.split(";")[0].strip().lower() != found:
        raise PictureTypeMismatch(declared=declared_type[:60], found=found)
    width, height = picture.size
    if width * height > PIXELS_MAX or max(width, height) > SIDE_MAX:
        raise TooManyPixels(width=width, height=height)
    if min(width, height) < SMALL_WIDTH:
        raise PictureTooSmall(least=SMALL_WIDTH)
    # JPEG can be decoded at a fraction of its size; the upright width may be either side.
    picture.draft("RGB", (WIDTHS[-1], WIDTHS[-1]))
    if picture.width * picture.height > PIXELS_DECODED_MAX:
        raise TooManyPixels(width=width, height=height)


def _clean(picture: Pillow.Image) -> Pillow.Image:
    picture.load()
    has_alpha = "A" in picture.getbands() or "transparency" in picture.info
    mode = "RGBA" if has_alpha else "RGB"
    lies = picture.getexif().get(ExifTags.Base.Orientation) in SIDEWAYS
    # Made smaller first: each of the steps that follow copies all pixels.
    small = _fitting(_with_eight_bits(picture, mode), lies=lies)
    plain = _in_srgb(ImageOps.exif_transpose(small), mode)
    if min(plain.size) < SMALL_WIDTH:  # a banner so flat that the widest variant is no picture any more
        raise PictureTooSmall(least=SMALL_WIDTH)
    # A fresh image: no EXIF, no comments, no profile, no palette comes along.
    bare = Pillow.new(mode, plain.size)
    bare.paste(plain)
    return bare


def _with_eight_bits(picture: Pillow.Image, mode: str) -> Pillow.Image:
    """Return the picture in a mode that can be scaled: no palette, and one byte for each channel."""
    if picture.mode.startswith("I"):  # 16 bits of grey: a mere conversion makes all but the darkest white
        grey = picture.convert("I") if picture.mode != "I" else picture
        return grey.point(lambda value: value / 257).convert("L")
    is_plain = picture.mode in ("L", "LA", "RGB", "RGBA", "CMYK") and "transparency" not in picture.info
    return picture if is_plain else picture.convert(mode)


def _fitting(picture: Pillow.Image, *, lies: bool) -> Pillow.Image:
    """Return the picture as wide as the widest variant at most, once it stands upright."""
    across = picture.height if lies else picture.width
    if across <= WIDTHS[-1]:
        return picture
    width, height = (max(1, round(side * WIDTHS[-1] / across)) for side in picture.size)
    return picture.resize((width, height), Pillow.Resampling.LANCZOS)


def _in_srgb(picture: Pillow.Image, mode: str) -> Pillow.Image:
    profile = picture.info.get("icc_profile")
    if not profile or picture.mode not in ("RGB", "CMYK"):
        return picture.convert(mode)
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        turned = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError):
        return picture.convert(mode)  # a broken profile: the colours as they are
    return (turned or picture).convert(mode)


def square(picture: Pillow.Image, side_max: int) -> Pillow.Image:
    """Return the middle of a picture as a square, `side_max` pixels wide at most."""
    side = min(*picture.size, side_max)
    return ImageOps.fit(picture, (side, side), Pillow.Resampling.LANCZOS)


def _resized(picture: Pillow.Image, width: int, height: int, resampling: Pillow.Resampling) -> Pillow.Image:
    return picture if width == picture.width else picture.resize((width, max(1, height)), resampling)


def content_hash(picture: Pillow.Image) -> bytes:
    """Return the SHA-256 of size and pixels: the same picture under another name or with other metadata is
    the same.
    """
    digest = hashlib.sha256(f"{picture.mode}:{picture.width}x{picture.height}:".encode())
    digest.update(picture.tobytes())
    return digest.digest()


def encoded(picture: Pillow.Image, *, is_quick: bool = False) -> Encoded:
    """Return the picture in every width, as WebP and AVIF. Quickly: half the time, some more bytes, the same look
    for what is drawn.
    """
    resampling = Pillow.Resampling.HAMMING if is_quick else Pillow.Resampling.LANCZOS
    made: list[Variant] = []
    size = picture
    # Each width from the next wider one: less to read, the same look.
    for width in reversed(widths_of(picture.width)):
        size = _resized(size, width, round(picture.height * width / picture.width), resampling)
        webp = _file(size, "WEBP", quality=WEBP_QUALITY, method=1 if is_quick else WEBP_METHOD)
        avif = _file(
            size, "AVIF", quality=AVIF_QUALITY, **(AVIF_QUICK if is_quick else {"speed": AVIF_SPEED})
        )
        made[:0] = [Variant(width, "webp", webp), Variant(width, "avif", avif)]
    return Encoded(
        content_hash(picture), perceptual_hash(picture), picture.width, picture.height, tuple(made)
    )


def _file(picture: Pillow.Image, kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def perceptual_hash(picture: Pillow.Image) -> int:
    """Return the 64-bit difference hash, as a signed number: each bit says whether a point of the 9×8 grey
    thumbnail is darker than its right neighbour.

    N. Krawetz, "Kind of Like That" (2013). Pictures that differ in few bits look alike.
    """
    if picture.mode == "RGBA":
        white = Pillow.new("RGBA", picture.size, "white")
        picture = Pillow.alpha_composite(white, picture)
    points = picture.convert("L").resize((9, 8), Pillow.Resampling.BOX).tobytes()
    bits = 0
    for place in range(8):
        for x in range(8):
            bits = bits << 1 | (points[place * 9 + x] < points[place * 9 + x + 1])
    return bits - (1 << 64) if bits >> 63 else bits


def framed(picture: Pillow.Image) -> Pillow.Image:
    """Return the picture without a border of one colour, such as that of a screenshot."""
    plain = picture.convert("RGB")
    border = Pillow.new("RGB", plain.size, plain.getpixel((0, 0)))
    differs = ImageChops.difference(plain, border).point(lambda value: 255 * (value > BORDER_TOLERANCE))
    inside = differs.getbbox()
    return picture.crop(inside) if inside else picture


def difference(one: int, other: int) -> int:
    """Return in how many of 64 bits two perceptual hashes differ; 10 and more are different pictures."""
    return ((one ^ other) & (2**64 - 1)).bit_count()
