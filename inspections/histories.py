"""The kinds of objects of this floor whose history is told (loaded with the app). A case's disclosure stands above and is told by relation."""

from django.db.models import QuerySet
from django.urls import reverse

from inspections.adhoc.queries import visible_requests
from inspections.cases.models import Case
from inspections.cases.queries import viewer, whole_cases
from inspections.draws.queries import visible_draws
from inspections.followups.queries import visible_followups
from inspections.papers.models import Bundle, DocumentNumber
from inspections.papers.queries import visible_numbers
from inspections.plans.models import PlanItem
from inspections.plans.queries import visible_plans
from registries.ledger.histories import Kind, told
from registries.people.models import User


def _cases(user: User) -> QuerySet[Case]:
    return whole_cases(viewer(user))


def _numbers(user: User) -> QuerySet[DocumentNumber]:
    return visible_numbers(viewer(user))


def _bundles(user: User) -> QuerySet[Bundle]:
    return Bundle.objects.filter(draw__in=visible_draws(user).values("pk")).defer("pdf") if user.has_perm("inspections.view_papers") else Bundle.objects.none()


OF_CASES = {
    "inspections.record": "case",
    "inspections.signature": "record__case",
    "inspections.acknowledgement": "record__case",
    "inspections.photo": "case",
    "inspections.review": "case",
    "inspections.secrecycheck": "case",
    "inspections.clearance": "case",
    "inspections.assignment": "case",
    "inspections.replacement": "case",
    "inspections.notice": "case",
    "inspections.documentnumber": "case",
    "inspections.letter": "case",
    "inspections.followup": "case",
    "inspections.extension": "followup__case",
    "inspections.recheck": "followup__case",
    "publicity.disclosure": "case",
    "publicity.disclosureversion": "disclosure__case",
    "publicity.removal": "disclosure__case",
    "publicity.duty": "case",
    "publicity.hold": "case",
    "publicity.penaltydisclosure": "followup__case",
    "publicity.objection": "disclosure__case",
    "publicity.statement": "disclosure__case",
    "publicity.proposal": "disclosure__case",
}
OF_DRAWS = {
    "inspections.drawsecret": "draw",
    "inspections.drawfile": "draw",
    "inspections.seedsource": "draw",
    "inspections.sourceentry": "source__draw",
    "inspections.sourceevidence": "entry__source__draw",
    "inspections.drawcertificate": "draw",
    "inspections.rosteraudit": "draw",
    "inspections.strike": "draw",
    "inspections.historyrow": "draw",
}

told(
    Kind(
        "inspections.plan", "registries.view_history", visible_plans, lambda one: reverse("plan", args=[one.pk]), {"inspections.planfile": "plan"}, own=True
    ),
    Kind(
        "inspections.planitem",
        "inspections.view_planning",
        lambda user: PlanItem.objects.filter(plan__in=visible_plans(user)),
        lambda one: reverse("plan-task", args=[one.plan_id, one.pk]),
        {"inspections.taskreport": "item", "inspections.handedlist": "item", "inspections.handedsubject": "handed__item"},
    ),
    Kind("inspections.adhocrequest", "inspections.view_adhoc", visible_requests, lambda one: reverse("adhoc-page", args=[one.pk])),
    Kind("inspections.draw", "registries.view_history", visible_draws, lambda one: reverse("draw-page", args=[one.pk]), OF_DRAWS),
    Kind("inspections.case", "registries.view_history", _cases, lambda one: reverse("case-page", args=[one.number]), OF_CASES),
    Kind(
        "inspections.followup",
        "inspections.view_cases",
        lambda user: visible_followups(viewer(user)),
        lambda one: reverse("followup", args=[one.pk]),
        {"inspections.extension": "followup", "inspections.recheck": "followup"},
        own=True,
    ),
    Kind(
        "inspections.documentnumber",
        "inspections.view_papers",
        _numbers,
        lambda one: reverse("case-papers", args=[one.case.number]) if one.case else reverse("document-numbers"),
        {"inspections.notice": "number"},
    ),
    Kind("inspections.bundle", "inspections.view_papers", _bundles, lambda one: reverse("bundle", args=[one.pk])),
)
