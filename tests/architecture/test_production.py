"""What people run needs nothing that only checks install."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow  # a fresh interpreter each
ROOT = Path(__file__).resolve().parents[2]
ONLY_FOR_CHECKS = ("pytest", "hypothesis", "playwright", "schemathesis", "time_machine")
DOORS = (
    "benchmarks.run",
    "jishi.entry.cli.main",
    "jishi.entry.http.wsgi",
    "jishi.config.live",
    "simulators.app",
)
LOAD = """
import importlib, sys
sys.modules.update(dict.fromkeys({blocked!r}))
importlib.import_module({door!r})
"""


@pytest.mark.parametrize("door", DOORS)
def test_loads_without_the_development_packages(door: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOAD.format(blocked=ONLY_FOR_CHECKS, door=door)],
        cwd=ROOT,
        env={
            "PATH": "/usr/bin:/bin",
            "JISHI_ENV_FILE": "",
            "JISHI_DEMO": "1",
            "JISHI_HOME": str(tmp_path),
            "DJANGO_SETTINGS_MODULE": "jishi.config.settings",
        },
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
