"""``rounds.py`` with as many subjects as the first argument says, and with cases whose day of disclosure has come."""

import datetime as dt
import sys
from typing import Any

import django

from tests.faults import rounds

DUE_DAYS = 16
"""After the visit; from the fifteenth day on a result goes out by itself."""


class Larger(rounds.Rounds):
    """``owe`` makes 200 cases whose results are due, ``told`` says how many of all are published; ``gather`` brings one more draw to the moment
    before it is drawn, ``release`` has all of those drawn at once, ``finished`` says how many are."""

    gathered: list[Any]

    def gather(self) -> dict[str, Any]:
        seen = self.prepare()
        self.gathered = [*getattr(self, "gathered", []), self.draw]
        return seen

    def release(self) -> dict[str, Any]:
        for one in self.gathered:
            self.draw = one
            self.go()
        return {}

    def finished(self) -> dict[str, Any]:
        from inspections.draws.models import Draw

        done = Draw.objects.filter(pk__in=[one.pk for one in self.gathered], state="drawn", certificates__isnull=False)
        return {"finished": done.distinct().count()}

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
