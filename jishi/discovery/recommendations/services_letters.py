"""A letter a week with recommendations, to who asked for it; each leads to a page that ends them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core import signing

from jishi.discovery.recommendations import queries, rules_letters
from jishi.discovery.recommendations.models_letters import LetterRow
from jishi.discovery.recommendations.types import Asked, Place, Recommendation
from jishi.identity.accounts import queries as accounts
from jishi.identity.notifications import services as notifications
from jishi.identity.notifications.services import NotSent
from jishi.kernel.db import execute
from jishi.kernel.errors import NotFound
from jishi.kernel.ids import ProductId, UserId

EVERY = timedelta(days=7)
# A job that runs once a week must not miss a week by a few minutes.
REST = EVERY - timedelta(hours=12)
SHOWN, SHOWN_MIN = 6, 3
_SALT = "jishi.letters"


def answer(*, buyer: UserId, wanted: bool, now: datetime) -> None:
    """Write down whether somebody wants letters; a no forgets what he was sent. Saying it again changes nothing."""
    if wanted:
        execute(
            "INSERT INTO recommendations_letter (buyer_id, wanted_at, product_ids) VALUES (%s, %s, '{}') "
            "ON CONFLICT (buyer_id) DO NOTHING",
            [buyer, now],
        )
    else:
        LetterRow.objects.filter(buyer_id=buyer).delete()


def stop(token: str) -> None:
    """End the letters of who got this one, whoever is signed in; again changes nothing. Raises: NotFound."""
    try:
        buyer = UUID(signing.Signer(salt=_SALT).unsign(token))
    except (signing.BadSignature, ValueError):
        raise NotFound from None
    LetterRow.objects.filter(buyer_id=buyer).delete()


def token_of(buyer: UserId) -> str:
    """Return what ends a buyer's letters without signing in."""
    return signing.Signer(salt=_SALT).sign(str(buyer))


def write(*, buyer: UserId, now: datetime) -> bool:
    """Send somebody this week's letter, if he wants one, can be reached and there is something new to say.

    The turn is taken before the letter goes, so that a second run sends no second one; it is given back when it was
    not taken. Raises: NotSent, for the job runner to try again.
    """
    email, language = accounts.proven_email(buyer)
    before = LetterRow.objects.filter(buyer_id=buyer).first()
    if email is None or before is None:
        return False
    goods = _goods(buyer, set(before.product_ids), language, now)
    if len(goods) < SHOWN_MIN or not _take_turn(buyer, goods, now):
        return False
    shop = settings.ENV.public_url
    stop_url = f"{shop}/letters/stop?token={token_of(buyer)}"
    try:
        notifications.send_written_mail(
            to=email,
            written=rules_letters.written(goods, shop=shop, stop_url=stop_url, language=language),
            headers=rules_letters.headers(f"{shop}/api/v1/store/recommendations/letters/stops", stop_url),
        )
    except NotSent:
        LetterRow.objects.filter(buyer_id=buyer, sent_at=now).update(
            sent_at=before.sent_at, product_ids=before.product_ids
        )
        raise
    return True


def _goods(buyer: UserId, told: set[UUID], language: str, now: datetime) -> list[Recommendation]:
    """Return what home would show him, without what the last letter showed."""
    asked = Asked(place=Place.HOME, owner_id=buyer, buyer=buyer, product_ids=(), language=language, now=now)
    found = queries.recommended(asked, limit=2 * SHOWN).items
    return [one for one in found if one.product.id not in told][:SHOWN]


def _take_turn(buyer: UserId, goods: Sequence[Recommendation], now: datetime) -> bool:
    shown: list[ProductId] = [one.product.id for one in goods]
    return bool(
        execute(
            "UPDATE recommendations_letter SET sent_at = %s, product_ids = %s "
            "WHERE buyer_id = %s AND (sent_at IS NULL OR sent_at < %s)",
            [now, shown, buyer, now - REST],
        )
    )
