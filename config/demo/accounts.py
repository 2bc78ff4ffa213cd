"""The demo's accounts: who can sign in, with which random password, kept in one private file of its data folder.

The accounts themselves are made by whoever loads the county, through the same command as the office page; only the
passwords are kept here, so that a second start can print them again.
"""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

FILE = "accounts.txt"
_LETTERS = "abcdefghjkmnpqrstuvwxyz"  # none that looks like another or like a figure


@dataclass(frozen=True)
class Account:
    """One person of the demo; `role` is a role's name of ``registries.people.roles``, `name` how pages call them."""

    username: str
    password: str
    role: str
    name: str
    second_factor: str = ""


def issue(data_dir: Path, *, username: str, role: str, name: str, second_factor: str = "") -> Account:
    """The account `username`: as kept in `data_dir`, or new with a random password, and kept from now on."""
    known = {account.username: account for account in kept(data_dir)}
    if username not in known:
        known[username] = Account(username, _password(), role, name, second_factor)
        _keep(data_dir, list(known.values()))
    return known[username]


def kept(data_dir: Path) -> list[Account]:
    """All accounts of the demo in `data_dir`, in the order of their making."""
    path = data_dir / FILE
    if not path.exists():
        return []
    lines = path.read_text(encoding="utf-8").splitlines()
    return [Account(**json.loads(line)) for line in lines if line.startswith("{")]


def _keep(data_dir: Path, accounts: list[Account]) -> None:
    lines = [json.dumps(asdict(account), ensure_ascii=False) for account in accounts]
    write_private(data_dir / FILE, "\n".join(lines) + "\n")


def write_private(path: Path, text: str) -> None:
    """Write `text` to `path` whole or not at all, readable by its owner alone."""
    aside = path.with_name(f".{path.name}.part")
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
        out.write(text)
    aside.replace(path)


def _password() -> str:
    word = "".join(secrets.choice(_LETTERS) for _ in range(10))
    return f"{word[:5].capitalize()}-{word[5:]}-{secrets.randbelow(90000) + 10000}"
