"""The rules the database keeps for plans, draws and cases."""

from typing import Any

from registries import triggers
from registries.triggers import Trigger

OPEN_STATES = "('preparing', 'submitted')"


def _roster_closed(table: str, event: str, row: str) -> Trigger:
    """Once committed, a roster gains and loses nothing."""
    return Trigger(
        f"{table}_closed_to_{event.lower()}",
        table,
        event,
        f"EXISTS (SELECT 1 FROM inspections_draw AS d WHERE d.id = {row}.draw_id AND d.state NOT IN {OPEN_STATES})",
        "the roster of a committed draw is never changed",
    )


REVIEWER_ON_TEAM = (
    "EXISTS (SELECT 1 FROM inspections_assignment AS a JOIN registries_inspector AS i ON i.id = a.inspector_id "
    "WHERE a.case_id = NEW.case_id AND i.user_id = NEW.reviewer_id)"
)
SETTLED_SOURCE = (
    "EXISTS (SELECT 1 FROM inspections_seedsource AS s WHERE s.id = NEW.source_id AND s.value <> '' "
    "AND NEW.correction <> s.corrections + 1)"
)
NOT_STRUCK = (
    "NOT (NEW.corrections = OLD.corrections + 1 AND EXISTS (SELECT 1 FROM inspections_strike AS k WHERE k.draw_id = NEW.id "
    "AND k.state = 'struck' AND k.correction = NEW.corrections AND k.result_hash = OLD.result_hash))"
)
PUBLISHED_ITEM = "EXISTS (SELECT 1 FROM inspections_plan AS p WHERE p.id = OLD.plan_id AND p.state = 'published')"
DECIDED_PLAN = "EXISTS (SELECT 1 FROM inspections_plan AS p WHERE p.id = OLD.plan_id AND p.state <> 'preparing')"
SIGNED = "OLD.signed_at IS NOT NULL"
RECHECKED = (
    "EXISTS (SELECT 1 FROM inspections_recheck AS k JOIN inspections_case AS c ON c.id = k.case_id "
    "WHERE k.followup_id = NEW.id AND c.state IN ('reviewed', 'closed'))"
)
LEFT_OPEN = (
    "(EXISTS (SELECT 1 FROM inspections_followup AS f WHERE f.case_id = NEW.id AND f.state = 'open') "
    "OR NOT EXISTS (SELECT 1 FROM inspections_review AS r WHERE r.case_id = NEW.id AND r.decision = 'accept'))"
)

TRIGGERS: tuple[Trigger, ...] = (
    *(
        trigger
        for table in (
            "inspections_drawfile",
            "inspections_drawfilepart",
            "inspections_drawnentry",
            "inspections_teamplace",
            "inspections_drawcertificate",
            "inspections_rosteraudit",
            "inspections_sourceentry",
            "inspections_historyrow",
            "inspections_sourceevidence",
            "inspections_signature",
            "inspections_review",
            "inspections_acknowledgement",
            "inspections_taskreport",
            "inspections_handedlist",
            "inspections_handedsubject",
            "inspections_secrecycheck",
            "inspections_extension",
            "inspections_recheck",
        )
        for trigger in triggers.append_only(table)
    ),
    Trigger(
        "published_plan_stands",
        "inspections_plan",
        "UPDATE",
        "OLD.state IN ('published', 'dropped')",
        "a published or dropped plan is never changed",
    ),
    Trigger("plan_file_stands", "inspections_planfile", "UPDATE", "1 = 1", "a file of a plan is never changed"),
    Trigger("plan_file_stays", "inspections_planfile", "DELETE", DECIDED_PLAN, "a file stays with its plan"),
    Trigger(
        "published_plan_stays", "inspections_plan", "DELETE", "OLD.state = 'published'", "a published plan is never deleted"
    ),
    Trigger(
        "plan_is_published_after_legal_review",
        "inspections_plan",
        "UPDATE",
        "NEW.state = 'published' AND (OLD.state <> 'submitted' OR NEW.reviewed_by_id IS NULL)",
        "a plan is published after the legal review only",
    ),
    Trigger("published_item_stands", "inspections_planitem", "UPDATE", PUBLISHED_ITEM, "an item of a published plan is never changed"),
    Trigger("published_item_stays", "inspections_planitem", "DELETE", PUBLISHED_ITEM, "an item of a published plan is never deleted"),
    Trigger(
        "kept_file_gains_no_part",
        "inspections_drawfilepart",
        "INSERT",
        "EXISTS (SELECT 1 FROM inspections_drawfile AS f WHERE f.draw_id = NEW.draw_id AND f.name = NEW.name "
        "AND f.correction = NEW.correction)",
        "a kept file gains no part",
    ),
    Trigger(
        "decided_request_stands",
        "inspections_adhocrequest",
        "UPDATE",
        "OLD.state <> 'submitted'",
        "a decided ad-hoc request is never changed",
    ),
    Trigger("request_stays", "inspections_adhocrequest", "DELETE", "1 = 1", "an ad-hoc request is never deleted"),
    _roster_closed("inspections_rosterentry", "INSERT", "NEW"),
    _roster_closed("inspections_rosterentry", "UPDATE", "OLD"),
    _roster_closed("inspections_rosterentry", "DELETE", "OLD"),
    _roster_closed("inspections_rosterinspector", "INSERT", "NEW"),
    _roster_closed("inspections_rosterinspector", "UPDATE", "OLD"),
    _roster_closed("inspections_rosterinspector", "DELETE", "OLD"),
    Trigger(
        "committed_order_stands",
        "inspections_draw",
        "UPDATE",
        f"OLD.state NOT IN {OPEN_STATES} AND (NEW.number <> OLD.number OR NEW.order_hash <> OLD.order_hash "
        "OR NEW.commitment <> OLD.commitment OR NEW.roster_digest <> OLD.roster_digest "
        "OR COALESCE(NEW.plan_item_id, 0) <> COALESCE(OLD.plan_item_id, 0) "
        "OR COALESCE(NEW.request_id, 0) <> COALESCE(OLD.request_id, 0) "
        "OR COALESCE(NEW.staffs_id, 0) <> COALESCE(OLD.staffs_id, 0) OR NEW.mode <> OLD.mode OR NEW.approved_by_id <> OLD.approved_by_id "
        "OR NEW.prepared_by_id <> OLD.prepared_by_id OR NEW.planned <> OLD.planned "
        f"OR NEW.state IN {OPEN_STATES} OR (OLD.result_hash <> '' AND NEW.result_hash <> OLD.result_hash AND {NOT_STRUCK}) "
        f"OR (NEW.corrections <> OLD.corrections AND {NOT_STRUCK}))",
        "a committed order is never changed",
    ),
    Trigger(
        "committed_order_stays",
        "inspections_draw",
        "DELETE",
        f"OLD.state NOT IN {OPEN_STATES}",
        "a committed draw is never deleted",
    ),
    Trigger(
        "settled_source_stands",
        "inspections_seedsource",
        "UPDATE",
        "OLD.value <> '' AND NEW.value <> OLD.value AND NOT (NEW.corrections = OLD.corrections + 1 AND (EXISTS "
        "(SELECT 1 FROM inspections_draw AS d WHERE d.id = NEW.draw_id AND d.state = 'committed') OR EXISTS "
        "(SELECT 1 FROM inspections_strike AS k WHERE k.source_id = NEW.id AND k.state = 'struck' AND k.wrong = OLD.value "
        'AND k."right" = NEW.value)))',
        "a settled source value is never overwritten",
    ),
    Trigger(
        "decided_report_stands",
        "inspections_strike",
        "UPDATE",
        "OLD.state <> 'waiting' OR NEW.draw_id <> OLD.draw_id OR NEW.source_id <> OLD.source_id OR NEW.entry_id <> OLD.entry_id "
        'OR NEW.wrong <> OLD.wrong OR NEW."right" <> OLD."right" OR NEW.reason <> OLD.reason',
        "a decided report is never changed, its values never",
    ),
    Trigger("report_stays", "inspections_strike", "DELETE", "1 = 1", "the report of a wrong value is never deleted"),
    Trigger(
        "sealed_copy_stands",
        "inspections_drawsecret",
        "UPDATE",
        "NEW.draw_id <> OLD.draw_id OR NEW.auditor_copy <> OLD.auditor_copy",
        "a sealed copy is never changed",
    ),
    Trigger("secret_stays", "inspections_drawsecret", "DELETE", "1 = 1", "the secret of an order is never deleted"),
    Trigger("settled_source_takes_no_entry", "inspections_sourceentry", "INSERT", SETTLED_SOURCE, "this source is settled"),
    Trigger(
        "reviewer_was_not_on_the_team",
        "inspections_review",
        "INSERT",
        REVIEWER_ON_TEAM,
        "a reviewer never reviews a case they inspected",
    ),
    Trigger(
        "decided_replacement_stands",
        "inspections_replacement",
        "UPDATE",
        "OLD.state <> 'waiting' OR NEW.evidence_digest <> OLD.evidence_digest OR NEW.reason <> OLD.reason",
        "a decided replacement is never changed, its evidence never",
    ),
    Trigger("replacement_stays", "inspections_replacement", "DELETE", "1 = 1", "a replacement is never deleted"),
    Trigger("document_number_stays", "inspections_documentnumber", "DELETE", "1 = 1", "a document number is never deleted"),
    Trigger(
        "document_number_stands",
        "inspections_documentnumber",
        "UPDATE",
        "OLD.voided_at IS NOT NULL OR NEW.unit_id <> OLD.unit_id OR NEW.word <> OLD.word OR NEW.kind <> OLD.kind OR NEW.year <> OLD.year "
        "OR NEW.serial <> OLD.serial OR NEW.text <> OLD.text OR COALESCE(NEW.case_id, 0) <> COALESCE(OLD.case_id, 0)",
        "a document number is never changed, only voided once",
    ),
    Trigger("letter_stays", "inspections_letter", "DELETE", "1 = 1", "an issued letter is never deleted"),
    Trigger("letter_stands", "inspections_letter", "UPDATE", "1 = 1", "an issued letter is never changed"),
    Trigger("notice_stays", "inspections_notice", "DELETE", "1 = 1", "a notice is never deleted"),
    Trigger(
        "notice_stands",
        "inspections_notice",
        "UPDATE",
        "OLD.served_at IS NOT NULL OR NEW.case_id <> OLD.case_id OR NEW.number_id <> OLD.number_id OR NEW.facts <> OLD.facts "
        "OR NEW.token_digest <> OLD.token_digest OR NEW.facts_digest <> OLD.facts_digest",
        "a notice is never changed, only handed over once",
    ),
    Trigger(
        "kept_photo_stands",
        "inspections_photo",
        "UPDATE",
        "OLD.withdrawn_at IS NOT NULL OR NEW.withdrawn_at IS NULL OR NEW.sha256 <> OLD.sha256 OR NEW.sent_sha256 <> OLD.sent_sha256 "
        "OR NEW.case_id <> OLD.case_id OR NEW.kept_by_id <> OLD.kept_by_id",
        "a kept photo is never changed, withdrawn at most",
    ),
    Trigger("photo_stays", "inspections_photo", "DELETE", "1 = 1", "a kept photo is never deleted"),
    Trigger(
        "settled_followup_stands",
        "inspections_followup",
        "UPDATE",
        "OLD.state <> 'open' OR NEW.case_id <> OLD.case_id OR NEW.kind <> OLD.kind OR NEW.what <> OLD.what "
        "OR NEW.ordered_by_id <> OLD.ordered_by_id",
        "a settled follow-up is never changed, what was ordered never",
    ),
    Trigger("followup_stays", "inspections_followup", "DELETE", "1 = 1", "a follow-up is never deleted"),
    Trigger(
        "rectification_is_settled_by_a_recheck",
        "inspections_followup",
        "UPDATE",
        f"NEW.kind = 'rectification' AND NEW.state <> 'open' AND OLD.state = 'open' AND NOT {RECHECKED}",
        "a rectification is settled by a reviewed re-check alone",
    ),
    Trigger(
        "case_closes_with_its_documents",
        "inspections_case",
        "UPDATE",
        f"NEW.state = 'closed' AND OLD.state <> 'closed' AND {LEFT_OPEN}",
        "a case with an open follow-up, or without an accepted record, is never closed",
    ),
    Trigger(
        "closed_case_stays_closed",
        "inspections_case",
        "UPDATE",
        "OLD.state = 'closed' AND NEW.state <> 'closed'",
        "a closed case is never opened again",
    ),
    Trigger("signed_record_stands", "inspections_record", "UPDATE", SIGNED, "a signed record is never changed"),
    Trigger("signed_record_stays", "inspections_record", "DELETE", SIGNED, "a signed record is never deleted"),
    *(
        Trigger(
            f"signed_answers_{event.lower()}",
            "inspections_recordanswer",
            event,
            f"EXISTS (SELECT 1 FROM inspections_record AS r WHERE r.id = {row}.record_id AND r.signed_at IS NOT NULL)",
            "the answers of a signed record are never changed",
        )
        for event, row in (("INSERT", "NEW"), ("UPDATE", "OLD"), ("DELETE", "OLD"))
    ),
)


def set_up(using: str, **_: Any) -> None:
    """Make the triggers again after every migration."""
    if using == "default":
        triggers.make(TRIGGERS, using)
