"""Steering: what operators tell the search about words.

Owns the sets of rules (synonyms, boosts, redirects, blocked words) from draft to history: exactly one set is
live, at most one is a draft, and a set that was live stays as it was. Promises that nothing of a draft changes what
buyers see, that going live is one moment for all rules, and that an earlier set can be brought back. Never searches:
what the rules do to a query is search's own business.
"""
