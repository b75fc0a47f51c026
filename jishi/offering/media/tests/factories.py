"""Pictures without files: enough for whoever only shows their addresses."""

import secrets
from datetime import UTC, datetime

from jishi.kernel.ids import MediaId, MerchantId
from jishi.offering.media.models import Asset


def make_asset(merchant_id: MerchantId, *, width: int = 1200, height: int = 1200) -> MediaId:
    """Make the record of a picture of a merchant."""
    content_hash = secrets.token_bytes(32)
    made = Asset.objects.create(
        merchant_id=merchant_id,
        key=f"{content_hash.hex()[:2]}/{content_hash.hex()[:40]}",
        content_hash=content_hash,
        perceptual_hash=secrets.randbits(63),
        width=width,
        height=height,
        byte_count=1,
        uploaded_at=datetime(2026, 11, 24, tzinfo=UTC),
    )
    return MediaId(made.id)
