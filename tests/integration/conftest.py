"""What many of these tests begin with: an office, and the language of the code."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from inspections.cases import commands
from inspections.draws.models import Draw
from registries import clock
from tests import factories as make
from tests import public_draws
from tests.offices import Bureau, Office


@pytest.fixture
def office() -> Office:
    """One brigade."""
    return Office()


@pytest.fixture
def draw(office: Office, time_machine: Any) -> Draw:
    """Four winners (A and B), three reserves of each, a team of two for everybody; cases opened."""
    drawn = office.drawn(time_machine)
    commands.open_cases(actor=make.system(), draw_id=drawn.pk)
    return drawn


@pytest.fixture
def bureau() -> Bureau:
    """The same, with a second brigade and a department outside it."""
    return Bureau()


@pytest.fixture
def english_sentences() -> Iterator[None]:
    """Sentences are compared in the language of the code."""
    with translation.override("en"):
        yield


@pytest.fixture
def english_pages(client: Client, english_sentences: None) -> None:
    """Pages too."""
    client.cookies["language"] = "en"


@pytest.fixture
def later() -> Iterator[None]:
    """After every draw of :mod:`tests.public_draws`."""
    with public_draws.at(clock.now() + dt.timedelta(hours=3)):
        yield
