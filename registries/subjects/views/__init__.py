"""Office pages of the subject registry: the list, one entry and its parts, many at once, duplicates, statistics, categories."""

from registries.subjects.views.categories import category_form, category_list
from registries.subjects.views.duplicates import duplicate_list, merge, unmerge
from registries.subjects.views.entry import subject, subject_change, subject_history, subject_new, subject_step, subject_verify
from registries.subjects.views.listing import subject_list, subject_several
from registries.subjects.views.parts import part_end, permit
from registries.subjects.views.statistics import statistics

__all__ = [
    "category_form",
    "category_list",
    "duplicate_list",
    "merge",
    "part_end",
    "permit",
    "statistics",
    "subject",
    "subject_change",
    "subject_history",
    "subject_list",
    "subject_new",
    "subject_several",
    "subject_step",
    "subject_verify",
    "unmerge",
]
