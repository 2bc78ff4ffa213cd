"""The table of the matrix: for every address what its parts are filled with, and whom its row is for.

Whether a role may use an address at all stands at the view (``@access``) and in ``registries/people/roles.py``. Here stands what
that right does not say: *whose* rows. docs/security/access.md shows how to read it. An address without a line fails the tests.

A part is filled with a row of the county by its name (its key; ``case.number`` a column of it), or with a word after a colon.
"""

import enum
from typing import NamedTuple

from registries.people.roles import Role


class Reach(enum.Enum):
    """Whose rows an address opens to somebody who has its right."""

    ANY = "of every unit: what all of the office share"
    KEPT = "of the units this person keeps; reviewer, supervisor and auditor: every unit"
    MENDED = "as KEPT; of other units the row may be read elsewhere, but is not offered to be changed here"
    PUBLISHED = "of every unit once it is published, else as KEPT"
    CASE = "as KEPT, and whoever is on its team"
    TEAM = "whoever is on its team"
    MINE = "the person's own"
    SECRET = "whoever has the address: its secret part is the key"
    TOLD = "as KEPT; foreign and absent are answered by one sentence, the same for both"
    CLERKS = "of clerks alone: other roles bring other tables"
    NONE = "of nobody: the county has no such row"


class Row(NamedTuple):
    """A line of the table."""

    reach: Reach
    parts: dict[str, str]


def line(reach: Reach = Reach.ANY, **parts: str) -> Row:
    """One address."""
    return Row(reach, parts)


def lines(names: str, reach: Reach, **parts: str) -> dict[str, Row]:
    """Several addresses with the same parts."""
    return {name: Row(reach, parts) for name in names.split()}


ANY, KEPT, MENDED, PUBLISHED, CASE, TEAM, MINE, SECRET, TOLD, CLERKS, NONE = Reach
IN_CASE = {"number": "case.number"}
OF_PERSON = {"number": "inspector.number"}
ENTRY = {"key": "subject.key"}

NO_ROW = """
    plan-list plan-new adhoc-list adhoc-new draw-list draw-new case-list my-cases joint-cases case-worker case-offline case-offline-key
    followup-list document-numbers desk workload report report-pdf report-sheet report-upward report-upward-sheet report-overview
    report-inspectors message-list message-read-all message-wishes calendar-renew calendar-revoke inspector-list inspector-new inspector-find
    inspector-statistics own-entry own-recusal group-list group-new training-list training-new assistant-list assistant-new inspector-accounts
    sign-in sign-out own-password account-list account-new unit-list unit-new code-list holiday-list import-list import-new matter-list
    matter-new edition-list edition-new campaign-list campaign-new comparison-list comparison-new subject-list subject-new subject-several
    subject-duplicates subject-statistics category-list category-new office-self-check office-ledger office-ledger-verify disclosure-failures
    objection-list public-opendata public-opendata-dictionary public-opendata-api public-opendata-catalog public-opendata-manifest
    public-opendata-sha256 public-opendata-sm3 public-api-description public-api-results public-feed-results public-feed-corrections public-home public-results
    public-penalties public-statistics public-corrections public-matters public-editions public-plans public-draws public-slips public-ledger
    public-ledger-entries public-ledger-export public-checkpoints public-how public-accessibility public-sitemap public-robots
    own-account own-factor own-sessions-end factor-set-up factor-off recovery-codes sign-in-code here held-work person-find person-report retention
    resets alarms office-operation public-security-contact livez healthz public-csp-report
"""
"""Lists, new rows and whatever else names no row; lists show what the person may see (test_canaries walks them)."""

TABLE: dict[str, Row] = {
    **lines(NO_ROW, ANY),
    # accounts, units, codes: kept by the administrators for the whole bureau
    **lines("account account-change account-password reset-ask factor-clear", ANY, pk="clerk"),
    "reset-decide": line(NONE, pk="clerk", to=":confirm"),
    "alarm-note": line(NONE, pk="clerk"),
    "account-switch": line(pk="clerk", to=":disable"),
    "account-role": line(pk="clerk", to=":grant"),
    "inspector-account": line(number="inspector.number"),
    "unit-change": line(pk="unit"),
    "code-table": line(table=":field"),
    "code-new": line(table=":field"),
    "code-change": line(table=":field", pk="code"),
    "category-change": line(pk="category"),
    **lines("holiday-year holiday-edit", ANY, year=":2026"),
    # registries: read by all, changed by the own unit
    **lines("inspector inspector-eligibility", ANY, **OF_PERSON),
    **lines("inspector-change inspector-status inspector-data certificate-new leave-new recusal-new", MENDED, **OF_PERSON),
    **lines("certificate-renew certificate-end", MENDED, **OF_PERSON, pk="certificate"),
    **lines("leave-change leave-cancel", MENDED, **OF_PERSON, pk="leave"),
    "recusal-end": line(MENDED, **OF_PERSON, pk="recusal"),
    "group-change": line(MENDED, pk="group"),
    "training-change": line(MENDED, pk="training"),
    "assistant-change": line(MENDED, pk="assistant"),
    **lines("subject subject-history", ANY, **ENTRY),
    **lines("subject-change subject-verify subject-unmerge permit-new", MENDED, **ENTRY),
    "permit-change": line(MENDED, **ENTRY, pk="permit"),
    "subject-merge": line(MENDED, **ENTRY, other="other.key"),
    "subject-step": line(MENDED, **ENTRY, step=":grade"),
    "subject-part-end": line(MENDED, **ENTRY, part=":permit", pk="permit"),
    **lines("matter", ANY, code="revision.matter.code"),
    **lines("matter-revise matter-retire", MENDED, code="revision.matter.code"),
    **lines("edition edition-submit edition-sheet edition-paper", ANY, pk="edition"),
    **lines("campaign campaign-end", ANY, year="campaign.year"),
    "comparison": line(KEPT, pk="comparison"),
    "export": line(kind=":subjects", form=":csv"),
    "import-template": line(CLERKS, kind=":subjects"),
    **lines("import import-map import-commit import-next import-undo import-cancel import-refused", KEPT, pk="import"),
    "list-save": line(code=":subjects"),
    "list-columns": line(code=":subjects"),
    "list-forget": line(MINE, code=":subjects", pk="search"),
    "history": line(KEPT, label=":inspections.case", pk="case"),
    # plans: in public once published
    **lines("plan plan-sheet plan-paper plan-submit plan-review plan-amend plan-drop plan-simulator", PUBLISHED, pk="plan"),
    **lines("plan-file-new plan-item-new", KEPT, pk="draft plan"),
    **lines("plan-file plan-file-remove", KEPT, pk="draft plan", file_pk="plan file"),
    **lines("plan-item plan-item-remove", KEPT, pk="draft plan", item_pk="draft item"),
    **lines("plan-task plan-task-list plan-task-ask", KEPT, pk="plan", item_pk="item"),
    "plan-task-report": line(KEPT, pk="plan", item_pk="item", report_pk="report"),
    **lines("adhoc-page adhoc-document adhoc-draw", KEPT, pk="request"),
    # draws
    **lines("draw-page draw-roster draw-audit draw-sealed draw-secret draw-successor draw-certificate", KEPT, pk="draw"),
    **lines("draw-papers draw-approval draw-receipts", KEPT, pk="draw"),
    "draw-staffing": line(TOLD, pk="draw"),
    **lines("draw-source draw-source-correction draw-source-wrong", KEPT, pk="committed draw", source_id="open source"),
    "draw-evidence": line(KEPT, pk="draw", evidence_id="source evidence"),
    "draw-receipt": line(KEPT, pk="draw", subject_id="subject"),
    **lines("bundle bundle-cancel bundle-file", KEPT, pk="bundle"),
    "document-void": line(KEPT, pk="number"),
    # cases: for all others there is no such case
    **lines("case-page case-papers notice-serve case-replace", CASE, **IN_CASE),
    "case-sheet": line(CASE, **IN_CASE, sheet=":notice"),
    "case-photo": line(CASE, number="begun case.number", pk="photo"),
    "letter-file": line(CASE, number="problem case.number", pk="letter"),
    **lines("case-begin case-record case-sending case-photos case-paper-form case-take-back case-acknowledge case-sign", TEAM, **IN_CASE),
    "case-photo-withdraw": line(TEAM, number="begun case.number", pk="photo"),
    **lines("case-review case-join case-separate case-release case-check case-close notice-new hold-ask", KEPT, **IN_CASE),
    **lines("followup-new followup-waive followup-flag", KEPT, number="problem case.number"),
    "disclosure-preview": line(KEPT, number="reviewed case.number"),
    "case-evidence": line(KEPT, **IN_CASE, pk="replacement"),
    "followup": line(KEPT, pk="followup"),
    "penalty-publish": line(KEPT, pk="penalty"),
    "penalty-down": line(KEPT, public_id="penalty disclosure.public_id"),
    **lines("objection-page objection-take objection-answer objection-check objection-file objection-sender", KEPT, pk="objection"),
    "objection-paper": line(KEPT, pk="answered"),
    **lines("result-correct result-withdraw", KEPT, public_id="result.public_id"),
    "message-open": line(MINE, pk="message"),
    # the public site: what is published, of every unit alike
    "metrics": line(NONE),  # without its token there is no such page
    "language": line(code=":en"),
    "calendar": line(SECRET, secret="secret"),
    "public-size": line(size=":large"),
    **lines("public-result public-objection-form public-api-result", ANY, public_id="result.public_id"),
    "public-penalty": line(public_id="penalty disclosure.public_id"),
    "public-objection": line(SECRET, token="token"),
    "public-objection-paper": line(SECRET, token="answered token"),
    "public-notice": line(SECRET, address="address"),
    "public-subject": line(code="result.subject_code"),
    **lines("public-edition public-edition-sheet public-edition-paper", ANY, number="edition.number"),
    "public-matter": line(code="revision.matter.code"),
    **lines("public-plan public-plan-sheet", ANY, number="plan.number"),
    **lines("public-draw public-draw-verify public-draw-ceremony public-draw-ceremony-state public-draw-bundle", ANY, number="public draw.number"),
    "public-draw-certificate": line(number="public draw.number"),
    "public-draw-openings": line(NONE, number="public draw.number"),
    "public-draw-file": line(number="public draw.number", name=":order.txt"),
    "public-draw-struck": line(NONE, number="public draw.number", strike=":1", name=":result.txt"),
    "public-checkpoint": line(seq="checkpoint.seq"),
    "public-opendata-month": line(NONE, year="year", month="month"),
    "public-opendata-older": line(year="year", month="month", file=":results.csv"),
    "public-opendata-file": line(file=":results.csv"),
    "public-api-rows": line(dataset=":results"),
    "public-api-nothing": line(NONE, rest=":nothing"),
}


class Person(NamedTuple):
    """How somebody stands to the two brigades: role, whose rows they keep, whether they are on the team of the own cases."""

    role: Role | None
    own: bool = False
    foreign: bool = False
    team: bool = False
    known: bool = True


PEOPLE: dict[str, Person] = {
    "visitor": Person(None, known=False),
    "disabled clerk": Person(None, known=False),
    "nobody": Person(None),
    "clerk": Person(Role.CLERK, own=True),
    "clerk of the bureau": Person(Role.CLERK, own=True, foreign=True),
    "clerk of a station": Person(Role.CLERK),
    "inspector on the team": Person(Role.INSPECTOR, own=True, team=True),
    "inspector not on it": Person(Role.INSPECTOR, own=True),
    "reviewer": Person(Role.REVIEWER, own=True, foreign=True),
    "supervisor": Person(Role.SUPERVISOR, own=True, foreign=True),
    "auditor": Person(Role.AUDITOR, own=True, foreign=True),
    "system-admin": Person(Role.SYSTEM_ADMIN),
    "security-admin": Person(Role.SECURITY_ADMIN),
    "partner": Person(Role.PARTNER),
}


def reaches(reach: Reach, person: Person, whose: str) -> bool:
    """Whether a row of the ``own`` or ``foreign`` brigade is there for somebody who has the right."""
    if reach in (Reach.ANY, Reach.PUBLISHED, Reach.SECRET, Reach.NONE):
        return reach != Reach.NONE
    if reach == Reach.CLERKS:
        return person.role == Role.CLERK
    keeps = {"own": person.own, "foreign": person.foreign}[whose]
    on_team = person.team and whose == "own"
    if reach in (Reach.TEAM, Reach.MINE):
        return on_team
    follows = keeps and person.role != Role.INSPECTOR
    return follows or (on_team and reach == Reach.CASE)
