"""The first line of every command on an entry: lock it, and refuse whoever may not touch it or has not seen it as it is."""

from registries.ledger.change import refuse, refuse_now
from registries.ledger.sentences import say
from registries.people.models import User
from registries.people.queries import keeps
from registries.subjects import rules
from registries.subjects.models import Subject


def kept(actor: User, subject_id: int) -> Subject:
    """Lock an entry; refuses other units' entries and merged ones."""
    subject = Subject.objects.select_for_update(of=("self",), no_key=True).select_related("unit", "merged_into").get(pk=subject_id)
    refuse(rules.why_not_keep(keeps=keeps(actor, subject.unit_id), unit=str(subject.unit)))
    if subject.merged_into is not None:
        refuse_now(say("This entry was merged into %(name)s. Use that one.", name=subject.merged_into.name))
    return subject


def answering(actor: User, subject_id: int) -> Subject:
    """Lock the entry that answers for a part of ``subject_id``: itself, or the one it was merged into."""
    into = Subject.objects.filter(pk=subject_id).values_list("merged_into_id", flat=True).get()
    return kept(actor, into or subject_id)


def locked(actor: User, subject_id: int, version: int) -> Subject:
    """:func:`kept`; refuses an old version too."""
    subject = kept(actor, subject_id)
    refuse(rules.why_not_same(seen=version, now=subject.version))
    return subject
