"""What is written into a page for its components: no more than they cannot tell or ask for themselves."""

import re
from dataclasses import replace

from jishi.discovery.content.types import Home

# The shelves on the first screens of a phone; the others are asked for by whoever comes near them.
SHELVES_BROUGHT = 3
# Two rows of the widest page, three or four of the others; the list goes on by itself.
FEED_BROUGHT = 12
# Inside a string every quote has a backslash before it, so what matches is a picture's own part.
_SOURCE_SETS = re.compile(rb',"srcset_webp":"[^"\\]*","srcset_avif":"[^"\\]*"')


def without_source_sets(data: bytes) -> bytes:
    """Return JSON without the addresses of each picture's sizes: the components make them from its `src`."""
    return _SOURCE_SETS.sub(b"", data)


def first_of_home(shown: Home) -> Home:
    """Return the home page as it is brought: only the first shelves filled, only the top categories."""
    return replace(
        shown,
        categories=[replace(category, children=[]) for category in shown.categories],
        shelves=[
            shelf if place < SHELVES_BROUGHT else replace(shelf, products=[])
            for place, shelf in enumerate(shown.shelves)
        ],
    )
