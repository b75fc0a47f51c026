"""Two import contracts that every context obeys, whatever its name: its inside, and where others touch it."""

from collections.abc import Iterator

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output

AREAS = ("identity", "offering", "money", "trade", "discovery", "community", "insight")
RANKS = {
    "types": 0,
    "events": 0,
    "rules": 1,
    "models": 2,
    "queries": 3,
    "services": 4,
    "api": 5,
    "tasks": 5,
    "admin": 5,
}
PUBLIC = ("types", "events", "queries", "services")
EDGE = ("api", "tasks", "admin")
# Pure functions with a promise of their own, used by the contexts and flows above.
PUBLIC_RULES = (
    "jishi.offering.pricing.rules",
    "jishi.offering.promotions.rules",
    "jishi.offering.promotions.rules_words",
    "jishi.money.ledger.rules",
    "jishi.money.ledger.rules_instalments",
    "jishi.trade.shipping.rules",
)
# The back office shows rows as they are; see docs/decisions/0006.
SHOWS_ROWS = "jishi.entry.console"

Import = tuple[str, str]


def context_of(module: str) -> str | None:
    """Return `jishi.<area>.<context>` of a module inside a context, else None."""
    parts = module.split(".")
    inside = len(parts) >= 4 and parts[0] == "jishi" and parts[1] in AREAS and parts[2] != "migrations"
    return ".".join(parts[:3]) if inside else None


def file_of(module: str) -> str:
    """Return which of a context's files a module is; `services_cart` counts as `services`."""
    return module.split(".")[3].split("_", 1)[0]


def is_test(module: str) -> bool:
    """Tell whether a module belongs to tests, which may import anything below."""
    return "tests" in module.split(".")


def imports_of(graph: ImportGraph) -> Iterator[Import]:
    """Yield every import that is no test's."""
    for importer in sorted(graph.modules):
        if not is_test(importer):
            for imported in sorted(graph.find_modules_directly_imported_by(importer)):
                yield importer, imported


def climbs(importer: str, imported: str) -> bool:
    """Tell whether an import inside one context goes from a lower file to a higher one."""
    home = context_of(importer)
    if home is None or home != context_of(imported) or importer == imported:
        return False
    low, high = RANKS.get(file_of(importer)), RANKS.get(file_of(imported))
    return low is not None and high is not None and high > low


def trespasses(importer: str, imported: str) -> bool:
    """Tell whether an import reaches into another context past its public files."""
    target = context_of(imported)
    if target is None or context_of(importer) == target:
        return False
    name = file_of(imported)
    gathers_models = name == "models" and importer == f"{'.'.join(target.split('.')[:2])}.models"
    enters = name in EDGE and importer.startswith("jishi.entry.")
    gathers_tasks = name == "tasks" and importer.startswith("jishi.flows")
    shows_rows = name == "models" and _is_console(importer)
    return not (
        name in PUBLIC or imported in PUBLIC_RULES or gathers_models or enters or gathers_tasks or shows_rows
    )


def _is_console(module: str) -> bool:
    return module in {SHOWS_ROWS, "jishi.entry.admin"} or module.startswith(f"{SHOWS_ROWS}.")


class _EachImport(Contract):
    """A contract that looks at one import at a time."""

    ignore_imports = fields.SetField(subfield=fields.ImportExpressionField(), required=False)

    def is_broken_by(self, importer: str, imported: str) -> bool:
        raise NotImplementedError

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:  # noqa: ARG002 - import-linter's signature
        """List every import that breaks the contract."""
        broken = [pair for pair in imports_of(graph) if self.is_broken_by(*pair)]
        return ContractCheck(kept=not broken, metadata={"broken": broken})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Print each import that breaks it."""
        for importer, imported in check.metadata["broken"]:
            output.print_error(f"- {importer} -> {imported}")


class InsideContract(_EachImport):
    """Inside a context imports go down the ranks only."""

    def is_broken_by(self, importer: str, imported: str) -> bool:
        """See `climbs`."""
        return climbs(importer, imported)


class SurfaceContract(_EachImport):
    """From outside, a context is its services, queries, events and types."""

    def is_broken_by(self, importer: str, imported: str) -> bool:
        """See `trespasses`."""
        return trespasses(importer, imported)
