"""Pictures that look like another, without looking at all there are.

Two fingerprints of 64 bits that differ in up to seven have a quarter of 16 bits in which they differ in one at most
(eight would be two in each), so that quarter is one of 17 values: itself, or with one bit turned. Each quarter has an
index; what those find is then compared bit by bit. A quarter nearly all of whose bits are the same (white around
the goods) is in too many pictures to find any by: it is left out, and with k quarters left all that differ in up to
2k - 1 bits are found.
"""

from collections.abc import Sequence

from jishi.kernel.db import rows
from jishi.kernel.ids import MediaId, MerchantId
from jishi.offering.media.types import LookAlike

BITS = 16
SHIFTS = (0, 16, 32, 48)
TELLING_MIN = 2  # bits of a quarter that must be set, and that must not be
FOUND_MAX = 5  # of each picture, the most alike
_MASK = (1 << BITS) - 1


def look_alikes(merchant_id: MerchantId, media_ids: Sequence[MediaId], *, bits_max: int) -> list[LookAlike]:
    """Return other merchants' pictures whose fingerprints differ from those of a merchant's own in `bits_max` bits at
    most (up to 7 are found for certain), the most alike first; two statements.
    """
    own = rows(
        "SELECT perceptual_hash, key FROM media_asset "
        "WHERE merchant_id = %s AND id = ANY(%s::uuid[]) AND kind = 'image'",
        [merchant_id, list(media_ids)],
    )
    return _found([(key, fingerprint) for fingerprint, key in own], merchant_id, bits_max, FOUND_MAX)


def pictures_like(fingerprints: Sequence[int], *, bits_max: int, most: int) -> list[LookAlike]:
    """Return merchants' pictures whose fingerprint differs from one of these in `bits_max` bits at most (up to 7 are
    found for certain), `most` for each, the most alike first; one statement.
    """
    return _found([("", fingerprint) for fingerprint in fingerprints], None, bits_max, most)


def _found(
    own: Sequence[tuple[str, int]], merchant_id: MerchantId | None, bits_max: int, most: int
) -> list[LookAlike]:
    probes = [
        (key, fingerprint, shift, value)
        for key, fingerprint in own
        for shift in SHIFTS
        for value in neighbours(fingerprint >> shift & _MASK)
    ]
    if not probes:
        return []
    found = rows(
        _FOUND,
        {
            "keys": [key for key, _, _, _ in probes],
            "fingerprints": [fingerprint for _, fingerprint, _, _ in probes],
            "shifts": [shift for _, _, shift, _ in probes],
            "values": [value for _, _, _, value in probes],
            "merchant": merchant_id,
            "bits": bits_max,
            "most": most,
        },
    )
    return [LookAlike(picture=own, alike=key, merchant_id=MerchantId(owner), bits=bits)
            for own, key, owner, bits in found]  # fmt: skip


def neighbours(quarter: int) -> list[int]:
    """Return a quarter and what it is with one bit turned; nothing for one that tells too little."""
    if not TELLING_MIN <= quarter.bit_count() <= BITS - TELLING_MIN:
        return []
    return [quarter, *(quarter ^ 1 << bit for bit in range(BITS))]


# One join for each quarter, because each has its index.
_OF_QUARTER = """
    SELECT probe.key AS own, a.key, a.merchant_id, bit_count((a.perceptual_hash # probe.fingerprint)::bit(64)) AS bits
    FROM probe JOIN media_asset a
        ON ((a.perceptual_hash >> {shift}) & 65535) = probe.value AND a.kind = 'image'
    WHERE probe.shift = {shift} AND a.merchant_id IS NOT NULL
        AND a.merchant_id IS DISTINCT FROM %(merchant)s::uuid
"""
_FOUND = f"""
WITH probe AS (
    SELECT * FROM unnest(%(keys)s::text[], %(fingerprints)s::bigint[], %(shifts)s::int[], %(values)s::bigint[])
        AS probe (key, fingerprint, shift, value)
), near AS (
    {" UNION ALL ".join(_OF_QUARTER.format(shift=shift) for shift in SHIFTS)}
), ranked AS (
    SELECT own, key, merchant_id, bits, row_number() OVER (PARTITION BY own ORDER BY bits, key) AS place
    FROM (SELECT DISTINCT own, key, merchant_id, bits FROM near WHERE bits <= %(bits)s) one
)
SELECT own, key, merchant_id, bits FROM ranked WHERE place <= %(most)s ORDER BY bits, own, key
"""
