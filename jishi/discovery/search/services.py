"""Writing the index: what processes, the command line and the back office call."""

from jishi.discovery.search.indexer import catch_up, run
from jishi.discovery.search.nodes import ask_all_to_rebuild, ask_rebuild

__all__ = ["ask_all_to_rebuild", "ask_rebuild", "catch_up", "run"]
