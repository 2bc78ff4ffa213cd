"""What the top floor keeps how long (``registries/retention``)."""

import datetime as dt

from django.db.models import QuerySet
from django.db.models.functions import Length
from django.utils.translation import gettext_lazy as _

from publicity.corrections.models import Objection
from publicity.corrections.states import OPEN
from registries import clock
from registries.retention.kept import NEVER, OFFICE_FILES
from registries.retention.lines import Line, keep

OBJECTOR_DAYS = 730


def _objectors() -> QuerySet[Objection]:
    """Decided so long ago that nobody needs to be reached any more, with a name or a contact still."""
    before = clock.now() - dt.timedelta(days=OBJECTOR_DAYS)
    rows = Objection.objects.exclude(state__in=OPEN).filter(decided_at__lt=before)
    return rows.annotate(held=Length("name") + Length("contact")).filter(held__gt=0)


def _forget_objectors(most: int) -> int:
    keys = list(_objectors().order_by("pk").values_list("pk", flat=True)[:most])
    return Objection.objects.filter(pk__in=keys).update(name="", contact="")


keep(
    Line(
        "objectors",
        _("Name and contact of people who objected to a result, encrypted"),
        (),
        _("2 years after the decision"),
        _("Personal Information Protection Law, article 19: no longer than needed; nobody has to be reached any more"),
        _("the timer"),
        lambda: _objectors().count(),
        _forget_objectors,
    ),
    Line(
        "objections",
        _("Objections, statements and changes of results"),
        ("publicity.objection", "publicity.proposal", "publicity.statement"),
        _("for good; name and contact until 2 years after the decision"),
        OFFICE_FILES,
        NEVER,
    ),
    Line(
        "disclosures",
        _("Published results and penalty decisions, when they are due, holds"),
        tuple(f"publicity.{name}" for name in ("disclosure", "disclosureversion", "removal", "duty", "hold", "penaltydisclosure")),
        _("on line 5 years, of natural persons 2 (DISCLOSURE_YEARS, DISCLOSURE_YEARS_OF_PERSONS); what was published stays proved"),
        _("Regulations on Open Government Information; the guideline on disclosure"),
        _("the sweep takes them off line"),
    ),
    Line(
        "opendata",
        _("Files of open data: nothing that is not public"),
        ("publicity.snapshot", "publicity.snapshotfile", "publicity.snapshotpart"),
        _("for good"),
        _("what was published can be compared"),
        NEVER,
    ),
)
