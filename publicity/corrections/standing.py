"""The rules the database keeps for objections, changes of results and statements."""

from registries import triggers
from registries.triggers import Trigger


def _on_case(person: str) -> str:
    """SQL: whether the person in this column had a part in the case of the row's result."""
    case = "(SELECT d.case_id FROM publicity_disclosure AS d WHERE d.id = NEW.disclosure_id)"
    return (
        "(EXISTS (SELECT 1 FROM inspections_assignment AS a JOIN registries_inspector AS i ON i.id = a.inspector_id "
        f"WHERE a.case_id = {case} AND i.user_id = NEW.{person}) "
        f"OR EXISTS (SELECT 1 FROM inspections_review AS r WHERE r.case_id = {case} AND r.reviewer_id = NEW.{person}) "
        "OR EXISTS (SELECT 1 FROM registries_ledgerpayload AS p WHERE p.verb = 'inspections.release_case' "
        f"AND p.object_kind = 'inspections.case' AND p.object_id = CAST({case} AS TEXT) AND p.actor_id = NEW.{person}))"
    )


_SENT = ("number", "disclosure_id", "kind", "text_sha256", "file_sha256", "token_digest", "received_at", "due_on", "by_calendar")
_FORGOTTEN = "NEW.name = '' AND NEW.contact = '' AND NEW.state = OLD.state AND NEW.findings = OLD.findings AND NEW.answer = OLD.answer"
"""Who sent it is forgotten when its time is over (``publicity/retention.py``); what was decided stays."""
_PROPOSED = ("disclosure_id", "what", "because", "base", "explanation", "record_wrong", "basis", "asked_by_id", "asked_at")
_OPEN = "('received', 'taken', 'proposed')"

TRIGGERS: tuple[Trigger, ...] = (
    triggers.append_only("publicity_objection")[1],
    Trigger(
        "publicity_objection_stands",
        "publicity_objection",
        "UPDATE",
        f"(OLD.state NOT IN {_OPEN} AND NOT ({_FORGOTTEN})) OR " + " OR ".join(f"NEW.{name} <> OLD.{name}" for name in _SENT),
        "what was sent is never changed, and decided once",
    ),
    Trigger(
        "publicity_objection_handler_had_no_part",
        "publicity_objection",
        "UPDATE",
        _on_case("handler_id"),
        "who had a part in a case never handles what is said against it",
    ),
    triggers.append_only("publicity_proposal")[1],
    Trigger(
        "publicity_proposal_stands",
        "publicity_proposal",
        "UPDATE",
        "OLD.state <> 'submitted' OR CAST(NEW.\"values\" AS TEXT) <> CAST(OLD.\"values\" AS TEXT) OR CAST(NEW.was AS TEXT) <> CAST(OLD.was AS TEXT) OR "
        + " OR ".join(f"NEW.{name} <> OLD.{name}" for name in _PROPOSED),
        "a proposed change is never changed, and decided once",
    ),
    Trigger(
        "publicity_proposal_approver_had_no_part",
        "publicity_proposal",
        "UPDATE",
        f"NEW.state = 'approved' AND {_on_case('decided_by_id')}",
        "who had a part in a case never approves a change of its result",
    ),
    *triggers.append_only("publicity_statement"),
)
