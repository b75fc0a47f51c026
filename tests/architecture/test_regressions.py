"""docs/regressions.md and the tests it names: none without the other."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TABLE = ROOT / "docs" / "regressions.md"
FOLDER = ROOT / "tests" / "regressions"
COLUMNS = 4


def defined_in(file: Path) -> set[str]:
    """Return the tests of a file as pytest names them."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    found = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    return {f"{file.relative_to(ROOT).as_posix()}::{name}" for name in found if name.startswith("test_")}


def rows() -> list[list[str]]:
    """Return the rows of all tables, without heads and rules."""
    lines = [line for line in TABLE.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [row for row in cells if row[0] != "case" and set(row[0]) != {"-"}]


def named() -> list[str]:
    """Return the test of each row."""
    return [row[2].strip("`") for row in rows()]


def test_every_row_is_whole_and_no_test_stands_twice() -> None:
    assert [row for row in rows() if len(row) != COLUMNS or not all(row)] == []
    assert len(named()) == len(set(named()))


def test_every_row_names_a_test_that_exists() -> None:
    files = {ROOT / name.partition("::")[0] for name in named()}
    assert [file for file in files if not file.is_file()] == []
    there = set().union(*(defined_in(file) for file in files))
    assert sorted(set(named()) - there) == []


def test_every_test_of_the_folder_is_in_the_table() -> None:
    there = set().union(*(defined_in(file) for file in FOLDER.glob("test_*.py")))
    assert there
    assert sorted(there - set(named())) == []


def test_a_test_with_a_number_stands_beside_that_number() -> None:
    """A name like vendure_3508 is the report it was made from."""
    wrong = [
        (seen, test)
        for _, seen, test, _ in rows()
        for number in re.findall(r"#(\d+)", seen)
        if f"_{number}_" not in test
    ]
    assert wrong == []
