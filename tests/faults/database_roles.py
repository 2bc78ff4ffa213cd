"""The running product as the program's own database role, on a copy of the template that somebody else owns."""

import os
import secrets
import subprocess
import sys
from collections.abc import Mapping

import psycopg

from config.bootstrap import ROOT


def as_program(env: Mapping[str, str]) -> dict[str, str]:
    """``env`` with a new role in DATABASE_URL that has the rights ``database_roles`` gives; the owner's address stays in OWNER_URL."""
    owner, role, password = env["DATABASE_URL"], f"program_{secrets.token_hex(4)}", secrets.token_hex(16)
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {role} LOGIN PASSWORD '{password}'".encode())
    give(env, owner, role)
    scheme, _slashes, rest = owner.partition("://")
    return {**env, "OWNER_URL": owner, "PROGRAM_ROLE": role, "DATABASE_URL": f"{scheme}://{role}:{password}@{rest.rpartition('@')[2]}"}


def give(env: Mapping[str, str], owner: str, role: str) -> None:
    """What follows every migration."""
    command = [sys.executable, "manage.py", "database_roles", "--apply", "--role", role]
    subprocess.run(command, cwd=ROOT, env={**os.environ, **env, "DATABASE_URL": owner, "DJANGO_SETTINGS_MODULE": "config.settings"}, check=True)
