"""The writer of disclosures: copies the whitelisted fields of a reviewed case, and every version of them."""

from dataclasses import replace

from django.conf import settings

from inspections.cases import queries as cases
from inspections.cases import secrecy
from inspections.cases.models import Case, Record
from inspections.cases.rules import promised_by
from publicity.disclosures import rules
from publicity.disclosures.masking import masked, why_not_publish
from publicity.disclosures.models import Disclosure, DisclosureVersion
from registries import clock
from registries.ledger.change import Change, created, refuse, refuse_now
from registries.ledger.commands import command
from registries.ledger.sentences import say
from registries.people.models import User
from registries.subjects.models import Subject, SubjectCategory
from registries.subjects.naming import published_name


@command("publicity.publish_case")
def publish_case(*, actor: User, case_id: int) -> Change:
    """Disclose the accepted record of a case: by name, or counts only where a category of the subject asks for it.

    Once per case; the database holds that too. What is not named here is never copied.
    """
    case = Case.objects.select_for_update(of=("self",)).select_related("subject__town", "unit", "draw").get(pk=case_id)
    refuse(
        rules.why_not_disclose(
            state=case.state,
            disclosed=Disclosure.objects.filter(case=case).exists(),
            released=case.released_at is not None,
            ended_on=case.ended_on,
            today=clock.today(),
            unasked_from=settings.DISCLOSURE_UNASKED_FROM_DAY,
            uncleared=secrecy.uncleared(case),
        )
    )
    record = cases.accepted_record(case)
    if record is None:
        refuse_now(say("Only a reviewed result can be disclosed."))
    categories = list(case.subject.categories.order_by("code"))
    disclosure = _copy(case, record, categories)
    if rules.is_named(category.publicity for category in categories):
        _name(disclosure, case.subject, record)
    refuse(why_not_publish(f"{disclosure.subject_name} {disclosure.findings}"))
    change = created(disclosure)
    return replace(change, also=(_kept(disclosure),))


def _kept(disclosure: Disclosure) -> DisclosureVersion:
    """The first version of a disclosure: its columns as they stand."""
    return DisclosureVersion.objects.create(
        disclosure=disclosure, number=1, made_at=disclosure.published_at, **disclosure.copied()
    )


@command("publicity.keep_first_version")
def keep_first_version(*, actor: User, disclosure_id: int) -> Change:
    """Keep the text of a result that was disclosed before there were versions as its first one."""
    disclosure = Disclosure.objects.select_for_update(of=("self",)).get(pk=disclosure_id)
    if disclosure.versions.exists():
        refuse_now(say("This result has its versions already."))
    return Change(disclosure, also=(_kept(disclosure),))


def _copy(case: Case, record: Record, categories: list[SubjectCategory]) -> Disclosure:
    """What is public of every result, named or not."""
    matters = [one.revision for one in case.matters.select_related("revision__matter").order_by("position")]
    about = set(matters[0].categories.values_list("pk", flat=True)) if matters else set()
    category = next((one for one in categories if one.pk in about), categories[0] if categories else None)
    if case.ended_on is None or record.result is None:  # the database's constraints forbid it
        refuse_now(say("Only a reviewed result can be disclosed."))
    now = clock.now()
    return Disclosure(
        case=case,
        named=False,
        category_name=category.name if category else "",
        unit_name=case.unit.name,
        matters=[{"code": m.matter.code, "revision": m.number, "name": m.name} for m in matters],
        inspectors_count=record.signatures.count(),
        inspected_on=case.ended_on,
        result_code=record.result.code,
        result_label=record.result.label,
        result_group=record.result.group,
        disposal_label=record.disposal.label if record.disposal else "",
        draw_number=(case.draw.number or "") if case.draw else "",
        plan_item_code=(case.draw.plan.code or "") if case.draw else "",
        due_on=promised_by(case.ended_on, settings.DISCLOSURE_DAYS),
        published_at=now,
        changed_at=now,
        shown_until=rules.shown_until(now.astimezone(clock.BEIJING).date(), person=case.subject.kind == Subject.Kind.PERSON),
    )


def _name(disclosure: Disclosure, subject: Subject, record: Record) -> None:
    """Add what names the subject: of a natural person the surname only, and no code (domain.md §8)."""
    person = subject.kind == Subject.Kind.PERSON
    disclosure.named = True
    disclosure.subject_name = masked(published_name(subject.kind, subject.name))
    disclosure.subject_code = "" if person else subject.public_id
    disclosure.town_name = subject.town.label
    disclosure.findings = masked(record.findings)
