"""The kernel: words and tools that every area uses; it knows none of them.

Owns: money, ids, errors, the outbox, jobs, idempotency keys, encrypted fields, the audit log, pages, rate
limits, the cache, live updates, China's regions, logs and metrics. Promises: an event or a job is kept
exactly when its transaction commits; nothing here reads the clock but `clock` and the job runner; what Valkey
holds may be lost. Never: imports an area, speaks of orders or merchants, calls the network inside a
transaction.
"""
