"""`jishi operator`: make a member of the platform's own staff; a real shop has no other way to its first."""

import argparse
import getpass
import sys

from jishi.entry.cli.chores import Commands, use_django


def register(commands: Commands) -> None:
    """Add this command to the command line."""
    parser = commands.add_parser(
        "operator",
        help="make somebody who may enter the back office",
        description="Make somebody who may enter the back office at /admin/. The password is asked for, or is the "
        "first line of standard input.",
    )
    parser.add_argument("email", help="what he signs in with")
    parser.add_argument("role", help="operations, finance, service, risk or administrator")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Make the account."""
    use_django()
    from django.core.exceptions import ValidationError
    from django.utils import translation

    from jishi.kernel.errors import ShopError

    with translation.override("en"):  # as everything that this command line says
        try:
            _make(arguments.email, arguments.role)
        except ValidationError as error:
            return _refuse(" ".join(error.messages))
        except ShopError as error:
            return _refuse(error.message.of("en"))
    print(f"{arguments.email} may sign in at /admin/ as {arguments.role}")
    return 0


def _make(email: str, role: str) -> None:
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError
    from django.core.validators import validate_email

    from jishi.identity.accounts import services
    from jishi.identity.accounts.types import PlatformRole
    from jishi.kernel import clock

    if role not in set(PlatformRole):
        raise ValidationError(f"there is no role {role}; there are {', '.join(PlatformRole)}")
    validate_email(email)
    password = _password()
    validate_password(password)
    services.make_platform_staff(
        email=email,
        password=password,
        nickname=email.partition("@")[0],
        role=PlatformRole(role),
        now=clock.now(),
    )


def _password() -> str:
    if sys.stdin.isatty():
        return getpass.getpass("password: ")
    return sys.stdin.readline().rstrip("\n")


def _refuse(why: str) -> int:
    print(f"jishi: {why}", file=sys.stderr)
    return 2
