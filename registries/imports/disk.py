"""A full disk, told from other failures of the database and the files, so that a page can say so."""

import errno
import sqlite3

from django.utils.translation import gettext_lazy as _

FULL = _("The disk of the server is full. Nothing was changed. Tell the system administrator, and try again when there is room.")
_FULL_STATES = frozenset(("53100", "53200"))
"""PostgreSQL: disk full, out of memory."""


def is_full(error: BaseException | None) -> bool:
    """Whether this error, or what caused it, is a disk without room."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            return True
        if isinstance(error, sqlite3.OperationalError) and "disk is full" in str(error):
            return True
        if getattr(error, "sqlstate", None) in _FULL_STATES:
            return True
        error = error.__cause__
    return False
