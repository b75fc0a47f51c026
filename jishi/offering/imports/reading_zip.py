"""Pictures out of a zip that a stranger packed: counted while they are unpacked, and nothing else comes out."""

import stat
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO

from jishi.kernel.errors import ShopError
from jishi.kernel.words import Text
from jishi.offering.media import services as media

ZIP_BYTES_MAX = 100_000_000
PICTURES_MAX = 2_000
UNPACKED_MAX = 200_000_000
RATIO_MAX = 100  # pictures are packed already; what grows more than this is a bomb
NAME_MAX = 200
# What computers put into zips by themselves.
_LEFT_BEHIND = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")


class NotAZip(ShopError):
    code = "not_a_zip"
    status = 422
    message = Text(
        zh="这不是可用的 ZIP 压缩包", en="This is no ZIP file, or it is broken or locked by a password"
    )

    def __init__(self) -> None:
        super().__init__(field="file")


class NoPictureInZip(ShopError):
    """Something in the zip is no picture, or stands where nothing may."""

    code = "no_picture_in_zip"
    status = 422
    message = Text(
        zh="压缩包里只能有图片(JPEG、PNG、WebP、AVIF、GIF,每张不超过 12 MB):“{name}”不是",
        en="A zip may hold nothing but pictures (JPEG, PNG, WebP, AVIF, GIF of 12 MB each): “{name}” is none",
    )

    def __init__(self, name: str) -> None:
        told = "".join(one if one.isprintable() else "?" for one in name[:NAME_MAX])
        super().__init__(field="file", name=told.encode("utf-8", "replace").decode())


class ZipTooBig(ShopError):
    code = "zip_too_big"
    status = 413
    message = Text(
        zh="压缩包太大:最多 {pictures_max} 张图片、解压后 200 MB",
        en="The zip is too big: {pictures_max} pictures and 200 MB unpacked at most",
    )

    def __init__(self) -> None:
        super().__init__(pictures_max=PICTURES_MAX)


def pictures_in(file: IO[bytes]) -> Iterator[tuple[str, bytes]]:
    """Yield the pictures of a zip, each with its path; what computers add by themselves is left behind.

    Raises: NotAZip, NoPictureInZip (422), ZipTooBig (413).
    """
    left = UNPACKED_MAX
    try:
        with zipfile.ZipFile(file) as packed:
            for part in _wanted(packed):
                data = _unpacked(packed, part)
                left -= len(data)
                if left < 0:
                    raise ZipTooBig
                yield part.filename, data
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError):
        raise NotAZip from None


def _wanted(packed: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    if len(packed.infolist()) > 2 * PICTURES_MAX:
        raise ZipTooBig
    parts = [one for one in packed.infolist() if not one.is_dir() and not _is_left_behind(one.filename)]
    if len(parts) > PICTURES_MAX:
        raise ZipTooBig
    names: set[str] = set()
    for part in parts:
        if not _is_plain(part) or part.filename in names:
            raise NoPictureInZip(part.filename)
        names.add(part.filename)
    return parts


def _is_left_behind(name: str) -> bool:
    return name.startswith(_LEFT_BEHIND[0]) or name.rpartition("/")[2] in _LEFT_BEHIND


def _is_plain(part: zipfile.ZipInfo) -> bool:
    """Say whether a part is a file inside, by a name that cells can hold: no way out, no link."""
    name = part.filename
    steps = name.split("/")
    is_link = stat.S_ISLNK(part.external_attr >> 16)
    is_inside = "\\" not in name and not {"", ".", ".."} & set(steps) and ":" not in steps[0]
    return is_inside and not is_link and name.isprintable() and len(name) <= NAME_MAX


def _unpacked(packed: zipfile.ZipFile, part: zipfile.ZipInfo) -> bytes:
    with packed.open(part) as one:
        data = one.read(media.BYTES_MAX + 1)
    is_bomb = len(data) > RATIO_MAX * max(part.compress_size, 1_024)
    if len(data) > media.BYTES_MAX or is_bomb or not media.is_picture(data):
        raise NoPictureInZip(part.filename)
    return data
