"""Pictures as the shop shows them."""

from dataclasses import dataclass
from enum import StrEnum

from jishi.kernel.ids import MediaId, MerchantId


class MediaKind(StrEnum):
    IMAGE = "image"
    VIDEO = "video"


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A picture in several sizes: `src` is the widest WebP, `srcset_*` the whole set for `<source>`; sizes in
    pixels.
    """

    src: str
    width: int
    height: int
    alt: str
    srcset_webp: str = ""
    srcset_avif: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Video:
    """A short film; `type` is its media type, sizes in pixels. Without `poster` the first picture serves."""

    src: str
    type: str
    width: int
    height: int
    poster: Image | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """An uploaded and re-encoded picture of a merchant, or a film with its poster as `image`."""

    id: MediaId
    kind: MediaKind
    image: Image
    video: Video | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LookAlike:
    """A merchant's picture and one of another merchant that looks like it: storage keys, and in how many of 64 bits
    their fingerprints differ.
    """

    picture: str
    alike: str
    merchant_id: MerchantId
    bits: int
