"""The kinds of objects of the registries whose history is told (loaded with the app)."""

from django.urls import reverse

from registries.campaigns.models import Campaign
from registries.codes.models import Code
from registries.comparisons.queries import visible_comparisons
from registries.holidays.models import HolidayYear
from registries.imports.queries import visible_imports
from registries.inspectors.models import Assistant, Inspector, InspectorGroup, Training
from registries.keys.models import KeyRotation
from registries.ledger.histories import Kind, told
from registries.matters.models import Edition, Matter
from registries.people.models import Alarm, BreakGlass, Unit, User
from registries.selfchecks.models import SelfCheck
from registries.subjects.models import Subject, SubjectCategory

told(
    Kind(
        "registries.subject",
        "registries.view_history",
        lambda _user: Subject.objects.all(),
        lambda one: reverse("subject-history", args=[one.key]),
        {f"registries.{part}": "subject" for part in ("permit", "exclusion", "complaint", "violation")},
        own=True,
    ),
    Kind(
        "registries.inspector",
        "registries.view_history",
        lambda _user: Inspector.objects.all(),
        lambda one: reverse("inspector", args=[one.number]),
        {f"registries.{part}": "inspector" for part in ("certificate", "recusal", "leave")},
        own=True,
    ),
    Kind(
        "registries.matter",
        "registries.view_history",
        lambda _user: Matter.objects.all(),
        lambda one: reverse("matter", args=[one.code]),
        {"registries.matterrevision": "matter"},
        own=True,
    ),
    Kind(
        "registries.edition",
        "registries.view_history",
        lambda _user: Edition.objects.all(),
        lambda one: reverse("edition", args=[one.pk]),
        {"registries.editionpaper": "edition"},
        own=True,
    ),
    Kind("registries.user", "registries.view_accounts", lambda _user: User.objects.all(), lambda one: reverse("account", args=[one.pk]), {"registries.passwordreset": "user", "registries.factor": "user", "registries.recoverycode": "factor__user"}, own=True),
    Kind("registries.alarm", "registries.view_alarms", lambda _user: Alarm.objects.all(), lambda _one: reverse("alarms"), own=True),
    Kind("registries.breakglass", "registries.view_alarms", lambda _user: BreakGlass.objects.all(), lambda _one: reverse("alarms"), own=True),
    Kind("registries.keyrotation", "registries.view_retention", lambda _user: KeyRotation.objects.all(), lambda _one: reverse("retention")),
    Kind("registries.selfcheck", "registries.view_ledger", lambda _user: SelfCheck.objects.all(), lambda _one: reverse("office-self-check"), own=True),
    Kind("registries.unit", "registries.view_units", lambda _user: Unit.objects.all(), lambda _one: reverse("unit-list")),
    Kind(
        "registries.holidayyear",
        "registries.view_holidays",
        lambda _user: HolidayYear.objects.all(),
        lambda one: reverse("holiday-year", args=[one.year]),
        {"registries.holidayday": "held"},
    ),
    Kind("registries.code", "registries.view_codes", lambda _user: Code.objects.all(), lambda one: reverse("code-table", args=[one.table])),
    Kind("registries.subjectcategory", "registries.view_codes", lambda _user: SubjectCategory.objects.all(), lambda _one: reverse("category-list")),
    Kind("registries.inspectorgroup", "registries.view_inspectors", lambda _user: InspectorGroup.objects.all(), lambda _one: reverse("group-list")),
    Kind("registries.training", "registries.view_inspectors", lambda _user: Training.objects.all(), lambda _one: reverse("training-list")),
    Kind("registries.assistant", "registries.view_inspectors", lambda _user: Assistant.objects.all(), lambda _one: reverse("assistant-list")),
    Kind("registries.import", "registries.view_imports", visible_imports, lambda one: reverse("import", args=[one.pk])),
    Kind("registries.campaign", "registries.view_subjects", lambda _user: Campaign.objects.all(), lambda one: reverse("campaign", args=[one.year])),
    Kind("registries.comparison", "registries.view_subjects", visible_comparisons, lambda one: reverse("comparison", args=[one.pk])),
)
