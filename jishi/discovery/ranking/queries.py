"""Reading the quality of products."""

from collections.abc import Sequence

from jishi.discovery.ranking import rules
from jishi.discovery.ranking.types import PartShown, QualityShown
from jishi.kernel.db import row, rows
from jishi.kernel.ids import ProductId

UNKNOWN = 1.0  # of a product that nothing was computed for yet


def factors(product_ids: Sequence[ProductId]) -> dict[ProductId, float]:
    """Return what the scores of products are multiplied by; those never computed are left out. One statement."""
    found = rows(
        "SELECT product_id, factor FROM ranking_quality WHERE product_id = ANY(%s::uuid[])",
        [list(product_ids)],
    )
    return {ProductId(product_id): factor for product_id, factor in found}


def quality_of(product_id: ProductId) -> QualityShown:
    """Return a product's quality with its parts."""
    columns = ", ".join(rules.PARTS)
    found = row(f"SELECT factor, {columns} FROM ranking_quality WHERE product_id = %s", [product_id])
    factor, *scores = found or (UNKNOWN, *(0.0 for _ in rules.PARTS))
    return QualityShown(
        product_id=product_id,
        factor=factor,
        parts=[
            PartShown(name=name, score=score, factor=rules.part_factor(name, score))
            for name, score in zip(rules.PARTS, scores, strict=True)
        ],
    )
