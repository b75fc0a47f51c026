"""The process that writes one part of a new generation.

Nothing is imported here that needs Django: the process sets it up itself.
"""

import os
from pathlib import Path

from jishi.kernel.ids import ProductId

POLITE = 10  # buyers come first: a market that is open builds anew, too


def write(
    generation: Path, folder: Path, database: str, after: ProductId | None, until: ProductId | None
) -> None:
    """Write the products of a range into `folder`, cut with the dictionary of the generation."""
    os.nice(POLITE)
    import django

    django.setup()
    from django.db import connection

    from jishi.discovery.search import building, vocabulary, words

    connection.settings_dict["NAME"] = database
    building.write(folder, words.segmenter(vocabulary.load_dictionary(generation)), after, until)
