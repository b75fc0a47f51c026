"""What operators see of attributes' definitions: their history, and how many live products no longer fit them."""

import msgspec

from jishi.kernel.db import rows
from jishi.kernel.ids import CategoryId
from jishi.offering.catalog.types_attributes import AttributeChange

SHOWN_MAX = 100


def history(category_id: CategoryId) -> list[AttributeChange]:
    """Return the latest changes of a category's own definitions, the latest first."""
    found = rows(
        "SELECT code, number, before::text, after::text, changed_by_id, changed_at FROM catalog_attribute_version "
        "WHERE category_id = %s ORDER BY id DESC LIMIT %s",
        [category_id, SHOWN_MAX],
    )
    return [
        AttributeChange(
            code=code,
            number=number,
            before=msgspec.json.decode(before) if before else None,
            after=msgspec.json.decode(after) if after else None,
            changed_by_id=changed_by,
            changed_at=changed_at,
        )
        for code, number, before, after, changed_by, changed_at in found
    ]


# Every category below (and itself) with the definition of each code that is in force there: the nearest one counts.
# Whether a value fits is said in `rules.normal_value`; the tests hold both to the same answers.
_MISFITS = r"""
WITH RECURSIVE tree AS (
    SELECT id, parent_id FROM catalog_category WHERE id = %(category)s
    UNION ALL SELECT c.id, c.parent_id FROM catalog_category c JOIN tree ON c.parent_id = tree.id
), up AS (
    SELECT id AS leaf, id, parent_id, 0 AS height FROM tree
    UNION ALL SELECT up.leaf, c.id, c.parent_id, up.height + 1 FROM catalog_category c JOIN up ON c.id = up.parent_id
), in_force AS (
    SELECT DISTINCT ON (up.leaf, a.code) up.leaf, a.category_id, a.code, a.kind, a.choices,
           a.is_required AND NOT a.is_sale_axis AS is_required
    FROM up JOIN catalog_attribute a ON a.category_id = up.id ORDER BY up.leaf, a.code, up.height
), removed AS (
    SELECT DISTINCT v.code FROM catalog_attribute_version v WHERE v.category_id = %(category)s AND v.after IS NULL
)
SELECT f.code, count(*)
FROM in_force f JOIN catalog_product p ON p.category_id = f.leaf AND p.status = 'live'
CROSS JOIN LATERAL (SELECT coalesce(p.attributes ->> f.code, '') AS said) value
WHERE f.category_id = %(category)s AND CASE
    WHEN said = '' THEN f.is_required
    WHEN f.kind = 'choice' THEN NOT f.choices @> jsonb_build_array(jsonb_build_object('code', said))
    WHEN f.kind = 'choices' THEN EXISTS (
        SELECT FROM unnest(string_to_array(said, ',')) one
        WHERE one <> '' AND NOT f.choices @> jsonb_build_array(jsonb_build_object('code', one)))
    WHEN f.kind = 'number' THEN said !~ '^-?([0-9]+\.?[0-9]*|\.[0-9]+)$' OR length(translate(said, '-.', '')) > 15
    WHEN f.kind = 'flag' THEN said NOT IN ('true', 'false')
    WHEN f.kind = 'date' THEN NOT pg_input_is_valid(said, 'date') OR said !~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'
    WHEN f.kind = 'colour' THEN said !~ '^#[0-9A-Fa-f]{6}$'
    ELSE false END
GROUP BY f.code
UNION ALL
SELECT r.code, count(*)
FROM removed r JOIN catalog_product p ON p.status = 'live' AND coalesce(p.attributes ->> r.code, '') <> ''
JOIN tree ON tree.id = p.category_id
WHERE NOT EXISTS (SELECT FROM in_force f WHERE f.leaf = p.category_id AND f.code = r.code)
GROUP BY r.code
"""


def misfit_counts(category_id: CategoryId) -> dict[str, int]:
    """Return how many products on sale no longer fit each of a category's definitions, by code; one statement."""
    return dict(rows(_MISFITS, {"category": category_id}))
