"""`jishi addresses`: where the market is and who can sign in to its demo."""

import argparse
from pathlib import Path

from jishi.config.environment import Environment, environment
from jishi.entry.cli.chores import Commands, use_django

FACES = (
    ("storefront", "商城", "/"),
    ("merchant centre", "商家中心", "/merchant/"),
    ("back office", "平台后台", "/admin/"),
    ("API", "接口文档", "/api/v1/docs"),
)
DEMO_FACES = (("SMS and mail inbox", "短信与邮件", "/_sim/inbox"),)


def register(commands: Commands) -> None:
    """Add this command to the command line."""
    parser = commands.add_parser("addresses", help="print the addresses and, in demo mode, the accounts")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the addresses of a running market."""
    use_django()
    print(text(environment()), flush=True)
    return 0


def keep(checked: Environment) -> None:
    """Write the text down for `jishi up`, which loads no application itself."""
    path = _file(checked)
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text(text(checked), encoding="utf-8")


def kept(checked: Environment) -> str:
    """Return what `keep` wrote."""
    return _file(checked).read_text(encoding="utf-8")


def text(checked: Environment) -> str:
    """Return the addresses and, in demo mode, the accounts as people read them."""
    lines = ["", "  集市 is open · Jishi", ""]
    for name, chinese, path in FACES + (DEMO_FACES if checked.simulators else ()):
        lines.append(f"  {checked.public_url + path:<40} {name} {chinese}")
    if checked.demo:
        from jishi.entry.demo import accounts, stores

        lines += ["", accounts.table(stores.people())]
    return "\n".join([*lines, "", "  Ctrl-C stops everything.", ""])


def _file(checked: Environment) -> Path:
    return checked.home / "run" / "addresses.txt"
