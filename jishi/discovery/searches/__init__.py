"""What people searched for: each one's own history, and the hot words that many share.

Promises that a history is seen and cleared by its owner only, and that no word is shown to others before several
people looked for it. Both live in Valkey and can be lost without harm. Never answers a search itself.
"""
