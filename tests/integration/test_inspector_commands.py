"""The inspector registry: who is eligible and why not, and the joining of accounts."""

import datetime as dt
from typing import Any

import pytest

from registries import clock
from registries.codes.models import CodeTable
from registries.inspectors import commands, queries
from registries.inspectors.models import Inspector
from registries.inspectors.rules import Validity, why_not_eligible
from registries.ledger.models import LedgerPayload
from registries.people.roles import Role
from tests import factories
from tests.asking import refusal

pytestmark = pytest.mark.django_db

DAY = dt.date(2026, 6, 30)
VALID = Validity(dt.date(2026, 1, 1), dt.date(2026, 12, 31))


@pytest.mark.parametrize(
    ("status", "certificates", "reason"),
    [
        ("active", [VALID], None),
        ("active", [Validity(DAY, DAY)], None),
        ("suspended", [VALID], "is suspended"),
        ("left", [VALID], "has left the service"),
        ("active", [], "has no certificate on record"),
        ("active", [Validity(dt.date(2020, 1, 1), dt.date(2026, 6, 29))], "the certificate ended on %(day)s"),
        ("active", [Validity(dt.date(2026, 7, 1), dt.date(2030, 1, 1))], "the certificate is not valid yet"),
    ],
)
def test_only_an_active_inspector_with_a_valid_certificate_is_eligible(
    status: str, certificates: list[Validity], reason: str | None
) -> None:
    why = why_not_eligible(status=status, certificates=certificates, day=DAY)
    assert (why.text if why else None) == reason


def test_missing_fields_and_declared_conflicts_stop_an_inspector() -> None:
    facts: dict[str, Any] = {"status": "active", "certificates": [VALID], "day": DAY}
    why = why_not_eligible(**facts, tags={"hotel"}, required={"hotel", "net"})
    assert why is not None
    assert why.values == {"codes": "net"}
    assert why_not_eligible(**facts, tags={"hotel"}, required={"hotel"}) is None
    assert why_not_eligible(**facts, recused=True) is not None


def test_eligible_inspectors_are_those_of_the_units_by_number() -> None:
    unit = factories.unit()
    able = factories.inspector(unit=unit)
    factories.inspector(unit=unit, certified=False)
    factories.inspector(unit=unit, status=Inspector.Status.LEFT)
    factories.inspector()
    field = factories.code(CodeTable.FIELD, code="hotel")
    able.fields.add(field)
    found = queries.choose_inspectors([unit.pk], clock.today()).able
    assert found == [able]
    assert queries.tags_of(found[0]) == {"hotel"}


def test_conflicts_stand_on_their_days() -> None:
    today = clock.today()
    one = factories.inspector()
    now, over = factories.subject(), factories.subject()
    factories.recusal(one, now)
    factories.recusal(one, over, ends_on=today - dt.timedelta(days=1))
    assert queries.recusals_on([one.pk], today) == {(one.pk, now.pk)}
    assert queries.recusals_on([], today) == set()


def test_an_account_is_joined_and_parted_by_the_system_administrator() -> None:
    admin = factories.user(Role.SYSTEM_ADMIN)
    inspector = factories.inspector(account=False)
    person = factories.user(Role.INSPECTOR)
    assert list(queries.accounts_to_join()) == [person]
    commands.link_inspector(actor=admin, inspector_id=inspector.pk, user_id=person.pk)
    inspector.refresh_from_db()
    assert inspector.user == person
    assert LedgerPayload.objects.latest("entry_id").verb == "registries.link_inspector"
    assert not queries.accounts_to_join()
    commands.link_inspector(actor=admin, inspector_id=inspector.pk, user_id=None)
    inspector.refresh_from_db()
    assert inspector.user is None


def test_a_joining_that_makes_no_sense_is_refused() -> None:
    admin = factories.user(Role.SYSTEM_ADMIN)
    inspector, other = factories.inspector(account=False), factories.inspector()
    clerk = factories.user(Role.CLERK)
    join = commands.link_inspector
    assert "role of inspector" in refusal(lambda: join(actor=admin, inspector_id=inspector.pk, user_id=clerk.pk))
    assert "another inspector" in refusal(lambda: join(actor=admin, inspector_id=inspector.pk, user_id=other.user_id))
    assert "own account" in refusal(lambda: join(actor=admin, inspector_id=inspector.pk, user_id=admin.pk))
    assert "No account" in refusal(lambda: join(actor=admin, inspector_id=inspector.pk, user_id=None))
