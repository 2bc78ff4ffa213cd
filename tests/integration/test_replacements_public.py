"""What the public reads of replacements: counts before the visits are over, afterwards every line; and all verify."""

import random
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from django.test import Client

from config.bootstrap import ROOT
from inspections.cases import visits
from inspections.cases.models import Case
from inspections.cases.states import CaseState
from inspections.draws import after, queries
from inspections.draws.models import Draw, RosterInspector
from inspections.draws.replaced import counts_of
from inspections.draws.verify import verify_bundle
from publicity.site import orders
from registries import clock
from registries.ledger.findings import run_check
from registries.subjects.models import Subject, SubjectCategory
from tests import factories as make
from tests import tampering
from tests.offices import Office
from tests.replacing import first, lines, public_bundle, replaced, team, visited

pytestmark = pytest.mark.django_db

SCRIPT = ROOT / "static" / "verify" / "verify_draw.py"


def test_before_the_visits_are_over_the_public_reads_counts_and_no_line(office: Office, draw: Draw) -> None:
    replaced(office, first(draw), "subject", "gone")
    case = draw.cases.filter(state=CaseState.ASSIGNED).order_by("pk")[0]
    replaced(office, case, team(case)[0].pk, "absent")
    client = Client()
    text = client.get(f"/draws/{draw.number}/", headers={"cookie": "language=en"}).content.decode()
    assert "After the draw" in text
    assert "1 of 4 (25.0 %)" in text
    assert "1 of 8 (12.5 %)" in text
    for person in RosterInspector.objects.filter(draw=draw):
        assert person.code not in text
    assert client.get(f"/draws/{draw.number}/bundle/history.txt").status_code == 404
    assert "history.txt" not in public_bundle(draw)
    assert verify_bundle(public_bundle(draw) | {"roster.txt": queries.file_bodies(draw)["roster.txt"]}).matches


def test_after_the_visits_history_and_everybody_ever_drawn_are_public_and_all_verify(
    office: Office, draw: Draw, tmp_path: Path
) -> None:
    old = first(draw)
    replaced(office, old, "subject", "gone")
    case = draw.cases.filter(state=CaseState.ASSIGNED).order_by("pk")[0]
    replaced(office, case, team(case)[1].pk, "absent")
    assert not visits.visits_over(draw)
    visited(draw)
    assert visits.visits_over(draw)
    found = public_bundle(draw)
    assert found["history.txt"].decode().split("\n")[1:-1] == lines(draw)
    verdict = verify_bundle(found)
    assert (verdict.matches, verdict.subjects_only) == (True, False)
    opened = {line.split("\t")[2] for line in found["openings.txt"].decode().split("\n")[1:-1]}
    ever = set(draw.drawn.filter(kind="W").values_list("entry__public_id", flat=True))
    new = Case.objects.get(drawn__came_by__subject_out=old.drawn)
    assert opened == ever | {new.subject.public_id}
    client = Client()
    page = client.get(f"/draws/{draw.number}/", headers={"cookie": "language=en"}).content.decode()
    assert old.subject.name in page
    assert new.subject.name in page
    assert client.get(f"/draws/{draw.number}/bundle/history.txt").getvalue() == found["history.txt"]
    ledger = tmp_path / "ledger.jsonl"
    ledger.write_bytes(b"".join(client.get("/ledger/entries.jsonl")))
    assert verify_by_script(found, tmp_path / "right.zip", "--ledger", str(ledger)) == (0, "match")
    for wrong in edited(found["history.txt"]):
        assert not verify_bundle(found | {"history.txt": wrong}).matches
        code, said = verify_by_script(found | {"history.txt": wrong}, tmp_path / "wrong.zip")
        assert code in (1, 2), said


def edited(history: bytes) -> list[bytes]:
    """The history with one field of each line changed (a reason for another of its list is the ledger's to find)."""
    rows = [line.split("\t") for line in history.decode().split("\n")[1:-1]]
    found = []
    for at, row in enumerate(rows):
        for field in (0, 2, 3, 4, 5):
            changed = [list(one) for one in rows]
            changed[at][field] = "f" * 32 if len(row[field]) == 32 else "2" if row[field] == "1" else "1"
            found.append("\n".join(["sunlot-history-1", *("\t".join(one) for one in changed), ""]).encode())
    return found


def verify_by_script(bundle: dict[str, bytes], path: Path, *options: str) -> tuple[int, str]:
    with zipfile.ZipFile(path, "w") as archive:
        for name, body in bundle.items():
            archive.writestr(name, body)
    done = subprocess.run([sys.executable, SCRIPT, path, *options], capture_output=True, text=True, check=False)
    return done.returncode, (done.stdout + done.stderr).split(" ")[0]


def test_natural_persons_and_counts_only_categories_are_told_by_number(office: Office, draw: Draw) -> None:
    visited(draw)
    one, other = (case.subject for case in draw.cases.order_by("pk")[:2])
    Subject.objects.filter(pk=one.pk).update(kind="person")
    quiet = make.category(publicity=SubjectCategory.Publicity.COUNTS)
    other.categories.add(quiet)
    found = orders.order(str(draw.number))
    assert found is not None
    opened = orders.opened(found)
    assert not {one.public_id, other.public_id} & {row.opening.public_id for row in opened}
    assert (len(opened), orders.unnamed(found, opened)) == (2, 2)
    assert "2 of those ever drawn" in Client().get(f"/draws/{draw.number}/", headers={"cookie": "language=en"}).content.decode()


def test_the_winners_of_a_voided_order_with_a_result_are_opened_with_those_of_its_successor(office: Office, draw: Draw) -> None:
    """The office cannot void a result; should one ever be struck in the database, nobody in it is spared unseen."""
    voided = make.drawn_draw(winners=2, reserves=0)
    tampering.lift_triggers()
    Draw.objects.filter(pk=voided.pk).update(
        state="voided", voided_at=clock.now(), voided_by=office.supervisor, void_kind="server-failed", void_reason="x"
    )
    Draw.objects.filter(pk=draw.pk).update(replaces=voided)
    struck = orders.order(str(Draw.objects.get(pk=voided.pk)))
    assert struck is not None
    assert orders.opened(struck) == []
    visited(draw)
    assert len(orders.opened(struck)) == 2


def test_random_sequences_of_replacements_always_verify(office: Office, draw: Draw, tmp_path: Path) -> None:
    chance = random.Random(20261123)
    for _ in range(25):
        waiting = list(draw.cases.filter(state=CaseState.ASSIGNED).order_by("pk"))
        if not waiting:
            break
        case = chance.choice(waiting)
        members = team(case)
        everybody: list[str | int] = ["subject", *(one.pk for one in members), *(one.pk for one in members)]
        whom = chance.choice(everybody)
        reason = chance.choice(["gone", "out-of-scope"]) if whom == "subject" else "absent"
        replaced(office, case, whom, reason)
        bundle = after.whole_bundle(draw)
        verdict = verify_bundle(bundle)
        assert verdict.matches, (lines(draw), verdict)
        standing = after.standing_of(draw, queries.file_bodies(draw))
        held = {place.visited: place.team for place in standing.places.values() if place.visited}
        people = dict(draw.inspectors.values_list("inspector_id", "code"))
        for one in draw.cases.filter(state=CaseState.ASSIGNED).select_related("drawn__entry"):
            assert one.drawn is not None
            wanted = [(position, code) for position, code in enumerate(held.pop(one.drawn.entry.code), 1) if code]
            assert [(a.position, people[a.inspector_id]) for a in team(one)] == wanted
        assert held == {}
    counts = counts_of(draw)
    assert counts.subjects_out
    assert counts.inspectors_out
    assert verify_by_script(after.whole_bundle(draw), tmp_path / "bundle.zip") == (0, "match")
    assert [finding.english for name in ("draws", "cases") for finding in run_check(name)] == []
