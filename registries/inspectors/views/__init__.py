"""The pages of the inspector registry."""

from registries.inspectors.views.accounts import link, link_list
from registries.inspectors.views.belongings import (
    certificate,
    certificate_end,
    leave,
    leave_cancel,
    recusal,
    recusal_end,
)
from registries.inspectors.views.gatherings import (
    assistant,
    assistant_list,
    group,
    group_list,
    training,
    training_list,
)
from registries.inspectors.views.own import own_entry, own_recusal
from registries.inspectors.views.registry import (
    eligibility,
    find,
    inspector,
    inspector_data,
    inspector_form,
    inspector_list,
    inspector_status,
    statistics,
)

__all__ = [
    "assistant",
    "assistant_list",
    "certificate",
    "certificate_end",
    "eligibility",
    "find",
    "group",
    "group_list",
    "inspector",
    "inspector_data",
    "inspector_form",
    "inspector_list",
    "inspector_status",
    "leave",
    "leave_cancel",
    "link",
    "link_list",
    "own_entry",
    "own_recusal",
    "recusal",
    "recusal_end",
    "statistics",
    "training",
    "training_list",
]
