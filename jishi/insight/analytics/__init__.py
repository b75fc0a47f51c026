"""Analytics.

Owns no table: it reads what other contexts answer and puts it side by side. Promises: a merchant's dashboard
costs a fixed, small number of statements however much he sells, and shows nobody more than his role may read
elsewhere. Never writes.
"""
