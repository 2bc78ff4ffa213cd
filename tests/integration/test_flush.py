"""Between transactional tests everything is deleted; what every database must hold is there again afterwards."""

import pytest
from django.db import connection

from config.checks import TRIGGERS
from registries import triggers
from registries.models import Code, User


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", ["first", "after a flush"])
def test_triggers_and_standing_rows_are_there(turn: str) -> None:
    assert not triggers.missing(TRIGGERS, ["default"])
    assert len(triggers.present("default")) >= len(TRIGGERS)
    assert User.objects.filter(username="system").exists()
    assert Code.objects.exists()
    assert connection.vendor in ("sqlite", "postgresql")
