"""Files that are whole or not there: a full disk or a killed process leaves no half of one under its name."""

import secrets
from pathlib import Path
from typing import Any

from django.core.files.storage import FileSystemStorage


class WholeFiles(FileSystemStorage):
    """Django's folder of files, each written aside and put in place in one step."""

    def _save(self, name: str, content: Any) -> str:
        aside = str(Path(name).with_name(f".{Path(name).name}.{secrets.token_hex(4)}"))
        try:
            super()._save(aside, content)  # type: ignore[misc]  # the stubs leave it out
            Path(self.path(aside)).replace(self.path(name))
        finally:
            Path(self.path(aside)).unlink(missing_ok=True)
        return name
