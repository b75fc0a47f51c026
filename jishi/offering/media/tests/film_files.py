"""Films of a second or two, made as a phone or an editor makes them."""

from io import BytesIO
from typing import Any

import av
from PIL import Image

RATE = 10


def film_of(
    kind: str = "mp4",
    codec: str | None = "libx264",
    *,
    size: tuple[int, int] = (320, 240),
    seconds: int = 1,
    sound: str | None = None,
    metadata: dict[str, str] | None = None,
) -> bytes:
    """Return a film that goes from black to green, under FFmpeg's names of container and codecs."""
    buffer = BytesIO()
    with av.open(buffer, "w", format=kind) as target:
        target.metadata.update(metadata or {})
        pictures: Any = target.add_stream(codec, rate=RATE) if codec else None
        sounds: Any = target.add_stream(sound, rate=48_000, layout="mono") if sound else None
        if pictures:
            pictures.width, pictures.height = size
            pictures.pix_fmt = "yuv420p"
            for number in range(RATE * seconds):
                still = Image.new("RGB", size, (0, round(200 * number / (RATE * seconds)), 0))
                target.mux(pictures.encode(av.VideoFrame.from_image(still)))
            target.mux(pictures.encode(None))
        if sounds:
            target.mux(sounds.encode(_silence()))
            target.mux(sounds.encode(None))
    return buffer.getvalue()


def _silence() -> av.AudioFrame:
    silence = av.AudioFrame(format="s16", layout="mono", samples=960)
    silence.sample_rate, silence.pts = 48_000, 0
    for plane in silence.planes:
        plane.update(bytes(plane.buffer_size))
    return silence


def tracks_of(data: bytes) -> list[str]:
    """Return the codecs of a film's streams."""
    with av.open(BytesIO(data), "r") as found:
        return [stream.codec_context.codec.canonical_name for stream in found.streams]
