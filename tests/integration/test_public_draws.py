"""The draw pages: which files are open when, their very bytes, the verifiers on what a visitor downloads, openings, states."""

import datetime as dt
import io
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from inspections.cases.models import Case
from inspections.draws import commands, shelf
from inspections.draws.files import read_openings
from inspections.draws.models import Draw, DrawnEntry
from inspections.draws.verify import verify_bundle
from publicity.site import rules
from registries import clock
from registries.people.roles import Role
from registries.subjects.models import Subject
from tests import factories, public_draws
from tests.public_draws import at

pytestmark = pytest.mark.django_db
SCRIPT = settings.BASE_DIR / "static" / "verify" / "verify_draw.py"


def fetched(client: Client, draw: Draw, name: str) -> bytes | None:
    """A file as a visitor gets it, or None where there is a 404."""
    answer = client.get(f"/draws/{draw.number}/bundle/{name}")
    if answer.status_code == 404:
        return None
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    return bytes(answer.getvalue())


def open_files(client: Client, draw: Draw) -> set[str]:
    return {name for name in (*rules.FILES, "openings.txt") if fetched(client, draw, name) is not None}


def unzipped(client: Client, draw: Draw) -> dict[str, bytes]:
    archive = zipfile.ZipFile(io.BytesIO(client.get(f"/draws/{draw.number}/bundle.zip").getvalue()))
    return {name.rpartition("/")[2]: archive.read(name) for name in archive.namelist()}


def page(client: Client, draw: Draw, part: str = "") -> str:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    answer = client.get(f"/draws/{draw.number}/{part}")
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def drawn() -> Draw:
    return public_draws.drawn()


def test_a_committed_order_shows_itself_and_nothing_of_its_roster(client: Client) -> None:
    draw = public_draws.committed()
    assert open_files(client, draw) == {"order.txt"}
    assert set(unzipped(client, draw)) == {"order.txt"}
    shown = page(client, draw)
    codes = [entry.code for entry in draw.roster.all()] + [person.code for person in draw.inspectors.all()]
    assert not [code for code in codes if code in shown]
    assert draw.kept_secret.secret not in shown
    assert draw.order_hash[:8] in shown
    assert "not known yet" in shown
    assert "There is no result yet" in page(client, draw, "verify/")


def test_a_value_is_public_only_once_two_people_agree(client: Client) -> None:
    draw = public_draws.committed()
    source = draw.sources.all()[0]
    with at(source.moment + dt.timedelta(minutes=1)):
        clerk = factories.user(Role.CLERK, unit=draw.unit)
        commands.enter_source_value(actor=clerk, source_id=source.pk, value=public_draws.DICE, evidence="照片1")
        assert page(client, draw).count("not known yet") == 2


def test_a_drawn_draw_opens_result_reveal_and_roster_byte_for_byte(client: Client, drawn: Draw) -> None:
    assert open_files(client, drawn) == {"order.txt", "reveal.txt", "result.txt", "roster.txt"}
    kept = shelf.bodies(drawn)
    bundle = unzipped(client, drawn)
    for name, body in bundle.items():
        assert fetched(client, drawn, name) == body == kept[name]
    verdict = verify_bundle(bundle)
    assert verdict.matches
    assert verdict.subjects_only


def test_small_cells_close_the_roster_until_the_visits_are_over(client: Client) -> None:
    draw = public_draws.drawn(entries=3, quota=1)
    assert draw.cells_hide_roster
    assert open_files(client, draw) == {"order.txt", "reveal.txt", "result.txt"}
    assert "The roster of this draw becomes public when all visits are over" in page(client, draw, "verify/")
    losers = draw.roster.exclude(pk__in=draw.drawn.values("entry"))
    assert not [entry.code for entry in losers if entry.code in page(client, draw)]
    public_draws.visited(draw)
    assert "roster.txt" in open_files(client, draw)


def test_inspectors_and_recusals_open_when_the_last_visit_is_over(client: Client, drawn: Draw) -> None:
    closed = {"inspectors.txt", "recusals.txt"}
    cases = public_draws.visited(drawn, 2)
    assert not closed & open_files(client, drawn)
    assert all(name not in page(client, drawn, "verify/").partition("data-files")[2][:400] for name in closed)
    factories.reviewed_case(cases[-1])
    assert closed <= open_files(client, drawn)
    verdict = verify_bundle(unzipped(client, drawn))
    assert verdict.matches
    assert not verdict.subjects_only


def test_visits_are_not_over_while_a_winner_has_no_case(client: Client, drawn: Draw) -> None:
    factories.reviewed_case(factories.case(drawn))
    assert "inspectors.txt" not in open_files(client, drawn)


def test_what_a_visitor_downloads_verifies_with_the_offline_script(client: Client, drawn: Draw, tmp_path: Path) -> None:
    cases = public_draws.visited(drawn)
    public_draws.disclosed(cases[0])
    bundle, ledger, kept = tmp_path / "bundle.zip", tmp_path / "ledger.jsonl", tmp_path / "kept.txt"
    bundle.write_bytes(client.get(f"/draws/{drawn.number}/bundle.zip").getvalue())
    ledger.write_bytes(client.get("/ledger/entries.jsonl").getvalue())
    commit = next(line.partition(",")[0][7:] for line in ledger.read_text().splitlines() if '"draws.commit"' in line)
    kept.write_bytes(client.get(f"/ledger/checkpoints/{commit}.txt").content)
    options: tuple[list[str], ...] = ([], ["--ledger", str(ledger)], ["--ledger", str(ledger), "--kept", str(kept)])
    for more in options:
        done = subprocess.run([sys.executable, SCRIPT, bundle, *more], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    assert f"the order is entry {commit}" in done.stdout


def test_the_zip_is_the_same_bytes_each_time(client: Client, drawn: Draw) -> None:
    address = f"/draws/{drawn.number}/bundle.zip"
    first = client.get(address)
    with at(clock.now() + dt.timedelta(days=3)):
        assert client.get(address).getvalue() == first.getvalue()
    assert first.headers["Content-Disposition"] == f'attachment; filename="draw-{drawn.number}.zip"'


def test_openings_grow_with_the_disclosures_and_prove_their_codes(client: Client, drawn: Draw) -> None:
    cases = public_draws.visited(drawn, 2)
    assert fetched(client, drawn, "openings.txt") is None
    for count, case in enumerate(cases, 1):
        if case.ended_on is None:
            factories.reviewed_case(case)
        disclosure = public_draws.disclosed(case)
        rows = read_openings(fetched(client, drawn, "openings.txt") or b"")
        assert len(rows) == count
        assert disclosure.subject_name in [row.name for row in rows]
        assert verify_bundle(unzipped(client, drawn)).matches
    assert page(client, drawn).count("/results/") >= len(cases)


def test_counts_only_results_open_nothing(client: Client, drawn: Draw) -> None:
    disclosure = public_draws.disclosed(public_draws.visited(drawn, 2)[0], named=False)
    assert fetched(client, drawn, "openings.txt") is None
    assert disclosure.public_id not in page(client, drawn)
    factories.reviewed_case(drawn.cases.get(ended_on=None))
    opened = read_openings(fetched(client, drawn, "openings.txt") or b"")
    assert len(opened) == 2
    assert disclosure.case.subject.public_id not in [row.public_id for row in opened]


def test_an_opening_never_says_more_than_the_result(client: Client) -> None:
    draw = public_draws.drawn(kind=Subject.Kind.PERSON, uscc=None)
    disclosure = public_draws.disclosed(public_draws.visited(draw)[0], subject_code="", subject_name="沂＊＊")
    assert fetched(client, draw, "openings.txt") is None
    assert disclosure.case.subject.public_id not in page(client, draw)


def test_the_page_counts_who_was_in_the_box_and_who_was_left_out(client: Client) -> None:
    category = factories.category()
    factories.subject(categories=[category], status=Subject.Status.CLOSED)
    draw = public_draws.drawn(category=category)
    shown = page(client, draw)
    assert draw.scope_counts["in_scope"] == 13
    for words in ("<dd>13</dd>", "<dd>1</dd>", "<dd>12</dd>", "<dd>3</dd>", "not in operation"):
        assert words in shown
    assert "slip" in shown


def test_the_result_shows_blinded_codes_and_the_size_of_teams(client: Client, drawn: Draw) -> None:
    shown = page(client, drawn)
    for entry in DrawnEntry.objects.filter(draw=drawn).select_related("entry"):
        assert entry.entry.code in shown
        assert entry.ticket[:12] in shown
    assert not [person.code for person in drawn.inspectors.all() if person.code in shown]


def test_a_stratum_without_chance_is_named(client: Client) -> None:
    assert "nothing is left to chance" in page(client, public_draws.drawn(entries=3, quota=3))


def test_an_order_without_result_is_shown_as_overdue_after_half_an_hour(client: Client) -> None:
    draw = public_draws.committed()
    assert draw.planned is not None
    with at(draw.planned + dt.timedelta(minutes=29)):
        assert "This draw is overdue" not in page(client, draw)
    with at(draw.planned + dt.timedelta(minutes=31)):
        assert "This draw is overdue" in page(client, draw)
        assert "1 draw is overdue" in client.get("/").content.decode()
        assert str(draw.number) in client.get("/draws/?state=overdue").content.decode()
        assert f"/draws/{draw.number}/" not in client.get("/draws/?state=open").content.decode()


def test_a_voided_order_stays_with_its_kind_and_without_the_words_of_the_house(client: Client) -> None:
    draw = public_draws.committed()
    Draw.objects.filter(pk=draw.pk).update(
        state="voided",
        voided_at=clock.now(),
        void_kind="mistake",
        void_reason="内部情况说明",
        voided_by=factories.user(Role.SUPERVISOR),
    )
    shown = page(client, draw)
    assert "mistake found in time" in shown
    assert "内部情况说明" not in shown
    assert open_files(client, draw) == {"order.txt"}
    assert "voided before it was drawn" in page(client, draw, "verify/")
    assert str(draw.number) in client.get("/draws/?state=voided").content.decode()


def test_the_verify_page_hands_over_exactly_the_open_files(client: Client, drawn: Draw) -> None:
    public_draws.disclosed(public_draws.visited(drawn, 2)[0])
    shown = page(client, drawn, "verify/")
    for name in ("order", "reveal", "result", "roster", "openings"):
        assert f"/draws/{drawn.number}/bundle/{name}.txt".replace("-", "\\u002D") in shown
    assert "inspectors.txt, recusals.txt" in shown


def test_a_certificate_is_public_as_issued(client: Client, drawn: Draw) -> None:
    address = f"/draws/{drawn.number}/certificate.pdf"
    assert client.get(address).status_code == 404
    commands.issue_certificate(actor=factories.system(), draw_id=drawn.pk, pdf=b"%PDF-1.7 example")
    answer = client.get(address)
    assert (answer.content, answer.headers["Content-Type"]) == (b"%PDF-1.7 example", "application/pdf")
    assert "certificate.pdf" in page(client, drawn)


def test_a_file_once_public_may_be_kept_for_ever_and_openings_may_not(client: Client, drawn: Draw) -> None:
    public_draws.disclosed(public_draws.visited(drawn)[0])
    assert "immutable" in client.get(f"/draws/{drawn.number}/bundle/order.txt").headers["Cache-Control"]
    assert "immutable" not in client.get(f"/draws/{drawn.number}/bundle/openings.txt").headers["Cache-Control"]


def test_the_secret_is_never_read_for_a_public_page(client: Client, drawn: Draw, monkeypatch: pytest.MonkeyPatch) -> None:
    def no(*_arguments: object) -> str:
        raise AssertionError("a sealed column was opened")

    monkeypatch.setattr("registries.fields.SealedTextField.from_db_value", no)
    for part in ("", "verify/", "bundle.zip"):
        assert client.get(f"/draws/{drawn.number}/{part}").status_code == 200
    assert Case.objects.count() == 0
