"""Starting and ending a yearly review. Confirming entries is the subject registry's own command."""

import datetime as dt

from registries import clock
from registries.campaigns import queries, rules
from registries.campaigns.models import Campaign
from registries.ledger.change import Change, alter, created, refuse
from registries.ledger.commands import command
from registries.people.models import User


@command("registries.start_campaign")
def start_campaign(*, actor: User, year: int, since: dt.date, due_on: dt.date, note: str = "") -> Change:
    """Ask every unit to confirm its entries last confirmed before ``since``, until ``due_on`` (guideline 三.4)."""
    today = clock.today()
    refuse(
        rules.why_not_start(
            year=year,
            this_year=today.year,
            taken=Campaign.objects.filter(year=year).exists(),
            running=queries.running() is not None,
            since=since,
            due_on=due_on,
            today=today,
        )
    )
    return created(Campaign(year=year, since=since, due_on=due_on, note=note, started_by=actor, started_on=today))


@command("registries.end_campaign")
def end_campaign(*, actor: User, campaign_id: int, note: str = "") -> Change:
    """End a review and keep how far each unit came; with a reason when entries are left."""
    campaign = Campaign.objects.select_for_update(no_key=True).get(pk=campaign_id)
    today = clock.today()
    ended = campaign.ended_on is not None
    left = 0 if ended else queries.left(campaign, None).count()
    refuse(rules.why_not_end(ended=ended, left=left, due_on=campaign.due_on, today=today, note=note))
    outcome = {str(one.unit_id): [one.entries, one.confirmed] for one in queries.progress(campaign)}
    return alter(campaign, ended_by=actor, ended_on=today, outcome=outcome, end_note=note)
