"""Argon2id with parameters of our own: the least that OWASP asks for, and no memory for as many lanes as a machine has."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2id(Argon2PasswordHasher):
    """32 MiB, three passes, one lane: about a tenth of a second, eight at once in 256 MiB. A hash made otherwise is made anew at its next sign-in."""

    memory_cost = 32 * 1024  # KiB
    time_cost = 3
    parallelism = 1
