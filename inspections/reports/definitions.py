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
    Definition(_("Void rate"), _("Orders voided, of those committed in the period. Every one is public with its reason.")),
    Definition(_("Replacement rates"), _("Subjects or inspectors replaced by decision in the period, for each hundred subjects or places on teams drawn in it.")),
    Definition(_("Returned in review"), _("Reviews that sent the record back to the team, of all reviews of the period.")),
    Definition(_("Above the yearly cap"), _("Subjects with more than two double-random visits in the calendar year, all matters together.")),
)
