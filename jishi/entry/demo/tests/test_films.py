"""The films are MP4 files with one AV1 track."""

import struct

from jishi.entry.demo import films

INNER = {b"moov", b"trak", b"mdia"}


def boxes(data: bytes) -> dict[bytes, bytes]:
    """Return the boxes of an ISO file by kind, those within others too."""
    found: dict[bytes, bytes] = {}
    at = 0
    while at < len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        found[kind] = data[at + 8 : at + size]
        if kind in INNER:
            found |= boxes(found[kind])
        at += size
    return found


def test_a_film_is_an_mp4_and_the_same_for_the_same_seed() -> None:
    film = films.film("1f375", seed="tea", tint=None)

    found = boxes(film)
    assert found[b"ftyp"].startswith(b"isom")
    assert b"avi" not in found[b"ftyp"]
    assert found[b"hdlr"][8:12] == b"vide"
    assert b"meta" not in found
    assert b"av01" in found[b"minf"]
    assert films.film("1f375", seed="tea", tint=None) == film
    assert len(film) < 200_000
