"""`jishi addresses`: where the market is and who can sign in to its demo."""

import argparse

from jishi.config.environment import environment
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
    checked = environment()
    print("\n  集市 is open · Jishi\n")
    for name, chinese, path in FACES + (DEMO_FACES if checked.simulators else ()):
        print(f"  {checked.public_url + path:<40} {name} {chinese}")
    print()
    if checked.demo:
        use_django()
        from jishi.entry.demo import seed

        seed.run(argparse.Namespace(buyers=0, accounts=True))
    print("  Ctrl-C stops everything.\n", flush=True)
    return 0
