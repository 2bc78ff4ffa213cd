"""Ask for a self-check, and keep what it found. The run itself reads for minutes and stands outside (``tasks.py``)."""

from collections.abc import Sequence

from registries import clock
from registries.ledger.change import Change, alter, created, refuse
from registries.ledger.commands import command, wake
from registries.ledger.findings import Finding
from registries.people.models import User
from registries.selfchecks import queries, rules
from registries.selfchecks.models import SelfCheck


@command("registries.ask_self_check")
def ask_self_check(*, actor: User) -> Change:
    """Ask the worker to run one now. The auditor may: it writes no business row, only that it was asked for."""
    refuse(rules.why_not_ask(waiting=queries.waiting().exists()))
    change = created(SelfCheck(asked_by=actor, asked_at=clock.now()))
    wake("registries.run_self_check", check_id=change.obj.pk)
    return change


@command("registries.keep_self_check")
def keep_self_check(*, actor: User, check_id: int, entries: int, findings: Sequence[Finding]) -> Change:
    """Keep the outcome of a run. It is kept once."""
    check = SelfCheck.objects.select_for_update(no_key=True).get(pk=check_id)
    refuse(rules.why_not_keep(finished=check.finished_at is not None))
    change = alter(
        check,
        finished_at=clock.now(),
        entries=entries,
        wrong=sum(not finding.warning for finding in findings),
        late=sum(finding.warning for finding in findings),
        findings=[[finding.check, finding.what.text, finding.what.values, finding.warning] for finding in findings],
    )
    after = {name: value for name, value in change.after.items() if name != "findings"}
    return Change(check, {}, {**after, "sentences": [finding.english for finding in findings[:20]]})
