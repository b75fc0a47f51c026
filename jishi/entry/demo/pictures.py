"""Product pictures for the demo market: 3-D objects (fluent-emoji-3d, MIT) set on soft backdrops.

Everything follows from the product's code, so the same market always looks the same.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageOps

CHECKOUT = Path(__file__).resolve().parents[3]
OBJECTS = CHECKOUT / "web" / "node_modules" / "@lobehub" / "fluent-emoji-3d" / "assets"
SIDE = 1200
BANNER = (1600, 640)
EVENING = "#eed3ae"


class PicturesMissing(Exception):
    """The npm package with the objects is not installed."""


@dataclass(frozen=True, slots=True)
class Scene:
    """How an object is shown: from the front, turned with a companion, or close."""

    turn_degrees: float
    scale: float
    lift: float
    is_mirrored: bool
    companion: float  # size of a second one behind, 0 without


SCENES = (
    Scene(turn_degrees=0, scale=0.62, lift=0.02, is_mirrored=False, companion=0.0),
    Scene(turn_degrees=-9, scale=0.52, lift=0.02, is_mirrored=False, companion=0.62),
    Scene(turn_degrees=7, scale=0.74, lift=0.05, is_mirrored=True, companion=0.0),
    Scene(turn_degrees=-13, scale=0.70, lift=0.10, is_mirrored=True, companion=0.0),
)
# Where the objects of a line-up stand: lower middle and size, in parts of the canvas.
LINES = {
    2: ((0.31, 0.76, 0.40), (0.68, 0.84, 0.46)),
    3: ((0.25, 0.72, 0.33), (0.75, 0.72, 0.33), (0.50, 0.86, 0.42)),
    4: ((0.22, 0.68, 0.30), (0.50, 0.65, 0.29), (0.78, 0.68, 0.30), (0.50, 0.90, 0.38)),
    5: ((0.19, 0.66, 0.28), (0.50, 0.63, 0.28), (0.81, 0.66, 0.28), (0.33, 0.89, 0.34), (0.68, 0.89, 0.34)),
}
LINE_MAX = max(LINES)
AT_HOME = 3  # as buyers photograph it: close, a little crooked, in the evening


def check_installed() -> None:
    """Raises: PicturesMissing, saying what to do."""
    if not OBJECTS.is_dir():
        raise PicturesMissing(
            f"{OBJECTS.relative_to(CHECKOUT)} is missing; run `npm ci` in web/ (make run does)"
        )


def product_picture(
    emoji: str, *, seed: str, scene: int, tint: str | None = None, side: int = SIDE
) -> Image.Image:
    """Return an object on its backdrop, `side` pixels square. `tint` (#rrggbb) recolours it."""
    chance = random.Random(seed)
    room = chance.randrange(ROOM_COUNT)
    shown = SCENES[scene % len(SCENES)]
    canvas = backdrop(side, (room + scene) % ROOM_COUNT).copy()
    thing = _object(emoji, tint)
    if shown.companion:
        behind = _posed(thing, side * shown.scale * shown.companion, turn=12, is_mirrored=True)
        set_down(canvas, behind, at=(0.76, 0.76), blur=18)
    posed = _posed(thing, side * shown.scale, turn=shown.turn_degrees, is_mirrored=shown.is_mirrored)
    set_down(canvas, posed, at=(0.44 if shown.companion else 0.5, 0.80 + shown.lift), blur=26)
    if scene == AT_HOME:
        return ImageChops.multiply(canvas, Image.new("RGB", canvas.size, EVENING))
    return canvas


def line_up(things: Sequence[tuple[str, str | None]], *, seed: str, side: int = SIDE) -> Image.Image:
    """Return up to LINE_MAX objects (with their tints) side by side, the middle ones in front."""
    canvas = backdrop(side, random.Random(seed).randrange(ROOM_COUNT)).copy()
    places = LINES[len(things)]
    for (emoji, tint), (x, y, size) in sorted(zip(things, places, strict=True), key=lambda one: one[1][1]):
        posed = _posed(_object(emoji, tint), side * size, turn=0, is_mirrored=False)
        set_down(canvas, posed, at=(x, y), blur=20)
    return canvas


def logo(emoji: str, *, colour: str) -> Image.Image:
    """Return a merchant's mark: an object on a disc of his colour."""
    canvas = Image.new("RGB", (480, 480), _mixed(colour, "#ffffff", 0.82))
    draw = ImageDraw.Draw(canvas)
    draw.ellipse((24, 24, 456, 456), fill=_mixed(colour, "#ffffff", 0.55))
    thing = _object(emoji, None).resize((300, 300), Image.Resampling.LANCZOS)
    canvas.paste(thing, (90, 84), thing)
    return canvas


def banner(emojis: list[str], *, colour: str, seed: str) -> Image.Image:
    """Return a wide picture with objects on its right half; its left half is left for words."""
    canvas = _wide_backdrop(colour)
    chance = random.Random(seed)
    places = ((0.58, 0.90, 0.44), (0.75, 0.95, 0.58), (0.90, 0.88, 0.40), (0.665, 0.985, 0.20))
    for emoji, (x, y, size) in zip(emojis, places, strict=False):
        thing = _object(emoji, None)
        posed = _posed(thing, size * BANNER[1] * 1.15, turn=chance.uniform(-8, 8), is_mirrored=False)
        set_down(canvas, posed, at=(x, y), blur=16)
    return canvas


@lru_cache(maxsize=64)
def _object(emoji: str, tint: str | None) -> Image.Image:
    path = OBJECTS / f"{emoji}.webp"
    if not path.is_file():
        raise PicturesMissing(f"there is no object {emoji}")
    thing = Image.open(path).convert("RGBA")
    thing = thing.crop(thing.getchannel("A").getbbox())
    thing = _tinted(thing, tint) if tint else thing
    # Sharpen the colours alone: a sharpened edge of the mask would be a white seam.
    sharp = thing.convert("RGB").filter(ImageFilter.UnsharpMask(radius=1.4, percent=80, threshold=2))
    sharp.putalpha(thing.getchannel("A"))
    return sharp


def _tinted(thing: Image.Image, tint: str) -> Image.Image:
    """Return the object in another colour: its light and shade kept, its hue replaced."""
    alpha = thing.getchannel("A")
    grey = ImageOps.autocontrast(thing.convert("RGB").convert("L"), cutoff=1, mask=alpha)
    coloured = ImageOps.colorize(
        grey, black=_mixed(tint, "#000000", 0.62), white=_mixed(tint, "#ffffff", 0.72), mid=tint, midpoint=120
    )
    mixed = Image.blend(thing.convert("RGB"), coloured, 0.86)
    mixed.putalpha(alpha)
    return mixed


def _posed(thing: Image.Image, longest: float, *, turn: float, is_mirrored: bool) -> Image.Image:
    """Return the object with its longer side `longest` pixels long, turned about its middle."""
    factor = longest / max(thing.size)
    size = (max(1, round(thing.width * factor)), max(1, round(thing.height * factor)))
    big = thing.resize(size, Image.Resampling.BICUBIC)
    alpha = big.getchannel("A").filter(ImageFilter.BoxBlur(1))
    big.putalpha(alpha.point(lambda one: max(0, min(255, (one - 64) * 4 // 3))))
    if is_mirrored:
        big = ImageOps.mirror(big)
    if turn:
        big = big.rotate(turn, Image.Resampling.BICUBIC, expand=True)
    return big.crop(big.getchannel("A").point(lambda one: 255 * (one > 40)).getbbox())


def posed(emoji: str, tint: str | None, longest: float, *, turn: float) -> Image.Image:
    """Return an object with its longer side `longest` pixels long, turned by some degrees."""
    return _posed(_object(emoji, tint), longest, turn=turn, is_mirrored=False)


def set_down(canvas: Image.Image, thing: Image.Image, *, at: tuple[float, float], blur: int) -> None:
    """Put the object on the ground at a place (of its lower middle, in parts of the canvas), with its shadow."""
    x = round(canvas.width * at[0] - thing.width / 2)
    y = round(canvas.height * at[1] - thing.height)
    _shadow(canvas, thing, x, y, blur)
    canvas.paste(thing, (x, y), thing)


def _shadow(canvas: Image.Image, thing: Image.Image, x: int, y: int, blur: int) -> None:
    # Made at a quarter of the size: a blurred thing has no detail to lose, and blurring is what costs time.
    quarter = (canvas.width // 4, canvas.height // 4)
    mask = Image.new("L", quarter, 0)
    draw = ImageDraw.Draw(mask)
    middle, ground = (x + thing.width / 2) / 4, (y + thing.height) / 4
    for share, darkness, flatness in ((0.95, 46, 0.085), (0.62, 62, 0.045)):
        wide, flat = thing.width / 4 * share, max(6.0, thing.width / 4 * flatness)
        draw.ellipse((middle - wide / 2, ground - flat, middle + wide / 2, ground + flat), fill=darkness)
        mask = mask.filter(ImageFilter.GaussianBlur(blur / 4))
        draw = ImageDraw.Draw(mask)
    box = mask.getbbox()
    if box is None:
        return
    soft = mask.crop(box).resize(((box[2] - box[0]) * 4, (box[3] - box[1]) * 4), Image.Resampling.BICUBIC)
    canvas.paste((52, 38, 28), (box[0] * 4, box[1] * 4), soft)


# Wall and floor of each backdrop: paper, sand, sage, blush, mist, linen, mint, lilac.
_ROOMS = (
    ("#f7f3ec", "#e6dccd"), ("#f3e9dc", "#dfcbb3"), ("#e9efe6", "#cfdccb"), ("#f8e9e4", "#e8cbc2"),
    ("#e8eff3", "#cbd9e2"), ("#f4efe3", "#ddd2bb"), ("#e4f1ec", "#c3ddd3"), ("#eeeaf4", "#d5cde2"),
)  # fmt: skip

ROOM_COUNT = len(_ROOMS)


@lru_cache(maxsize=32)
def backdrop(side: int, room: int) -> Image.Image:
    """Return a wall and a floor in one pale colour, lit from above."""
    wall, floor = _ROOMS[room]
    size = (side, side)
    small = Image.new("L", (64, 64), 0)
    ImageDraw.Draw(small).rectangle((0, 46, 64, 64), fill=255)
    horizon = small.filter(ImageFilter.GaussianBlur(5)).resize(size, Image.Resampling.BICUBIC)
    canvas = Image.composite(Image.new("RGB", size, floor), Image.new("RGB", size, wall), horizon)
    glow = ImageChops.invert(Image.radial_gradient("L")).point(lambda one: max(0, one - 96))
    light = Image.new("L", size, 0)
    spot = glow.resize((round(side * 0.9), round(side * 0.8)), Image.Resampling.BICUBIC)
    light.paste(spot, (round(side * 0.05), round(side * -0.02)))
    canvas.paste((255, 255, 255), (0, 0, *size), light)
    return canvas


# The round window behind a banner's objects: its middle and its radius, in heights of the banner.
_WINDOW = (1.92, 0.50, 0.43)
_RIM = 0.07
_HORIZON = 0.80


def _wide_backdrop(colour: str) -> Image.Image:
    """Return a wall with a round window and a floor, each in one tone of a colour.

    No tone runs into another: wide and slow gradients come out of the encoders in bands.
    """
    wall, rim, window, floor = (_mixed(colour, "#ffffff", part) for part in (0.84, 0.76, 0.66, 0.72))
    canvas = Image.new("RGB", BANNER, wall)
    x, y, radius = _WINDOW
    for wide, tone in ((radius + _RIM, rim), (radius, window)):
        canvas.paste(tone, (0, 0, *BANNER), _disc(x, y, wide))
    canvas.paste(floor, (0, round(BANNER[1] * _HORIZON), *BANNER))
    return canvas


def _disc(x: float, y: float, radius: float) -> Image.Image:
    """Return the mask of a disc on a banner; drawn at twice its size, so that its edge is smooth."""
    height = BANNER[1] * 2
    mask = Image.new("L", (BANNER[0] * 2, height), 0)
    box = [one * height for one in (x - radius, y - radius, x + radius, y + radius)]
    ImageDraw.Draw(mask).ellipse(box, fill=255)
    return mask.reduce(2)


def _mixed(colour: str, other: str, part: float) -> tuple[int, int, int]:
    """Return `colour` with `part` of `other` in it."""
    one, two = (tuple(int(text[i : i + 2], 16) for i in (1, 3, 5)) for text in (colour, other))
    red, green, blue = (round(a * (1 - part) + b * part) for a, b in zip(one, two, strict=True))
    return red, green, blue
