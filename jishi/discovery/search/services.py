"""Writing the index: what processes and the command line call."""

from jishi.discovery.search.indexer import catch_up, run

__all__ = ["catch_up", "run"]
