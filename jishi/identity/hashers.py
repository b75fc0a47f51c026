"""How passwords are kept."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2(Argon2PasswordHasher):
    """Argon2id at OWASP's first recommendation (19 MiB, two passes, one lane).

    Django's default takes 100 MiB and eight lanes a guess: sixteen sign-ins at once would take all of a small
    machine.
    """

    time_cost = 2
    memory_cost = 19 * 1024  # KiB
    parallelism = 1
