"""From an uploaded film to a clean one and its poster: pure, no storage, no database.

The streams of picture and sound are copied into a fresh file of the same kind. What else the uploader's file held
(where and with what it was taken, subtitles, attachments, other files behind it) stays behind.
"""

import io
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import av
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from PIL import Image as Pillow

from jishi.kernel.errors import ShopError, TooLarge
from jishi.kernel.words import Text
from jishi.offering.media import pixels
from jishi.offering.media.pixels import Encoded, Unusable
from jishi.offering.media.rules import SMALL_WIDTH, VIDEO_TYPE, WEBM_TYPE, WIDTHS

BYTES_MAX = 30_000_000
SECONDS_MAX = 60
SIDE_MAX = 4096
POSTER_PART = 0.25  # of the film: its first picture is often black
POSTER_PACKETS_MAX = 150  # read at most on the way to it
MICROSECONDS = 1_000_000


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of film that is taken, under FFmpeg's names; browsers play all these codecs in it."""

    media_type: str
    container: str
    pictures: frozenset[str]
    sounds: frozenset[str]


MP4 = Kind(VIDEO_TYPE, "mp4", frozenset({"h264", "vp9", "av1"}), frozenset({"aac", "mp3", "opus"}))
WEBM = Kind(WEBM_TYPE, "webm", frozenset({"vp8", "vp9", "av1"}), frozenset({"opus", "vorbis"}))
# What an MP4 calls itself first; an AVIF or HEIC picture and QuickTime use the same boxes under other names.
MP4_BRANDS = (b"isom", b"iso", b"mp4", b"avc1", b"av01", b"M4V", b"dash", b"msdh", b"MSNV")
EBML, DOCTYPE_WITHIN = b"\x1a\x45\xdf\xa3", 64


class NotAFilm(Unusable):
    """The bytes are no film, or a broken one."""

    code = "not_a_film"
    message = Text(zh="这不是可用的视频文件", en="This is not a film, or it is broken")


class FilmTypeNotAllowed(ShopError):
    """A kind of file that we do not take: a picture, a page, QuickTime …"""

    code = "film_type_not_allowed"
    status = 415
    message = Text(zh="只支持 MP4 和 WebM 视频", en="Only MP4 and WebM films are taken")


class FilmTypeMismatch(Unusable):
    """The file says it is one thing and is another."""

    code = "film_type_mismatch"
    message = pixels.PictureTypeMismatch.message


class FilmCodecNotAllowed(Unusable):
    """Browsers do not play what is in it, such as HEVC."""

    code = "film_codec_not_allowed"
    message = Text(
        zh="浏览器无法播放 {found} 编码,请导出为 H.264、VP8、VP9 或 AV1",
        en="Browsers do not play {found}: export the film as H.264, VP8, VP9 or AV1",
    )


class FilmTooLong(Unusable):
    code = "film_too_long"
    message = Text(zh="视频不能超过 {seconds_max} 秒", en="A film may last {seconds_max} seconds at most")


class FilmSizeNotAllowed(Unusable):
    code = "film_size_not_allowed"
    message = Text(
        zh="视频宽高须在 {least} 到 {most} 像素之间", en="Both sides must have {least} to {most} pixels"
    )


@dataclass(frozen=True, slots=True)
class Film:
    """A clean film, ready to be stored; its size upright, in pixels. Our own films have no poster of their own."""

    media_type: str
    data: bytes
    width: int
    height: int
    poster: Encoded | None = None


def cleaned(data: bytes, declared_type: str | None) -> Film:
    """Return the film in a fresh file, and a picture out of it.

    Raises: TooLarge, FilmTypeNotAllowed, FilmTypeMismatch, NotAFilm, FilmCodecNotAllowed, FilmTooLong,
    FilmSizeNotAllowed.
    """
    if len(data) > BYTES_MAX:
        raise TooLarge(bytes_max=BYTES_MAX)
    kind = _kind(data, declared_type)
    try:
        picture = _poster(data, kind)
        copied = _copied(data, kind)
    except (av.FFmpegError, *pixels.BROKEN) as error:
        raise NotAFilm from error
    width, height = picture.shown
    return Film(kind.media_type, copied, width, height, pixels.encoded(picture.image, is_quick=True))


def _kind(data: bytes, declared_type: str | None) -> Kind:
    if data[4:8] == b"ftyp" and data[8:12].startswith(MP4_BRANDS):
        found = MP4
    elif data.startswith(EBML) and b"webm" in data[:DOCTYPE_WITHIN]:
        found = WEBM
    else:
        raise FilmTypeNotAllowed
    if declared_type and declared_type.split(";")[0].strip().lower() != found.media_type:
        raise FilmTypeMismatch(declared=declared_type[:60], found=found.media_type)
    return found


@dataclass(frozen=True, slots=True)
class _Still:
    """A picture of a film, as wide as a poster is at most, and the size of the film it is from."""

    image: Pillow.Image
    shown: tuple[int, int]


def _poster(data: bytes, kind: Kind) -> _Still:
    with _opened(data, kind) as container:
        stream = _video(container, kind)
        wanted = int((container.duration or 0) * POSTER_PART)
        container.seek(
            wanted
        )  # to the last picture before it that stands alone; from there on they are decoded
        frame = _frame_at(container, stream, wanted / MICROSECONDS)
    if frame is None:
        raise NotAFilm
    _check_sides(frame.width, frame.height)
    turned = frame.rotation % 360
    is_sideways = turned in (90, 270)
    shown = (frame.height, frame.width) if is_sideways else (frame.width, frame.height)
    share = min(1.0, WIDTHS[-1] / shown[0])
    width, height = (max(1, round(side * share)) for side in (frame.width, frame.height))
    image = frame.reformat(width=width, height=height, format="rgb24").to_image()
    return _Still(image.rotate(turned, expand=True) if turned else image, shown)


def _frame_at(container: InputContainer, stream: VideoStream, seconds: float) -> VideoFrame | None:
    frame = None
    for packet in islice(container.demux(stream), POSTER_PACKETS_MAX):
        for frame in stream.decode(packet):
            if (frame.time or 0) >= seconds:
                return frame
    return frame


def _copied(data: bytes, kind: Kind) -> bytes:
    """Return the film's streams in a fresh file, whose head comes first so that it plays while it arrives."""
    with tempfile.TemporaryDirectory() as folder, _opened(data, kind) as source:
        path = Path(folder) / f"film.{kind.container}"
        streams = [_video(source, kind), *_sounds(source, kind)]
        # The same film gives the same bytes: no moment, no name of the program.
        options = {"fflags": "+bitexact"} | ({"movflags": "+faststart"} if kind is MP4 else {})
        with av.open(str(path), "w", format=kind.container, options=options) as target:
            copies = {stream.index: target.add_stream_from_template(stream) for stream in streams}
            for copy in copies.values():
                copy.metadata.clear()
            _copy(source, streams, copies, target)
        return path.read_bytes()


def _copy(source: InputContainer, streams: Sequence[Any], copies: dict[int, Any], target: Any) -> None:
    has_pictures = False
    for packet in source.demux(streams):
        if packet.dts is None:  # the sign of a stream's end
            continue
        if float(packet.dts * packet.time_base) > SECONDS_MAX + 1:
            raise FilmTooLong(seconds_max=SECONDS_MAX)
        has_pictures = has_pictures or packet.stream.type == "video"
        packet.stream = copies[packet.stream.index]
        target.mux(packet)
    if not has_pictures:
        raise NotAFilm


def _opened(data: bytes, kind: Kind) -> InputContainer:
    container = av.open(io.BytesIO(data), "r", format=kind.container, metadata_errors="replace")
    if container.duration and container.duration > (SECONDS_MAX + 1) * MICROSECONDS:
        container.close()
        raise FilmTooLong(seconds_max=SECONDS_MAX)
    return container


def _video(container: InputContainer, kind: Kind) -> VideoStream:
    if not container.streams.video:
        raise NotAFilm
    stream = container.streams.video[0]
    _check_codec(stream, kind.pictures)
    _check_sides(stream.codec_context.width, stream.codec_context.height)
    stream.codec_context.thread_count = 1
    return stream


def _sounds(container: InputContainer, kind: Kind) -> list[Any]:
    sounds = list(container.streams.audio[:1])
    for sound in sounds:
        _check_codec(sound, kind.sounds)
    return sounds


def _check_codec(stream: Any, allowed: frozenset[str]) -> None:
    name = stream.codec_context.codec.canonical_name if stream.codec_context else ""
    if name not in allowed:
        raise FilmCodecNotAllowed(found=name or "?")


def _check_sides(width: int, height: int) -> None:
    if min(width, height) < SMALL_WIDTH or max(width, height) > SIDE_MAX:
        raise FilmSizeNotAllowed(least=SMALL_WIDTH, most=SIDE_MAX)
