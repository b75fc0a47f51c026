"""Short films of products: the object sways and hops on its backdrop.

Pillow writes a row of pictures as an AVIF sequence, which is AV1 video in an ISO file already. To be an MP4 that
browsers play it lacks a name only: the brands of a film, and a track that calls itself `vide`, not `pict`.
"""

import io
import math
import random

from PIL import Image

from jishi.entry.demo import pictures

SIDE = 480
FRAMES = 24
FRAME_MILLISECONDS = 100
BRANDS = (b"isom", b"iso2", b"iso5", b"iso6", b"mp41", b"mp42", b"av01")
BOX_HEAD_BYTES = 8  # four of the size, four of the kind
NO_NAME = bytes(BOX_HEAD_BYTES)  # what stands before the kind of track in its `hdlr` box


def film(emoji: str, *, seed: str, tint: str | None) -> bytes:
    """Return a film of some seconds, SIDE pixels square, as MP4 (AV1)."""
    backdrop = pictures.backdrop(SIDE, random.Random(seed).randrange(pictures.ROOM_COUNT))
    return _as_mp4(_sequence([_frame(backdrop, emoji, tint, number / FRAMES) for number in range(FRAMES)]))


def _frame(backdrop: Image.Image, emoji: str, tint: str | None, part: float) -> Image.Image:
    swing = math.sin(2 * math.pi * part)
    canvas = backdrop.copy()
    thing = pictures.posed(emoji, tint, SIDE * (0.6 + 0.02 * swing), turn=9 * swing)
    pictures.set_down(canvas, thing, at=(0.5, 0.82 - 0.05 * abs(swing)), blur=18)
    return canvas


def _sequence(frames: list[Image.Image]) -> bytes:
    buffer = io.BytesIO()
    frames[0].save(
        buffer,
        "AVIF",
        save_all=True,
        append_images=frames[1:],
        duration=FRAME_MILLISECONDS,
        quality=55,
        speed=10,
        max_threads=1,
    )
    return buffer.getvalue()


def _as_mp4(avif: bytes) -> bytes:
    """Return an AVIF sequence under the names of an MP4. No box changes its size: offsets stay true.

    ISO/IEC 14496-12, `ftyp`, `meta`, `hdlr`.
    """
    head_bytes = int.from_bytes(avif[:4])
    brands = b"".join(BRANDS[: (head_bytes - 16) // 4]).ljust(head_bytes - 16, b"\0")
    head = avif[:4] + b"ftyp" + b"isom" + (512).to_bytes(4) + brands
    stills, _, track = avif[head_bytes:].partition(b"moov")
    return b"".join(
        (
            head,
            stills[:4] + stills[4:].replace(b"meta", b"free", 1),
            b"moov",
            _undated(track.replace(NO_NAME + b"pict", NO_NAME + b"vide", 1)),
        )
    )


def _undated(track: bytes) -> bytes:
    """Return the boxes of a track without the moment at which it was made: the same film is the same file."""
    for kind in (b"mvhd", b"tkhd", b"mdhd"):
        start = track.index(kind) + 8  # after the name, version 1 and flags: two times of 64 bits
        track = track[:start] + bytes(16) + track[start + 16 :]
    return track
