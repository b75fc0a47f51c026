"""`jishi rekey`: after a new key was put first, rewrite under it whatever stands under the old ones."""

import argparse

from jishi.entry.cli.chores import Commands, use_django


def register(commands: Commands) -> None:
    """Add this command to the command line."""
    parser = commands.add_parser(
        "rekey",
        help="rewrite personal data under the current keys; then the old ones can be dropped",
        description="Changing a key of JISHI_ENCRYPTION_KEYS or JISHI_BLIND_INDEX_KEYS takes three steps, each "
        "with a restart of all processes: put the new key second; put it first and run this command; drop the "
        "old one. It can be stopped and repeated at any time, while the market is open.",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Rewrite everything that is sealed or indexed with a key, and say how much it was."""
    use_django()
    from jishi.identity import authenticators, sessions
    from jishi.identity.accounts import services as accounts
    from jishi.kernel import crypto

    print(f"{crypto.reencrypt()} rows with personal data")
    print(f"{accounts.reseal_emails()} e-mail addresses")
    print(f"{authenticators.reseal()} second factors")
    print(f"{sessions.reseal()} sessions")
    print(f"{accounts.reseal_devices()} signed-in devices")
    return 0
