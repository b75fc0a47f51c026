"""An old price is worked out again, byte by byte, whatever became of the promotions and goods since."""

from dataclasses import replace
from datetime import timedelta

import pytest

from jishi.entry.cli.main import main
from jishi.flows.tests.shopping import NOW, make_goods, make_shopper
from jishi.kernel.db import execute, rows
from jishi.kernel.errors import NotFound
from jishi.kernel.ids import MerchantId, PromotionId, QuoteId, new_id
from jishi.offering.pricing.tests.offers import off, spend
from jishi.offering.pricing.types import Funder, FunderShare
from jishi.offering.pricing.types_promotions import (
    Bundle,
    BundlePart,
    Effect,
    EveryPieces,
    FreightOff,
    LowerPrice,
    PieceOff,
)
from jishi.offering.promotions import services
from jishi.offering.promotions.tests.factories import make_promotion, promotion_wish
from jishi.offering.promotions.types import PromotionStatus
from jishi.trade.checkout import rules_replay, services_quotes
from jishi.trade.checkout.queries_replay import replay_quote
from jishi.trade.checkout.types import Quote
from jishi.trade.shipping.tests.factories import make_rate, make_template

pytestmark = pytest.mark.django_db

BY_PLATFORM = (FunderShare(funder=Funder.PLATFORM, basis_points=10_000),)


def a_rich_quote() -> tuple[Quote, MerchantId, list[PromotionId]]:
    """Return a quote on which a promotion of every kind has something to say."""
    me, tea = make_shopper(), make_goods(10_000, 5_000, 3_000, stock=20)
    first, second, third = tea.sku_ids
    make_template(tea.merchant_id, make_rate())
    effects: list[Effect] = [
        LowerPrice(prices={first: 9_900}),
        PieceOff(off=off(0, 333)),
        EveryPieces(every=2, reduced=1, basis_points=5_000, is_same_sku=True),
        spend((10_000, off(1_001)), (90_000, off(9_000))),
        Bundle(
            parts=(
                BundlePart(sku_ids=frozenset({second}), pieces=1),
                BundlePart(sku_ids=frozenset({third}), pieces=1),
            ),
            price_minor=7_000,
        ),
        FreightOff(off=off(300)),
    ]
    made = [make_promotion(tea.merchant_id, effect, budget_minor=1_000_000) for effect in effects]
    make_promotion(None, spend((5_000, off(707))), funders=BY_PLATFORM, per_buyer_max=1)
    return me.quote((first, 2), (second, 3), (third, 1)), tea.merchant_id, made


def test_the_same_bytes_after_every_promotion_and_price_changed() -> None:
    quote, merchant_id, made = a_rich_quote()
    now = replay_quote(quote.id)
    for promotion_id in made:
        services.change(
            merchant_id=merchant_id, promotion_id=promotion_id, wish=promotion_wish(), staff_id=None, now=NOW
        )
        services.move(
            merchant_id=merchant_id,
            promotion_id=promotion_id,
            to=PromotionStatus.ENDED,
            staff_id=None,
            now=NOW,
        )
    execute("UPDATE catalog_sku SET price_minor = price_minor * 2")

    later = replay_quote(quote.id)

    assert later.is_same
    assert (later.again, later.kept) == (now.again, now.kept)
    assert all(str(promotion_id) in later.again.decode() for promotion_id in made)


def test_another_price_is_noticed() -> None:
    quote, _, _ = a_rich_quote()
    ((stored,),) = rows("SELECT inputs::text FROM checkout_quote WHERE id = %s", [quote.id])
    inputs = rules_replay.read(stored)
    dearer = replace(inputs, lines=[replace(one, quantity=one.quantity + 1) for one in inputs.lines])
    execute("UPDATE checkout_quote SET inputs = %s", [rules_replay.written(dearer)])

    assert not replay_quote(quote.id).is_same


def test_the_command_prints_the_price_and_says_whether_it_is_the_same(
    capsys: pytest.CaptureFixture[str],
) -> None:
    quote, _, _ = a_rich_quote()

    assert main(["replay-quote", str(quote.id)]) == 0
    told = capsys.readouterr()
    assert told.out.strip() == replay_quote(quote.id).kept.decode()
    assert "the same bytes" in told.err

    execute("UPDATE checkout_quote SET priced = '{}'")
    assert main(["replay-quote", str(quote.id)]) == 1
    assert main(["replay-quote", str(new_id())]) == 2


def test_what_was_bought_is_kept_for_ever_without_its_notes_and_the_rest_for_a_week() -> None:
    me, tea = make_shopper(), make_goods(10_000)
    bought, forgotten = me.quote((tea.sku_id, 1)), me.quote((tea.sku_id, 1))
    execute("""UPDATE checkout_quote SET wish = jsonb_set(wish, '{notes}', '{"a": "for my mother"}')""")
    me.place(bought)

    services_quotes.purge_quotes(expired_before=NOW + timedelta(days=3_650))

    assert replay_quote(bought.id).is_same
    assert rows("SELECT wish -> 'notes' = '{}' FROM checkout_quote") == [(True,)]
    with pytest.raises(NotFound):
        replay_quote(QuoteId(forgotten.id))
