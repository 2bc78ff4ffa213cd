"""保密和法制审查 before disclosure: recorded by another person where a matter of the case asks for it; and who reads it."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inspections.cases.models import Case, CaseMatter, Record, Review
from inspections.cases.states import CaseState, Decision


class SecrecyCheck(models.Model):
    """One check of an accepted record before it may be disclosed: cleared, or kept back with the reason. Append-only; the last counts."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="secrecy_checks", verbose_name=gettext_lazy("case"))
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="+", verbose_name=gettext_lazy("record"))
    cleared = models.BooleanField(gettext_lazy("may be disclosed"))
    remark = models.TextField(gettext_lazy("remark"), blank=True)
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=gettext_lazy("checked by"))
    checked_at = models.DateTimeField(gettext_lazy("checked"))

    PROTECTED: ClassVar = ("case", "record", "cleared", "remark", "checked_by", "checked_at")

    class Meta:
        verbose_name = gettext_lazy("check before disclosure")
        verbose_name_plural = gettext_lazy("checks before disclosure")
        ordering = ("case", "id")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(cleared=True) | ~Q(remark=""), name="kept_back_says_why")
        ]

    def __str__(self) -> str:
        return str(self.case)

    @property
    def summary(self) -> str:
        """What the history of the case says of it."""
        return _("may be disclosed") if self.cleared else _("kept back")


def asks(case: Case) -> bool:
    """Whether a matter of the case asks for the check."""
    return case.matters.filter(revision__secrecy_check=True).exists()


def last_check(case: Case) -> SecrecyCheck | None:
    """The check that counts."""
    return case.secrecy_checks.select_related("checked_by").order_by("-pk").first()


def uncleared(case: Case) -> bool:
    """Whether the case must not be disclosed yet: its matters ask for a check, and none has cleared it."""
    if not asks(case):
        return False
    last = last_check(case)
    return last is None or not last.cleared


def awaiting() -> QuerySet[Case]:
    """Reviewed cases that are not disclosed as a whole and that a matter of theirs holds back until the check."""
    reviewed = Case.objects.filter(state__in=[CaseState.REVIEWED, CaseState.CLOSED])
    return uncleared_of(reviewed.exclude(disclosure__form="whole"))


def uncleared_of(cases: QuerySet[Case]) -> QuerySet[Case]:
    """Those of these cases for which :func:`uncleared` holds."""
    asking = CaseMatter.objects.filter(case=OuterRef("pk"), revision__secrecy_check=True)
    newest = SecrecyCheck.objects.filter(case=OuterRef("pk")).order_by("-pk").values("cleared")[:1]
    return cases.filter(Exists(asking)).annotate(cleared=newest).filter(Q(cleared=None) | Q(cleared=False))


def accepted_by(case: Case) -> int | None:
    """Who accepted the record, by key."""
    return Review.objects.filter(case=case, decision=Decision.ACCEPT).order_by("-pk").values_list("reviewer", flat=True).first()
