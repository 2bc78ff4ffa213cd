"""A begun amendment is dropped with its reason; files go with a plan; the list of plans is narrowed by what items say."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction

from inspections.plans import commands, handing, queries
from inspections.plans.models import Plan, PlanFile
from registries.ledger.models import LedgerPayload
from registries.people.roles import Role
from tests import factories as make
from tests.asking import refusal, signed_in
from tests.integration.test_plan_versions import Planning

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7 attachment"


@pytest.fixture
def bureau() -> Planning:
    return Planning()


def drop(bureau: Planning, plan: Plan, reason: str = "上级撤回任务", **other: Any) -> dict[str, Any]:
    return {"actor": bureau.clerk, "plan_id": plan.pk, "version": plan.version, "reason": reason} | other


def test_a_begun_amendment_is_dropped_with_its_reason_and_another_can_begin(bureau: Planning) -> None:
    draft = bureau.amendment()
    assert "Say why" in refusal(commands.drop_amendment, **drop(bureau, draft, " "))
    assert "another unit's" in refusal(commands.drop_amendment, **drop(bureau, draft, actor=make.user(Role.CLERK, unit=make.unit())))
    commands.drop_amendment(**drop(bureau, draft))
    draft.refresh_from_db()
    assert (draft.state, draft.dropped_because) == ("dropped", "上级撤回任务")
    entry = LedgerPayload.objects.filter(verb="inspections.drop_amendment", object_id=str(draft.pk)).latest("pk")
    assert "上级撤回任务" in entry.body
    assert queries.versions(bureau.plan) == [bureau.plan]
    again = bureau.amendment()
    assert (again.replaces, again.amendment) == (bureau.plan, 1)
    assert bureau.published(say_more(bureau, again)).state == "published"
    with pytest.raises(DatabaseError), transaction.atomic():
        Plan.objects.filter(pk=draft.pk).update(title="改")


def say_more(bureau: Planning, draft: Plan) -> Plan:
    bureau.say(draft, draft.items.get(), first_month=2)
    return draft


def test_neither_a_first_plan_nor_a_published_amendment_is_dropped(bureau: Planning) -> None:
    first = make.plan(bureau.unit, state="preparing", year=2031)
    assert "Only an amendment" in refusal(commands.drop_amendment, **drop(bureau, first))
    draft = bureau.published(say_more(bureau, bureau.amendment()))
    assert "cannot be done" in refusal(commands.drop_amendment, **drop(bureau, draft))


def test_the_page_drops_an_amendment_and_keeps_what_was_typed(bureau: Planning) -> None:
    draft, client = bureau.amendment(), signed_in(bureau.clerk)
    address = f"/office/plans/{draft.pk}/drop/"
    assert client.post(address, {"reason": "", "version": draft.version}).status_code == 422
    assert "先撤回" in client.post(address, {"reason": "先撤回", "version": 99}).content.decode()
    assert client.post(address, {"reason": "撤回", "version": draft.version}).status_code == 302
    page = client.get(f"/office/plans/{draft.pk}/").content.decode()
    assert "撤回" in page
    assert "/submit/" not in page
    assert "撤回" not in signed_in(make.user(Role.CLERK, unit=make.unit())).get(f"/office/plans/{bureau.plan.pk}/").content.decode()


def test_a_file_goes_with_a_plan_and_is_opened_in_the_browser(bureau: Planning) -> None:
    draft, client = bureau.amendment(), signed_in(bureau.clerk)
    address = f"/office/plans/{draft.pk}/files/"
    assert client.post(address, {"file": SimpleUploadedFile("x.docx", b"PK\x03\x04")}).status_code == 422
    assert client.post(address, {"file": SimpleUploadedFile("发文.pdf", PDF)}).status_code == 302
    assert client.post(address, {"file": SimpleUploadedFile("发文.pdf", PDF)}).status_code == 422
    row = PlanFile.objects.get()
    shown = client.get(f"{address}{row.pk}/")
    assert (shown.content, shown["Content-Type"], shown["Content-Disposition"][:6]) == (PDF, "application/pdf", "inline")
    assert signed_in(make.user(Role.CLERK, unit=make.unit())).get(f"{address}{row.pk}/").status_code == 404
    assert client.post(f"{address}{row.pk}/remove/").status_code == 302
    assert not PlanFile.objects.exists()


def test_a_file_stays_with_a_submitted_plan(bureau: Planning) -> None:
    draft = say_more(bureau, bureau.amendment())
    handing.attach_plan_file(actor=bureau.clerk, plan_id=draft.pk, file_name="发文.pdf", content=PDF)
    bureau.published(draft)
    row = PlanFile.objects.get()
    arguments: dict[str, Any] = {"actor": bureau.clerk, "plan_id": draft.pk}
    assert "cannot be done" in refusal(handing.remove_plan_file, file_id=row.pk, **arguments)
    assert "cannot be done" in refusal(handing.attach_plan_file, file_name="x.pdf", content=b"%PDF-2", **arguments)
    with pytest.raises(DatabaseError), transaction.atomic():
        row.delete()


def test_the_list_of_plans_is_narrowed_by_what_its_items_say(bureau: Planning) -> None:
    other = make.unit("网安大队")
    joint = make.matter("联合检查", unit=other, categories=[make.category("旅店")], published=False)
    make.edition(bureau.revision, joint)
    second = make.plan(bureau.unit, title="第二号计划", number="源公抽查计划〔2026〕9号")
    item = make.plan_item(bureau.revision, plan=second, number=3, first_month=5, last_month=6, source="county", document_number="鲁公传7号", handed_down=True)
    item.joint_matters.set([joint.matter])
    client = signed_in(bureau.clerk)

    def titles(**asked: Any) -> set[str]:
        return {row.title for row in client.get("/office/plans/", asked).context["page"]}

    assert titles() == {bureau.plan.title, second.title}
    for only in ({"q": "第二号"}, {"q": "〔2026〕9号"}, {"q": "鲁公传"}, {"source": "county"}, {"side": "joint"}, {"named": "named"}):
        assert titles(**only) == {second.title}, only
    assert titles(side="own") == {bureau.plan.title}
    assert titles(q=bureau.revision.name) == {bureau.plan.title, second.title}
    assert titles(month=1) == {bureau.plan.title}
    assert titles(unit=other.pk) == set()
    assert client.get("/office/plans/").context["joint"] == 1
