"""The two offices most tests of draws begin with."""

import pytest

from tests.offices import Bureau, Office


@pytest.fixture
def office() -> Office:
    """One brigade."""
    return Office()


@pytest.fixture
def bureau() -> Bureau:
    """The same, with a second brigade and a department outside it."""
    return Bureau()
