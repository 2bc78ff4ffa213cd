"""The one next step of a case for whoever looks at it: a button, or the sentence that says on whom it waits."""

from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _

from inspections.cases.queries import Viewer
from inspections.cases.states import Stage
from registries import clock


class Step(NamedTuple):
    """``url`` is the page or, with ``post``, the address the button sends to; ``mine`` tells whether it is the viewer's."""

    title: str
    text: str
    label: str = ""
    url: str = ""
    post: bool = False

    @property
    def mine(self) -> bool:
        """Whether the viewer can take it."""
        return bool(self.url)


def next_step(case: Any, stage: str, viewer: Viewer) -> Step | None:
    """The step of a case of ``with_progress`` for this person; None when nothing more is to be done here."""
    if stage == Stage.BEGUN and case.on_team and not case.on_lead and viewer.may("begin_visit"):
        text = _("Answer every item of your unit's checklists; the unit that leads makes the record ready to sign.")
        return Step(_("Fill in your part"), text, _("Go on with the record"), reverse("case-record", kwargs={"number": case.number}))
    if stage in (Stage.UNTOUCHED, Stage.BEGUN, Stage.RETURNED, Stage.TO_SIGN):
        return _teams_step(case, stage) if case.on_team and viewer.may("begin_visit") else _waiting_for_team(case, stage)
    if stage == Stage.IN_REVIEW:
        return _review_step(case, viewer)
    if stage == Stage.TO_PUBLISH:
        return _release_step(case, viewer)
    return None


def _teams_step(case: Any, stage: str) -> Step:
    at = {"number": case.number}
    if stage == Stage.UNTOUCHED and not case.staffed:
        return Step(_("Team to be drawn"), _("The visit waits for the team of the unit that leads it."))
    if stage == Stage.UNTOUCHED and not case.notice_served:
        text = _("The notice was not handed over yet: hand it over at the door, or say why notice would defeat the purpose.")
        return Step(_("Begin the visit"), text, _("Begin the visit"), reverse("case-record", kwargs=at))
    if stage == Stage.UNTOUCHED:
        text = _("Begin when the team is at the door: the record is opened, empty.")
        return Step(_("Begin the visit"), text, _("Begin the visit"), reverse("case-begin", kwargs=at), post=True)
    if stage == Stage.BEGUN:
        text = _("Answer every item, choose the result, then make it ready to sign.")
        return Step(_("Fill in the record"), text, _("Go on with the record"), reverse("case-record", kwargs=at))
    if stage == Stage.RETURNED:
        text = _("The reviewer has returned it. Complete it and sign again.")
        return Step(_("Complete the record"), text, _("Complete the record"), reverse("case-record", kwargs=at))
    if case.has_signed:
        return Step(_("Waiting for the other signature"), _("You have signed. The case goes on when everybody has."))
    text = _("Read it once more. Your account's password is your signature.")
    return Step(_("Sign the record"), text, _("Read and sign"), reverse("case-sign", kwargs=at))


def _waiting_for_team(case: Any, stage: str) -> Step:
    if not case.staffed:
        return Step(_("Team to be drawn"), _("No able inspector was left for this visit when the draw was run."))
    titles = {
        Stage.UNTOUCHED: _("Waiting for the team to begin the visit"),
        Stage.BEGUN: _("The team is filling in the record"),
        Stage.RETURNED: _("The team is completing the returned record"),
        Stage.TO_SIGN: _("Waiting for the signatures of the team"),
    }
    return Step(titles[Stage(stage)], "")


def _review_step(case: Any, viewer: Viewer) -> Step:
    if not viewer.may("review_case"):
        return Step(_("Waiting for the legal review"), _("A reviewer who was not on the team accepts or returns it."))
    if case.was_on_team:
        return Step(_("Waiting for another reviewer"), _("You inspected this case; another reviewer must decide on it."))
    url = reverse("case-review", kwargs={"number": case.number})
    return Step(_("Review the record"), _("Accept it, or return it with a remark."), _("Review"), url)


def _release_step(case: Any, viewer: Viewer) -> Step:
    if case.held_until and case.held_until >= clock.today():
        title = _("Held back until %(day)s") % {"day": case.held_until.isoformat()}
        return Step(title, _("A supervisor granted the hold; on the day after it the result goes out by itself."))
    if case.uncleared:
        return Step(_("Waiting for the check before disclosure"), _("A matter of this case asks for it; then it can be released."))
    if case.released_at:
        return Step(_("The worker discloses the result"), _("It is released; nothing is left to do."))
    if viewer.may("release_case") and viewer.keeps(case.unit_id):
        text = _("Reviewed. You can release it now; from day 15 on it is disclosed without being asked.")
        url = reverse("case-release", kwargs={"number": case.number})
        return Step(_("Release for disclosure"), text, _("Release"), url, post=True)
    return Step(
        _("Waiting for disclosure"), _("The unit's clerk can release it; from day 15 on it is disclosed without being asked.")
    )
