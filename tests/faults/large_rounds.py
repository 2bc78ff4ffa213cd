"""``rounds.py`` with as many subjects as the first argument says, and with cases whose day of disclosure has come."""

import datetime as dt
import sys
from typing import Any

import django

from tests.faults import rounds

DUE_DAYS = 16
"""After the visit; from the fifteenth day on a result goes out by itself."""


class Larger(rounds.Rounds):
    """``owe`` makes 200 cases whose results are due, ``told`` says how many of all are published."""

    def owe(self) -> dict[str, Any]:
        from registries import clock
        from tests import many_cases, tampering

        many_cases.reviewed(200, ended_on=clock.today() - dt.timedelta(days=DUE_DAYS))
        tampering.adopt()
        return {}

    def told(self) -> dict[str, Any]:
        from publicity.disclosures.models import Disclosure

        return {"published": Disclosure.objects.count()}


def main() -> None:
    """Answer until the input ends."""
    django.setup()
    rounds.SUBJECTS = int(sys.argv[1])
    larger = Larger()
    rounds.answer({"ready": True})
    for line in sys.stdin:
        rounds.answer(getattr(larger, line.strip())())


if __name__ == "__main__":
    main()
