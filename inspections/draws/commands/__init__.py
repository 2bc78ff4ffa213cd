"""The writers of draws, in the order of a draw's life. Here: locks, rules, rows and the ledger; the draw itself is pure."""

from inspections.draws.commands.auditing import audit_roster, open_roster
from inspections.draws.commands.committing import approve_draw, return_draw
from inspections.draws.commands.drawing import issue_certificate, run_draw
from inspections.draws.commands.preparing import change_draw, prepare_draw, submit_draw
from inspections.draws.commands.reading import read_drawn
from inspections.draws.commands.reporting import report_wrong_value
from inspections.draws.commands.secret import give_secret, read_sealed_copy
from inspections.draws.commands.sources import correct_source_value, enter_source_value
from inspections.draws.commands.staffing import change_staffing, prepare_adhoc, prepare_staffing
from inspections.draws.commands.voiding import announce_sources, lapse_draw, prepare_successor, void_draw

__all__ = [
    "announce_sources",
    "approve_draw",
    "audit_roster",
    "change_draw",
    "change_staffing",
    "correct_source_value",
    "enter_source_value",
    "give_secret",
    "issue_certificate",
    "lapse_draw",
    "open_roster",
    "prepare_adhoc",
    "prepare_draw",
    "prepare_staffing",
    "prepare_successor",
    "read_drawn",
    "read_sealed_copy",
    "report_wrong_value",
    "return_draw",
    "run_draw",
    "submit_draw",
    "void_draw",
]
