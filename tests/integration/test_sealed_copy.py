"""The auditor's sealed copy: a server that lost the secret draws all the same, the same bytes; who had the secret types no value."""

import base64
import datetime as dt
import logging
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from inspections.draws import commands, queries, tasks
from inspections.draws.models import Draw
from inspections.draws.sealing import new_private_key, opened, public_key_of
from inspections.draws.states import DrawState
from inspections.draws.verify import verify_bundle
from registries.ledger.change import Refused
from registries.people.models import User
from registries.people.roles import Role
from tests import factories, public_draws

pytestmark = pytest.mark.django_db
PRIVATE = new_private_key()


@pytest.fixture(autouse=True)
def auditor_key(settings: Any) -> None:
    settings.AUDITOR_PUBLIC_KEY = public_key_of(PRIVATE)


@pytest.fixture
def lost(settings: Any) -> Draw:
    """An order, due, whose server has another key file now."""
    draw = public_draws.committed()
    public_draws.typed(draw)
    settings.FIELD_KEYS = {"other": b"0" * 32}
    return draw


def due(draw: Draw) -> dt.datetime:
    assert draw.planned is not None
    return draw.planned + dt.timedelta(minutes=1)


def visitor(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_a_server_that_lost_the_secret_waits_says_so_and_draws_when_it_is_entered(lost: Draw, caplog: pytest.LogCaptureFixture) -> None:
    supervisor, auditor = factories.user(Role.SUPERVISOR), factories.user(Role.AUDITOR)
    page, sealed = reverse("draw-secret", args=[lost.pk]), reverse("draw-sealed", args=[lost.pk])
    with public_draws.at(due(lost)), caplog.at_level(logging.ERROR):
        tasks.run_draw(lost.pk)
        lost.refresh_from_db()
        assert lost.state == DrawState.COMMITTED
        assert "its secret cannot be read" in caplog.text
        assert page in visitor(supervisor).get("/office/").content.decode()
        assert visitor(supervisor).get(reverse("draw-page", args=[lost.pk])).status_code == 200
        copy = visitor(auditor).post(sealed)
        assert "attachment" in copy.headers["Content-Disposition"]
        secret = opened(copy.content.decode().strip(), PRIVATE)
        client = visitor(supervisor)
        wrong = client.post(page, {"secret": "0" * 64})
        assert wrong.status_code == 422
        assert "并非" in wrong.content.decode()
        assert client.post(page, {"secret": f" {secret[:32]} {secret[32:].upper()}\n"}).status_code == 302
        tasks.run_draw(lost.pk)
    lost.refresh_from_db()
    assert lost.state == DrawState.DRAWN
    assert verify_bundle(queries.file_bodies(lost)).matches
    assert "took the sealed copy of the secret" in {str(words) for words in _handled(lost)}


def _handled(draw: Draw) -> list[str]:
    names = {"inspections.read_sealed_copy": "took the sealed copy of the secret", "inspections.give_secret": "entered the secret again"}
    return [names[payload.verb] for payload in queries.handlings_of_secret(draw)]


def test_who_had_the_secret_enters_no_value() -> None:
    draw = public_draws.committed()
    auditor = factories.user(Role.AUDITOR)
    commands.read_sealed_copy(actor=auditor, draw_id=draw.pk)
    source = draw.sources.get(position=1)
    assert queries.knows_secret(draw, auditor.pk)
    auditor.groups.set(factories.user(Role.REVIEWER).groups.all())
    auditor = User.objects.get(pk=auditor.pk)
    with public_draws.at(source.moment), pytest.raises(Refused, match="had the secret of this order in hand"):
        commands.enter_source_value(actor=auditor, source_id=source.pk, value=public_draws.DICE, evidence="公告")


def test_the_secret_is_entered_only_when_it_is_due_and_lost() -> None:
    draw = public_draws.committed()
    supervisor, secret = factories.user(Role.SUPERVISOR), draw.kept_secret.secret
    with pytest.raises(Refused, match="not due yet"):
        commands.give_secret(actor=supervisor, draw_id=draw.pk, secret=secret)
    public_draws.typed(draw)
    with public_draws.at(due(draw)), pytest.raises(Refused, match="draws by itself"):
        commands.give_secret(actor=supervisor, draw_id=draw.pk, secret=secret)


def test_the_copy_is_taken_from_open_orders_only_and_by_the_auditor_only() -> None:
    draw = public_draws.drawn()
    auditor = factories.user(Role.AUDITOR)
    with pytest.raises(Refused):
        commands.read_sealed_copy(actor=auditor, draw_id=draw.pk)
    page = visitor(auditor).get(reverse("draw-sealed", args=[draw.pk]))
    assert page.status_code == 200
    assert visitor(factories.user(Role.SUPERVISOR)).post(reverse("draw-sealed", args=[draw.pk])).status_code == 403


def test_the_auditors_own_machine_makes_the_keys_and_opens_the_copy(tmp_path: Path) -> None:
    draw = public_draws.committed()
    out = StringIO()
    call_command("auditor_key", "new", str(tmp_path / "key"), stdout=out, stderr=StringIO())
    assert len(base64.b64decode(out.getvalue().strip().partition("=")[2])) == 32
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
    with pytest.raises(CommandError, match="does not exist yet"):
        call_command("auditor_key", "new", str(tmp_path / "key"))
    (tmp_path / "mine").write_text(PRIVATE)
    (tmp_path / "copy").write_text(queries.sealed_copy_of(draw) + "\n")
    out = StringIO()
    call_command("auditor_key", "open", "--key", str(tmp_path / "mine"), str(tmp_path / "copy"), stdout=out)
    assert out.getvalue().strip() == draw.kept_secret.secret
    with pytest.raises(SystemExit, match="does not open with this key"):
        call_command("auditor_key", "open", "--key", str(tmp_path / "key"), str(tmp_path / "copy"))
