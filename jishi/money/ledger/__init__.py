"""The ledger: double entry, append-only, balanced by construction.

Owns: accounts, journals and their postings, and the rules that turn each thing that happens to money into
postings. Promises: every journal sums to zero per currency (the database refuses another); posting a key
twice books it once; a row is never changed or deleted, a mistake is undone by a journal of its own.
Never: knows orders, payments or channels beyond the ids and names it is given; decides whether money may
move.
"""
