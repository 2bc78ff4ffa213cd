"""How often work may break off, and what it is called."""

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MOST = 3
"""So many runs that did not come back, and nobody tries again until a person says so."""


class Kind(NamedTuple):
    """What people call a piece of work, and what waits while it is held."""

    name: Promise
    waits: Promise


KINDS: dict[str, Kind] = {
    "inspections.run_draw": Kind(_("Computing a draw"), _("The draw has no result, and the public sees it as overdue.")),
    "inspections.hash_shard": Kind(_("Hashing a part of a large roster"), _("The draw has no result, and the public sees it as overdue.")),
    "inspections.issue_certificate": Kind(_("Draw certificate"), _("The draw stands; its certificate is missing.")),
    "inspections.open_cases": Kind(_("Opening the cases of a draw"), _("Nobody can begin the visits of this draw.")),
    "inspections.join_case": Kind(_("Joining two visits of one subject"), _("The two cases stay apart.")),
    "inspections.post_messages": Kind(_("Messages to one person"), _("This person is told nothing new.")),
    "registries.issue_edition_paper": Kind(_("Matter list on paper"), _("The edition is in force; its PDF is missing.")),
    "publicity.publish_case": Kind(_("Disclosing a result"), _("The result is due and not public.")),
    "publicity.complete_disclosure": Kind(_("Completing a disclosed result"), _("The result stays public in its reduced form.")),
    "publicity.publish_penalty": Kind(_("Disclosing a penalty"), _("The decision is due and not public.")),
    "publicity.take_down_over": Kind(_("Taking down a result whose term is over"), _("The result stays public for longer than it may.")),
    "publicity.sweep_opendata": Kind(_("Files of open data"), _("The public downloads yesterday's files.")),
}
"""Every kind of work that is counted; a new one without words here is refused when it is loaded."""
