"""From a stored picture to names, sizes and addresses: pure."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from jishi.offering.media.types import Image, Video

WIDTHS = (240, 480, 960, 1600)
SMALL_WIDTH = WIDTHS[0]
CLOSE = 1.3
_PLACE = "*"
VIDEO_TYPE, WEBM_TYPE = "video/mp4", "video/webm"


@dataclass(frozen=True, slots=True)
class StoredPicture:
    """A re-encoded picture: `key` is the folder of its variants; the size of the widest in pixels."""

    key: str
    width: int
    height: int


def widths_of(width: int) -> list[int]:
    """Return the widths of the variants of a picture `width` (≥ SMALL_WIDTH) pixels wide.

    The smallest and the widest are always there; a step between is left out when the next one is hardly
    wider.
    """
    widest = min(width, WIDTHS[-1])
    between = [step for step in WIDTHS[1:] if step * CLOSE <= widest]
    return sorted({SMALL_WIDTH, *between, widest})


def variant_name(key: str, width: int, kind: str) -> str:
    """Return the storage name of one variant; `kind` is `webp` or `avif`."""
    return f"{key}/{width}.{kind}"


def video_name(key: str, media_type: str) -> str:
    """Return the storage name of a film."""
    return f"{key}/video.{media_type.removeprefix('video/')}"


def video(stored: StoredPicture, *, media_type: str, has_poster: bool, base_url: str) -> Video:
    """Return the film as pages play it."""
    return Video(
        src=f"{base_url}{video_name(stored.key, media_type)}",
        type=media_type,
        width=stored.width,
        height=stored.height,
        poster=image(stored, "", base_url=base_url) if has_poster else None,
    )


def image(stored: StoredPicture, alt: str, *, base_url: str) -> Image:
    """Return the picture as pages show it; `base_url` is where storage is served."""
    return Image(**shown(stored.key, stored.width, stored.height, alt, base_url=base_url))


def shown(key: str, width: int, height: int, alt: str, *, base_url: str) -> dict[str, Any]:
    """Return the members of `image` as plain values."""
    widest, src, webp, avif = _addresses(min(width, WIDTHS[-1]))
    place = base_url + key
    return {
        "src": src.replace(_PLACE, place),
        "width": widest,
        "height": max(1, round(height * widest / width)),
        "alt": alt,
        "srcset_webp": webp.replace(_PLACE, place),
        "srcset_avif": avif.replace(_PLACE, place),
    }


@cache
def _addresses(width: int) -> tuple[int, str, str, str]:
    """Return the widest variant of a picture so wide, and its addresses with `_PLACE` for where it is."""
    widths = widths_of(width)
    webp, avif = (
        ", ".join(f"{variant_name(_PLACE, one, kind)} {one}w" for one in widths) for kind in ("webp", "avif")
    )
    return widths[-1], variant_name(_PLACE, widths[-1], "webp"), webp, avif
