"""The SQL of stock: each statement locks its rows in (SKU, warehouse) order before it changes any of them.

`UPDATE … FROM unnest(…)` alone would lock in the order of the plan and apply a repeated key once; so lines
are added up first, the rows are locked by a sorted `FOR UPDATE`, and the update follows under the condition
that all lines fit.
"""

_LINES = """
WITH line AS (
    SELECT owner_id, sku_id, warehouse_id, sum(quantity)::bigint AS quantity
    FROM unnest(%(owners)s::uuid[], %(skus)s::uuid[], %(warehouses)s::uuid[], %(quantities)s::bigint[])
        AS given (owner_id, sku_id, warehouse_id, quantity)
    GROUP BY owner_id, sku_id, warehouse_id
), want AS (
    SELECT sku_id, warehouse_id, sum(quantity)::bigint AS quantity FROM line GROUP BY sku_id, warehouse_id
)"""

# Answers per key: SKU, warehouse, wanted, available before, whether everything was reserved.
RESERVE = f"""{_LINES}, seen AS (
    SELECT want.*, coalesce(stock.on_hand - stock.reserved - stock.bucketed, 0) AS available
    FROM want LEFT JOIN inventory_stock stock USING (sku_id, warehouse_id)
), locked AS MATERIALIZED (
    SELECT stock.sku_id, stock.warehouse_id, want.quantity,
           stock.on_hand - stock.reserved - stock.bucketed AS available
    FROM inventory_stock stock JOIN want USING (sku_id, warehouse_id)
    WHERE NOT EXISTS (SELECT FROM seen WHERE available < quantity)
    ORDER BY stock.sku_id, stock.warehouse_id FOR UPDATE OF stock
), verdict AS MATERIALIZED (
    SELECT (SELECT count(*) FROM locked WHERE available >= quantity) = (SELECT count(*) FROM want) AS fits
), taken AS (
    UPDATE inventory_stock stock SET reserved = stock.reserved + locked.quantity
    FROM locked, verdict
    WHERE fits AND stock.sku_id = locked.sku_id AND stock.warehouse_id = locked.warehouse_id
), claimed AS (
    INSERT INTO inventory_reservation AS mine (owner_id, sku_id, warehouse_id, quantity, reserved_at)
    SELECT owner_id, sku_id, warehouse_id, quantity, %(now)s FROM line, verdict WHERE fits
    ON CONFLICT (owner_id, sku_id, warehouse_id) DO UPDATE SET quantity = mine.quantity + excluded.quantity
)
SELECT seen.sku_id, seen.warehouse_id, seen.quantity, coalesce(locked.available, seen.available), fits
FROM seen LEFT JOIN locked USING (sku_id, warehouse_id) CROSS JOIN verdict
"""

# Pieces that came out of a bucket go back into it while there is one; the stock row is held by then, as whoever
# closes the bucket does first.
_INTO_BUCKETS = """, bucket AS MATERIALIZED (
    SELECT b.sku_id, b.warehouse_id, b.activity_id, own.quantity
    FROM inventory_bucket b JOIN locked USING (sku_id, warehouse_id)
    JOIN (SELECT sku_id, warehouse_id, activity_id, sum(quantity)::bigint AS quantity FROM gone
          WHERE activity_id IS NOT NULL GROUP BY 1, 2, 3) own USING (sku_id, warehouse_id, activity_id)
    ORDER BY b.sku_id, b.warehouse_id, b.activity_id FOR UPDATE OF b
), filled AS (
    UPDATE inventory_bucket b SET "left" = b."left" + bucket.quantity FROM bucket
    WHERE b.sku_id = bucket.sku_id AND b.warehouse_id = bucket.warehouse_id
      AND b.activity_id = bucket.activity_id
), aside AS (
    SELECT sku_id, warehouse_id, sum(quantity)::bigint AS quantity FROM bucket GROUP BY sku_id, warehouse_id
), freed AS (
    UPDATE inventory_stock stock SET reserved = stock.reserved - locked.quantity,
        bucketed = stock.bucketed + coalesce(aside.quantity, 0)
    FROM locked LEFT JOIN aside USING (sku_id, warehouse_id)
    WHERE stock.sku_id = locked.sku_id AND stock.warehouse_id = locked.warehouse_id
)"""

# Answers per key: SKU, warehouse, pieces that anybody may have again, available before.
RELEASE_OWNERS = f"""
WITH claim AS (
    SELECT owner_id, sku_id, warehouse_id FROM inventory_reservation WHERE owner_id = ANY(%(owners)s::uuid[])
    ORDER BY owner_id, sku_id, warehouse_id FOR UPDATE
), gone AS (
    DELETE FROM inventory_reservation mine USING claim
    WHERE mine.owner_id = claim.owner_id AND mine.sku_id = claim.sku_id
      AND mine.warehouse_id = claim.warehouse_id
    RETURNING mine.sku_id, mine.warehouse_id, mine.activity_id, mine.quantity
), back AS (
    SELECT sku_id, warehouse_id, sum(quantity)::bigint AS quantity FROM gone GROUP BY sku_id, warehouse_id
), locked AS MATERIALIZED (
    SELECT stock.sku_id, stock.warehouse_id, back.quantity,
           stock.on_hand - stock.reserved - stock.bucketed AS available
    FROM inventory_stock stock JOIN back USING (sku_id, warehouse_id)
    ORDER BY stock.sku_id, stock.warehouse_id FOR UPDATE OF stock
){_INTO_BUCKETS}
SELECT sku_id, warehouse_id, locked.quantity - coalesce(aside.quantity, 0), available
FROM locked LEFT JOIN aside USING (sku_id, warehouse_id)
"""

# Reservations of the lines, locked in key order and lessened (deleted when used up) if all of them suffice.
_CONSUME = f"""{_LINES}, claim AS MATERIALIZED (
    SELECT mine.owner_id, mine.sku_id, mine.warehouse_id, mine.activity_id, mine.quantity AS held, line.quantity
    FROM inventory_reservation mine JOIN line USING (owner_id, sku_id, warehouse_id)
    ORDER BY mine.owner_id, mine.sku_id, mine.warehouse_id FOR UPDATE OF mine
), verdict AS MATERIALIZED (
    SELECT (SELECT count(*) FROM claim WHERE held >= quantity) = (SELECT count(*) FROM line) AS fits
), used_up AS (
    DELETE FROM inventory_reservation mine USING claim, verdict
    WHERE fits AND held = claim.quantity AND mine.owner_id = claim.owner_id
      AND mine.sku_id = claim.sku_id AND mine.warehouse_id = claim.warehouse_id
), lessened AS (
    UPDATE inventory_reservation mine SET quantity = mine.quantity - claim.quantity FROM claim, verdict
    WHERE fits AND held > claim.quantity AND mine.owner_id = claim.owner_id
      AND mine.sku_id = claim.sku_id AND mine.warehouse_id = claim.warehouse_id
), locked AS MATERIALIZED (
    SELECT stock.sku_id, stock.warehouse_id, stock.merchant_id, want.quantity,
           stock.on_hand - stock.reserved - stock.bucketed AS available
    FROM inventory_stock stock JOIN want USING (sku_id, warehouse_id) CROSS JOIN verdict WHERE fits
    ORDER BY stock.sku_id, stock.warehouse_id FOR UPDATE OF stock
)"""

_ANSWER = """
SELECT want.sku_id, want.warehouse_id, want.quantity, coalesce(locked.available, 0), fits
FROM want LEFT JOIN locked USING (sku_id, warehouse_id) CROSS JOIN verdict
"""

# Answers per key: SKU, warehouse, pieces that anybody may have again, available before, whether everything was done.
RELEASE_LINES = f"""{_CONSUME}, gone AS (
    SELECT sku_id, warehouse_id, activity_id, quantity FROM claim
){_INTO_BUCKETS}
SELECT want.sku_id, want.warehouse_id, want.quantity - coalesce(aside.quantity, 0),
       coalesce(locked.available, 0), fits
FROM want LEFT JOIN locked USING (sku_id, warehouse_id) LEFT JOIN aside USING (sku_id, warehouse_id)
CROSS JOIN verdict
"""

SHIP = f"""{_CONSUME}, sent AS (
    UPDATE inventory_stock stock
    SET reserved = stock.reserved - locked.quantity, on_hand = stock.on_hand - locked.quantity FROM locked
    WHERE stock.sku_id = locked.sku_id AND stock.warehouse_id = locked.warehouse_id
), moved AS (
    INSERT INTO inventory_movement
        (id, merchant_id, sku_id, warehouse_id, kind, quantity, reference, staff_id, moved_at)
    SELECT given.id, locked.merchant_id, given.sku_id, given.warehouse_id, 'shipped', -given.quantity,
           %(reference)s, %(staff)s::uuid, %(now)s
    FROM unnest(%(ids)s::uuid[], %(skus)s::uuid[], %(warehouses)s::uuid[], %(quantities)s::bigint[])
        AS given (id, sku_id, warehouse_id, quantity)
    JOIN locked USING (sku_id, warehouse_id)
){_ANSWER}"""

# Answers per key: SKU, warehouse, pieces, available before.
TAKE_BACK = f"""{_LINES}, locked AS MATERIALIZED (
    SELECT stock.sku_id, stock.warehouse_id, stock.merchant_id, want.quantity,
           stock.on_hand - stock.reserved - stock.bucketed AS available
    FROM inventory_stock stock JOIN want USING (sku_id, warehouse_id)
    ORDER BY stock.sku_id, stock.warehouse_id FOR UPDATE OF stock
), restocked AS (
    UPDATE inventory_stock stock SET on_hand = stock.on_hand + locked.quantity FROM locked
    WHERE %(restock)s AND stock.sku_id = locked.sku_id AND stock.warehouse_id = locked.warehouse_id
), given AS (
    SELECT * FROM unnest(%(ids)s::uuid[], %(scrap_ids)s::uuid[], %(skus)s::uuid[], %(warehouses)s::uuid[],
                         %(quantities)s::bigint[]) AS given (id, scrap_id, sku_id, warehouse_id, quantity)
), moved AS (
    INSERT INTO inventory_movement
        (id, merchant_id, sku_id, warehouse_id, kind, quantity, reference, staff_id, moved_at)
    SELECT given.id, locked.merchant_id, given.sku_id, given.warehouse_id, 'returned', given.quantity,
           %(reference)s, %(staff)s::uuid, %(now)s
    FROM given JOIN locked USING (sku_id, warehouse_id)
    UNION ALL
    SELECT given.scrap_id, locked.merchant_id, given.sku_id, given.warehouse_id, 'scrapped', -given.quantity,
           %(reference)s, %(staff)s::uuid, %(now)s
    FROM given JOIN locked USING (sku_id, warehouse_id) WHERE NOT %(restock)s
)
SELECT sku_id, warehouse_id, quantity, available FROM locked
"""

# Answers per key: SKU, warehouse, pieces, available before. Rows of stock come into being here.
RECEIVE = """
WITH want AS (
    SELECT sku_id, sum(quantity)::bigint AS quantity
    FROM unnest(%(skus)s::uuid[], %(quantities)s::bigint[]) AS given (sku_id, quantity) GROUP BY sku_id
), stocked AS (
    INSERT INTO inventory_stock AS stock (sku_id, warehouse_id, merchant_id, on_hand, reserved, bucketed)
    SELECT sku_id, %(warehouse)s, %(merchant)s, quantity, 0, 0 FROM want ORDER BY sku_id
    ON CONFLICT (sku_id, warehouse_id) DO UPDATE SET on_hand = stock.on_hand + excluded.on_hand
    RETURNING sku_id, warehouse_id, on_hand - reserved - bucketed AS available
), moved AS (
    INSERT INTO inventory_movement
        (id, merchant_id, sku_id, warehouse_id, kind, quantity, reference, staff_id, moved_at)
    SELECT given.id, %(merchant)s, given.sku_id, %(warehouse)s, 'received', given.quantity,
           %(reference)s, %(staff)s::uuid, %(now)s
    FROM unnest(%(ids)s::uuid[], %(skus)s::uuid[], %(quantities)s::bigint[]) AS given (id, sku_id, quantity)
)
SELECT stocked.sku_id, stocked.warehouse_id, want.quantity, stocked.available - want.quantity
FROM stocked JOIN want USING (sku_id)
"""

# A SKU that a warehouse never had may be found there.
SHELVE = """
INSERT INTO inventory_stock (sku_id, warehouse_id, merchant_id, on_hand, reserved, bucketed)
SELECT sku_id, %(warehouse)s, %(merchant)s, 0, 0, 0 FROM unnest(%(skus)s::uuid[]) AS given (sku_id)
ORDER BY sku_id ON CONFLICT (sku_id, warehouse_id) DO NOTHING
"""

# Answers per SKU: SKU, found on the shelf, on hand in the books, claimed, what was expected, whether all were
# counted.
COUNT = """
WITH given AS (
    SELECT * FROM unnest(%(ids)s::uuid[], %(skus)s::uuid[], %(found)s::bigint[], %(expected)s::bigint[])
        AS given (id, sku_id, found, expected)
), locked AS MATERIALIZED (
    SELECT stock.sku_id, given.id, given.found, given.expected, stock.on_hand,
           stock.reserved + stock.bucketed AS claimed
    FROM inventory_stock stock JOIN given USING (sku_id) WHERE stock.warehouse_id = %(warehouse)s
    ORDER BY stock.sku_id FOR UPDATE OF stock
), verdict AS MATERIALIZED (
    SELECT (SELECT count(*) FROM locked WHERE found >= claimed AND coalesce(expected, on_hand) = on_hand)
        = (SELECT count(*) FROM given) AS fits
), counted AS (
    UPDATE inventory_stock stock SET on_hand = locked.found FROM locked, verdict
    WHERE fits AND stock.sku_id = locked.sku_id AND stock.warehouse_id = %(warehouse)s
), moved AS (
    INSERT INTO inventory_movement
        (id, merchant_id, sku_id, warehouse_id, kind, quantity, reference, staff_id, moved_at)
    SELECT locked.id, %(merchant)s, locked.sku_id, %(warehouse)s, 'counted', locked.found - locked.on_hand,
           %(reference)s, %(staff)s::uuid, %(now)s
    FROM locked, verdict WHERE fits AND locked.found <> locked.on_hand
)
SELECT given.sku_id, given.found, coalesce(locked.on_hand, 0), coalesce(locked.claimed, 0),
       given.expected, fits
FROM given LEFT JOIN locked USING (sku_id) CROSS JOIN verdict
"""
