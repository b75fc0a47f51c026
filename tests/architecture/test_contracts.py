"""The house rules hold, and each of them is shown to fail when broken."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tools.contracts import trespasses

ROOT = Path(__file__).resolve().parents[2]

BREAKS = {
    "areas": ("jishi/kernel/money.py", "import jishi.trade.orders.types", "Areas import downwards only"),
    "blind areas": (
        "jishi/money/ledger/types.py",
        "import jishi.offering.catalog.types",
        "Areas import downwards only",
    ),
    "inside": ("jishi/trade/orders/models.py", "import jishi.trade.orders.services", "Inside a context"),
    "surface": ("jishi/flows/place_order.py", "import jishi.trade.orders.models", "Contexts meet at"),
    "rows outside the console": (
        "jishi/entry/http/health.py",
        "import jishi.trade.orders.models",
        "Contexts meet at",
    ),
    "pure": ("jishi/offering/pricing/rules.py", "import django.db", "Rules and types know no Django"),
    "cycles": (
        "jishi/offering/catalog/queries.py",
        "import jishi.offering.inventory.queries",
        "No cycles between",
    ),
}


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A copy of the package that a test may break."""
    for name in ("jishi", "tools"):
        shutil.copytree(
            ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "*.json", "tests")
        )
    shutil.copy(ROOT / ".importlinter", tmp_path)
    return tmp_path


def test_the_house_keeps_its_contracts() -> None:
    done = lint_imports(ROOT)
    assert done.returncode == 0, done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("rule", BREAKS)
def test_a_broken_contract_is_refused(house: Path, rule: str) -> None:
    path, line, contract = BREAKS[rule]
    file = house / path
    file.write_text(f"{file.read_text()}\n{line}\n")
    done = lint_imports(house)
    assert done.returncode != 0
    assert [row for row in done.stdout.splitlines() if contract in row and "BROKEN" in row], done.stdout


@pytest.mark.parametrize(
    ("importer", "imported", "is_refused"),
    [
        ("jishi.entry.console.orders", "jishi.trade.orders.models", False),
        ("jishi.entry.admin", "jishi.trade.orders.models", False),
        ("jishi.entry.console.orders", "jishi.trade.orders.statements", True),
        ("jishi.entry.console_of_merchants", "jishi.trade.orders.models", True),
        ("jishi.entry.http.health", "jishi.trade.orders.models", True),
        ("jishi.entry.cli.seed", "jishi.trade.orders.models", True),
        ("jishi.flows.cancel", "jishi.trade.orders.models", True),
        ("jishi.trade.shipping.services", "jishi.trade.orders.models", True),
    ],
)
def test_only_the_back_office_sees_rows_of_contexts(importer: str, imported: str, is_refused: bool) -> None:
    assert trespasses(importer, imported) is is_refused
