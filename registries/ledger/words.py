"""Every kind of ledger entry in words for people: verb → what was done."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WORDS: dict[str, Promise] = {
    "registries.create_account": _("made the account"),
    "registries.change_account": _("changed the account"),
    "registries.disable_account": _("disabled the account"),
    "registries.enable_account": _("enabled the account"),
    "registries.reset_password": _("set a one-time password"),
    "registries.set_own_password": _("chose an own password"),
    "registries.grant_role": _("granted a role"),
    "registries.revoke_role": _("revoked a role"),
    "registries.save_unit": _("saved the unit"),
    "registries.save_code": _("saved a code"),
    "registries.save_category": _("saved a subject category"),
    "registries.found_office": _("founded the office with its three administrators"),
    "registries.daily_checkpoint": _("fixed the daily checkpoint"),
    "registries.upload_import": _("uploaded a workbook"),
    "registries.map_import": _("matched the columns of a workbook"),
    "registries.check_import": _("checked the rows of a workbook"),
    "registries.commit_import": _("took over a workbook"),
    "registries.cancel_import": _("cancelled an import"),
    "registries.export_registry": _("exported a registry"),
    "registries.revise_matter": _("revised the matter"),
    "registries.prepare_edition": _("prepared an edition of the matter list"),
    "registries.submit_edition": _("submitted the edition"),
    "registries.approve_edition": _("approved and published the edition"),
    "registries.return_edition": _("returned the edition"),
    "registries.change_subject": _("changed the entry"),
    "registries.verify_subject": _("confirmed the entry"),
    "registries.link_inspector": _("joined an account to the inspector"),
    "inspections.prepare_plan": _("began the plan"),
    "inspections.change_plan": _("changed the plan"),
    "inspections.submit_plan": _("submitted the plan"),
    "inspections.approve_plan": _("approved and published the plan"),
    "inspections.return_plan": _("returned the plan"),
    "inspections.prepare_draw": _("began the draw"),
    "inspections.change_draw": _("changed the draw"),
    "inspections.submit_draw": _("submitted the draw"),
    "inspections.approve_draw": _("approved and committed the draw"),
    "inspections.return_draw": _("returned the draw"),
    "inspections.enter_source_value": _("entered an announced source value"),
    "inspections.run_draw": _("drew"),
    "inspections.issue_certificate": _("issued the draw certificate"),
    "draws.commit": _("public: the order is committed"),
    "draws.source": _("public: the value of a source"),
    "draws.result": _("public: the result"),
    "draws.void": _("public: the order is voided"),
    "draws.replace": _("public: a replacement"),
    "inspections.begin_visit": _("began the visit"),
    "inspections.save_record": _("saved the record"),
    "inspections.submit_record": _("completed the record"),
    "inspections.sign_record": _("signed the record"),
    "inspections.review_case": _("reviewed the case"),
    "publicity.release_case": _("released the case for publication"),
    "publicity.publish_case": _("published the result"),
}


def in_words(verb: str) -> str:
    """What the verb of an entry means; the verb itself where it is a public fact with an exact name."""
    return str(WORDS.get(verb, verb))
