"""The SQL of buckets: pieces set aside for an activity. The stock row is always held before its bucket."""

# The warehouses with the most available pieces give first; answers the pieces set aside and what was available
# before, per key. Rows are locked in key order before anything is decided on them.
CUT = """
WITH locked AS MATERIALIZED (
    SELECT s.sku_id, s.warehouse_id, s.on_hand - s.reserved - s.bucketed AS available
    FROM inventory_stock s JOIN inventory_warehouse w ON w.id = s.warehouse_id AND w.is_active
    WHERE s.sku_id = %(sku)s
    ORDER BY s.sku_id, s.warehouse_id FOR UPDATE OF s
), share AS (
    SELECT sku_id, warehouse_id, available,
        greatest(0, least(available, %(quantity)s - coalesce(sum(available) OVER earlier, 0)))::bigint AS pieces
    FROM locked
    WINDOW earlier AS (ORDER BY available DESC, warehouse_id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
), kept AS (
    INSERT INTO inventory_bucket AS mine (sku_id, warehouse_id, activity_id, "left")
    SELECT sku_id, warehouse_id, %(activity)s, pieces FROM share WHERE pieces > 0 ORDER BY warehouse_id
    ON CONFLICT (sku_id, warehouse_id, activity_id) DO UPDATE SET "left" = mine."left" + excluded."left"
), aside AS (
    UPDATE inventory_stock s SET bucketed = s.bucketed + share.pieces FROM share
    WHERE share.pieces > 0 AND s.sku_id = share.sku_id AND s.warehouse_id = share.warehouse_id
)
SELECT sku_id, warehouse_id, pieces, available FROM share WHERE pieces > 0
"""

# As `statements.RESERVE`, out of the bucket. Answers per key: SKU, warehouse, wanted, left before, whether all fit.
RESERVE = """
WITH line AS (
    SELECT owner_id, sku_id, warehouse_id, sum(quantity)::bigint AS quantity
    FROM unnest(%(owners)s::uuid[], %(skus)s::uuid[], %(warehouses)s::uuid[], %(quantities)s::bigint[])
        AS given (owner_id, sku_id, warehouse_id, quantity)
    GROUP BY owner_id, sku_id, warehouse_id
), want AS (
    SELECT sku_id, warehouse_id, sum(quantity)::bigint AS quantity FROM line GROUP BY sku_id, warehouse_id
), seen AS (
    SELECT want.*, coalesce(b."left", 0) AS available FROM want
    LEFT JOIN inventory_bucket b ON b.sku_id = want.sku_id AND b.warehouse_id = want.warehouse_id
        AND b.activity_id = %(activity)s
), locked AS MATERIALIZED (
    SELECT stock.sku_id, stock.warehouse_id, want.quantity, b."left" AS available
    FROM inventory_stock stock JOIN want USING (sku_id, warehouse_id)
    JOIN inventory_bucket b USING (sku_id, warehouse_id)
    WHERE b.activity_id = %(activity)s AND NOT EXISTS (SELECT FROM seen WHERE available < quantity)
    ORDER BY stock.sku_id, stock.warehouse_id FOR UPDATE OF stock, b
), verdict AS MATERIALIZED (
    SELECT (SELECT count(*) FROM locked WHERE available >= quantity) = (SELECT count(*) FROM want) AS fits
), drawn AS (
    UPDATE inventory_bucket b SET "left" = b."left" - locked.quantity FROM locked, verdict
    WHERE fits AND b.sku_id = locked.sku_id AND b.warehouse_id = locked.warehouse_id
      AND b.activity_id = %(activity)s
), taken AS (
    UPDATE inventory_stock stock SET reserved = stock.reserved + locked.quantity,
        bucketed = stock.bucketed - locked.quantity
    FROM locked, verdict
    WHERE fits AND stock.sku_id = locked.sku_id AND stock.warehouse_id = locked.warehouse_id
), claimed AS (
    INSERT INTO inventory_reservation (owner_id, sku_id, warehouse_id, quantity, reserved_at, activity_id)
    SELECT owner_id, sku_id, warehouse_id, quantity, %(now)s, %(activity)s FROM line, verdict WHERE fits
)
SELECT seen.sku_id, seen.warehouse_id, seen.quantity, coalesce(locked.available, seen.available), fits
FROM seen LEFT JOIN locked USING (sku_id, warehouse_id) CROSS JOIN verdict
"""

# Answers per key: SKU, warehouse, pieces that anybody may have again, available before.
CLOSE = """
WITH locked AS MATERIALIZED (
    SELECT stock.sku_id, stock.warehouse_id, b."left" AS pieces,
           stock.on_hand - stock.reserved - stock.bucketed AS available
    FROM inventory_stock stock JOIN inventory_bucket b USING (sku_id, warehouse_id)
    WHERE b.activity_id = %(activity)s
    ORDER BY stock.sku_id, stock.warehouse_id FOR UPDATE OF stock, b
), gone AS (
    DELETE FROM inventory_bucket b USING locked WHERE b.sku_id = locked.sku_id
        AND b.warehouse_id = locked.warehouse_id AND b.activity_id = %(activity)s
), freed AS (
    UPDATE inventory_stock stock SET bucketed = stock.bucketed - locked.pieces FROM locked
    WHERE stock.sku_id = locked.sku_id AND stock.warehouse_id = locked.warehouse_id
)
SELECT sku_id, warehouse_id, pieces, available FROM locked
"""
