"""What must stand after every migration: triggers, role groups, the two actors without a person, result codes."""

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.models import Group
from django.db.models import Model

from registries import clock, triggers
from registries.codes.models import Code, CodeTable, ResultGroup
from registries.keys import rotating
from registries.people import roles
from registries.people.models import User
from registries.people.queries import PUBLIC_USERNAME, SYSTEM_USERNAME
from registries.reads import READS
from registries.subjects import searching
from registries.triggers import Trigger

RESULT_CODES: tuple[tuple[str, str, ResultGroup, bool], ...] = (
    ("clean", "未发现问题", ResultGroup.CLEAN, True),
    ("problem-pending", "发现问题待后续处理", ResultGroup.PROBLEM, True),
    ("problem-corrected", "发现问题已责令改正", ResultGroup.PROBLEM, True),
    ("violates-security", "违反公安管理规定(待处理)", ResultGroup.PROBLEM, True),
    ("no-activity", "未发现开展本次抽查涉及的经营活动", ResultGroup.CLEAN, True),
    ("not-published", "未按规定公示应当公示的信息", ResultGroup.PROBLEM, False),
    ("false-statement", "公示信息隐瞒真实情况弄虚作假", ResultGroup.PROBLEM, False),
    ("unreachable", "通过登记的住所(经营场所)无法联系", ResultGroup.NOT_INSPECTABLE, True),
    ("closed", "已关闭停业或正在组织清算", ResultGroup.NOT_INSPECTABLE, True),
    ("deregistered", "已注销", ResultGroup.NOT_INSPECTABLE, True),
    ("licence-revoked", "被吊销", ResultGroup.NOT_INSPECTABLE, True),
    ("cancelled", "被撤销", ResultGroup.NOT_INSPECTABLE, True),
    ("moved", "已迁出", ResultGroup.NOT_INSPECTABLE, True),
    ("refused", "不配合检查情节严重", ResultGroup.REFUSED, True),
)
"""检查结果 (domain.md 3.4.6): the set of public-security bureaus; the two market-supervision codes start inactive."""

CERTIFICATE_CODES: tuple[tuple[str, str], ...] = (
    ("police", "人民警察证"),
    ("provincial", "行政执法证"),
)

DISPOSAL_CODES: tuple[tuple[str, str], ...] = (
    ("none", "无需后续处置"),
    ("ordered", "责令限期改正"),
    ("case", "移送办案"),
    ("told", "抄告其他部门"),
    ("routine", "停止检查反馈日常监管"),
    ("other", "其他"),
)


def _exclusive_groups(table: str) -> Trigger:
    """Two roles that exclude each other never meet in one account (trust.md 2.3)."""
    pairs = " OR ".join(
        f"(mine.name = '{a}' AND other.name = '{b}') OR (mine.name = '{b}' AND other.name = '{a}')"
        for a, b in roles.EXCLUSIVE
    )
    return Trigger(
        "exclusive_roles",
        table,
        "INSERT",
        "EXISTS (SELECT 1 FROM auth_group AS mine, auth_group AS other, registries_user_groups AS held "
        f"WHERE mine.id = NEW.group_id AND held.user_id = NEW.user_id AND other.id = held.group_id AND ({pairs}))",
        "these two roles exclude each other",
    )


def _in_published_edition(column: str) -> str:
    """SQL: the revision named by ``column`` stands in a published edition."""
    return (
        "EXISTS (SELECT 1 FROM registries_edition_revisions AS listed JOIN registries_edition AS e ON e.id = listed.edition_id "
        f"WHERE e.state = 'published' AND listed.matterrevision_id = {column})"
    )


def _published_content_stands() -> Iterator[Trigger]:
    """What a published edition holds is never changed: its list of revisions, the revisions, their bases and items."""
    published = "EXISTS (SELECT 1 FROM registries_edition AS e WHERE e.state = 'published' AND e.id = {row}.edition_id)"
    rows = {"INSERT": "NEW", "UPDATE": "OLD", "DELETE": "OLD"}
    for event, row in rows.items():
        table = "registries_edition_revisions"
        yield Trigger(
            f"{table}_{event.lower()}", table, event, published.format(row=row), "a published edition is never changed"
        )
        for table, column in (
            ("registries_matterrevision", "id"),
            ("registries_legalbasis", "revision_id"),
            ("registries_checklistitem", "revision_id"),
            ("registries_material", "revision_id"),
            ("registries_outcome", "revision_id"),
            ("registries_matterrevision_categories", "matterrevision_id"),
            ("registries_matterrevision_full_coverage", "matterrevision_id"),
            ("registries_matterrevision_requirements", "matterrevision_id"),
        ):
            if event == "INSERT" and column == "id":
                continue
            condition = _in_published_edition(f"{row}.{column}")
            yield Trigger(f"{table}_{event.lower()}", table, event, condition, "a published revision is never changed")


TRIGGERS: tuple[Trigger, ...] = (
    *triggers.append_only("registries_ledgerentry"),
    triggers.append_only("registries_ledgerpayload")[0],
    Trigger(
        "registries_ledgerpayload_no_delete",
        "registries_ledgerpayload",
        "DELETE",
        f"OLD.public OR OLD.verb NOT IN ({', '.join(repr(verb) for verb in sorted(READS))})",
        "registries_ledgerpayload is append-only",
    ),
    *triggers.append_only("registries_checkpoint"),
    *triggers.append_only("registries_checkpointdelivery"),
    _exclusive_groups("registries_user_groups"),
    Trigger("roles_are_granted_anew", "registries_user_groups", "UPDATE", "1 = 1", "grant and revoke roles instead"),
    Trigger(
        "published_edition_stands",
        "registries_edition",
        "UPDATE",
        "OLD.state = 'published'",
        "a published edition is never changed",
    ),
    Trigger(
        "published_edition_stays",
        "registries_edition",
        "DELETE",
        "OLD.state = 'published'",
        "a published edition is never deleted",
    ),
    *_published_content_stands(),
    Trigger(
        "finished_self_check_stands",
        "registries_selfcheck",
        "UPDATE",
        "OLD.finished_at IS NOT NULL",
        "the outcome of a self-check is never changed",
    ),
    Trigger("self_check_stays", "registries_selfcheck", "DELETE", "1 = 1", "a self-check is never deleted"),
    Trigger("ended_review_stands", "registries_campaign", "UPDATE", "OLD.ended_on IS NOT NULL", "a yearly review that has ended is never changed"),
    Trigger("review_stays", "registries_campaign", "DELETE", "1 = 1", "a yearly review is never deleted"),
    *triggers.append_only("registries_holidayyear"),
    *triggers.append_only("registries_holidayday"),
    *triggers.append_only("registries_comparison"),
    *triggers.append_only("registries_difference"),
    Trigger(
        "finished_rotation_stands",
        "registries_keyrotation",
        "UPDATE",
        "OLD.finished_at IS NOT NULL",
        "a key rotation that has ended is never changed",
    ),
    Trigger("rotation_stays", "registries_keyrotation", "DELETE", "1 = 1", "a key rotation is never deleted"),
)

ACTORS: tuple[tuple[str, str, roles.Role], ...] = (
    (SYSTEM_USERNAME, "系统", roles.Role.SYSTEM),
    (PUBLIC_USERNAME, "社会公众", roles.Role.PUBLIC),
)


def _actor(username: str, name: str, role: roles.Role) -> None:
    """An actor without a person: it can never sign in."""
    user = User.objects.filter(username=username).first()
    if user is None:
        user = User(username=username, name=name, created_at=clock.now())
        user.set_unusable_password()
        user.save()
    group = Group.objects.get(name=role.value)
    if not user.groups.filter(pk=group.pk).exists():
        user.groups.add(group)


def _code_rows() -> list[tuple[str, str, str, str, int, bool]]:
    return [
        (CodeTable.RESULT.value, code, label, group.value, position, active)
        for position, (code, label, group, active) in enumerate(RESULT_CODES)
    ] + [
        (CodeTable.DISPOSAL.value, code, label, "", position, True)
        for position, (code, label) in enumerate(DISPOSAL_CODES)
    ] + [
        (CodeTable.CERTIFICATE.value, code, label, "", position, True)
        for position, (code, label) in enumerate(CERTIFICATE_CODES)
    ]


def stands_as_made(row: Model) -> bool:
    """Whether a row that no entry of the ledger knows is one of those made here, and still as it was made."""
    if isinstance(row, Code):
        made = {(table, code, label, group, active) for table, code, label, group, _position, active in _code_rows()}
        return (row.table, row.code, row.label, row.group, row.active) in made
    if isinstance(row, User):
        held = {(row.username, row.name, group.name) for group in row.groups.all()}
        plain = row.is_active and row.unit_id is None
        return plain and any(held == {(username, name, role.value)} for username, name, role in ACTORS)
    return False


def set_up(using: str, **_: Any) -> None:
    """Make what must stand. Runs after every migration, and after a test's flush; changes nothing that is there."""
    if using != "default":
        return
    triggers.make(TRIGGERS, using)
    for role in roles.Role:
        Group.objects.get_or_create(name=role.value)
    for actor in ACTORS:
        _actor(*actor)
    for table, code, label, group, position, active in _code_rows():
        Code.objects.get_or_create(
            table=table,
            code=code,
            defaults={"label": label, "group": group, "position": position, "active": active},
        )
    searching.fill_missing()
    rotating.index_missing("registries")
