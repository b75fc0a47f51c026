"""The demo's pictures come out of the encoders as they were painted."""

import io

import pytest
from PIL import Image

from jishi.entry.demo import painting, pictures


@pytest.mark.parametrize("kind", ["webp", "avif"])
@pytest.mark.parametrize("colour", ["#2f6f5e", "#e2412e", "#3b5ba5"])
def test_a_banners_wall_is_one_tone_in_every_size(colour: str, kind: str) -> None:
    painted = pictures.banner(["1fad6"] * 2, colour=colour, seed="tea")
    for variant in painting.encoded(painted).variants:
        if variant.kind != kind:
            continue
        shown = Image.open(io.BytesIO(variant.data)).convert("RGB")
        wall = shown.crop((0, 0, shown.width // 3, shown.height // 2))
        tones = wall.getcolors(wall.width * wall.height)
        assert tones is not None
        # WebP stumbles over the very first block, whatever is in it.
        assert max(tones)[0] > 0.95 * wall.width * wall.height, variant.width


def test_the_same_banner_is_painted_every_time() -> None:
    one, other = (pictures.banner(["1fad6"], colour="#2f6f5e", seed="tea") for _ in range(2))
    assert one.tobytes() == other.tobytes()
