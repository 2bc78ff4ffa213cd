"""What every figure of a report means, in words, as the page, the paper and the workbook say it."""

from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _


class Definition(NamedTuple):
    """A figure and what it counts."""

    name: Any
    text: Any


DEFINITIONS = (
    Definition(_("Visits"), _("Cases whose visit ended on a day of the period, by the day signed. A visit that is drawn and not over yet is in none of these figures.")),
    Definition(_("Inspected"), _("Visits whose result says that the subject was inspected, with or without a problem. Refused visits and those that could not be made are told apart.")),
    Definition(_("Problem rate"), _("Visits that found a problem, of those inspected.")),
    Definition(_("Unreachable rate"), _("Visits where nobody could be found at the registered place, of all visits.")),
    Definition(_("Disclosed in time"), _("Results published by the twentieth calendar day, of those that are published or should be by now.")),
    Definition(_("Overdue"), _("Visits of the period whose result should be public by now and is not.")),
    Definition(_("Completion"), _("Results disclosed, of the subjects the year's plan sets, tasks that name their subjects included. Counted for whole years, by plans in force.")),
    Definition(_("Apart"), _("Subjects named by a task from above, ad-hoc inspections and re-checks are no lots. They are counted in the total and shown apart from the plan's sources.")),
    Definition(_("By matter"), _("A joint visit counts with each of its matters, so these rows add up to more than the visits.")),
    Definition(_("Visited of the plan"), _("Visits over, of the subjects the year's plan sets. Counted for whole years, by plans in force.")),
    Definition(_("Void rate"), _("Orders voided, of those committed in the period. Every one is public with its reason.")),
    Definition(_("Replacement rates"), _("Subjects or inspectors replaced by decision in the period, for each hundred subjects or places on teams drawn in it.")),
    Definition(_("Recused"), _("Inspectors replaced by decision in the period because of a conflict with the subject.")),
    Definition(_("Fewer than two inspectors"), _("Visits that ended with fewer than two people on the team. The rules allow none, so anything but 0 is to be looked into.")),
    Definition(_("Returned in review"), _("Reviews that sent the record back to the team, of all reviews of the period.")),
    Definition(
        _("Above the yearly cap"),
        _("Subjects with more counted visits in the calendar year than their own cap: two over all brigades, one more with a signal. Ad-hoc visits on grounds that the law exempts do not count."),
    ),
    Definition(
        _("Above the cap of a matter"),
        _("Subjects visited more often on one matter than the matter list allows, in as many years as it says; once a year where it says nothing; one more with a signal."),
    ),
    Definition(_("Rectifications completed"), _("Rectification orders of the period's visits that a re-check has found put right, of all of them, as they stand today.")),
    Definition(_("Re-check rate"), _("Rectification orders of the period's visits whose re-check is reviewed, of all of them.")),
    Definition(_("Not put right"), _("Rectifications that the re-check did not find put right, of those that are concluded.")),
    Definition(_("Penalties and transfers"), _("Penalty cases decided, transfers received and criminal transfers sent, of those that followed from the period's visits.")),
)
