"""Roles and rights as one table (product.md is the source; docs/roles.md shows it to people).

A right is named like the command it allows, or ``view_…`` for reading. The access tests loop over this table.
"""

import enum
import itertools


class Role(enum.StrEnum):
    """Every role; the value is the name of its Django group."""

    CLERK = "clerk"
    INSPECTOR = "inspector"
    REVIEWER = "reviewer"
    SUPERVISOR = "supervisor"
    AUDITOR = "auditor"
    SYSTEM_ADMIN = "system-admin"
    SECURITY_ADMIN = "security-admin"
    PARTNER = "partner"
    SYSTEM = "system"
    PUBLIC = "public"


C, INS, R, S, A = Role.CLERK, Role.INSPECTOR, Role.REVIEWER, Role.SUPERVISOR, Role.AUDITOR
SYS, SEC, P = Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.PARTNER
TIMER, VISITOR = Role.SYSTEM, Role.PUBLIC

BUSINESS = (C, R, S)
OFFICE = (C, INS, R, S, A, SYS, SEC, P)

RIGHTS: dict[str, tuple[Role, ...]] = {
    # signing in and looking
    "registries.use_office": OFFICE,
    "registries.enter_admin": (S, A),
    "registries.view_ledger": (A, S),
    "registries.view_history": (C, R, S, A),
    # people
    "registries.view_accounts": (SYS, SEC, A),
    "registries.view_units": (SYS, SEC, A, *BUSINESS),
    "registries.view_codes": (SYS, SEC, A, *BUSINESS),
    "registries.view_holidays": (SYS, SEC, A, *BUSINESS),
    "registries.create_account": (SYS,),
    "registries.change_account": (SYS,),
    "registries.disable_account": (SYS,),
    "registries.enable_account": (SYS,),
    "registries.reset_password": (SYS,),
    "registries.ask_reset": (SYS,),
    "registries.confirm_reset": (SEC, A),
    "registries.refuse_reset": (SEC, A),
    "registries.set_own_password": OFFICE,
    "registries.end_own_sessions": OFFICE,
    "registries.view_alarms": (SEC, A, S),
    "registries.note_alarm": (SEC, A),
    "registries.grant_role": (SEC,),
    "registries.revoke_role": (SEC,),
    "registries.enrol_factor": OFFICE,
    "registries.drop_factor": OFFICE,
    "registries.renew_recovery_codes": OFFICE,
    "registries.enter_code": OFFICE,
    "registries.enter_recovery_code": OFFICE,
    "registries.clear_factor": (SEC,),
    "registries.save_unit": (SYS,),
    "registries.save_code": (SYS,),
    "registries.save_category": (SYS,),
    "registries.save_holidays": (SYS,),
    "registries.link_inspector": (SYS,),
    # registries
    "registries.view_matters": (*BUSINESS, INS, A, P),
    "registries.view_subjects": (*BUSINESS, A),
    "registries.view_inspectors": (*BUSINESS, A),
    "registries.view_imports": (C, SYS, A),
    "registries.import_registry": (C, TIMER),
    "registries.import_foundation": (SYS, TIMER),
    "registries.upload_import": (C, SYS, TIMER),
    "registries.map_import": (C, SYS, TIMER),
    "registries.check_import": (C, SYS, TIMER),
    "registries.commit_import": (C, SYS, TIMER),
    "registries.cancel_import": (C, SYS, TIMER),
    "registries.undo_import": (C, SYS),
    "registries.expire_import": (TIMER,),
    "registries.export_registry": (C, A),
    "registries.complete_export": (C, A),
    "registries.take_refused": (C, SYS, A),
    "registries.revise_matter": (C,),
    "registries.retire_matter": (C,),
    "registries.restore_matter": (C,),
    "registries.prepare_edition": (C,),
    "registries.submit_edition": (C,),
    "registries.approve_edition": (S,),
    "registries.return_edition": (S,),
    "registries.issue_edition_paper": (TIMER,),
    "registries.change_subject": (C,),
    "registries.verify_subject": (C,),
    "registries.verify_subjects": (C,),
    "registries.register_subject": (C,),
    "registries.grade_subject": (C,),
    "registries.change_status": (C,),
    "registries.assign_subjects": (C,),
    "registries.mark_subjects_gone": (C,),
    "registries.merge_subjects": (C,),
    "registries.unmerge_subject": (C,),
    "registries.save_permit": (C,),
    "registries.end_permit": (C,),
    "registries.record_complaint": (C,),
    "registries.decide_complaint": (C,),
    "registries.record_violation": (C,),
    "registries.withdraw_violation": (C,),
    "registries.record_exclusion": (C,),
    "registries.end_exclusion": (C,),
    "registries.start_campaign": (C, S),
    "registries.end_campaign": (C, S),
    "registries.keep_comparison": (C,),
    # what a person keeps for lists
    "registries.save_search": (*BUSINESS, INS, A, P),
    "registries.forget_search": (*BUSINESS, INS, A, P),
    "registries.choose_columns": (*BUSINESS, INS, A, P),
    "registries.export_list": (C, S, A),
    "registries.view_own_entry": (INS,),
    "registries.save_inspector": (C,),
    "registries.change_inspector_status": (C,),
    "registries.read_inspector_data": (C, S, A),
    "registries.read_subject_data": (C,),
    "registries.find_inspector": (C, S, A),
    "registries.find_person": (C, S, A),
    "registries.report_person": (A,),
    "registries.view_retention": (SYS, SEC, A),
    "registries.save_certificate": (C,),
    "registries.end_certificate": (C,),
    "registries.record_leave": (C,),
    "registries.cancel_leave": (C,),
    "registries.record_recusal": (C,),
    "registries.declare_own_recusal": (INS,),
    "registries.end_recusal": (C,),
    "registries.save_group": (C,),
    "registries.save_training": (C,),
    "registries.save_assistant": (C,),
    # plans
    "inspections.view_plans": (*BUSINESS, A, P),
    "inspections.prepare_plan": (C,),
    "inspections.change_plan": (C,),
    "inspections.submit_plan": (C,),
    "inspections.approve_plan": (S,),
    "inspections.view_planning": (*BUSINESS, A),
    "inspections.review_plan": (R,),
    "inspections.return_plan": (R, S),
    "inspections.amend_plan": (C,),
    "inspections.drop_amendment": (C,),
    "inspections.attach_plan_file": (C,),
    "inspections.remove_plan_file": (C,),
    "inspections.report_task": (C,),
    "inspections.import_handed": (C,),
    # draws
    "inspections.view_draws": (*BUSINESS, A, P),
    "inspections.view_roster": (C, S, A),
    "inspections.prepare_draw": (C,),
    "inspections.change_draw": (C,),
    "inspections.submit_draw": (C, P),
    "inspections.prepare_staffing": (C, P),
    "inspections.prepare_adhoc": (C,),
    "inspections.change_staffing": (C, P),
    "inspections.approve_draw": (S,),
    "inspections.return_draw": (S,),
    "inspections.enter_source_value": (C, R, S),
    "inspections.correct_source_value": (C, R, S),
    "inspections.report_wrong_value": (C, R, S),
    "inspections.strike_result": (S,),
    "inspections.refuse_strike": (S,),
    "inspections.announce_sources": (C, P),
    "inspections.lapse_draw": (TIMER,),
    "inspections.void_draw": (S,),
    "inspections.prepare_successor": (C, P),
    "inspections.read_sealed_copy": (A,),
    "inspections.give_secret": (S,),
    "inspections.run_draw": (TIMER,),
    "inspections.issue_certificate": (TIMER,),
    "inspections.open_roster": (A,),
    "inspections.read_drawn": (*BUSINESS, INS, A, P),
    "inspections.audit_roster": (A,),
    # ad-hoc requests
    "inspections.view_adhoc": (*BUSINESS, A),
    "inspections.ask_adhoc": (C,),
    "inspections.ask_handed": (C,),
    "inspections.approve_adhoc": (S,),
    "inspections.return_adhoc": (S,),
    # cases
    "inspections.view_cases": (*BUSINESS, A),
    "inspections.view_own_cases": (INS,),
    "inspections.view_joint_cases": (C, P),
    "inspections.join_case": (C, TIMER),
    "inspections.separate_case": (C,),
    "inspections.open_cases": (TIMER,),
    "inspections.staff_cases": (TIMER,),
    "inspections.begin_visit": (INS,),
    "inspections.save_record": (INS,),
    "inspections.keep_draft": (INS,),
    "inspections.keep_photo": (INS,),
    "inspections.withdraw_photo": (INS,),
    "inspections.submit_record": (INS,),
    "inspections.take_back_record": (INS,),
    "inspections.acknowledge_record": (INS,),
    "inspections.sign_record": (INS,),
    "inspections.review_case": (R,),
    "inspections.release_case": (C,),
    "inspections.check_disclosure": (R, S),
    # follow-ups
    "inspections.order_followup": (R,),
    "inspections.extend_followup": (R,),
    "inspections.conclude_rectification": (R,),
    "inspections.waive_followup": (R,),
    "inspections.flag_crime": (C, R),
    "inspections.approve_transfer": (S,),
    "inspections.refuse_transfer": (S,),
    "inspections.open_recheck": (C,),
    "inspections.record_penalty": (C,),
    "inspections.issue_letter": (C,),
    "inspections.send_followup": (C,),
    "inspections.record_receipt": (C,),
    "inspections.close_case": (C,),
    "inspections.ask_replacement": (C, INS),
    "inspections.replace_drawn": (S,),
    "inspections.refuse_replacement": (S,),
    "inspections.name_stand_in": (S,),
    "inspections.print_receipt": (C,),
    # reports
    "inspections.view_reports": (*BUSINESS, A),
    "inspections.export_report": (*BUSINESS, A),
    "inspections.view_overview": (S, A),
    "inspections.view_leniency": (S, A),
    # messages
    "inspections.read_messages": (*BUSINESS, INS, A, SYS, P),
    "inspections.choose_messages": (*BUSINESS, INS, A, SYS, P),
    "inspections.renew_calendar": (*BUSINESS, INS, A, SYS, P),
    "inspections.revoke_calendar": (*BUSINESS, INS, A, SYS, P),
    "inspections.post_messages": (TIMER,),
    # documents
    "inspections.view_papers": (*BUSINESS, A),
    "inspections.make_notice": (C,),
    "inspections.make_notices": (C,),
    "inspections.serve_notice": (C, INS),
    "inspections.void_number": (C,),
    "inspections.print_bundle": (C,),
    "inspections.cancel_bundle": (C,),
    "inspections.take_paper": (*BUSINESS, INS, A, P),
    "inspections.keep_bundle": (TIMER,),
    "inspections.expire_bundle": (TIMER,),
    "inspections.request_recusal": (VISITOR,),
    # publicity
    "publicity.publish_case": (TIMER,),
    "publicity.keep_first_version": (TIMER,),
    "publicity.complete_disclosure": (TIMER,),
    "publicity.note_duty": (TIMER,),
    "publicity.view_duties": (*BUSINESS, A),
    "publicity.view_failures": (S, A),
    "publicity.ask_hold": (C,),
    "publicity.grant_hold": (S,),
    "publicity.refuse_hold": (S,),
    "publicity.lift_hold": (S,),
    "publicity.publish_penalty": (C, TIMER),
    "publicity.take_down_over": (TIMER,),
    # objections and corrections
    "publicity.send_objection": (VISITOR,),
    "publicity.view_objections": (*BUSINESS, A),
    "publicity.read_objector": (*BUSINESS, A),
    "publicity.take_objection": (R, S),
    "publicity.answer_objection": (R, S),
    "publicity.show_statement": (C, R),
    "publicity.refuse_statement": (C, R),
    "publicity.propose_correction": (C, R, S),
    "publicity.propose_withdrawal": (C, R, S),
    "publicity.approve_proposal": (S,),
    "publicity.return_proposal": (S,),
    "publicity.take_down_penalty": (S,),
    "publicity.keep_snapshot": (TIMER,),
    # self-checks
    "registries.ask_self_check": (A, TIMER),
    "registries.keep_self_check": (TIMER,),
    # work that broke off
    "registries.view_held_work": (SYS, S, A),
    "registries.release_work": (SYS,),
    # operation: what the server's condition is, who is rung up when it is red, backups
    "registries.view_operations": (SYS, A),
    "registries.view_red_items": (SYS,),
    "registries.note_backup": (TIMER,),
    "registries.note_restore": (TIMER,),
    # timers
    "registries.daily_checkpoint": (TIMER,),
    "registries.found_office": (TIMER,),
    "registries.raise_alarm": (TIMER,),
    "registries.break_glass": (TIMER,),
    "registries.close_glass": (TIMER,),
    "registries.forget_due": (TIMER,),
    "registries.begin_rotation": (TIMER,),
    "registries.finish_rotation": (TIMER,),
}

EXCLUSIVE: tuple[tuple[Role, Role], ...] = (
    *itertools.combinations((SYS, SEC, A), 2),
    *((admin, other) for admin in (SYS, SEC, A) for other in (C, INS, R, S, P)),
    *((actor, other) for actor in (TIMER, VISITOR) for other in OFFICE),
    *((P, other) for other in (C, INS, R, S)),
)
"""Pairs nobody may hold together: the three administrators exclude each other and all business (trust.md 2.3)."""


def who_may(right: str) -> tuple[Role, ...]:
    """The roles that have this right; nobody has a right that is not in the table."""
    return RIGHTS.get(right, ())


def excluded_by(role: Role) -> set[Role]:
    """The roles that nobody who holds ``role`` may hold."""
    return {b if a == role else a for a, b in EXCLUSIVE if role in (a, b)}
