"""The writers of the inspector registry: entries, what belongs to them, groups, training, assistants, accounts."""

from registries.inspectors.commands.accounts import link_inspector
from registries.inspectors.commands.belongings import (
    cancel_leave,
    declare_own_recusal,
    end_certificate,
    end_recusal,
    record_leave,
    record_recusal,
    save_certificate,
)
from registries.inspectors.commands.entries import (
    Entry,
    change_inspector_status,
    find_inspector,
    read_inspector_data,
    save_inspector,
)
from registries.inspectors.commands.gatherings import save_assistant, save_group, save_training

__all__ = [
    "Entry",
    "cancel_leave",
    "change_inspector_status",
    "declare_own_recusal",
    "end_certificate",
    "end_recusal",
    "find_inspector",
    "link_inspector",
    "read_inspector_data",
    "record_leave",
    "record_recusal",
    "save_assistant",
    "save_certificate",
    "save_group",
    "save_inspector",
    "save_training",
]
