"""The filters in a page's address: what search says they mean."""

from jishi.discovery.search.queries import wish_of

__all__ = ["wish_of"]
