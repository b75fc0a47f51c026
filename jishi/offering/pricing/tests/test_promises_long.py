"""The promises of the price over many more carts than CI has time for."""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, settings

from benchmarks.rows import Row
from jishi.offering.pricing.tests import test_freight, test_points, test_promises

CASES = 20_000
PROMISES = {
    "parts add up": test_promises.test_the_parts_add_up_whatever_is_offered,
    "order changes nothing": test_promises.test_the_order_of_lines_and_rules_changes_nothing,
    "a rule is used or says why not": test_promises.test_every_rule_that_covers_something_is_used_or_says_why_not,
    "pieces are counted one by one": test_promises.test_every_pieces_is_what_counting_piece_by_piece_gives,
    "bundles are counted set by set": test_promises.test_a_bundle_is_what_the_best_number_of_sets_gives,
    "no line loses more than it is worth": test_promises.test_no_line_loses_more_than_it_is_worth,
    "the best coupons": test_promises.test_the_best_legal_set_of_coupons_is_taken,
    "freight": test_freight.test_parts_add_up_and_freight_never_falls_below_zero,
    "points": test_points.test_points_add_up_in_any_order_of_lines,
}


@pytest.mark.proof
@pytest.mark.parametrize("promise", PROMISES)
def test_each_promise_holds_for_20_000_carts(promise: str, figures: Callable[[Row], None]) -> None:
    long = settings(max_examples=CASES, deadline=None, suppress_health_check=list(HealthCheck))
    long(PROMISES[promise])()
    figures(Row(work=f"price: {promise}", measured=CASES, unit="examples", measured_min=CASES))
