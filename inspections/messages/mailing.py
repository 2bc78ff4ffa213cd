"""The morning's mail: how much waits, by kind, and where to sign in. No subject, no person, no number of a case.

One a day and person: a row is taken up before the mail leaves and says afterwards that it left. A worker killed between the two, or a
server that refuses, leaves a row that is taken up again after ten minutes, so that a lost mail comes late rather than never.
"""

import contextlib
import datetime as dt
import logging
from collections import Counter
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inspections.desk.task import Task
from inspections.messages import queries
from inspections.messages.models import Digest
from registries import clock
from registries.people.models import User

log = logging.getLogger("sunlot.messages")

AGAIN_AFTER = dt.timedelta(minutes=10)
SOON = 3


def send_digests() -> int:
    """Mail everybody for whom something waits, once the hour has come; returns how many mails left.

    One connection for all. Where the server cannot be reached nobody's mail is taken up, and the next sweep tries again; a mail
    that it refuses, or that fails on the way, stops no other.
    """
    now = clock.now()
    if not settings.EMAIL_URL or now.hour < settings.DIGEST_HOUR:
        return 0
    waiting, sent = list(queries.without_digest(now.date())), 0
    with contextlib.closing(get_connection()) as post:
        for user in waiting:
            try:
                post.open()
            except (SMTPException, OSError) as error:
                log.warning("the mail server is out of reach, the next sweep tries again: %s", type(error).__name__)
                break
            try:
                sent += send_digest(user, now, post)
            except Exception as error:
                log.warning("the morning mail of account %s could not leave: %s", user.pk, type(error).__name__)
    return sent


def send_digest(user: User, now: dt.datetime, post: BaseEmailBackend) -> bool:
    """One person's mail of the day; False where nothing waits or another is at it. What fails is tried again in ten minutes."""
    tasks = queries.tasks_of(user, now)
    if not tasks or not _take_up(user, now):
        return False
    with translation.override(queries.wishes_of(user).language):
        subject = ngettext("%(count)s thing is waiting for you", "%(count)s things are waiting for you", len(tasks)) % {"count": len(tasks)}
        body = letter(tasks, now.date())
    EmailMessage(subject, body, to=[user.email], connection=post).send()
    Digest.objects.filter(user=user, day=now.date()).update(sent_at=clock.now())
    return True


def _take_up(user: User, now: dt.datetime) -> bool:
    with transaction.atomic():
        row, made = Digest.objects.select_for_update(no_key=True).get_or_create(user=user, day=now.date(), defaults={"taken_at": now})
        if made:
            return True
        again = Digest.objects.filter(pk=row.pk, sent_at=None, taken_at__lt=now - AGAIN_AFTER)
        return bool(again.update(taken_at=now))


def letter(tasks: list[Task], today: dt.date) -> str:
    """What the mail says in the language at hand: counts by kind, how many are overdue or due soon, where to look."""
    late = sum(task.due is not None and task.due < today for task in tasks)
    soon = sum(task.due is not None and 0 <= (task.due - today).days <= SOON for task in tasks)
    kinds = Counter(task.kind for task in tasks)
    lines = [_("Waiting for you on %(day)s:") % {"day": today.isoformat()}, ""]
    lines += [_("%(kind)s: %(count)s") % {"kind": _(kind), "count": count} for kind, count in kinds.most_common()]
    lines += ["", _("Overdue: %(late)s. Due within %(days)s days: %(soon)s.") % {"late": late, "soon": soon, "days": SOON}]
    lines += ["", _("Sign in to see them: %(url)s") % {"url": f"{settings.PUBLIC_URL}/office/"}]
    lines += [_("Who wants no such mail says so there, under Messages.")]
    return "\n".join(lines) + "\n"
