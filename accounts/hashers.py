"""How passwords are stored."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2Hasher(Argon2PasswordHasher):
    """Argon2id with OWASP's parameters: many sign-ins at once fit into memory.

    Django's own take 100 MiB for each. Cheat sheet "Password Storage", 2025.
    """

    time_cost = 2
    memory_cost = 19 * 1024  # KiB
    parallelism = 1
