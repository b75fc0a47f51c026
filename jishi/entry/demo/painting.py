"""Painting the products: every distinct picture once, on all cores, while the market is being filled."""

from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

from PIL.Image import Image

from jishi.entry.demo import films, pictures
from jishi.entry.demo.content import DemoProduct, Look
from jishi.kernel.processors import processors
from jishi.offering.media import services as media

# Just below what would ask for a third width to be encoded.
MODEL_SIDE = 620
SECOND_SIDE = 620
PHOTO_SIDE = 600
# Each holds some 50 MB of pictures and encoders: a machine of many cores must not need gigabytes.
PAINTERS_MAX = 4


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture to take. `subject` decides its room; `colour` is the sale value it shows, '' for none; with
    a `line` it shows several objects side by side.
    """

    subject: str
    emoji: str
    tint: str | None
    scene: int
    side: int
    colour: str = ""
    line: tuple[Look, ...] = ()

    @property
    def file_name(self) -> str:
        """Return what the picture is called in the merchant's folder."""
        return f"{self.subject}-{self.colour or ('all' if self.line else self.scene)}.png".lower()


def shots(product: DemoProduct) -> list[Shot]:
    """Return a product's pictures in their order: itself, or each of its colours, and then its whole family."""
    return [*_own(product), *_family(product)]


def _own(product: DemoProduct) -> list[Shot]:
    subject = product.code if product.has_own_look else product.family
    if product.colours:
        return [
            Shot(subject, product.emoji, colour.tint, 0, SECOND_SIDE if place else pictures.SIDE, colour.code)
            for place, colour in enumerate(product.colours)
        ]
    side = MODEL_SIDE if product.looks else pictures.SIDE
    return [Shot(subject, product.emoji, product.tint, 0, side)]


def _family(product: DemoProduct) -> list[Shot]:
    if len(product.looks) > 1:
        line = product.looks[: pictures.LINE_MAX]
        return [Shot(product.family, line[0][0], None, 0, pictures.SIDE, line=line)]
    if len(product.colours) > 1:
        return []
    subject = product.code if product.has_own_look else product.family
    tint = product.colours[0].tint if product.colours else product.tint
    return [Shot(subject, product.emoji, tint, 1, SECOND_SIDE)]


def photo(product: DemoProduct) -> Shot:
    """Return the picture a buyer takes of a product at home."""
    colour = product.colours[0].tint if product.colours else product.tint
    return Shot(f"{product.code}-photo", product.emoji, colour, pictures.AT_HOME, PHOTO_SIDE)


class Studio:
    """Takes pictures in the background; each is fetched when it is needed, and painted once."""

    def __init__(self, pool: ThreadPoolExecutor, *, seed: int) -> None:
        self._pool = pool
        self._seed = seed
        self._taken: dict[Shot, Future[media.Encoded]] = {}
        self._films: dict[str, Future[bytes]] = {}

    def order(self, wanted: Iterable[Shot]) -> None:
        """Begin to paint what is not begun yet."""
        for shot in wanted:
            if shot not in self._taken:
                self._taken[shot] = self._pool.submit(_take, shot, self._seed)

    def picture(self, shot: Shot) -> media.Encoded:
        """Wait for a picture, and return it."""
        self.order([shot])
        return self._taken[shot].result()

    def order_films(self, wanted: Iterable[DemoProduct]) -> None:
        """Begin with the films that some of the products have."""
        for product in wanted:
            if product.has_film and product.code not in self._films:
                self._films[product.code] = self._pool.submit(_shoot, product, self._seed)

    def film(self, product: DemoProduct) -> bytes:
        """Wait for the film of a product that has one, and return it."""
        self.order_films([product])
        return self._films[product.code].result()

    def forget(self, kept: Iterable[Shot]) -> None:
        """Let go of pictures that stand in their shop."""
        for shot in kept:
            self._taken.pop(shot, None)


@contextmanager
def studio(*, seed: int) -> Iterator[Studio]:
    """Give a studio with a painter for every core; those at work are waited for at the end."""
    # Pillow lets go of the interpreter while it works, so threads are enough.
    with ThreadPoolExecutor(min(processors(), PAINTERS_MAX), thread_name_prefix="painter") as pool:
        try:
            yield Studio(pool, seed=seed)
        finally:
            pool.shutdown(cancel_futures=True)


def encoded(picture: Image) -> media.Encoded:
    """Return a painting as files, quickly: the demo market is filled once, on the buyer's own machine."""
    return media.encoded(picture, is_quick=True)


def _shoot(product: DemoProduct, seed: int) -> bytes:
    shot = shots(product)[0]
    return films.film(shot.emoji, seed=f"{seed}:{shot.subject}", tint=shot.tint)


def _take(shot: Shot, seed: int) -> media.Encoded:
    room = f"{seed}:{shot.subject}"
    if shot.line:
        return encoded(pictures.line_up(shot.line, seed=room, side=shot.side))
    return encoded(
        pictures.product_picture(shot.emoji, seed=room, scene=shot.scene, tint=shot.tint, side=shot.side)
    )
