"""A file of the media folder is whole or not there."""

import errno
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.files.base import ContentFile

from jishi.offering.media.storage import WholeFiles

NAME = "ab/cdef/640.webp"


class BreakingOff(ContentFile):  # type: ignore[type-arg]  # generic in the stubs only
    """What is written to a disk that gets full half-way."""

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        yield b"half"
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_file_that_broke_off_is_not_there_and_can_be_written_again(tmp_path: Path) -> None:
    storage = WholeFiles(location=tmp_path)
    with pytest.raises(OSError, match="No space left"):
        storage.save(NAME, BreakingOff(b"whole"))
    assert not storage.exists(NAME)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []

    assert storage.save(NAME, ContentFile(b"whole")) == NAME
    assert (tmp_path / NAME).read_bytes() == b"whole"
    assert [path.name for path in (tmp_path / NAME).parent.iterdir()] == ["640.webp"]
