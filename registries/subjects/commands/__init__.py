"""The writers of the subject registry: entries, many at once, permits, signals, exclusions, merging, categories."""

from registries.subjects.commands.entries import (
    Entry,
    change_status,
    change_subject,
    grade_subject,
    read_subject_data,
    register_subject,
    save_category,
    verify_subject,
)
from registries.subjects.commands.exclusions import end_exclusion, record_exclusion
from registries.subjects.commands.many import GONE, MOST_AT_ONCE, assign_subjects, mark_subjects_gone, sight_of, verify_subjects
from registries.subjects.commands.merging import EXCHANGED, merge_subjects, unmerge_subject
from registries.subjects.commands.permits import PermitTerms, end_permit, save_permit
from registries.subjects.commands.signals import decide_complaint, record_complaint, record_violation, withdraw_violation

__all__ = [
    "EXCHANGED",
    "GONE",
    "MOST_AT_ONCE",
    "Entry",
    "PermitTerms",
    "assign_subjects",
    "change_status",
    "change_subject",
    "decide_complaint",
    "end_exclusion",
    "end_permit",
    "grade_subject",
    "mark_subjects_gone",
    "merge_subjects",
    "read_subject_data",
    "record_complaint",
    "record_exclusion",
    "record_violation",
    "register_subject",
    "save_category",
    "save_permit",
    "sight_of",
    "unmerge_subject",
    "verify_subject",
    "verify_subjects",
    "withdraw_violation",
]
