"""How well the models recommend, measured on public data that this test fetches."""

import pytest

from benchmarks import recommendations
from jishi.discovery.recommendations import evaluating

pytestmark = pytest.mark.slow


def test_the_blend_keeps_its_floor_and_beats_popularity_clearly() -> None:
    tried = recommendations.trial(recommendations.deeds())
    figures = evaluating.measure(tried)
    assert len(tried.wanted) > 900
    assert 0.085 < figures["popularity"] < 0.1  # the protocol is the one that the floor was set for
    assert figures["blend"] >= recommendations.FLOOR
    assert figures["blend"] > 1.5 * figures["popularity"]
    assert min(figures["item_item"], figures["als"]) > 1.5 * figures["popularity"]
