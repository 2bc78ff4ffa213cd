"""The ledger in the Django admin: the bare chain, for reading (in words it stands under /office/ledger/)."""

from django.contrib import admin

from registries.ledger.models import Checkpoint, LedgerEntry
from registries.people.approvals import ReadingAdmin


@admin.register(LedgerEntry)
class LedgerEntryAdmin(ReadingAdmin):
    """Numbers, times, general actions and hashes."""

    view_right = "registries.view_ledger"
    list_display = ("seq", "time", "action", "entry_hash")
    search_fields = ("entry_hash", "action")


@admin.register(Checkpoint)
class CheckpointAdmin(ReadingAdmin):
    """What the keepers hold."""

    view_right = "registries.view_ledger"
    list_display = ("entry", "time")
