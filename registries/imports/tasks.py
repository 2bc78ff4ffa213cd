"""The worker's part of an import: checking a file, and finding checks that died."""

from celery import shared_task
from django.db import DatabaseError

from registries import clock
from registries.imports import commands
from registries.imports.checking import examine
from registries.imports.disk import is_full
from registries.imports.queries import expired_imports, stalled_imports
from registries.ledger.change import Refused
from registries.leftovers import remove_now_and_then
from registries.people.queries import system_user


@shared_task(name="registries.check_import", acks_late=True)
def check_import(import_id: int) -> None:
    """Check one import; one that was cancelled or checked meanwhile is left alone. A full disk leaves it to the next sweep."""
    try:
        findings = examine(import_id)
        if findings is not None:
            commands.check_import(actor=system_user(), import_id=import_id, findings=findings)
    except Refused:
        return
    except (DatabaseError, OSError) as error:
        if not is_full(error):
            raise


@shared_task(name="registries.sweep_imports", acks_late=True)
def sweep_imports() -> None:
    """Check again what has waited or stood still for too long; drop what nobody took over within seven days, and files left behind."""
    for import_id in stalled_imports(clock.now()):
        check_import(import_id)
    for import_id in expired_imports(clock.now()):
        commands.expire_import(actor=system_user(), import_id=import_id)
    remove_now_and_then()
