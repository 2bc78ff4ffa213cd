"""Checkpoints leave the house: by mail, to keepers outside the bureau, who can prove later what the ledger said."""

import logging
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage

from registries.ledger import queries, record

log = logging.getLogger("sunlot.ledger")


def send_checkpoints() -> int:
    """Mail every keeper what it has not got yet; returns how many mails left. What could not leave is tried again later."""
    if not settings.EMAIL_URL:
        return 0
    sent = 0
    for keeper in settings.CHECKPOINT_KEEPERS:
        due = queries.undelivered(keeper)
        if not due:
            continue
        subject = f"{settings.LEDGER_ORIGIN} checkpoint {due[-1].entry_id}"
        try:
            EmailMessage(subject, "\n".join(one.text for one in due), to=[keeper]).send()
        except (SMTPException, OSError) as error:
            log.warning("checkpoints to %s could not leave: %s", keeper, error)
            continue
        record.record_delivery(due, keeper)
        sent += 1
    return sent
